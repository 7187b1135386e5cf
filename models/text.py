"""Linear text scorers over n-grams of lemmas and of characters, of whole documents and of sentences.

The document scorer sees everything at once; the sentence scorer is learnt from the annotated evidence
and finds the one bad line in a long honest advertisement.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from features.reading import Reading
from features.tokens import Morphemes
from models.ngrams import (
    LemmaNumbers,
    Occurrences,
    Vocabulary,
    character_ngrams,
    fit_vocabulary,
    lemma_ngrams,
)


@dataclass(frozen=True)
class TextSettings:
    """What an experimenter turns on the text scorers (`train.text` of params.yaml)."""

    min_texts_lemma: int
    min_texts_character: int
    document_c: float
    sentence_c: float
    views: tuple[str, ...] = ("lemma", "character")
    levels: tuple[str, ...] = ("document", "sentence")


@dataclass(frozen=True)
class Space:
    """The vocabulary of both views side by side: lemma n-grams first, then character n-grams."""

    numbers: LemmaNumbers
    lemma: Vocabulary
    character: Vocabulary
    idf: np.ndarray

    def occurrences(self, reading: Reading, morphemes: Morphemes) -> tuple[np.ndarray, Occurrences]:
        """The rows of a text's known n-grams, and where they stand."""
        views = []
        if len(self.lemma):
            found = lemma_ngrams(reading, morphemes, self.numbers)
            views.append((self.lemma.rows(found.keys), 0, found))
        if len(self.character):
            found = character_ngrams(reading)
            views.append((self.character.rows(found.keys), len(self.lemma), found))
        rows, parts = [], []
        for row, offset, found in views:
            known = row >= 0
            rows.append(row[known].astype(np.int64) + offset)
            parts.append([a[known] for a in (found.keys, found.sentences, found.starts, found.ends)])
        joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
        return np.concatenate(rows), Occurrences(*joined)


@dataclass(frozen=True)
class LinearScorer:
    """Weights and intercepts by category (columns), for whole documents and for sentences."""

    document: np.ndarray  # space x categories
    sentence: np.ndarray
    document_intercept: np.ndarray
    sentence_intercept: np.ndarray


def fit_space(
    readings: list[Reading], groups: np.ndarray, morphemes: Morphemes, settings: TextSettings
) -> Space:
    """Learn both vocabularies from texts; an n-gram must stand in several template groups."""
    lemmas = [""]
    character = Vocabulary(np.zeros(0, dtype=np.uint64))
    lemma, idf = character, []
    if "lemma" in settings.views:
        counts: dict[str, int] = {}
        for reading in readings:
            for kind in np.unique(reading.tokens.kinds).tolist():
                if morphemes.parts[kind] != "空白":
                    counts[morphemes.lemmas[kind]] = counts.get(morphemes.lemmas[kind], 0) + 1
        lemmas = sorted(k for k, n in counts.items() if n >= settings.min_texts_lemma)
        numbers = LemmaNumbers(lemmas)
        keys = [lemma_ngrams(r, morphemes, numbers).keys for r in readings]
        lemma, own = fit_vocabulary(keys, groups, settings.min_texts_lemma)
        idf.append(own)
    if "character" in settings.views:
        keys = [character_ngrams(r).keys for r in readings]
        character, own = fit_vocabulary(keys, groups, settings.min_texts_character)
        idf.append(own)
    return Space(LemmaNumbers(lemmas), lemma, character, np.concatenate(idf))


def document_matrix(space: Space, rows: Iterable[np.ndarray]) -> sp.csr_matrix:
    """Binary TF-IDF with unit rows: one row a text from the rows of its n-grams."""
    unique = [_sorted_unique(r) for r in rows]
    return _unit_rows(space, np.concatenate(unique), np.array([len(r) for r in unique]))


def sentence_matrix(
    space: Space, texts: Iterable[tuple[np.ndarray, Occurrences]]
) -> tuple[sp.csr_matrix, np.ndarray, np.ndarray]:
    """The same with one row a sentence, and each sentence's text and number in it."""
    parts = [_sorted_unique((found.sentences << 32) | rows) for rows, found in texts]
    text = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    codes = np.concatenate(parts)
    number = codes >> 32
    first = np.flatnonzero((np.diff(text, prepend=-1) != 0) | (np.diff(number, prepend=-1) != 0))
    lengths = np.diff(np.append(first, len(codes)))
    return _unit_rows(space, codes & 0xFFFFFFFF, lengths), text[first], number[first]


def _sorted_unique(values):
    values = np.sort(values)
    return values[np.diff(values, prepend=-1) != 0]


def _unit_rows(space, indices, lengths):
    data = space.idf[indices]
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    filled = np.flatnonzero(lengths)
    norm = np.sqrt(np.add.reduceat(data * data, indptr[filled])) if len(filled) else np.zeros(0)
    data = data / np.repeat(norm, lengths[filled])
    return sp.csr_matrix((data.astype(np.float32), indices, indptr), shape=(len(lengths), len(space.idf)))


@dataclass(frozen=True)
class TextTraining:
    """What linear scorers learn from: matrices of documents and sentences with their targets.

    `sentence_targets` is 1 for a sentence that holds evidence of the category, 0 for one of a document
    without it, -1 for the other sentences of a violating document (they are left out).
    """

    documents: sp.csr_matrix
    targets: np.ndarray
    weights: np.ndarray
    sentences: sp.csr_matrix
    owners: np.ndarray
    numbers: np.ndarray
    sentence_targets: np.ndarray


def fit_linear(
    training: TextTraining, settings: TextSettings, keep: np.ndarray, *, seed: int, progress: tqdm
) -> LinearScorer:
    """Fit both scorers on the documents that `keep` marks, one logistic regression a category.

    Classes are balanced by weight; a category without a positive example gets weights of zero and a
    low intercept.
    """
    of_kept = keep[training.owners]
    categories = training.targets.shape[1]

    def fit(level, j):
        if level == "document":
            use, c = keep, settings.document_c
            x, y = training.documents[use], training.targets[use, j]
            w = training.weights[use]
        else:
            use, c = of_kept & (training.sentence_targets[:, j] >= 0), settings.sentence_c
            x, y = training.sentences[use], training.sentence_targets[use, j] > 0
            w = training.weights[training.owners[use]]
        result = _logistic(x, y, w, c, seed)
        progress.update()
        return result

    # liblinear releases the interpreter, so two threads use two cores without copies of the data.
    with ThreadPoolExecutor(2) as pool:
        fitted = {
            level: list(pool.map(lambda j, level=level: fit(level, j), range(categories)))
            if level in settings.levels
            else [(np.zeros(training.documents.shape[1]), 0.0)] * categories
            for level in ("sentence", "document")
        }
    return LinearScorer(
        *(np.stack([w for w, _ in fitted[k]], axis=1).astype(np.float32) for k in ("document", "sentence")),
        *(np.array([b for _, b in fitted[k]], dtype=np.float32) for k in ("document", "sentence")),
    )


def _logistic(x, y, weight, c, seed):
    if not y.any() or y.all():
        return np.zeros(x.shape[1]), -5.0
    model = LogisticRegression(
        C=c, class_weight="balanced", solver="liblinear", dual=True, tol=0.05, max_iter=200, random_state=seed
    )
    # liblinear's dual solver wants weights of mean one to keep C comparable
    model.fit(x, y, sample_weight=weight / weight.mean())
    return model.coef_[0], float(model.intercept_[0])


def linear_margins(
    scorer: LinearScorer, documents: sp.csr_matrix, sentences: sp.csr_matrix, owners: np.ndarray
) -> np.ndarray:
    """Margins of documents: (documents, 3, categories).

    The three are the whole document's, its highest sentence's and its second highest sentence's; `owners`
    gives each sentence's document, ascending.
    """
    document = documents @ scorer.document + scorer.document_intercept
    sentence = sentences @ scorer.sentence + scorer.sentence_intercept
    return _stack_margins(document, sentence, owners)


LOWEST = -8.0  # the margin of a sentence that is not there


def _stack_margins(document, sentence, owners):
    first = np.full_like(document, LOWEST)
    second = np.full_like(document, LOWEST)
    np.maximum.at(first, owners, sentence)
    # The highest of each document is taken out once; what is left has the second highest.
    for j in range(sentence.shape[1]):
        order = np.lexsort((-sentence[:, j], owners))
        rank = np.arange(len(order)) - np.searchsorted(owners[order], owners[order])
        runner = order[rank == 1]
        second[owners[runner], j] = sentence[runner, j]
    return np.stack([document, first, second], axis=1)

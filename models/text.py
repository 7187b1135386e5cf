"""Linear text scorers over n-grams of lemmas and of characters, of whole documents and of sentences.

The document scorer sees everything at once; the sentence scorer is learnt from the annotated evidence
and finds the one bad line in a long honest advertisement.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from features.policy import Policy
from features.reading import Reading
from features.tokens import Morphemes
from models.features import permitting_signals
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


class Column(NamedTuple):
    """What one linear scorer learns: a category (by its position) and a role.

    `speaks` for a violation where the context permits nothing, `speaks_anyway` where the context permits some
    of it (contact after escrow, say, but never payment outside), `permits` for what makes it none.
    """

    category: int
    role: str


def document_columns(policy: Policy) -> list[Column]:
    """What is learnt from whole documents."""
    return [Column(j, "speaks") for j in range(len(policy.categories))] + [
        Column(j, "speaks_anyway") for j, c in enumerate(policy.categories) if permitting_signals(c)
    ]


def sentence_columns(policy: Policy) -> list[Column]:
    """What is learnt from sentences: the columns of documents, then what permits."""
    return document_columns(policy) + [Column(j, "permits") for j in range(len(policy.categories))]


@dataclass(frozen=True)
class LinearScorer:
    """Weights (space x columns) and intercepts, for whole documents and for sentences.

    The columns are those of `document_columns` and `sentence_columns`.
    """

    document: np.ndarray
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
    """What linear scorers learn from: matrices of documents and sentences, with a target a column.

    A target is 1, 0, or -1 where the document or sentence says nothing of what the column learns.
    `permitted` is (documents, categories), see `models.features.permitted_by_context`.
    """

    documents: sp.csr_matrix
    document_targets: np.ndarray
    weights: np.ndarray
    permitted: np.ndarray
    sentences: sp.csr_matrix
    owners: np.ndarray
    sentence_targets: np.ndarray


def fit_linear(
    training: TextTraining, settings: TextSettings, keep: np.ndarray, *, seed: int, progress: tqdm
) -> LinearScorer:
    """Fit both scorers on the documents that `keep` marks, one logistic regression a column.

    Classes are balanced by weight; a column with next to no positive example gets weights of zero and a
    low intercept.
    """
    levels = {
        "document": (
            training.documents,
            training.document_targets,
            training.weights,
            keep,
            settings.document_c,
        ),
        "sentence": (
            training.sentences,
            training.sentence_targets,
            training.weights[training.owners],
            keep[training.owners],
            settings.sentence_c,
        ),
    }

    def fit(level, column):
        x, targets, weights, kept, c = levels[level]
        use = kept & (targets[:, column] >= 0)
        result = _logistic(x[use], targets[use, column] > 0, weights[use], c, seed)
        progress.update()
        return result

    # liblinear releases the interpreter, so two threads use two cores without copies of the data.
    with ThreadPoolExecutor(2) as pool:
        fitted = {
            level: list(pool.map(lambda k, level=level: fit(level, k), range(levels[level][1].shape[1])))
            if level in settings.levels
            else [(np.zeros(training.documents.shape[1]), 0.0)] * levels[level][1].shape[1]
            for level in ("sentence", "document")
        }
    return LinearScorer(
        *(np.stack([w for w, _ in fitted[k]], axis=1).astype(np.float32) for k in ("document", "sentence")),
        *(np.array([b for _, b in fitted[k]], dtype=np.float32) for k in ("document", "sentence")),
    )


_FEWEST = 5  # positive examples; fewer are as likely wrong labels


def _logistic(x, y, weight, c, seed):
    if y.sum() < _FEWEST or y.all():
        return np.zeros(x.shape[1]), -5.0
    model = LogisticRegression(
        C=c, class_weight="balanced", solver="liblinear", dual=True, tol=0.05, max_iter=200, random_state=seed
    )
    # liblinear's dual solver wants weights of mean one to keep C comparable
    model.fit(x, y, sample_weight=weight / weight.mean())
    return model.coef_[0], float(model.intercept_[0])


def linear_margins(
    scorer: LinearScorer,
    documents: sp.csr_matrix,
    sentences: sp.csr_matrix,
    owners: np.ndarray,
    permitted: np.ndarray,
    policy: Policy,
) -> np.ndarray:
    """Margins of documents: (documents, 4, categories), in the order of `models.features.MARGINS`.

    Those of the whole document, its highest and second highest sentence, and its most permitting sentence.
    `owners` gives each sentence's document, ascending; `permitted` (documents, categories) says where the
    scorers of what speaks for a violation anyway have to answer.
    """
    document = documents @ scorer.document + scorer.document_intercept
    sentence = sentences @ scorer.sentence + scorer.sentence_intercept
    answering = answering_columns(permitted, policy)
    speaking = np.take_along_axis(document, answering, axis=1)
    of_sentence = np.take_along_axis(sentence, answering[owners], axis=1)
    first, second = _two_highest(of_sentence, owners, len(speaking))
    permitting = [k for k, column in enumerate(sentence_columns(policy)) if column.role == "permits"]
    permits = np.full_like(speaking, LOWEST)
    np.maximum.at(permits, owners, sentence[:, permitting])
    return np.stack([speaking, first, second, permits], axis=1)


LOWEST = -8.0  # the margin of a sentence that is not there


def answering_columns(permitted: np.ndarray, policy: Policy) -> np.ndarray:
    """Which column answers for each category in a context, the same for documents and sentences.

    `permitted` is (rows, categories); so is what is returned.
    """
    columns = np.tile(np.arange(permitted.shape[1]), (len(permitted), 1))
    for k, (j, role) in enumerate(document_columns(policy)):
        if role == "speaks_anyway":
            columns[permitted[:, j], j] = k
    return columns


def _two_highest(values, owners, count):
    first = np.full((count, values.shape[1]), LOWEST, dtype=values.dtype)
    second = first.copy()
    np.maximum.at(first, owners, values)
    # The highest of each document is taken out once; what is left has the second highest.
    for j in range(values.shape[1]):
        order = np.lexsort((-values[:, j], owners))
        rank = np.arange(len(order)) - np.searchsorted(owners[order], owners[order])
        runner = order[rank == 1]
        second[owners[runner], j] = values[runner, j]
    return first, second

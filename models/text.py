"""Linear text scorers over n-grams of lemmas, of whole documents and of sentences.

The document scorer sees everything at once; the sentence scorer is learnt from the annotated evidence
and finds the one bad line in a long honest advertisement.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from features.contacts import KINDS
from features.policy import Policy
from features.reading import Readings
from features.tokens import Morphemes
from models.features import permitting_signals
from models.ngrams import (
    Grams,
    LemmaNumbers,
    Vocabulary,
    fit_vocabulary,
    keys_by_text,
    lemma_ngrams,
)


@dataclass(frozen=True)
class TextSettings:
    """What an experimenter turns on the text scorers (`train.text` of params.yaml)."""

    min_groups: int
    document_c: float
    sentence_c: float
    permitting_c: float


class Occurrences(NamedTuple):
    """Known n-grams of texts: their rows in the space, their sentences, and their places among all `grams`."""

    rows: np.ndarray
    sentences: np.ndarray
    places: np.ndarray
    grams: Grams


@dataclass(frozen=True)
class Space:
    """The vocabulary of lemma n-grams, and the inverse document frequency of each."""

    numbers: LemmaNumbers
    vocabulary: Vocabulary
    idf: np.ndarray

    def occurrences(self, readings: Readings, morphemes: Morphemes) -> Occurrences:
        """The known n-grams of texts, and where they stand."""
        grams = lemma_ngrams(readings, morphemes, self.numbers)
        rows = self.vocabulary.rows(grams.keys)
        known = np.flatnonzero(rows >= 0)
        return Occurrences(rows[known], grams.units.sentences[grams.first[known]], known, grams)

    def counts(self, found: Occurrences, sentences: int) -> sp.csr_matrix:
        """How often each n-gram stands in each sentence: (sentences, n-grams)."""
        order = np.argsort(found.sentences, kind="stable")
        first = np.searchsorted(found.sentences[order], np.arange(sentences + 1))
        ones = np.ones(len(order), dtype=np.float32)
        # An n-gram given twice counts twice in any product.
        return sp.csr_matrix((ones, found.rows[order], first), shape=(sentences, len(self.idf)))


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


# Ruled lines, bullets, brackets and punctuation are how a writer sets a page. Contact marks, a share, stars, a hash tag
# and a question say something.
_TELLING_SIGNS = frozenset([*KINDS, *"％★☆＃？"])


def fit_space(
    batches: list[Readings], groups: np.ndarray, morphemes: Morphemes, settings: TextSettings
) -> Space:
    """Learn the vocabulary from texts; a lemma or n-gram must stand in `min_groups` template groups.

    Signs of layout are no lemmas.
    """
    lemmas, of_kind = np.unique(np.array(morphemes.lemmas, dtype=object), return_inverse=True)
    words = np.array([any(c.isalnum() or c in _TELLING_SIGNS for c in lemma) for lemma in morphemes.lemmas])
    seen, done = [], 0  # each lemma of each group, as one number
    for readings in batches:
        kept = words[readings.tokens.kinds]
        text = np.searchsorted(readings.first, readings.tokens.starts[kept], "right") - 1
        seen.append(np.unique(groups[done + text] * len(lemmas) + of_kind[readings.tokens.kinds[kept]]))
        done += len(readings)
    frequency = np.bincount(np.unique(np.concatenate(seen)) % len(lemmas), minlength=len(lemmas))
    numbers = LemmaNumbers(lemmas[frequency >= settings.min_groups].tolist())
    keys = [k for r in batches for k in keys_by_text(r, lemma_ngrams(r, morphemes, numbers))]
    vocabulary, idf = fit_vocabulary(keys, groups, settings.min_groups)
    return Space(numbers, vocabulary, idf)


def tfidf(space: Space, counts: sp.csr_matrix) -> sp.csr_matrix:
    """TF-IDF of counts, each row divided by the root of the summed squares of its occurrences' IDF."""
    norm = np.sqrt(counts @ (space.idf * space.idf))
    scaled = counts.multiply(space.idf[None, :]).tocsr()
    scaled.sum_duplicates()
    return (sp.diags_array(1 / np.maximum(norm, 1e-12)) @ scaled).tocsr()


def by_document(counts: sp.csr_matrix, owners: np.ndarray, documents: int) -> sp.csr_matrix:
    """Which n-grams stand in each document, from the counts of its sentences: once, however often.

    `owners` gives each sentence's document, ascending.
    """
    columns = counts.shape[1]
    # One sorted key an n-gram of a document costs a third of a sparse product; 32 bits sort twice as fast.
    dtype = np.int32 if documents * columns < 2**31 else np.int64
    begins = np.arange(documents + 1, dtype=dtype) * dtype(columns)
    keys = np.sort(np.repeat(begins[owners], np.diff(counts.indptr)) + counts.indices)
    keys = keys[np.diff(keys, prepend=-1) > 0]
    first = np.searchsorted(keys, begins)
    rows = keys - np.repeat(begins[:-1], np.diff(first))
    return sp.csr_matrix((np.ones(len(rows), dtype=np.float32), rows, first), shape=(documents, columns))


@dataclass(frozen=True)
class TextTraining:
    """What linear scorers learn from: TF-IDF of documents and sentences, with a target a column.

    A target is 1, 0, or -1 where the document or sentence says nothing of what the column learns.
    `permitted` is (documents, categories), see `models.features.permitted_by_context`.
    """

    documents: sp.csr_matrix
    document_targets: np.ndarray
    weights: np.ndarray
    permitted: np.ndarray
    sentences: sp.csr_matrix
    counts: sp.csr_matrix
    owners: np.ndarray
    sentence_targets: np.ndarray


def fit_linear(
    training: TextTraining,
    settings: TextSettings,
    policy: Policy,
    keep: np.ndarray,
    *,
    progress: tqdm,
) -> LinearScorer:
    """Fit both scorers on the documents that `keep` marks, one logistic regression a column.

    Classes are balanced by weight; a column with next to no positive example gets weights of zero and a
    low intercept.
    """
    columns = sentence_columns(policy)
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
        if level == "sentence" and columns[column].role == "permits":
            c = settings.permitting_c
        result = _logistic(x[use], targets[use, column] > 0, weights[use], c)
        progress.update()
        return result

    # liblinear releases the interpreter, so two threads use two cores without copies of the data.
    with ThreadPoolExecutor(2) as pool:
        fitted = {
            level: list(pool.map(lambda k, level=level: fit(level, k), range(levels[level][1].shape[1])))
            for level in ("sentence", "document")
        }
    return LinearScorer(
        *(np.stack([w for w, _ in fitted[k]], axis=1).astype(np.float32) for k in ("document", "sentence")),
        *(np.array([b for _, b in fitted[k]], dtype=np.float32) for k in ("document", "sentence")),
    )


_FEWEST = 5  # positive examples; fewer are as likely wrong labels


def _logistic(x, y, weight, c):
    if y.sum() < _FEWEST or y.all():
        return np.zeros(x.shape[1]), -5.0
    model = LogisticRegression(
        C=c,
        class_weight="balanced",
        solver="liblinear",
        # The primal form draws no random numbers, which liblinear's threads would share: the same fit each time.
        dual=False,
        tol=0.05,
        max_iter=1000,
    )
    # Weights of mean one keep C comparable.
    model.fit(x, y, sample_weight=weight / weight.mean())
    return model.coef_[0], float(model.intercept_[0])


class Tables(NamedTuple):
    """What an n-gram (row) adds to each column of documents and of sentences, and its squared IDF, last."""

    document: np.ndarray
    sentence: np.ndarray


def scoring_tables(space: Space, scorer: LinearScorer) -> Tables:
    """The tables that `linear_margins` sums up."""
    idf = space.idf[:, None]
    return Tables(*(np.hstack([w * idf, idf * idf]) for w in (scorer.document, scorer.sentence)))


def linear_margins(
    tables: Tables,
    scorer: LinearScorer,
    counts: sp.csr_matrix,
    owners: np.ndarray,
    answering: np.ndarray,
) -> np.ndarray:
    """Margins of documents: (documents, 4, categories), in the order of `models.features.MARGINS`.

    Those of the whole document, its highest and second highest sentence, and its most permitting sentence.

    Parameters
    ----------
    tables
        `scoring_tables` of the scorer.
    counts
        Of each sentence's n-grams, see `Space.counts`.
    owners
        Each sentence's document, ascending.
    answering
        `answering_columns` of the documents.
    """
    whole = by_document(counts, owners, len(answering)) @ tables.document
    document = whole[:, :-1] / np.sqrt(np.maximum(whole[:, -1:], 1e-12)) + scorer.document_intercept
    sums = counts @ tables.sentence
    filled = sums[:, -1] > 0
    sums, owners = sums[filled], owners[filled]
    sentence = sums[:, :-1] / np.sqrt(sums[:, -1:]) + scorer.sentence_intercept
    present, first = np.unique(owners, return_index=True)
    highest = _two_highest(np.take_along_axis(sentence, answering[owners], axis=1), owners, present, first)
    categories = answering.shape[1]
    # The last of `sentence_columns` are what permits, one a category.
    permits, _ = _two_highest(sentence[:, -categories:], owners, present, first)
    out = np.full((len(answering), 4, categories), LOWEST, dtype=np.float32)
    out[:, 0] = np.take_along_axis(document, answering, axis=1)
    out[present, 1], out[present, 2] = highest
    out[present, 3] = permits
    return out


LOWEST = -8.0  # the margin of a sentence that is not there


def answering_columns(permitted: np.ndarray, columns: list[Column]) -> np.ndarray:
    """Which of `document_columns` answers for each category in a context, the same for documents and sentences.

    `permitted` is (rows, categories); so is what is returned.
    """
    answering = np.tile(np.arange(permitted.shape[1]), (len(permitted), 1))
    for k, (j, role) in enumerate(columns):
        if role == "speaks_anyway":
            answering[permitted[:, j], j] = k
    return answering


def _two_highest(values, owners, present, first):
    """The highest and second highest value of each document in `present`, whose rows begin at `first`."""
    if not len(present):
        return values, values
    highest = np.maximum.reduceat(values, first, axis=0)
    place = np.searchsorted(present, owners)
    top = values == highest[place]
    # Of equal values one is taken out: it is the first of its document where the count of them is one more.
    count = np.cumsum(top, axis=0)
    before = (count - top)[first]
    taken = top & (count - before[place] == 1)
    return highest, np.maximum.reduceat(np.where(taken, LOWEST, values), first, axis=0)

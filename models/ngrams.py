"""N-grams of lemmas as 64-bit keys, and vocabularies of such keys.

Array work throughout: cutting a text into n-grams and looking them up costs a small part of what
MeCab takes for the same text.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from features.reading import Readings
from features.tokens import Morphemes

PAIR_WINDOW = 2  # lemmas of a pair are at most so far apart
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_NO_KEY = np.uint64(0)


@dataclass(frozen=True)
class Units:
    """What n-grams are made of: each known lemma's sentence, and its span in the `Readings`."""

    sentences: np.ndarray
    starts: np.ndarray
    ends: np.ndarray


@dataclass(frozen=True)
class Grams:
    """N-grams of texts: their keys, and the numbers of their first and last units."""

    units: Units
    keys: np.ndarray
    first: np.ndarray
    last: np.ndarray

    @property
    def sentences(self) -> np.ndarray:
        """The sentence of each n-gram."""
        return self.units.sentences[self.first]

    def spans(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where some of them (their numbers) begin and end in the text of the `Readings`."""
        return self.units.starts[self.first[places]], self.units.ends[self.last[places]]


class LemmaNumbers:
    """Numbers of known lemmas, 1 and up in the order given; 0 for any other lemma."""

    def __init__(self, lemmas: list[str]):
        self.lemmas = list(lemmas)
        self._number = {lemma: k for k, lemma in enumerate(self.lemmas, start=1)}
        self._morphemes: Morphemes | None = None
        self._of_kind = np.zeros(0, dtype=np.uint64)

    def of(self, morphemes: Morphemes, kinds: np.ndarray) -> np.ndarray:
        """The lemma number of each kind of morpheme."""
        if morphemes is not self._morphemes:  # kinds are numbered anew by every Morphemes
            self._morphemes, self._of_kind = morphemes, np.zeros(0, dtype=np.uint64)
        known = len(self._of_kind)
        if known < len(morphemes.lemmas):
            more = [self._number.get(lemma, 0) for lemma in morphemes.lemmas[known:]]
            self._of_kind = np.concatenate([self._of_kind, np.array(more, dtype=np.uint64)])
        return self._of_kind[kinds]


def lemma_ngrams(readings: Readings, morphemes: Morphemes, numbers: LemmaNumbers) -> Grams:
    """Known lemmas, and pairs of them up to `PAIR_WINDOW` apart within a sentence; nothing else counts."""
    tokens = readings.tokens
    lemma = numbers.of(morphemes, tokens.kinds)
    known = np.flatnonzero(lemma)
    lemma, starts = lemma[known], tokens.starts[known]
    units = Units(readings.sentence_at[starts], starts, tokens.ends[known])
    every = np.arange(len(lemma))
    keys, firsts, lasts = [lemma], [every], [every]
    for apart in range(1, min(PAIR_WINDOW, len(lemma) - 1) + 1):
        first = np.flatnonzero(units.sentences[:-apart] == units.sentences[apart:])
        keys.append(
            (np.uint64(apart) << np.uint64(56)) | (lemma[first] << np.uint64(28)) | lemma[first + apart]
        )
        firsts.append(first)
        lasts.append(first + apart)
    return Grams(units, *(np.concatenate(parts) for parts in (keys, firsts, lasts)))


class Vocabulary:
    """Keys in a fixed order and a hash table to look them up."""

    def __init__(self, keys: np.ndarray):
        self.keys = np.asarray(keys, dtype=np.uint64)
        bits = max(int(np.ceil(np.log2(max(len(self.keys), 1) * 2.5))), 4)
        self._shift = np.uint64(64 - bits)
        self._mask = (1 << bits) - 1
        self._slot_key = np.full(1 << bits, _NO_KEY, dtype=np.uint64)
        self._slot_row = np.full(1 << bits, -1, dtype=np.int32)
        rows = np.arange(len(self.keys), dtype=np.int32)
        slots = self._slots(self.keys)
        while len(rows):
            # The first key to claim a free slot keeps it; the others try the next one.
            free = self._slot_row[slots] < 0
            claim, first = np.unique(slots[free], return_index=True)
            taken = rows[free][first]
            self._slot_row[claim] = taken
            self._slot_key[claim] = self.keys[taken]
            left = ~np.isin(rows, taken)
            rows, slots = rows[left], (slots[left] + 1) & self._mask

    def __len__(self) -> int:
        return len(self.keys)

    def _slots(self, keys):
        return ((keys * _MULTIPLIER) >> self._shift).astype(np.int64)

    def rows(self, keys: np.ndarray) -> np.ndarray:
        """The row of each key, -1 for one that is not in the vocabulary."""
        slots = self._slots(keys)
        rows = self._slot_row[slots]
        taken = np.flatnonzero(rows >= 0)
        wrong = taken[self._slot_key[slots[taken]] != keys[taken]]
        while len(wrong):
            slots[wrong] = (slots[wrong] + 1) & self._mask
            rows[wrong] = self._slot_row[slots[wrong]]
            wrong = wrong[(rows[wrong] >= 0) & (self._slot_key[slots[wrong]] != keys[wrong])]
        return rows


def keys_by_text(readings: Readings, found: Grams) -> list[np.ndarray]:
    """The distinct keys of each text."""
    text = readings.owners[found.sentences]
    order = np.argsort(text, kind="stable")
    bounds = np.searchsorted(text[order], np.arange(len(readings) + 1))
    return [np.unique(found.keys[order[a:b]]) for a, b in itertools.pairwise(bounds)]


def fit_vocabulary(
    keys_by_text: list[np.ndarray], groups: np.ndarray, min_groups: int
) -> tuple[Vocabulary, np.ndarray]:
    """The keys that stand in texts of at least `min_groups` groups, and their inverse document frequency.

    `groups` numbers each text's template group: copies of one text say no more than one. The frequency
    counts groups and is smoothed as in scikit-learn: ln((1 + n) / (1 + df)) + 1.
    """
    order = np.argsort(groups, kind="stable")
    bounds = np.flatnonzero(np.diff(groups[order], prepend=-1, append=-1))
    every = [
        np.unique(np.concatenate([keys_by_text[k] for k in order[a:b]]))
        for a, b in itertools.pairwise(bounds)
    ]
    keys, frequency = np.unique(np.concatenate(every), return_counts=True)
    kept = frequency >= min_groups
    idf = np.log((1 + len(every)) / (1 + frequency[kept])) + 1
    return Vocabulary(keys[kept]), idf.astype(np.float32)

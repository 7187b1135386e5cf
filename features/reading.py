"""Reading documents: normalized text, contacts marked, morphemes and sentences, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.contacts import mark_contacts
from features.normalization import Normalized, normalize_many
from features.tokens import Morphemes, Tokenized, tokenize

_SENTENCE_ENDS = "。！？!?\n"


@dataclass(frozen=True)
class Reading:
    """One text as the models read it; `tokens` and `sentences` (start, end) are in `normalized.text`."""

    normalized: Normalized
    tokens: Tokenized
    sentences: list[tuple[int, int]]

    @property
    def text(self) -> str:
        """The normalized text, contacts replaced by marks."""
        return self.normalized.text


@dataclass(frozen=True)
class Readings(Sequence):
    """Many texts read together, one after the other with a line break after each: `text`.

    All work on arrays is done on `text` at once. `codes` are its code points, `first` says where each text
    begins in it (and, last, where it ends); `tokens` and the sentences are in it too, in order.
    `sentence_at` is the sentence of each character, `owners` the text of each sentence.
    """

    normalized: list[Normalized]
    text: str
    codes: np.ndarray
    first: np.ndarray
    tokens: Tokenized
    sentence_starts: np.ndarray
    sentence_ends: np.ndarray
    sentence_at: np.ndarray
    owners: np.ndarray

    def __len__(self) -> int:
        return len(self.normalized)

    def __getitem__(self, k: int) -> Reading:
        if not 0 <= k < len(self):
            raise IndexError(k)
        begin, end = self.first[k], self.first[k + 1] - 1
        a, b = np.searchsorted(self.tokens.starts, [begin, end])
        tokens = Tokenized(
            self.tokens.kinds[a:b], self.tokens.starts[a:b] - begin, self.tokens.ends[a:b] - begin
        )
        own = slice(*np.searchsorted(self.owners, [k, k + 1]))
        starts, ends = self.sentence_starts[own] - begin, self.sentence_ends[own] - begin
        return Reading(self.normalized[k], tokens, list(zip(starts.tolist(), ends.tolist(), strict=True)))


def read_texts(texts: list[str], morphemes: Morphemes) -> Readings:
    """Read many texts; `morphemes` learns the kinds of morpheme it has not seen."""
    normalized = [mark_contacts(n) for n in normalize_many(texts)]
    plain = [n.text for n in normalized]
    text = "\n".join([*plain, ""])
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    first = np.cumsum([0, *(len(t) + 1 for t in plain)])
    starts, ends, owners = sentences(codes, first)
    begins = np.zeros(len(codes), dtype=np.int32)
    begins[starts] = 1
    at = np.cumsum(begins, dtype=np.int32) - 1
    return Readings(normalized, text, codes, first, tokenize(plain, morphemes), starts, ends, at, owners)


def sentences(codes: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sentences of texts that stand one after the other, without gaps: starts, ends and owners.

    A line break ends a sentence too, what comes after the end signs begins the next one, and end signs at
    the beginning of a text belong to its first sentence. Parameters as in `Readings`.
    """
    ends = np.isin(codes, np.frombuffer(_SENTENCE_ENDS.encode("utf-32-le"), dtype=np.uint32))
    divides = np.zeros(len(codes), dtype=bool)
    divides[first[1:] - 1] = True
    letters = np.cumsum(~ends)
    # An end sign divides where another character follows, unless the text has had none but end signs.
    last_sign = np.flatnonzero(ends[:-1] & ~ends[1:] & ~divides[:-1])
    begin = first[np.searchsorted(first, last_sign, "right") - 1]
    letters_before_text = np.where(begin > 0, letters[np.maximum(begin - 1, 0)], 0)
    inner_starts = last_sign[letters[last_sign] > letters_before_text] + 1
    filled = np.diff(first) > 1
    starts = np.sort(np.concatenate([inner_starts, first[:-1][filled]]))
    stops = np.sort(np.concatenate([inner_starts, first[1:][filled] - 1]))
    return starts, stops, np.searchsorted(first, starts, "right") - 1

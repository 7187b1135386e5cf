"""Morphemes: surface, lemma and part of speech, read from MeCab at nearly the speed of MeCab alone."""

from dataclasses import dataclass
from functools import cache

import fugashi
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import unidic_lite

_BLANK_PART = "空白"
_BLANK = "\u3000"  # MeCab skips other blanks and so loses their places; this one is a morpheme


class Morphemes:
    """All kinds of morpheme that were seen, numbered, so that texts become arrays of numbers.

    A kind is a surface with MeCab's context id, which tells homographs apart and costs nothing to print;
    lemma and part of speech of a kind are read once, when it is seen first. Kind 0 is a line break.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {"": 0}
        self.lemmas: list[str] = [""]
        self.parts: list[str] = [_BLANK_PART]
        self.of_lemma: dict[str, list[int]] = {"": [0]}
        self._lengths: list[int] = [1]
        self._length_of = np.zeros(0, dtype=np.int64)

    def numbered(self, lines: list[str], printed: list[str]) -> np.ndarray:
        """The numbers of the kinds that MeCab printed for each line, a 0 after each line."""
        joined = "".join([own + "\n\n" if own else "\n" for own in printed])[:-1]
        # Arrow cuts what was printed and finds the distinct kinds without making a string of each.
        encoded = pc.split_pattern(pa.array([joined], pa.large_string()), "\n").values.dictionary_encode()
        distinct = encoded.dictionary.to_pylist()
        if not all(map(self.numbers.__contains__, distinct)):
            for line, own in zip(lines, printed, strict=True):
                if own and not all(map(self.numbers.__contains__, own.split("\n"))):
                    self._learn(line, own.split("\n"))
        numbers = np.fromiter(map(self.numbers.__getitem__, distinct), np.int64, len(distinct))
        return numbers[encoded.indices.to_numpy()]

    def _learn(self, line, kinds):
        for kind, described in zip(kinds, _printed(_describing_tagger(), line).split("\n"), strict=True):
            if kind not in self.numbers:
                self.numbers[kind] = len(self.lemmas)
                surface, lemma, part = described.split("\t")
                # UniDic tells homographs and loan words apart behind a hyphen: ライン-line
                self.lemmas.append(_without_digits(lemma.partition("-")[0] or surface.lower()))
                self.of_lemma.setdefault(self.lemmas[-1], []).append(self.numbers[kind])
                self.parts.append(part)
                self._lengths.append(len(surface))

    def lengths(self, numbers: np.ndarray) -> np.ndarray:
        """Characters of each kind's surface."""
        if len(self._length_of) < len(self._lengths):
            self._length_of = np.array(self._lengths, dtype=np.int64)
        return self._length_of[numbers]


@dataclass(frozen=True)
class Tokenized:
    """Morphemes: kind numbers, and where each begins and ends in the text."""

    kinds: np.ndarray
    starts: np.ndarray
    ends: np.ndarray


def _without_digits(lemma):
    """Numbers are one word: neither amounts nor personal numbers become vocabulary."""
    return "0" if any(c.isdigit() for c in lemma) else lemma


@cache
def _tagger() -> fugashi.GenericTagger:
    return _format("%m\\\\t%phl\\\\n", "%m\\\\t%phl\\\\n")


@cache
def _describing_tagger() -> fugashi.GenericTagger:
    return _format("%m\\\\t%f[7]\\\\t%f[0]\\\\n", "%m\\\\t\\\\t%f[0]\\\\n")


def _format(node, unknown):
    return fugashi.GenericTagger(
        f'-r /dev/null -d "{unidic_lite.DICDIR}" -O "" "-F{node}" "-U{unknown}" "-E\\\\n"'
    )


_PIECE = 500  # characters: what MeCab works on stays in the cache
_PIECE_ENDS = (_BLANK, "。", "!", "?", "、")


def _printed(tagger, text):
    """What MeCab prints for a text, read in pieces: its time grows with the square of a run of one character."""
    if len(text) <= _PIECE:
        return tagger.parse(text)
    printed, first = [], 0
    while first < len(text):
        end = first + _PIECE
        if end < len(text):
            piece_end = 1 + max(text.rfind(sign, first, end) for sign in _PIECE_ENDS)
            end = piece_end if piece_end > first else end
        printed.append(tagger.parse(text[first:end]))
        first = end
    return "\n".join(printed)


def tokenize(texts: list[str], morphemes: Morphemes) -> Tokenized:
    """Cut normalized texts into morphemes; `morphemes` learns the kinds it has not seen.

    Spans are in the texts written one after the other, a line break after each. Blanks and line breaks are
    morphemes too, so the spans leave no gap. A line is cut as if it stood alone: what many posts have in
    common (greetings, conditions, how to apply) is cut once.
    """
    lines = [line for text in texts for line in text.replace(" ", _BLANK).replace("\t", _BLANK).split("\n")]
    distinct = {line: k for k, line in enumerate(dict.fromkeys(lines))}
    tagger = _tagger()
    kinds = morphemes.numbered(list(distinct), [_printed(tagger, line) for line in distinct])
    stops = np.flatnonzero(kinds == 0) + 1
    counts = np.diff(stops, prepend=0)
    order = np.fromiter(map(distinct.__getitem__, lines), np.int64, len(lines))
    # Each line's morphemes in a row, taken from where its like was cut.
    before = np.cumsum(counts[order]) - counts[order]
    kinds = kinds[np.repeat((stops - counts)[order] - before, counts[order]) + np.arange(counts[order].sum())]
    lengths = morphemes.lengths(kinds)
    ends = np.cumsum(lengths)
    return Tokenized(kinds, ends - lengths, ends)

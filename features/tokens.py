"""Morphemes: surface, lemma and part of speech, read from MeCab at nearly the speed of MeCab alone."""

from dataclasses import dataclass
from functools import cache

import fugashi
import numpy as np
import unidic_lite

_BLANK = "\u3000"  # MeCab skips other blanks and so loses their places; this one is a morpheme


class Morphemes:
    """All kinds of morpheme that were seen, numbered, so that texts become arrays of numbers.

    A kind is a surface with MeCab's context id, which tells homographs apart and costs nothing to print;
    lemma and part of speech of a kind are read once, when it is seen first.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.lemmas: list[str] = []
        self.parts: list[str] = []
        self._lengths: list[int] = []
        self._length_of = np.zeros(0, dtype=np.int64)

    def numbered(self, text: str, kinds: list[str]) -> np.ndarray:
        """The number of each kind, in order; `text` is parsed once more where one was not seen before."""
        known = list(map(self.numbers.get, kinds))
        if None in known:
            for kind, described in zip(kinds, _lines(_describing_tagger(), text), strict=True):
                if kind not in self.numbers:
                    self.numbers[kind] = len(self.lemmas)
                    surface, lemma, part = described.split("\t")
                    # UniDic tells homographs and loan words apart behind a hyphen: ライン-line
                    self.lemmas.append(_without_digits(lemma.partition("-")[0] or surface.lower()))
                    self.parts.append(part)
                    self._lengths.append(len(surface))
            known = list(map(self.numbers.get, kinds))
        return np.array(known, dtype=np.int64)

    def lengths(self, numbers: np.ndarray) -> np.ndarray:
        """Characters of each kind's surface."""
        if len(self._length_of) < len(self._lengths):
            self._length_of = np.array(self._lengths, dtype=np.int64)
        return self._length_of[numbers]


@dataclass(frozen=True)
class Tokenized:
    """The morphemes of one text: kind numbers, and where each begins and ends in the text."""

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


def _lines(tagger, text):
    return tagger.parse(text).rstrip("\n").split("\n")


def tokenize(text: str, morphemes: Morphemes) -> Tokenized:
    """Cut a normalized text into morphemes; `morphemes` learns the kinds it has not seen.

    Spans are in `text`. Blanks and line breaks are morphemes too, so the spans leave no gap.
    """
    if not text:
        none = np.zeros(0, dtype=np.int64)
        return Tokenized(none, none, none)
    visible = text.replace(" ", _BLANK).replace("\n", _BLANK).replace("\t", _BLANK)
    kinds = morphemes.numbered(visible, _lines(_tagger(), visible))
    lengths = morphemes.lengths(kinds)
    ends = np.cumsum(lengths)
    return Tokenized(kinds, ends - lengths, ends)

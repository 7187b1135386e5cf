"""Text as people write it around a word filter, made readable, with the way back to the original.

Two steps. *Fold*: NFKC and its like, character by character (full and half width, circled letters,
ligatures such as ㍑ and ㈱, marks that stand apart, zero-width characters). *Resolve*: words of
`features/lexicon.py` that are spelled around a filter (spaces, masks, look-alikes, nicknames) are put
in their plain spelling. Every character of the result keeps its place in the original.
"""

import itertools
import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache

import numpy as np

from features.lexicon import Spelled, find_spelled

REPLACEMENT = "\ufffd"

_KEEP, _EXPAND, _DROP, _JOIN = 0, 1, 2, 3  # what folding does with a character beyond the table
_TABLE_SIZE = 0x30000  # above it only tags and variation selectors are assigned: they are dropped
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e"  # nothing that honest text needs inside a word


@dataclass(frozen=True)
class Normalized:
    """A text made readable.

    `text` is what tokenizer and signals read; `disguised` the spans in it (start, end) that were
    written around a filter; `starts` and `ends` each character's place in the original (None: its own).
    """

    text: str
    disguised: tuple[tuple[int, int], ...] = ()
    starts: np.ndarray | None = None
    ends: np.ndarray | None = None

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text behind `text[start:end]`; `0 <= start < end <= len(text)`."""
        if self.starts is None:
            return start, end
        return int(self.starts[start]), int(self.ends[end - 1])


def normalize(text: str) -> Normalized:
    """Fold and resolve one text: any string in, no exception, in time linear in its length."""
    return normalize_many([text])[0]


def normalize_many(texts: list[str]) -> list[Normalized]:
    """Fold and resolve many texts at once: the same as one by one, with the array work shared."""
    folded = _fold(texts)
    unread = list(range(len(folded)))
    while unread:
        # What was resolved may stand beside what now can be, so resolved texts are read again.
        found = _by_text([folded[k].text for k in unread])
        unread = [unread[k] for k in found]
        for k, spans in zip(unread, found.values(), strict=True):
            folded[k] = rewrite(folded[k], spans)
    return folded


@cache
def _folding() -> tuple[np.ndarray, np.ndarray]:
    """For every code point its folded code point and what else is to be done with it."""
    fold = np.arange(_TABLE_SIZE, dtype=np.uint32)
    action = np.zeros(_TABLE_SIZE, dtype=np.uint8)
    for code in range(_TABLE_SIZE):
        character = chr(code)
        category = unicodedata.category(character)
        if category in ("Cs", "Co"):  # private use stands for kinds of contact, see features/contacts.py
            fold[code] = ord(REPLACEMENT)
        elif character == "\n" or category == "Cn":
            continue
        elif category in ("Cc", "Zs", "Zl", "Zp"):
            fold[code] = ord(" ")
        elif category in ("Mn", "Me") or character in _COMBINING:
            action[code] = _JOIN
        elif category == "Cf":
            action[code] = _DROP
        else:
            compatible = unicodedata.normalize("NFKC", character)
            if len(compatible) == 1:
                fold[code] = ord(compatible)
            else:
                action[code] = _EXPAND
    for dash in "‐‑‒–—―−":
        fold[ord(dash)] = ord("-")
    # Letters on black discs and black squares (🅛 🅻): NFKC leaves them.
    for first in (0x1F150, 0x1F170):
        fold[first : first + 26] = np.arange(ord("A"), ord("Z") + 1)
    return fold, action


_COMBINING = {"゛": "\u3099", "ﾞ": "\u3099", "゜": "\u309a", "ﾟ": "\u309a"}


_DASH_IN_KATAKANA = re.compile("(?<=[ァ-ヺ])-(?=[ァ-ヺ])")


def _fold(texts):
    joined = "\n".join(texts)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    fold, action = _folding()
    inside = np.minimum(codes, _TABLE_SIZE - 1)
    what = action[inside]
    what[codes >= _TABLE_SIZE] = _DROP
    folded = fold[inside]
    katakana = (folded >= ord("ァ")) & (folded <= ord("ヺ"))
    folded[1:-1][(folded[1:-1] == ord("-")) & katakana[:-2] & katakana[2:]] = ord("ー")
    plain = folded.tobytes().decode("utf-32-le")
    first = np.cumsum([0, *(len(text) + 1 for text in texts)])
    places = np.flatnonzero(what)
    if not len(places):
        return [Normalized(plain[a : b - 1]) for a, b in itertools.pairwise(first)]
    pieces, counts, reached, longer = [], np.ones(len(codes), dtype=np.int64), 0, []
    for place, kind in zip(places.tolist(), what[places].tolist(), strict=True):
        if place > reached:
            pieces.append(plain[reached:place])
        reached, new = place + 1, ""
        if kind == _EXPAND:
            # Some compatibility forms bring a space or a mark of their own, such as ´ or ¨.
            compatible = unicodedata.normalize("NFKC", joined[place])
            new = "".join(c for c in compatible if action[ord(c)] == _KEEP and fold[ord(c)] == ord(c))
        elif kind == _JOIN:
            _join(pieces, _COMBINING.get(joined[place], joined[place]))
            longer.append(place)
        if new:
            pieces.append(new)
        counts[place] = len(new)
    pieces.append(plain[reached:])
    # What stood between a letter and its dash may be gone now.
    text = _DASH_IN_KATAKANA.sub("ー", "".join(pieces))
    starts = np.repeat(np.arange(len(codes)), counts)
    ends = starts + 1
    place_in_text = np.concatenate([[0], np.cumsum(counts)])
    begins = place_in_text[first[np.searchsorted(first, longer, "right") - 1]] if longer else []
    for place, begin in zip(longer, begins, strict=True):
        if place_in_text[place] > begin:  # a mark at the very beginning has no letter before it
            ends[place_in_text[place] - 1] = place + 1
    hidden = _hidden(joined, places, place_in_text)
    hidden_starts = [s for s, _ in hidden]
    touched = set(np.searchsorted(first, places, "right").tolist())
    result = []
    for k, (begin, stop) in enumerate(itertools.pairwise(first)):
        a, b = place_in_text[begin], place_in_text[min(stop - 1, len(codes))]
        if k + 1 in touched:
            here = hidden[bisect_left(hidden_starts, a) : bisect_right(hidden_starts, b)]
            own = tuple((int(s - a), int(e - a)) for s, e in here if e <= b)
            result.append(Normalized(text[a:b], own, starts[a:b] - begin, ends[a:b] - begin))
        else:
            result.append(Normalized(text[a:b]))
    return result


def _join(pieces, mark):
    """Compose a mark with the letter before it; a mark that composes with nothing is dropped."""
    if pieces:
        composed = unicodedata.normalize("NFKC", pieces[-1][-1] + mark)
        if len(composed) == 1:
            pieces[-1] = pieces[-1][:-1] + composed


def _hidden(joined, places, place_in_text):
    """Spans in the folded text of letters with an invisible character between them."""
    spans = []
    for place in places.tolist():
        if joined[place] in _INVISIBLE and joined[place - 1 : place].isalnum():
            following = (joined[n] for n in range(place + 1, len(joined)))
            after = next((c for c in following if c not in _INVISIBLE), "")
            at = int(place_in_text[place])
            if after.isalnum():
                spans.append((at - 1, at + 1))
    return spans


def _by_text(texts):
    """For each text with telling words that are not spelled plainly, by its number, these words."""
    first = np.cumsum([0, *(len(text) + 1 for text in texts)]).tolist()
    found: dict[int, list] = {}
    for start, end, word, disguised in find_spelled("\n".join(texts)):
        k = bisect_right(first, start) - 1
        found.setdefault(k, []).append(Spelled(start - first[k], end - first[k], word, disguised))
    return found


def rewrite(normalized: Normalized, found: list[Spelled]) -> Normalized:
    """Put words in place of spans, sorted and apart; each character of a word maps to the whole of what stood there."""
    text, starts, ends = normalized.text, normalized.starts, normalized.ends
    if starts is None:
        starts = np.arange(len(text))
        ends = starts + 1
    pieces, new_starts, new_ends, marks = [], [], [], []
    longer = np.zeros(len(text) + 1, dtype=np.int64)
    gone = np.zeros(len(text) + 1, dtype=bool)
    reached = length = 0
    for start, end, word, disguised in found:
        pieces += [text[reached:start], word]
        length += start - reached
        if disguised:
            marks.append((length, length + len(word)))
        new_starts += [starts[reached:start], np.full(len(word), starts[start])]
        new_ends += [ends[reached:start], np.full(len(word), ends[end - 1])]
        length += len(word)
        longer[end] = len(word) - (end - start)
        gone[start:end] = True
        reached = end
    moved = np.cumsum(longer)
    before = [(int(a + moved[a]), int(b + moved[b])) for a, b in normalized.disguised if not gone[a:b].any()]
    return Normalized(
        "".join([*pieces, text[reached:]]),
        tuple(sorted(marks + before)),
        np.concatenate([*new_starts, starts[reached:]]),
        np.concatenate([*new_ends, ends[reached:]]),
    )

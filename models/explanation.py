"""Evidence: the words of the original text that a decision rests on, their clause and its advice."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from features.context import CONTEXT_FIELDS
from features.policy import Category
from features.reading import Reading, Readings
from features.signals import MAX_SPAN, Found
from features.tokens import Morphemes
from models.features import category_columns, category_matrix
from models.text import Occurrences

MOST_SPANS = 3
_LEAST_SPAN = 8  # characters
_LEAST_READABLE = 2  # characters: one alone says nothing to a reader
_LEAST_SHARE = 1 / 3  # of the strongest sentence: what says less is no evidence beside it


def explain(
    model,
    row: dict,
    reading: Reading,
    morphemes: Morphemes,
    strength: dict,
    found: list[Found],
    flagged,
    margins,
    shared,
) -> list[dict]:
    """Evidence of every flagged category: one to three spans of the original text each.

    Parameters
    ----------
    model
        The fitted `models.training.Model`.
    row
        The document: of each column of `features.documents.document_arrays` its value.
    reading, morphemes, found
        What was read: the text, the kinds of its morphemes, its signals.
    strength
        By flagged category how much each character of the normalized text adds: see `character_strength`.
    flagged
        One boolean a category.
    margins, shared
        The document's row of each, as `models.features.category_matrix` takes them.

    Returns
    -------
    Dicts of `category`, `clause`, `field`, `start`, `end`, `text`, `advice`; offsets count characters of
    the field as it was given. For a reason that is in no text, `field` is a column of the document and
    `text` its value, without offsets.
    """
    evidence = []
    for j in np.flatnonzero(flagged).tolist():
        category = model.policy.categories[j]
        spans = _spans(category, reading, morphemes, strength[j], found)
        entries = [e for a, b, s in spans if (e := _entry(row, reading, category, a, b, s))]
        evidence += entries or [_metadata_entry(model, row, j, margins, shared)]
    return evidence


def _spans(category: Category, reading, morphemes, strength, found):
    """(start, end, signal or None) in the normalized text, the strongest first."""
    if not len(strength):
        return []
    total = np.concatenate([[0.0], np.cumsum(strength)])
    speaking = set(category.signals("violation"))
    candidates = []
    # By sentence: what speaks in it, weighed by the words of the sentence.
    by_sentence = sorted(((total[b] - total[a]) / np.sqrt(b - a), a, b) for a, b in reading.sentences)[
        -MOST_SPANS:
    ]
    most = by_sentence[-1][0]
    for rank, (value, a, b) in enumerate(reversed(by_sentence)):
        if rank and value <= max(_LEAST_SHARE * most, 0):
            continue
        start, end = _window(strength, a, b)
        candidates.append((value + 1e-3, start, end, None))
    for f in found:
        if f.signal in speaking and not f.denied:
            value = (total[f.end] - total[f.start]) / np.sqrt(max(f.end - f.start, 1))
            candidates.append((value + 0.5 * max(strength.max(), 0), f.start, f.end, f.signal))
    candidates.sort(key=lambda c: -c[0])
    chosen = []
    for _, a, b, signal in candidates:
        overlap = [k for k, (c, d, _) in enumerate(chosen) if a < d and c < b]
        if overlap:
            # A window of words on a signal takes the signal's name, so that its clause is known.
            k = overlap[0]
            if signal and chosen[k][2] is None:
                chosen[k] = (chosen[k][0], chosen[k][1], signal)
        elif len(chosen) < MOST_SPANS:
            chosen.append((a, b, signal))
    return [(*_whole_words(reading, morphemes, a, b), signal) for a, b, signal in chosen]


_LEANS_ON_WHAT_IS_BEFORE = frozenset(["助動詞", "接尾辞"])
_ENDS_NOT_BEGINS = frozenset("、。・,.!?)]】」』")  # of the normalized text
# After て they are part of the verb before them (登録してください).
_HELPING_VERBS = frozenset(
    ["下さる", "頂く", "居る", "貰う", "呉れる", "上げる", "欲しい", "置く", "仕舞う", "見る", "来る", "行く"]
)
_MOST_ENDINGS = 8  # morphemes


def _whole_words(reading, morphemes, start, end):
    """The span with whole morphemes: it begins with no particle, and verbs keep their endings."""
    tokens, parts, lemmas = reading.tokens, morphemes.parts, morphemes.lemmas
    kinds = tokens.kinds.tolist()
    first = int(np.searchsorted(tokens.ends, start, "right"))
    last = int(np.searchsorted(tokens.starts, end, "left")) - 1

    def leans(k):
        kind, before = kinds[k], kinds[k - 1]
        return (
            parts[kind] in _LEANS_ON_WHAT_IS_BEFORE
            or (parts[kind] == "助詞" and lemmas[kind] == "て")
            or (lemmas[before] == "て" and lemmas[kind] in _HELPING_VERBS)
        )

    while first < last and (
        parts[kinds[first]] in ("助詞", "空白")
        or lemmas[kinds[first]] in _ENDS_NOT_BEGINS
        or (first and leans(first))
    ):
        first += 1
    for _ in range(_MOST_ENDINGS):
        if last + 1 < len(kinds) and leans(last + 1):
            last += 1
    return int(tokens.starts[first]), int(tokens.ends[last])


def character_strength(
    readings: Readings, text: int, occurrences: Occurrences, own: np.ndarray, values: np.ndarray
) -> np.ndarray:
    """How much each character of a text adds: every n-gram's value is spread evenly over its characters.

    `own` are the places of the text's n-grams among `occurrences`, `values` what each of them adds.
    """
    begin, length = readings.first[text], len(readings.normalized[text].text)
    starts, ends = (at - begin for at in occurrences.grams.spans(occurrences.places[own]))
    share = values / np.maximum(ends - starts, 1)
    steps = np.bincount(starts, share, length + 1) - np.bincount(ends, share, length + 1)
    return np.cumsum(steps)[:length]


def _window(strength, first, last):
    """The span of at most `MAX_SPAN` characters of a sentence with the greatest sum; a short one is widened."""
    total = np.concatenate([[0.0], np.cumsum(strength[first:last])])
    # By end the best of the last `MAX_SPAN` starts: where the sum before it is lowest.
    before = np.concatenate([np.full(MAX_SPAN - 1, np.inf), total[:-1]])
    lowest = sliding_window_view(before, MAX_SPAN).argmin(axis=1)
    starts = np.arange(last - first) + lowest - (MAX_SPAN - 1)
    end = int((total[1:] - total[starts]).argmax()) + 1
    # A few letters alone are hard to read.
    start = max(min(int(starts[end - 1]), end - _LEAST_SPAN), 0)
    return first + start, first + min(max(end, start + _LEAST_SPAN), last - first)


def _entry(row, reading, category, start, end, signal):
    """A span as evidence in the field that holds most of it, or None where next to nothing but blanks is left of it."""
    a, b = reading.normalized.original_span(start, end)
    begins = {"body": 0}
    if row["document_type"] == "job":
        begins = {"title": 0, "description": len(row["title"]) + 1}
    held = {field: row[field][max(a - begin, 0) : max(b - begin, 0)] for field, begin in begins.items()}
    field = max(held, key=lambda name: len(held[name].strip()))
    text = held[field].strip()
    if len(text) < _LEAST_READABLE:
        return None
    a = max(a - begins[field], 0) + held[field].index(text)
    clause = _clause(category, signal)
    return {
        "category": category.id,
        "clause": clause.id,
        "field": field,
        "start": a,
        "end": a + len(text),
        "text": text,
        "advice": clause.advice,
    }


def _clause(category, signal):
    """The clause that rests on the signal, else the first violation clause."""
    first = next(c for c in category.clauses if c.kind == "violation")
    return (category.clause_of(signal) if signal else None) or first


def _metadata_entry(model, row, position, margins, shared):
    """The field of the context that the trees hold most against the document, and its value."""
    category, trees = model.policy.categories[position], model.categories[position].trees
    matrix = category_matrix(model.policy, position, margins[None], shared[None])
    added = trees.predict(matrix, pred_contrib=True, num_threads=1)[0]
    names = category_columns(model.policy, position)
    field = max(CONTEXT_FIELDS, key=lambda name: added[names.index(name)])
    clause = _clause(category, None)
    return {
        "category": category.id,
        "clause": clause.id,
        "field": CONTEXT_FIELDS[field],
        "start": None,
        "end": None,
        "text": str(row[CONTEXT_FIELDS[field]]),
        "advice": clause.advice,
    }

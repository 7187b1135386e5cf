"""The named columns that the classifier reads for each category, the same for training and serving."""

from functools import cache
from typing import NamedTuple

import numpy as np

from features.context import CONTEXT_FEATURES, CONTEXT_SIGNALS, context_matrix, context_signals
from features.documents import Arrays
from features.policy import Category, Policy
from features.reading import Readings
from features.signals import NAMES, Found, find_signals
from features.tokens import Morphemes

SIGNAL_FEATURES: tuple[str, ...] = (*NAMES, *(f"{name}_denied" for name in NAMES))
SPEAKING_MARGINS = ("document_margin", "sentence_margin", "second_sentence_margin")
MARGINS = (*SPEAKING_MARGINS, "permitting_margin")
OTHER_MARGINS = SPEAKING_MARGINS[:2]  # what a category's trees see of the other categories
GROUPS = ("text", "signals", "context")
_PLACE = {name: k for k, name in enumerate(NAMES)}
_MOST = 3  # a signal found more often says no more


def signal_matrix(
    documents: Arrays, readings: Readings, morphemes: Morphemes
) -> tuple[np.ndarray, list[list[Found]]]:
    """Counts by document of each signal, affirmed and denied (`SIGNAL_FEATURES`), and where they stand."""
    found = find_signals(readings, morphemes)
    for own, normalized in zip(found, readings.normalized, strict=True):
        own += [Found("disguised_spelling", a, b) for a, b in normalized.disguised if a < b]
    counts = np.zeros((len(readings), len(SIGNAL_FEATURES)), dtype=np.float32)
    places = [
        row * len(SIGNAL_FEATURES) + _PLACE[f.signal] + len(NAMES) * f.denied
        for row, own in enumerate(found)
        for f in own
    ]
    np.add.at(counts.reshape(-1), places, 1)
    for name, present in context_signals(documents).items():
        counts[:, _PLACE[name]] = present
    return np.minimum(counts, _MOST), found


def shared_matrix(documents: Arrays, readings: Readings, signals: np.ndarray) -> np.ndarray:
    """The columns that all categories share: signals, then context."""
    return np.hstack([signals, context_matrix(documents, [n.text for n in readings.normalized])])


def permitting_signals(category: Category) -> list[str]:
    """The signals of a category's exceptions that are read from the context alone."""
    return [s for s in category.signals("exception") if s in CONTEXT_SIGNALS]


def permitted_by_context(documents: Arrays, policy: Policy) -> np.ndarray:
    """Whether a document's context permits some of what a category forbids: (documents, categories)."""
    present = context_signals(documents)
    nothing = np.zeros(len(documents["document_id"]), dtype=bool)
    columns = [
        np.logical_or.reduce([nothing, *(present[s] for s in permitting_signals(c))])
        for c in policy.categories
    ]
    return np.stack(columns, axis=1)


class _Clauses(NamedTuple):
    """Which signals (rows) each clause of a category rests on, and what permits each that can be broken.

    `own` has a column a clause, `permits` and `broken` a column a violation clause, at the places `violations`.
    """

    own: np.ndarray
    permits: np.ndarray
    broken: np.ndarray
    violations: list[int]


@cache
def _clauses(category: Category) -> _Clauses:
    exceptions = [c for c in category.clauses if c.kind == "exception"]
    violations = [k for k, c in enumerate(category.clauses) if c.kind == "violation"]

    def table(columns):
        out = np.zeros((len(NAMES), len(columns)), dtype=np.float32)
        for k, signals in enumerate(columns):
            np.add.at(out[:, k], [_PLACE[s] for s in signals], 1)
        return out

    permits = [
        [s for e in exceptions if not e.permits or category.clauses[k].id in e.permits for s in e.signals]
        for k in violations
    ]
    own = table([c.signals for c in category.clauses])
    return _Clauses(own, table(permits), own[:, violations], violations)


def category_matrix(policy: Policy, position: int, margins: np.ndarray, shared: np.ndarray) -> np.ndarray:
    """The columns of one category: its margins, its clauses, what all share, and the other categories' margins."""
    stands = (shared[:, : 2 * len(NAMES)] > 0).astype(np.float32)
    affirmed, denied = stands[:, : len(NAMES)], stands[:, len(NAMES) :]
    clauses = _clauses(policy.categories[position])
    present = affirmed @ clauses.own
    permitted = affirmed @ clauses.permits + denied @ clauses.broken
    standing = present[:, clauses.violations] * (permitted == 0)
    elsewhere = [k for k in range(margins.shape[2]) if k != position]
    others = margins[:, : len(OTHER_MARGINS), elsewhere].reshape(len(margins), -1)
    return np.hstack(
        [margins[:, :, position], present, standing, standing.sum(axis=1, keepdims=True), shared, others],
        dtype=np.float32,
    )


def category_columns(policy: Policy, position: int) -> list[str]:
    """Names of the columns of `category_matrix`: a clause's count of signals, and what of it stands unpermitted."""
    category = policy.categories[position]
    broken = [c.id for c in category.clauses if c.kind == "violation"]
    clauses = [*(c.id for c in category.clauses), *(f"{c}_standing" for c in broken), "standing"]
    return [*MARGINS, *clauses, *SIGNAL_FEATURES, *CONTEXT_FEATURES, *_others_margins(policy, position)]


def _others_margins(policy, position):
    return [f"{c}_{name}" for name in OTHER_MARGINS for k, c in enumerate(policy.ids) if k != position]


def directions(policy: Policy, position: int) -> list[int]:
    """The direction of each column that the policy's clauses give: 1 rising, -1 falling, 0 either.

    What speaks for a violation can only raise its probability, what permits it only lower it.
    """
    category = policy.categories[position]
    speaks, permits = set(category.signals("violation")), set(category.signals("exception"))
    both = speaks & permits
    given = dict.fromkeys((*SPEAKING_MARGINS, "standing"), 1) | {"permitting_margin": -1}
    for clause in category.clauses:
        given[clause.id] = 1 if clause.kind == "violation" else -1
        given[f"{clause.id}_standing"] = 1
    given |= {s: 1 for s in speaks - both} | {f"{s}_denied": -1 for s in speaks - both}
    given |= {s: -1 for s in permits - both}
    return [given.get(name, 0) for name in category_columns(policy, position)]


def columns_of(groups: tuple[str, ...], policy: Policy, position: int) -> np.ndarray:
    """Which columns of `category_matrix` belong to the named groups of features."""
    names, margins = category_columns(policy, position), {*MARGINS, *_others_margins(policy, position)}
    left_out = set() if "context" in groups else set(CONTEXT_FEATURES)
    if "text" not in groups:
        left_out |= margins
    if "signals" not in groups:
        left_out |= set(names) - margins - {*CONTEXT_FEATURES}
    return np.array([name not in left_out for name in names])

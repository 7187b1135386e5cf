"""Small numbers: which counts are not published so that no single case can be recognised.

A count from 1 to one below the threshold is published as "under the threshold". That alone is not
enough: with a total beside them, the shown counts give a hidden one away. So further counts, zeros
among them, are withheld until the published figures say no more of a small count than its label does. What they say
is found as an outsider would find it: by the least and the greatest value that the sums allow
(the audit problem of cell suppression; Fischetti and Salazar-Gonzalez 2001, Management Science 47(7)).
"""

import numpy as np
import pandas as pd
from scipy.optimize import linprog

SHOWN, UNDER, WITHHELD = "shown", "under", "withheld"

Sums = list[tuple[object, list]]


def protect(counts: pd.Series, sums: Sums, threshold: int, given: pd.Series | None = None) -> pd.Series:
    """Say for each count whether it is shown, published as "under the threshold", or withheld.

    Parameters
    ----------
    counts : Series of int
        The counts of one month, totals among them.
    sums : list of (total, parts)
        Labels of `counts`: which counts add up to which total.
    threshold : int
        A count from 1 to `threshold - 1` is small.
    given : Series of {"shown", "under", "withheld"}, optional
        What is settled already for some of `counts`, by the sums among themselves: only the others can
        still be withheld.

    Returns
    -------
    Series of {"shown", "under", "withheld"}, on the index of `counts`
        Anything can be withheld, a zero too: so a withheld count says nothing but what the sums allow.
    """
    state = _labelled(counts, sums, threshold)
    free = list(counts.index)
    if given is not None:
        state[given.index] = given
        free = [cell for cell in free if cell not in given.index]
    first = state.copy()
    while (exposed := _exposed(counts, state, sums, threshold)) is not None:
        candidates = _candidates(exposed, free, state, sums)
        if not candidates:
            state[free] = WITHHELD
            return state
        state[min(candidates, key=lambda c: (counts[c], counts.index.get_loc(c)))] = WITHHELD
    # What was withheld early may be needless after what was withheld later; the greatest counts come back first.
    for cell in sorted(counts.index[state != first], key=lambda c: -counts[c]):
        state[cell] = first[cell]
        if _exposed(counts, state, sums, threshold) is not None:
            state[cell] = WITHHELD
    return state


def _labelled(counts, sums, threshold):
    small = counts.between(1, threshold - 1)
    state = pd.Series(SHOWN, index=counts.index).mask(small, UNDER)
    # "under 3" and "under 3" below a total "under 3" can only be 1 and 1: such parts say nothing.
    for total, parts in sums:
        if small[total] and len(parts) > 1:
            state[parts] = WITHHELD
    return state


def label(count: int, state: str, threshold: int) -> str:
    """A count as it is published: its digits, 「N件未満」 or 「非公表」."""
    return {SHOWN: f"{count:,}", UNDER: f"{threshold}件未満", WITHHELD: "非公表"}[state]


def _exposed(counts, state, sums, threshold):
    """The first small count of which the shown figures say more than its label, or None."""
    open_cells = counts.index[counts.between(1, threshold - 1)]
    if open_cells.empty:
        return None
    place = {cell: n for n, cell in enumerate(counts.index)}
    matrix = np.zeros((len(sums), len(counts)))
    for row, (total, parts) in enumerate(sums):
        matrix[row, place[total]] = -1
        matrix[row, [place[p] for p in parts]] = 1
    # Without an upper end two withheld counts could grow without bound; beyond this end nothing more is asked.
    most = max(counts.max(), threshold)
    bounds = [_bounds(counts[c], state[c], threshold, most) for c in counts.index]
    # The least and the greatest of all small counts together settle most of them at once.
    for sign, end in ((1, 1), (-1, threshold - 1)):
        missing = [place[c] for c in open_cells]
        together = True
        while missing:
            goal = np.zeros(len(counts))
            goal[missing if together else missing[:1]] = sign
            values = linprog(goal, A_eq=matrix, b_eq=np.zeros(len(sums)), bounds=bounds).x
            left = [n for n in missing if sign * values[n] > sign * end + 1e-6]
            if not together and left and left[0] == missing[0]:
                return counts.index[missing[0]]
            missing, together = left, False
    return None


def _bounds(count, state, threshold, most):
    """What a reader who knows these rules takes from a cell alone."""
    if state == SHOWN:
        return count, count
    if state == UNDER:
        return 1, threshold - 1
    return 0, most


def _candidates(exposed, free, state, sums):
    """What can be withheld next: shown counts in a sum with the exposed one, then those "under the threshold".

    Where none is left, the same among all sums in which something is held back.
    """
    groups = [{total, *parts} for total, parts in sums]
    held_back = set(state.index[state != SHOWN])
    near = set().union(*(g for g in groups if exposed in g))
    anywhere = set().union(*(g for g in groups if g & held_back))
    for cells in (near, anywhere):
        for kind in (SHOWN, UNDER):
            if found := [c for c in free if c in cells and state[c] == kind]:
                return found
    return []

"""Small numbers: nothing that is published may say more of a small count than its label does."""

import itertools

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monthly.disclosure import SHOWN, UNDER, WITHHELD, label, protect

SUMS = [("total", ["a", "b", "c", "d"])]


def of(*parts):
    return pd.Series([sum(parts), *parts], index=["total", "a", "b", "c", "d"])


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((9, 5, 4, 0), "total a b c d"),  # nothing small
        ((9, 5, 4, 2), "total a b"),  # alone it would be worked out: the smallest other goes too
        ((9, 1, 1, 0), "total d"),  # two that are 2 together can only be 1 and 1
        ((9, 1, 2, 0), "total a d"),  # 1 and 2, or 2 and 1
        ((2, 0, 0, 0), ""),
        ((1, 1, 0, 0), ""),  # a total of "under 3" leaves its parts unsaid
        ((0, 0, 0, 0), "total a b c d"),
    ],
)
def test_small_counts_cannot_be_worked_out(parts, expected):
    state = protect(of(*parts), SUMS, threshold=3)
    assert " ".join(state.index[state == SHOWN]) == expected


@given(st.lists(st.integers(0, 9), min_size=4, max_size=4), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_every_value_of_the_label_stays_possible(parts, threshold):
    counts = of(*parts)
    state = protect(counts, SUMS, threshold)
    possible = {name: set() for name in "abcd"}
    for guess in _guesses(counts, state, threshold):
        for name, value in zip("abcd", guess, strict=True):
            possible[name].add(value)
    for name in "abcd":
        if 0 < counts[name] < threshold:
            assert possible[name] >= set(range(1, threshold))


def _guesses(counts, state, threshold):
    """All values of the parts that a reader who knows the rules cannot rule out."""

    def values(name):
        if state[name] == SHOWN:
            return [counts[name]]
        if state[name] == UNDER:
            return range(1, threshold)
        return range(20)

    totals = set(values("total")) if state["total"] != WITHHELD else set(range(99))
    return (g for g in itertools.product(*map(values, "abcd")) if sum(g) in totals)


def test_detail_is_withheld_before_what_it_adds_up_to():
    counts = pd.Series({"total": 12, "x": 7, "y": 5, "x1": 6, "x2": 1})
    main = protect(counts[["total", "x", "y"]], [("total", ["x", "y"])], 3)
    state = protect(counts, [("total", ["x", "y"]), ("x", ["x1", "x2"])], 3, given=main)
    assert state.to_dict() == {"total": SHOWN, "x": SHOWN, "y": SHOWN, "x1": WITHHELD, "x2": UNDER}


TABLE_SUMS = [("all", ["x", "y"]), ("all", ["a", "b", "c"])]
CELL_SUMS = [(r, [r + c for c in "abc"]) for r in "xy"] + [(c, [r + c for r in "xy"]) for c in "abc"]


def of_table(x, y):
    counts = {"x" + c: n for c, n in zip("abc", x, strict=True)} | dict(
        zip(["ya", "yb", "yc"], y, strict=True)
    )
    margins = {"x": sum(x), "y": sum(y)} | {c: a + b for c, a, b in zip("abc", x, y, strict=True)}
    return pd.Series({"all": sum(x) + sum(y)} | margins | counts)


def protected_table(counts):
    main = protect(counts[["all", "x", "y", "a", "b", "c"]], TABLE_SUMS, 3)
    return protect(counts, TABLE_SUMS + CELL_SUMS, 3, given=main)


@given(*[st.tuples(*[st.integers(0, 6)] * 3)] * 2)
@settings(max_examples=40, deadline=None)
def test_in_a_table_every_value_of_the_label_stays_possible(x, y):
    counts = of_table(x, y)
    state = protected_table(counts)
    assume((state[["all", "x", "y", "a", "b", "c"]] == SHOWN).all())
    fits = {SHOWN: lambda n, own: n == own, UNDER: lambda n, _: n in (1, 2), WITHHELD: lambda n, _: n >= 0}
    possible = {cell: set() for cell in state.index[6:]}
    for guess in itertools.product(*(range(counts[c] + 1) for c in "abc")):
        cells = dict(zip(("xa", "xb", "xc"), guess, strict=True))
        cells |= {"y" + c: counts[c] - cells["x" + c] for c in "abc"}
        if sum(guess) == counts["x"] and all(fits[state[c]](n, counts[c]) for c, n in cells.items()):
            for cell, n in cells.items():
                possible[cell].add(n)
    for cell in possible:
        if counts[cell] in (1, 2):
            assert possible[cell] >= {1, 2}


def test_counts_withheld_without_bound_are_no_error():
    counts = pd.Series({"t": 13, "u": 13, "a": 11, "b": 0, "c": 2, "d": 6, "e": 7})
    state = protect(counts, [("t", ["a", "b", "c"]), ("u", ["d", "e"])], threshold=10)
    assert set(state[["c", "d", "e"]]) <= {UNDER, WITHHELD}


def test_a_table_with_few_small_counts_keeps_the_others():
    counts = of_table((19, 11, 1), (8, 5, 6))
    state = protected_table(counts)
    assert state["xc"] == UNDER
    assert (state[["xa", "ya"]] == SHOWN).all()


def test_labels():
    assert [label(1204, SHOWN, 3), label(2, UNDER, 3), label(7, WITHHELD, 3)] == [
        "1,204",
        "3件未満",
        "非公表",
    ]

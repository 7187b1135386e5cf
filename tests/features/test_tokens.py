"""Morphemes leave no gap, and carry no digits into a vocabulary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.normalization import normalize
from features.tokens import Morphemes, tokenize

NORMAL = st.one_of(st.text(max_size=30), st.text("あアa1 　\n。ー漢字、\t-", max_size=30)).map(
    lambda t: normalize(t).text
)


@given(NORMAL)
def test_spans_leave_no_gap(text):
    tokens = tokenize([text], Morphemes())
    assert [0, *tokens.ends.tolist()] == [*tokens.starts.tolist(), len(text) + 1]
    assert (tokens.ends > tokens.starts).all()


@given(st.lists(NORMAL, max_size=4))
def test_what_was_seen_before_changes_nothing(texts):
    shared = Morphemes()
    for text in texts:
        tokenize([text], shared)
    for text in texts:
        alone = Morphemes()
        a, b = tokenize([text], shared), tokenize([text], alone)
        assert a.ends.tolist() == b.ends.tolist()
        assert [shared.lemmas[k] for k in a.kinds] == [alone.lemmas[k] for k in b.kinds]


@given(st.lists(st.text("あアa1漢字。、 　\t", max_size=12), min_size=1, max_size=6))
def test_a_line_is_cut_the_same_wherever_it_stands(lines):
    lines = [normalize(line).text for line in lines]
    morphemes = Morphemes()
    alone = [k for line in lines for k in tokenize([line], morphemes).kinds]
    assert tokenize(["\n".join(lines)], morphemes).kinds.tolist() == alone
    assert tokenize([*lines, *lines], morphemes).kinds.tolist() == alone * 2


@pytest.mark.parametrize(
    ("text", "lemmas"),
    [
        ("送りました", ["送る", "ます", "た"]),
        ("LINEを", ["line", "を"]),
        ("30000円", ["0", "円"]),
        ("", []),
    ],
)
def test_lemmas(text, lemmas):
    morphemes = Morphemes()
    assert [morphemes.lemmas[k] for k in tokenize([text], morphemes).kinds] == [*lemmas, ""]


@pytest.mark.parametrize("run", ["a", "〇", "★", "ア", "報酬は固定です。", "あ い\n", "続きはLINEで、"])
def test_a_long_text_is_read_like_a_short_one(run):
    morphemes = Morphemes()
    text = run * 5_000
    tokens = tokenize([text], morphemes)
    assert tokens.starts[0] == 0
    assert tokens.ends[-2] == len(text)
    assert (tokens.starts[1:] == tokens.ends[:-1]).all()
    if len(run) > 1:
        alone = tokenize([run], morphemes).kinds[:-1]
        assert tokens.kinds[:-1].tolist() == alone.tolist() * 5_000

"""Evidence: the span that adds most, in the field that holds most of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.policy import load_policy
from features.reading import read_texts
from features.signals import MAX_SPAN
from features.tokens import Morphemes
from models.explanation import _entry, _spans, _whole_words, _window


def around_a_peak():
    """One strong character among what speaks against, and weak ones before."""
    strength = np.full(100, 0.2)
    strength[20:81] = -1
    strength[50] = 10
    return strength


@pytest.mark.parametrize(
    ("strength", "first", "last", "span"),
    [
        (around_a_peak(), 0, 100, (43, 51)),  # a few letters alone are hard to read: eight are shown
        (around_a_peak(), 40, 60, (43, 51)),
        (np.ones(100), 0, 100, (0, 40)),
        (np.ones(100), 30, 100, (30, 70)),
        (np.ones(30), 0, 30, (0, 30)),
        (np.repeat([-1.0, 1.0, -1.0], [30, 60, 30]), 0, 120, (30, 70)),
        (np.eye(1, 100, 2)[0] * 2 - 1, 0, 100, (0, 8)),
        (np.full(5, -1.0), 0, 5, (0, 5)),
    ],
)
def test_the_window_with_the_greatest_sum(strength, first, last, span):
    assert _window(strength, first, last) == span


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=130), st.integers(0, 20))
def test_no_span_of_at_most_forty_characters_has_a_greater_sum(values, before):
    strength = np.array([9.0] * before + values + [9.0] * 10)
    first, last = before, before + len(values)
    a, b = _window(strength, first, last)
    assert first <= a < b <= last
    assert b - a <= MAX_SPAN
    assert b - a >= min(8, len(values))
    best = max(
        sum(values[i:j]) for i in range(len(values)) for j in range(i + 1, min(i + MAX_SPAN, len(values)) + 1)
    )
    # What was widened to eight characters holds the best span; a wider one is it.
    inside = max(sum(strength[i:j]) for i in range(a, b) for j in range(i + 1, b + 1))
    assert inside == best
    assert b - a <= 8 or strength[a:b].sum() == best


@pytest.mark.parametrize(
    ("by_sentence", "shown"),
    [
        ((1.0, 0.9, 0.5), ["紙を数える。", "糸を巻く。", "布を折る。"]),
        (
            (0.2, 1.0, 0.4),
            ["糸を巻く。", "布を折る。"],
        ),  # what says little is no evidence beside what says much
        ((0.1, 1.0, 0.1), ["糸を巻く。"]),
        ((-0.2, -1.0, -0.4), ["紙を数える。"]),  # one sentence is shown, whatever it says
    ],
)
def test_sentences_that_say_enough_are_shown(by_sentence, shown):
    morphemes = Morphemes()
    reading = read_texts(["紙を数える。糸を巻く。布を折る。"], morphemes)[0]
    strength = np.repeat(by_sentence, [b - a for a, b in reading.sentences])
    spans = _spans(load_policy("policy.yaml")["mlm"], reading, morphemes, strength, [])
    assert sorted(reading.text[a:b] for a, b, _ in spans) == sorted(shown)


@pytest.mark.parametrize(
    ("text", "span", "shown"),
    [
        ("庭から木の葉が川へ流れました。", "から木の葉が川へ流れ", "木の葉が川へ流れました"),
        ("庭へ、木の葉を集めてください。", "、木の葉を集め", "木の葉を集めてください"),
        ("古い帳簿を数えていただけますか。", "帳簿を数え", "帳簿を数えていただけます"),
        ("木の葉を集め、川へ流す。", "木の葉を集め", "木の葉を集め"),
        ("糸巻きを買う", "巻きを買", "糸巻きを買う"),
        ("葉を集めてみます", "葉を集め", "葉を集めてみます"),
        ("葉" + "です" * 20, "葉", "葉" + "です" * 8),  # no end of endings
        ("庭から", "から", "から"),  # what was found is never lost
        ("庭の 葉", " 葉", "葉"),
        ("「木の葉」を買う", "「木の葉", "「木の葉"),
    ],
)
def test_a_span_begins_with_no_particle_and_verbs_keep_their_endings(text, span, shown):
    morphemes = Morphemes()
    reading = read_texts([text], morphemes)[0]
    start = text.index(span)
    a, b = _whole_words(reading, morphemes, start, start + len(span))
    assert reading.text[a:b] == shown


@given(st.text("木葉を集めてくださいました。、 糸巻き", min_size=1, max_size=20), st.data())
def test_whole_words_are_in_the_text_and_share_something_with_what_was_found(text, data):
    morphemes = Morphemes()
    reading = read_texts([text], morphemes)[0]
    start = data.draw(st.integers(0, len(reading.text) - 1))
    end = data.draw(st.integers(start + 1, len(reading.text)))
    a, b = _whole_words(reading, morphemes, start, end)
    assert 0 <= a < b <= len(reading.text)
    assert a < end
    assert b > start


@pytest.mark.parametrize(
    ("title", "description", "span", "expected"),
    [
        ("和紙の仕分け", "帳面の入力です。", (0, 6), ("title", 0, 6)),
        ("和紙の仕分け", "帳面の入力です。", (7, 15), ("description", 0, 8)),
        ("和紙の仕分け", "帳面の入力です。", (4, 15), ("description", 0, 8)),  # most of it is there
        ("和紙の仕分け", "帳面の入力です。", (1, 9), ("title", 1, 6)),
        ("和紙の仕分け", "　　　　　　　帳面", (4, 14), ("title", 4, 6)),
        ("", "帳面の入力です。", (0, 4), ("description", 0, 3)),
        ("和紙", " 帳面 の入力 ", (2, 11), ("description", 1, 7)),
        ("和紙", "  帳面", (2, 5), None),
        ("和紙", "帳  面", (3, 6), None),  # one letter alone says nothing
    ],
)
def test_a_jobs_span_belongs_to_the_field_that_holds_most_of_it(title, description, span, expected):
    row = {"document_type": "job", "title": title, "description": description, "body": ""}
    reading = read_texts([f"{title}\n{description}"], Morphemes())[0]
    category = load_policy("policy.yaml")["direct_transaction"]
    entry = _entry(row, reading, category, *span, "payment_outside")
    assert (entry and (entry["field"], entry["start"], entry["end"])) == expected
    if entry:
        assert row[entry["field"]][entry["start"] : entry["end"]] == entry["text"]
        clause = next(c for c in category.clauses if c.id == "dt_payment_outside")
        assert (entry["clause"], entry["advice"]) == (clause.id, clause.advice)

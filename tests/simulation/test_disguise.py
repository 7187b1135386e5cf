"""Disguises are of many kinds, follow the seed, and change no more than the passage."""

import random

import pytest

from features.normalization import normalize
from simulation.disguise import disguise_passage, disguise_word


@pytest.mark.parametrize("word", ["LINE", "メール", "手数料", "カカオトーク"])
def test_a_word_is_disguised_in_many_ways_and_most_are_seen_through(word):
    spellings = {disguise_word(word, random.Random(seed)) for seed in range(60)}
    assert len(spellings) >= 6
    seen = [
        s for s in spellings if word in normalize(s).text or (word == "LINE" and normalize(s).text == "Line")
    ]
    assert len(seen) >= 0.6 * len(spellings)


def test_a_passage_keeps_what_is_no_telling_word():
    for seed in range(30):
        changed = disguise_passage("まずはLINEで。", random.Random(seed))
        assert changed.startswith("まずは")
        assert changed.endswith("で。")


@pytest.mark.parametrize("word", ["手数料", "LINE", "line", "メール", "ネット", "ーー", "者", "A1"])
def test_a_disguised_word_is_never_the_word_itself(word):
    assert all(disguise_word(word, random.Random(seed)) != word for seed in range(300))

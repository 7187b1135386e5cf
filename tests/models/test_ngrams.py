"""N-grams and their look-up: the same as a dict, whatever the keys; nothing personal is learnt."""

import re

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from features.contacts import MAIL, PHONE, URL
from features.reading import read_texts
from features.tokens import Morphemes
from models.ngrams import Vocabulary, fit_vocabulary, keys_by_text, lemma_ngrams
from models.text import TextSettings, fit_space

KEYS = st.lists(st.one_of(st.integers(1, 40), st.integers(1, 2**64 - 1)), max_size=80, unique=True)
SETTINGS = TextSettings(1, 1.0, 1.0, 1.0)


@given(KEYS, st.lists(st.integers(0, 2**64 - 1), max_size=40))
@example([], [1, 0])
def test_rows_are_those_of_a_dict(keys, others):
    vocabulary = Vocabulary(np.array(keys, dtype=np.uint64))
    wanted = [*keys, *others, *keys[::-1]]
    rows = {key: row for row, key in enumerate(keys)}
    found = vocabulary.rows(np.array(wanted, dtype=np.uint64))
    assert found.tolist() == [rows.get(key, -1) for key in wanted]
    assert len(vocabulary) == len(keys)


def read(*texts):
    morphemes = Morphemes()
    return read_texts(list(texts), morphemes), morphemes


def test_lemma_pairs_stand_within_a_sentence():
    readings, morphemes = read("猫が歩く。犬が走る。")
    space = fit_space([readings], np.array([0]), morphemes, SETTINGS)
    found = lemma_ngrams(readings, morphemes, space.numbers)
    spans = found.spans(np.arange(len(found.keys)))
    grams = [readings.text[a:b] for a, b in zip(*spans, strict=True)]
    assert "猫が" in grams
    assert "歩く" in grams
    assert "猫が歩く" in grams  # a pair two apart
    assert not {"。犬", "歩く。犬", "。犬が"} & {*grams}
    rows = space.vocabulary.rows(found.keys)
    assert len(set(rows[[grams.index(g) for g in ("猫", "猫が", "猫が歩く")]].tolist())) == 3


def test_signs_of_layout_are_no_lemmas():
    """How one writer sets a page would be learnt for what is said on it."""
    said = "報酬は10% 評価は★と☆ # ですか? a@example.com 090-0000-0000 https://example.com"
    plain, morphemes = read(said)
    set_out = read_texts(["■" + said.replace("評価", "【評価】").replace(" ", "、") + "。・"], morphemes)
    numbers = fit_space([plain, set_out], np.arange(2), morphemes, SETTINGS).numbers
    assert {"報酬", "評価", *"％★☆＃？", MAIL, PHONE, URL} <= set(numbers.lemmas)
    assert not {*"■【】、。・"} & set(numbers.lemmas)
    one, other = (keys_by_text(r, lemma_ngrams(r, morphemes, numbers))[0] for r in (plain, set_out))
    assert one.tolist() == other.tolist()


def test_an_ngram_must_stand_in_several_groups_and_copies_count_once():
    texts = [np.array(k, dtype=np.uint64) for k in ([1, 2], [1, 2], [1, 3])]
    vocabulary, idf = fit_vocabulary(texts, np.array([7, 7, 8]), 2)
    assert vocabulary.keys.tolist() == [1]
    np.testing.assert_allclose(idf, [np.log(3 / 3) + 1])


RESERVED = [
    "taro.yamada@example.com へ送ってください。",
    "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏ．ｊｐ まで",
    "taroあっとexample.comです。",
    "お電話は090-0000-0000か０３（００００）００００へ。",
    "〇九〇〇〇〇〇〇〇〇〇にどうぞ。",
    "https://example.com/form/12345 か www.example.net を見てください。",
    "IDは example_1234 です。口座は普通 0001234 です。",
    "報酬は120000円、1,234,567円、2026年です。",
]


def test_no_number_and_no_reserved_address_becomes_vocabulary():
    readings, morphemes = read(*RESERVED, *RESERVED)
    space = fit_space([readings], np.arange(len(readings)), morphemes, SETTINGS)
    assert len(space.vocabulary) > 20
    for lemma in space.numbers.lemmas:
        assert not re.search(r"\d{4}", lemma)
        assert "example" not in lemma.lower()
    found = lemma_ngrams(readings, morphemes, space.numbers)
    known = np.flatnonzero(space.vocabulary.rows(found.keys) >= 0)
    for a, b in zip(*found.spans(known), strict=True):
        assert "example" not in readings.text[a:b].lower()
    # Any two numbers are one lemma: no amount is told from another.
    amounts, morphemes = read("報酬は4821円", "報酬は120000円")
    numbers = fit_space([amounts], np.arange(2), morphemes, SETTINGS).numbers
    one, other = keys_by_text(amounts, lemma_ngrams(amounts, morphemes, numbers))
    assert one.tolist() == other.tolist()


def test_no_part_of_a_reserved_address_is_left_in_a_reading():
    readings, _ = read(*RESERVED)
    for reading in readings:
        assert not re.search(r"exam|ampl|taro|gmail", reading.text, re.IGNORECASE)

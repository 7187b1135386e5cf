"""Disguises are of many kinds, follow the seed, and change no more than the passage."""

import random

import pytest

from features.normalization import normalize
from simulation.corpus import Case
from simulation.disguise import disguise_passage, disguise_word
from simulation.variation import vary


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


def case(body, evidence, **more):
    doc = {"body": body, "sender_role": "client", "surface": "message", "escrow_status": "unfunded"}
    entries = tuple({"category": "rocket", "field": "body", "text": t} for t in evidence)
    return Case("A-1", "message", ("rocket",), entries, "", "plain", doc, **more)


@pytest.mark.parametrize("disguise", [0.0, 1.0])
def test_evidence_is_followed_through_every_change(disguise):
    body = (
        "田中と申します。報酬は12,000円、締切は3月10日です。\n\nカフェの看板の件です。\n\n"
        "続きはLINEでやり取りしましょう。\n\n道具はお貸しします。"
    )
    given = case(body, ["続きはLINEでやり取り"])
    texts = set()
    for seed in range(60):
        made = vary(given, random.Random(seed), disguise)
        (entry,) = made.evidence
        assert entry["text"] in made.doc["body"]
        assert (entry["text"] == "続きはLINEでやり取り") == (disguise == 0)
        assert not set(made.doc["body"]) & {"\ue000", "\ue001"}
        texts.add(made.doc["body"])
    assert len(texts) > 40
    assert given.doc["body"] == body


def test_amounts_in_text_and_fields_change_together():
    doc = {
        "title": "入力",
        "description": "報酬は10,000円です。",
        "reward_min_jpy": 10000,
        "reward_max_jpy": None,
    }
    job = Case("A-2", "job", (), (), "", "plain", doc)
    for seed in range(30):
        made = vary(job, random.Random(seed)).doc
        assert f"{made['reward_min_jpy']:,}円" in made["description"]
        assert made["reward_max_jpy"] is None

"""Variants keep what decides: evidence is followed, amounts change together, disguises are told as they are."""

import random
import re
from dataclasses import replace

import pytest

from simulation.corpus import Case
from simulation.variation import vary


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


def varied_amounts(text, **reward):
    """What `text` becomes in a job's description, each with what the reward became."""
    doc = {"title": "入力", "description": text, "reward_min_jpy": 10000, "reward_max_jpy": None} | reward
    job = Case("A-2", "job", (), (), "", "plain", doc)
    made = [vary(job, random.Random(seed)).doc for seed in range(80)]
    return {(re.search("計.+円", d["description"])[0], d["reward_min_jpy"]) for d in made}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("計12,800円", {"計10,000円", "計12,000円", "計12,800円", "計14,000円", "計15,000円", "計16,000円"}),
        ("計1000〜1100円", {"計800〜880円", "計900〜990円", "計1000〜1100円", "計1100〜1200円",
                         "計1200〜1300円", "計1200〜1400円"}),
        ("計2,000円から3,000円", {"計1,600円から2,400円", "計1,800円から2,700円", "計2,000円から3,000円",
                             "計2,200円から3,300円", "計2,400円から3,600円", "計2,500円から3,800円"}),
        ("計9,800-10,000円", {"計7,800-8,000円", "計8,800-9,000円", "計9,800-10,000円", "計11,000-11,000円",
                             "計12,000-12,000円"}),
        ("計1〜3万円", {"計8,000〜2.4万円", "計9,000〜2.7万円", "計1〜3万円", "計1.1万〜3.3万円",
                     "計1.2万〜3.6万円", "計1.2万〜3.8万円"}),
        ("計8,000〜1万円", {"計6,400〜8,000円", "計7,200〜9,000円", "計8,000〜1万円", "計8,800〜1.1万円",
                        "計9,600〜1.2万円", "計10,000〜1.2万円"}),
        ("計1万5千円", {"計1.2万円", "計1.4万円", "計1万5千円", "計1.6万円", "計1.8万円", "計1.9万円"}),
        ("計120万円", {"計96万円", "計110万円", "計120万円", "計130万円", "計140万円", "計150万円"}),
        ("計90〜110円", {"計90〜100円", "計90〜110円", "計90〜120円", "計90〜130円", "計90〜140円"}),
        ("計9.5円", {"計9.5円"}),
    ],
)  # fmt: skip
def test_amounts_change_with_their_units_and_ranges(text, expected):
    assert {found for found, _ in varied_amounts(text)} == expected


def test_nothing_is_rounded_where_no_amount_changes():
    kept = {m for m in varied_amounts("計12,800円", reward_min_jpy=12345) if 12345 in m}
    assert kept == {("計12,800円", 12345)}


def test_an_amount_in_10000_yen_changes_as_the_reward_does():
    for found, reward in varied_amounts("計3万円", reward_min_jpy=30000):
        assert found == f"計{reward / 10000:g}万円"


@pytest.mark.parametrize(("said", "changes"), [("ここでおはなししましょう", False), ("続きはLINEで", True)])
def test_a_text_is_called_disguised_where_the_disguise_changed_it(said, changes):
    for seed in range(30):
        made = vary(case(f"こんにちは。{said}。", [said]), random.Random(seed), 1.0)
        (entry,) = made.evidence
        assert (entry["text"] != said) == made.disguised == changes


def test_a_text_that_was_written_disguised_stays_called_so():
    given = replace(case("続きはラ○ンで。", ["ラ○ンで"]), difficulty="disguised")
    for disguise in (0.0, 1.0):
        made = vary(given, random.Random(1), disguise)
        assert made.disguised
        assert made.evidence[0]["text"] == "ラ○ンで"

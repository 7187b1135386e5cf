"""One scoring path: the same numbers however documents are given, and nothing later than the posting."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from features.documents import arrays_of, build_documents, documents_from_rows, texts_of
from features.normalization import normalize_many
from features.tables import concat_checked, read_table
from features.tokens import Morphemes
from models.artifact import load_model
from models.classifier import category_margins, probability
from models.scorer import Scorer
from models.text import LOWEST, document_columns, sentence_columns
from models.training import Labelled, prepare


@pytest.fixture
def folder(line):
    return line / "data" / "model" / "evaluated"


@pytest.fixture
def model(folder):
    return load_model(folder)


@pytest.fixture(scope="module")
def tables(line):
    """The simulated tables of jobs and messages."""
    return [
        concat_checked(
            [read_table(p, name) for p in sorted((line / "data" / "raw" / name).glob("*.csv"))]
        ).rows
        for name in ("jobs", "messages")
    ]


@pytest.fixture(scope="module")
def documents(tables):
    return build_documents(*tables).sample(120, random_state=1).reset_index(drop=True)


def naive_margins(model, prepared):
    """The margins of each document, one n-gram at a time: (documents, 4, categories)."""
    idf, linear = model.space.idf.astype(float), model.linear
    margins = []
    (readings,) = prepared.batches
    occurrences = model.space.occurrences(readings, prepared.morphemes)
    every = occurrences.rows
    for k in range(len(readings)):
        own_sentences = np.flatnonzero(readings.owners == k)

        def margin(own, weights, intercept):
            length = sum(idf[r] ** 2 for r in own) ** 0.5
            return sum((idf[r] / length * weights[r] for r in own), np.zeros(len(intercept))) + intercept

        def answers(margin, columns, permitted):
            """By category: `speaks`, or `speaks_anyway` where the context permits something; `permits`."""
            role = {(c, r): margin[n] for n, (c, r) in enumerate(columns)}
            speaks = [role[j, "speaks_anyway" if permitted[j] else "speaks"] for j in range(2)]
            return speaks, [role.get((j, "permits")) for j in range(2)]

        permitted = prepared.permitted[k]
        sentences = [
            answers(
                margin(every[occurrences.sentences == n], linear.sentence, linear.sentence_intercept),
                sentence_columns(model.policy),
                permitted,
            )
            for n in own_sentences
            if (occurrences.sentences == n).any()
        ]
        speaks = np.sort(np.array([s for s, _ in sentences]), axis=0)
        while len(speaks) < 2:
            speaks = np.vstack([np.full((1, 2), LOWEST), speaks])
        rows = every[np.isin(occurrences.sentences, own_sentences)]
        whole = margin(sorted(set(rows)), linear.document, linear.document_intercept)
        document, _ = answers(whole, document_columns(model.policy), permitted)
        permits = np.max([p for _, p in sentences], axis=0) if sentences else [LOWEST, LOWEST]
        margins.append([document, speaks[-1], speaks[-2], permits])
    return np.array(margins)


def test_the_scorer_gives_what_the_weights_say(model, folder, documents):
    documents = documents.head(30).assign(escrow_status=["funded", "unfunded", "released"] * 10)
    labelled = Labelled(documents, np.zeros((len(documents), 2), dtype=bool))
    prepared = prepare(labelled, Morphemes(), model.policy)
    margins = naive_margins(model, prepared)
    whole = category_margins(model.categories, model.policy, margins, prepared.shared)
    expected = np.stack([probability(m, whole[:, j]) for j, m in enumerate(model.categories)], axis=1)
    scored = Scorer.load(folder).score_documents(documents, explain=False).probabilities
    np.testing.assert_allclose(scored, expected, rtol=1e-3, atol=1e-6)
    assert (scored.max(axis=0) - scored.min(axis=0) > 0.1).all()
    assert prepared.permitted.any() and not prepared.permitted.all()


def test_a_document_alone_scores_as_among_others_and_in_any_order(folder, documents):
    scorer = Scorer.load(folder)
    together = scorer.score_documents(documents)
    backwards = scorer.score_documents(documents[::-1])
    np.testing.assert_allclose(backwards.probabilities[::-1], together.probabilities, rtol=1e-6)
    assert backwards.evidence[::-1] == together.evidence
    for k in (0, 7, 60):
        alone = Scorer.load(folder).score_documents(documents.iloc[[k]])
        np.testing.assert_allclose(alone.probabilities[0], together.probabilities[k], rtol=1e-6)


def test_nothing_later_than_a_documents_posting_changes_its_score(model, tables):
    jobs, messages = tables
    scorer, now = Scorer(model), pd.Timestamp("2026-03-20", tz="Asia/Tokyo")
    early = scorer.score(jobs[jobs["posted_at"] < now], messages[messages["sent_at"] < now], explain=False)
    later = messages.assign(
        message_id=messages["message_id"] + "x",
        sent_at=messages["sent_at"] + pd.Timedelta(days=300),
        body="続きはLINEでやり取りしましょう。報酬は成果報酬です。",
    )
    late = scorer.score(jobs, pd.concat([later, messages], ignore_index=True), explain=False)
    place = {name: k for k, name in enumerate(late.document_ids)}
    rows = [place[name] for name in early.document_ids]
    assert 100 < len(rows) < len(place)
    np.testing.assert_allclose(late.probabilities[rows], early.probabilities, rtol=1e-6)


DISGUISED = [
    "はじめまして。続きはラ○ンでやり取りしましょう。",
    "Ｌ　Ｉ　Ｎ　Ｅでやり取りしましょう㍑㈱ｶﾞ。",
    "\u3099\u200b続きはL\u200bINEで\nやり取りしませんか📦",
    "緑のアプリでやり取りしましょう、taroあっとexample.comです",
    "報酬は成 果 報 酬です。\n\n\n　",
    "続きはカカ才でお話しします\ufffd。",
]


def test_evidence_slices_to_the_text_of_its_field_as_given(model, documents):
    given = documents_from_rows(pd.DataFrame({
        "document_id": [f"D{k}" for k in range(2 * len(DISGUISED))],
        "document_type": ["message", "job"] * len(DISGUISED),
        "body": [t for text in DISGUISED for t in (text, "")],
        "title": [t for text in DISGUISED for t in ("", text)],
        "description": [t for text in DISGUISED for t in ("", text[::-1] + text)],
    }))  # fmt: skip
    everything = pd.concat([given, documents], ignore_index=True)
    scored = Scorer(model).score_documents(everything)
    fields, disguised = set(), 0
    for k, (row, evidence) in enumerate(zip(everything.to_dict("records"), scored.evidence, strict=True)):
        assert {e["category"] for e in evidence} == {
            c for c, f in zip(model.policy.ids, scored.flagged[k], strict=True) if f
        }
        for e in evidence:
            clauses = {c.id: c.advice for c in model.policy[e["category"]].clauses if c.kind == "violation"}
            assert clauses[e["clause"]] == e["advice"]
            if e["start"] is None:
                assert str(row[e["field"]]) == e["text"]
                continue
            fields.add(e["field"])
            disguised += k < len(given)
            assert 0 <= e["start"] < e["end"] <= len(row[e["field"]])
            assert row[e["field"]][e["start"] : e["end"]] == e["text"]
            assert e["text"] == e["text"].strip() != ""
    assert fields == {"title", "description", "body"}
    assert disguised > 5


def test_flags_and_action_follow_the_thresholds(model, documents):
    scored = Scorer(model).score_documents(documents, explain=False)
    disguised = [bool(n.disguised) for n in normalize_many(texts_of(arrays_of(documents)))]
    assert len(set(disguised)) == 2
    decided = zip(scored.probabilities, scored.flagged, scored.action, disguised, strict=True)
    for p, flagged, action, around in decided:
        from_ = [m.disguised_threshold if around else m.threshold for m in model.categories]
        assert flagged.tolist() == [x >= t for x, t in zip(p, from_, strict=True)]
        hidden = any(x >= m.hide_threshold for x, m in zip(p, model.categories, strict=True))
        assert action == ("hide" if hidden else "review" if flagged.any() else "pass")


def test_a_document_on_the_threshold_is_flagged(model, documents):
    one = documents.head(1)
    (p,) = Scorer(model).score_documents(one, explain=False).probabilities
    for above, flagged in ((0.0, True), (1e-9, False)):
        moved = [
            replace(m, threshold=x + above, disguised_threshold=x + above)
            for m, x in zip(model.categories, p.tolist(), strict=True)
        ]
        scored = Scorer(replace(model, categories=moved)).score_documents(one, explain=False)
        assert scored.flagged.all() == flagged
        assert scored.flagged.any() == flagged


@pytest.mark.parametrize(("text", "flagged"), [("続きはLINEで", False), ("続きはラ○ンで", True)])
def test_a_text_spelled_around_a_filter_is_reviewed_earlier(model, text, flagged):
    late = [replace(m, threshold=1.0, disguised_threshold=0.0) for m in model.categories]
    rows = documents_from_rows(
        pd.DataFrame({"document_id": ["M"], "document_type": ["message"], "body": [text]})
    )
    assert Scorer(replace(model, categories=late)).score_documents(rows).flagged.all() == flagged


@pytest.mark.parametrize("text", ["", " ", "。", "\u3099", "あ", "\U0010ffff", "a" * 20_000, "😀" * 300])
def test_any_text_can_be_scored(model, text):
    rows = documents_from_rows(
        pd.DataFrame({"document_id": ["M"], "document_type": ["message"], "body": [text]})
    )
    p = Scorer(model).score_documents(rows).probabilities
    assert p.shape == (1, 2)
    assert ((p >= 0) & (p <= 1)).all()


def test_no_number_and_no_reserved_address_is_in_the_artifact(line):
    lemmas = (line / "data" / "model" / "final" / "lemmas.txt").read_text(encoding="utf-8").split("\n")
    assert len(lemmas) > 30
    assert not [w for w in lemmas if "example" in w or sum(c.isdigit() for c in w) >= 4]

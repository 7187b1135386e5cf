"""The stages' own tables, month by month: what was published once is made again from what came later."""

import json

import pandas as pd
import pytest

from features.policy import load_policy
from models.scorer import Scorer
from monthly.decisions import known_before
from monthly.publish import publish_month
from pipelines.data import read_decisions, read_documents
from pipelines.score import scores_table

MONTHS = ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"]
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def tables(line):
    """Documents, decisions, scores of every document, policy."""
    documents = read_documents(line / "data" / "documents")
    scorer = Scorer.load(line / "data" / "model" / "evaluated")
    scores = scores_table(scorer.score_documents(documents, explain=False), scorer.ids)
    decisions = read_decisions(line / "data" / "documents")
    return documents, decisions, scores, load_policy(line / "policy.yaml")


def as_of_month(month):
    return (pd.Period(month, freq="M") + 1).strftime("%Y-%m-10")


def written(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def test_the_months_are_those_of_the_line(tables):
    assert sorted(tables[0]["month"].unique()) == MONTHS


@pytest.mark.parametrize("month", MONTHS[:-1])
def test_a_month_has_the_same_bytes_before_and_after_the_later_months_came(tables, tmp_path, month):
    documents, decisions, scores, policy = tables
    end = known_before(as_of_month(month))
    then = documents[documents["posted_at"] < end]
    decided_then = decisions[decisions["decided_at"] < end]
    scored_then = scores[scores["document_id"].isin(then["document_id"])]
    assert len(decided_then) < len(decisions)
    publish_month(then, decided_then, scored_then, policy, month, as_of_month(month), tmp_path / "then")
    again = (documents[::-1], decisions[::-1], scores[::-1])
    publish_month(*again, policy, month, as_of_month(month), tmp_path / "again")
    assert written(tmp_path / "then") == written(tmp_path / "again")


def test_the_stage_writes_the_same_bytes(tables, line, tmp_path):
    publish_month(*tables, "2026-05", "2026-06-10", tmp_path)
    assert written(line / "reports" / "monthly" / "2026-05") == written(tmp_path)


def test_a_later_date_changes_the_figures(tables, tmp_path):
    """Otherwise the same bytes would say nothing of the as-of date."""
    for as_of in ("2026-02-10", "2026-07-10"):
        publish_month(*tables, "2026-01", as_of, tmp_path / as_of)
    early, late = (
        json.loads((tmp_path / d / "report.json").read_text("utf-8")) for d in ("2026-02-10", "2026-07-10")
    )
    assert early["surfaces"] != late["surfaces"]

"""Months in which something is missing: a violation, a decision, a category, a month before."""

import csv
import json
from importlib.resources import files

import jsonschema
import pytest
from month_tables import decisions, documents, marketplace, policy, scores

from monthly.charts import charts_of, svg
from monthly.publish import publish_month
from monthly.report import build_report

DOCUMENTS = documents(("a", "job", "2026-08-10"), ("b", "job", "2026-09-01"), ("c", "message", "2026-09-02"))
BEFORE = ("a", "smoke", "2026-08-11")
QUIET = {
    "no_documents": ([BEFORE], "2026-08-31"),
    "no_decisions": ([BEFORE], "2026-10-05"),
    "no_violations": ([BEFORE, ("b", "none", "2026-09-02")], "2026-10-05"),
    "counted": ([BEFORE, ("b", "smoke", "2026-09-02")], "2026-10-05"),  # the category "noise" is absent
}


@pytest.fixture(params=QUIET)
def quiet(request, tmp_path):
    """The state of a month, its report and the folder it was written to."""
    decided, as_of = QUIET[request.param]
    tables = (DOCUMENTS, decisions(*decided), scores(DOCUMENTS))
    return request.param, publish_month(*tables, policy(), "2026-09", as_of, tmp_path), tmp_path


def rows(folder, name):
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def counted(folder, month):
    """The counts of all surfaces as breakdown.csv gives them."""
    return {
        r["category"]: r["count"]
        for r in rows(folder, "breakdown.csv")
        if (r["month"], r["surface"]) == (month, "all")
    }


def test_state_and_counts(quiet):
    state, report, folder = quiet
    assert report["state"] == state
    assert (
        counted(folder, "2026-09")
        == {
            "no_documents": {"all": "0", "smoke": "0", "noise": "0"},
            "no_decisions": {"all": "判定前", "smoke": "判定前", "noise": "判定前"},
            "no_violations": {"all": "0", "smoke": "0", "noise": "0"},
            "counted": {"all": "1", "smoke": "1", "noise": "0"},
        }[state]
    )
    assert counted(folder, "2026-08") == {"all": "1", "smoke": "1", "noise": "0"}


def test_page_and_announcement_say_so(quiet):
    state, _, folder = quiet
    said = {
        "no_documents": "投稿されたお仕事・提案・メッセージはありませんでした",
        "no_decisions": "現在確認中です",
        "no_violations": "違反と判断したものはありませんでした",
        "counted": "項目noise",
    }
    for name in ("index.html", "report.md", "announcement.md"):
        text = (folder / name).read_text(encoding="utf-8")
        assert [s for s in QUIET if said[s] in text and s != "counted"] == [
            s for s in [state] if s != "counted"
        ]
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert ("確認の結果がまとまり次第" in page) == (state == "no_decisions")
    assert ("今月のトピック" in page) == (state != "no_documents")


def test_nothing_is_drawn_of_a_month_of_which_nothing_is_known(quiet):
    state, report, folder = quiet
    known = state not in ("no_documents", "no_decisions")
    names = ["trend", "category_trend", "breakdown_before", *(["breakdown"] if known else [])]
    assert [chart.name for chart in charts_of(report)] == names
    assert sorted(p.stem for p in folder.glob("*.png")) == sorted(names)
    assert ("2026年9月の種類別の内訳" in (folder / "index.html").read_text(encoding="utf-8")) == known


def test_a_month_before_of_which_nothing_is_decided_has_no_chart(tmp_path):
    tables = (DOCUMENTS, decisions(("b", "smoke", "2026-09-02")), None, policy())
    made = publish_month(*tables, "2026-09", "2026-10-05", tmp_path)
    assert [c.name for c in charts_of(made)] == ["trend", "category_trend", "breakdown"]
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "2026年8月の種類別の内訳" not in page
    assert "斜線の棒" not in page
    trend = next(c for c in charts_of(made) if c.name == "trend")
    assert [r["text"] for r in trend.rows] == ["判定前", "1"]
    assert not trend.holds_back
    assert "判定前" in svg(trend)  # an empty place would read as a zero
    assert "<pattern" not in svg(trend)  # the hatching


def test_texts_of_a_month_in_which_no_job_is_decided(tmp_path):
    tables = (DOCUMENTS, decisions(BEFORE, ("c", "smoke", "2026-09-03")), None, policy())
    publish_month(*tables, "2026-09", "2026-10-05", tmp_path)
    announcement, report = (
        (tmp_path / name).read_text(encoding="utf-8") for name in ("announcement.md", "report.md")
    )
    assert "お仕事は**" not in announcement + report
    assert "2026年9月に投稿されたお仕事は現在確認中です" in announcement
    assert "2026年9月に投稿されたお仕事は現在確認中です" in report
    assert "違反の合計は1件です" in announcement


def test_report_is_valid(quiet):
    _, _, folder = quiet
    schema = json.loads(files("monthly").joinpath("report.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads((folder / "report.json").read_text(encoding="utf-8")), schema)


def test_an_absent_category_is_listed_with_zero_everywhere():
    decided, as_of = QUIET["counted"]
    made = build_report(
        DOCUMENTS, decisions(*decided), scores(DOCUMENTS), policy(threshold=3), "2026-09", as_of
    )
    assert [c["id"] for c in made["categories"]] == ["smoke", "noise"]
    assert [r["category"] for r in made["prevalence"]["rows"]] == ["all", "smoke", "noise"]
    assert {r["external_category"] for r in made["external"]} == {"AIR", "SOUND"}


def test_a_month_in_which_the_followed_category_is_absent():
    decided = decisions(("b", "noise", "2026-09-02"))
    made = build_report(DOCUMENTS[1:], decided, None, policy(), "2026-09", "2026-10-05")
    followed = next(c for c in charts_of(made) if c.name == "category_trend")
    assert [(r["name"], r["text"]) for r in followed.rows] == [("2026年9月", "0")]
    assert "2026年9月は0件です" in followed.summary


def test_a_first_month_compares_with_nothing(tmp_path):
    docs, decided = marketplace()
    made = publish_month(docs, decided, scores(docs), policy(), "2026-07", "2026-08-05", tmp_path)
    assert [c.name for c in charts_of(made)] == ["trend", "category_trend", "breakdown"]
    assert {r["month"] for r in rows(tmp_path, "breakdown.csv")} == {"2026-07"}
    assert rows(tmp_path, "revision.csv") == []
    assert "前月" not in (tmp_path / "announcement.md").read_text(encoding="utf-8")


def test_the_breakdowns_of_both_months_share_one_scale():
    docs, decided = marketplace()
    made = build_report(docs, decided, None, policy(), "2026-08", "2026-09-05")
    before, now = charts_of(made)[2:]
    assert (before.top, now.top) == (5, 5)
    assert max(r["count"] for r in before.rows) == 3

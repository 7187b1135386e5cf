"""The figures of the report, on tables in which every count can be done in the head."""

import pytest
from month_tables import decisions, documents, marketplace, policy, scores

from monthly.report import build_report
from monthly.revision import publication_dates

DOCUMENTS = documents(
    ("a", "job", "2026-08-10"),
    ("b", "job", "2026-09-01"),
    ("c", "job", "2026-09-02"),
    ("d", "proposal", "2026-09-03"),
    ("e", "message", "2026-09-04"),
    ("f", "message", "2026-09-05"),
)
DECISIONS = decisions(
    ("a", "smoke", "2026-08-11"),
    ("b", "smoke", "2026-09-02"),
    ("b", "noise", "2026-09-02"),
    ("c", "none", "2026-09-04"),
    ("d", "smoke", "2026-09-06", "user_report"),
    ("e", "smoke", "2026-09-05", "model"),
)


def report(docs=DOCUMENTS, decided=DECISIONS, month="2026-09", as_of="2026-10-05", threshold=1, **more):
    more = {"scores": None} | more
    return build_report(docs, decided, policy=policy(threshold), month=month, as_of=as_of, **more)


def counts(rows, key):
    return {row[key]: row["count"] for row in rows}


def test_breakdown_by_surface_and_together():
    rows = {(r["month"], r["surface"], r["category"]): r for r in report()["breakdown"]}
    assert {k[1:]: r["count"] for k, r in rows.items() if k[0] == "2026-09"} == {
        ("all", "all"): 3, ("all", "smoke"): 2, ("all", "noise"): 1,
        ("job", "all"): 1, ("job", "smoke"): 0, ("job", "noise"): 1,
        ("proposal", "all"): 1, ("proposal", "smoke"): 1, ("proposal", "noise"): 0,
        ("message", "all"): 1, ("message", "smoke"): 1, ("message", "noise"): 0,
    }  # fmt: skip
    assert rows["2026-09", "all", "smoke"]["share"] == 0.6667
    assert rows["2026-08", "all", "all"]["count"] == 1


def test_trends_sources_and_external_categories():
    made = report()
    jobs = [(r["month"], r["posted"], r["count"], r["share"]) for r in made["trend"]]
    assert jobs == [("2026-08", 1, 1, 1.0), ("2026-09", 2, 1, 0.5)]
    assert [(r["month"], r["count"]) for r in made["category_trend"]] == [("2026-08", 1), ("2026-09", 2)]
    assert counts(made["sources"], "source") == {"patrol": 1, "user_report": 1, "model": 1, "audit": 0}
    assert counts(made["external"], "external_category") == {"AIR": 2, "SOUND": 1}
    assert made["topic"] == {"category": "smoke", "before": 1, "now": 2}


def test_actions_and_time_to_decision():
    scored = scores(DOCUMENTS).assign(action=["pass", "hide", "hide", "review", "pass", "pass"])
    made = report(scores=scored[scored["document_id"] != "e"])
    rows = {r["action"]: (r["reviewed"], r["count"], r["share"]) for r in made["actions"]}
    assert rows == {"hide": (2, 1, 0.5), "review": (1, 1, 1.0), "pass": (0, 0, None), "unscored": (1, 1, 1.0)}
    # b after 1 day, c 2, d 3, e 1
    assert made["time_to_decision"][0] == {"group": "reviewed", "median_hours": 36.0, "p90_hours": 64.8}
    assert made["time_to_decision"][1]["median_hours"] == 24.0


def test_no_document_has_a_score():
    made = report(scores=scores(DOCUMENTS).iloc[:0])
    assert made["prevalence"]["basis"] is None
    assert counts(made["actions"], "action") == {"hide": 0, "review": 0, "pass": 0, "unscored": 3}


@pytest.mark.parametrize(
    ("month", "as_of", "state"),
    [
        ("2026-09", "2026-10-05", "counted"),
        ("2026-09", "2026-09-01", "no_decisions"),
        ("2026-09", "2026-08-31", "no_documents"),
        ("2026-10", "2026-11-05", "no_documents"),
        ("2026-08", "2026-09-05", "counted"),
    ],
)
def test_state_of_the_month(month, as_of, state):
    assert report(month=month, as_of=as_of)["state"] == state


def test_a_month_without_violation_is_zero_and_one_without_decision_is_not():
    fine = decisions(("b", "none", "2026-09-02"))
    assert report(decided=fine)["state"] == "no_violations"
    assert report(decided=fine)["surfaces"][0]["count"] == 0
    waiting = report(decided=decisions())["surfaces"][0]
    assert (waiting["count"], waiting["text"]) == (None, "判定前")


def test_a_surface_without_decision_is_not_zero():
    made = report(decided=decisions(("e", "smoke", "2026-09-05")))
    assert [(r["surface"], r["count"], r["share"], r["text"]) for r in made["surfaces"]] == [
        ("all", 1, 0.2, "1"),
        ("job", None, None, "判定前"),
        ("proposal", None, None, "判定前"),
        ("message", 1, 0.5, "1"),
    ]
    assert made["trend"][-1]["text"] == "判定前"
    cells = {(r["surface"], r["category"]): r["text"] for r in made["breakdown"] if r["month"] == "2026-09"}
    assert cells["job", "smoke"] == cells["job", "noise"] == "判定前"
    assert (cells["all", "noise"], cells["message", "noise"]) == ("0", "0")


def test_a_surface_on_which_nothing_was_posted_is_zero():
    made = report(docs=DOCUMENTS[:3], decided=DECISIONS[:4])
    assert [r["text"] for r in made["surfaces"]] == ["1", "1", "0", "0"]


def test_a_surface_without_decision_hides_no_small_count():
    """Its zero is known to everyone: what is held back must not lean on it."""
    kinds = ["job", "proposal", "proposal", *["message"] * 5]
    posted = documents(*((f"d{n}", kind, "2026-09-01") for n, kind in enumerate(kinds)))
    decided = decisions(*((f"d{n}", "smoke", "2026-09-02") for n in range(1, 8)))
    surfaces = {r["surface"]: r["text"] for r in report(posted, decided, threshold=3)["surfaces"]}
    assert (surfaces["job"], surfaces["proposal"]) == ("判定前", "3件未満")
    assert "非公表" in (surfaces["all"], surfaces["message"])


def test_the_first_month_has_no_month_before():
    made = report(month="2026-08", as_of="2026-09-05")
    assert (made["month_before"], made["topic"], len(made["trend"])) == (None, None, 1)


def test_no_tables_at_all():
    made = report(docs=documents(), decided=decisions())
    assert (made["state"], made["month_before"]) == ("no_documents", None)


def test_revision_lists_what_changed_since_publication():
    docs, decided = marketplace()
    made = build_report(docs, decided, None, policy(), "2026-09", "2026-10-05")
    changes = [(r["month"], r["category"], r["before"], r["now"], r["decrease"]) for r in made["revision"]]
    assert changes == [("2026-07", "all", 4, 3, 1), ("2026-07", "smoke", 4, 3, 1)]
    assert made["revision"][0]["published_as_of"] == "2026-08-05"


def test_a_small_count_that_changes_gives_nothing_away():
    docs, decided = marketplace()
    made = build_report(docs, decided, None, policy(threshold=5), "2026-09", "2026-10-05")
    assert [r for r in made["revision"] if r["month"] == "2026-07"] == []


def test_publication_dates_keep_the_distance():
    dates = publication_dates(["2026-01", "2026-08"], "2026-09", "2026-10-31")
    assert {m: d.isoformat() for m, d in dates.items()} == {"2026-01": "2026-02-28", "2026-08": "2026-09-30"}


def test_small_numbers_are_held_back_with_everything_that_rests_on_them():
    docs, decided = marketplace()
    made = build_report(docs, decided, scores(docs), policy(threshold=3), "2026-09", "2026-10-05")
    noise = next(r for r in made["breakdown"] if r["month"] == "2026-09" and r["category"] == "noise")
    assert (noise["count"], noise["share"]) == (None, None)
    estimate = next(r for r in made["prevalence"]["rows"] if r["category"] == "noise")
    assert (estimate["confirmed"], estimate["low"], estimate["high"]) == (None, None, None)


@pytest.mark.parametrize("month", ["2026-9", "2026-13", "September"])
def test_no_month(month):
    with pytest.raises(ValueError):
        report(month=month)

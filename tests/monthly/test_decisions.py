import pytest
from month_tables import decisions, documents, policy

from monthly.decisions import decisions_as_of, outcomes

POSTED = documents(("a", "job", "2026-09-01 10:00"))


@pytest.mark.parametrize(
    ("rows", "as_of", "expected"),
    [
        ([], "2026-10-05", None),
        ([("a", "smoke", "2026-09-02")], "2026-09-01", None),
        ([("a", "smoke", "2026-09-02 23:59")], "2026-09-02", "smoke"),
        ([("a", "smoke", "2026-09-02"), ("a", "noise", "2026-09-02")], "2026-09-02", "noise"),  # several
        ([("a", "smoke", "2026-09-02"), ("a", "smoke", "2026-09-02")], "2026-09-02", "smoke"),  # one twice
        ([("a", "smoke", "2026-09-02"), ("a", "none", "2026-09-03")], "2026-09-05", "none"),  # withdrawn
        ([("a", "smoke", "2026-09-02"), ("a", "none", "2026-09-03")], "2026-09-02", "smoke"),  # not yet
        ([("a", "none", "2026-09-02"), ("a", "smoke", "2026-09-03")], "2026-09-05", "smoke"),
        (
            [("a", "smoke", "2026-09-02"), ("a", "noise", "2026-09-02"), ("a", "smoke", "2026-09-03")],
            "2026-09-05",
            "smoke",  # the later decision replaces both
        ),
    ],
)
def test_the_latest_decision_known_on_the_date_holds(rows, as_of, expected):
    found = outcomes(POSTED, decisions(*rows), policy(), as_of)["outcome"]
    assert [None if found.isna()[0] else found[0]] == [expected]


def test_the_day_ends_at_midnight_in_japan():
    late = decisions(("a", "smoke", "2026-09-03 00:00"))
    assert decisions_as_of(late, "2026-09-02").empty
    assert len(decisions_as_of(late, "2026-09-03")) == 1


def test_a_document_posted_later_is_not_known():
    assert outcomes(POSTED, decisions(), policy(), "2026-08-31").empty


def test_first_decision_source_and_audit_are_kept_apart():
    found = outcomes(
        documents(("a", "job", "2026-09-01"), ("b", "job", "2026-09-01"), ("c", "job", "2026-09-01")),
        decisions(
            ("a", "none", "2026-09-02", "audit", 0.1),
            ("b", "none", "2026-09-02", "audit", 0.1),
            ("b", "smoke", "2026-09-04", "user_report"),
        ),
        policy(),
        "2026-10-05",
    ).set_index("document_id")
    assert found["only_audited"].to_dict() == {"a": True, "b": False, "c": False}
    assert found.loc["b", "source"] == "user_report"
    assert found.loc["b", "first_decided_at"].day == 2


def test_an_unknown_category_is_named():
    with pytest.raises(ValueError, match="'steam', expected 'none' or one of"):
        outcomes(POSTED, decisions(("a", "steam", "2026-09-02")), policy(), "2026-10-05")

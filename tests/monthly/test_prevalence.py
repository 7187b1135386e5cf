import numpy as np
import pandas as pd
import pytest
from month_tables import decisions, documents, policy

from monthly.decisions import outcomes
from monthly.prevalence import estimate_prevalence, published_probabilities

DOCUMENTS = documents(*((f"m{n:03}", "message", "2026-09-01") for n in range(400)))


def scores(p_smoke):
    return pd.DataFrame(
        {"document_id": DOCUMENTS["document_id"], "p_smoke": p_smoke, "p_noise": 0.001, "action": "pass"}
    )


def estimated(decided, p_smoke):
    known = outcomes(DOCUMENTS, decisions(*decided), policy(), "2026-10-05")
    return estimate_prevalence(known, None if p_smoke is None else scores(p_smoke), policy())


def audited(found):
    """100 of 400 documents drawn at random, of which `found` violate."""
    return [(f"m{n:03}", "smoke" if n < found else "none", "2026-09-02", "audit", 0.25) for n in range(100)]


def test_chances_of_the_published_outcome_by_hand():
    chances = published_probabilities(np.array([[0.5, 0.2]]), several=1)
    # any: 1 - 0.5 * 0.8; smoke alone: 0.5 * 0.8; noise alone 0.5 * 0.2, and both 0.5 * 0.2, count as noise
    assert chances.round(6).tolist() == [[0.6, 0.4, 0.2]]


def test_without_scores_there_is_no_estimate():
    assert estimated([], None).basis is None
    assert estimated([], None).rows.empty


def test_without_an_audit_the_figure_rests_on_the_model():
    found = estimated([], 0.05)
    assert (found.basis, found.audited) == ("model", 0)
    assert found.rows.loc["smoke", "estimate"] == pytest.approx(400 * 0.05 * 0.999, rel=0.01)


@pytest.mark.parametrize(("found", "expected"), [(0, 5), (5, 20), (20, 60)])
def test_a_large_audit_pulls_the_estimate_to_what_it_found(found, expected):
    prevalence = estimated(audited(found), 0.05)
    row = prevalence.rows.loc["smoke"]
    assert prevalence.basis == "audit"
    assert row["low"] <= expected <= row["high"]
    assert row["confirmed"] == found


def test_a_small_audit_without_a_finding_neither_denies_nor_widens():
    few = [row for row in audited(0) if row[0] < "m010"]
    row, alone = estimated(few, 0.05).rows.loc["smoke"], estimated([], 0.05).rows.loc["smoke"]
    assert 0.7 * alone["estimate"] < row["estimate"] < alone["estimate"]
    assert row["high"] <= alone["high"]


def test_the_interval_lies_between_what_is_confirmed_and_what_was_posted():
    for p in (1e-6, 0.5, 1 - 1e-6):
        rows = estimated(audited(3), p).rows
        assert (rows["confirmed"] <= rows["low"]).all()
        assert (rows["low"] <= rows["high"]).all()
        assert (rows["high"] <= 400).all()


def test_scores_of_one_and_zero_give_numbers():
    table = scores(1.0).assign(p_noise=[1.0, 0.0] * 200)
    known = outcomes(DOCUMENTS, decisions(*audited(3)), policy(), "2026-10-05")
    assert np.isfinite(estimate_prevalence(known, table, policy()).rows.to_numpy()).all()


def test_the_total_is_the_sum_of_the_categories():
    rows = estimated(audited(5), 0.05).rows
    assert rows.loc["all", "estimate"] == pytest.approx(rows.drop("all")["estimate"].sum())


def reviewed_in_two(source, found):
    """The first 200 documents reviewed by the patrol, 10 violating; of the rest `found` by `source`."""
    patrol = [(f"m{n:03}", "smoke" if n < 10 else "none", "2026-09-02", "patrol") for n in range(200)]
    return patrol + [(f"m{n:03}", "smoke", "2026-09-02", source) for n in range(200, 200 + found)]


def test_the_patrol_shifts_the_scores_to_what_it_found():
    """1 in 20 of what the patrol saw: of the 200 left some 10, whether the scores say 4 or 16."""
    for p in (0.02, 0.08):
        row = estimated(reviewed_in_two("patrol", 0), p).rows.loc["smoke"]
        assert row["confirmed"] == 10
        assert 7 < row["estimate"] - 10 < 14


def test_what_users_reported_is_no_longer_among_the_documents_left():
    """Of some 10 violating documents that the patrol did not see 6 were reported: some 4 are left."""
    none, six = (estimated(reviewed_in_two("user_report", n), 0.05).rows.loc["smoke"] for n in (0, 6))
    assert six["confirmed"] == 16
    assert none["estimate"] - 10 == pytest.approx(10, abs=0.5)
    assert six["estimate"] - 16 == pytest.approx(4, abs=1)


def test_a_month_that_is_reviewed_wholly_has_no_uncertainty():
    decided = [(d, "smoke" if d < "m007" else "none", "2026-09-02") for d in DOCUMENTS["document_id"]]
    row = estimated(decided, 0.05).rows.loc["all"]
    assert row[["confirmed", "estimate", "low", "high"]].tolist() == [7, 7, 7, 7]


def test_a_document_without_a_score_is_taken_as_average():
    known = outcomes(DOCUMENTS, decisions(), policy(), "2026-10-05")
    half = estimate_prevalence(known, scores(0.05).iloc[::2], policy())
    whole = estimate_prevalence(known, scores(0.05), policy())
    pd.testing.assert_frame_equal(half.rows, whole.rows)


def test_a_rarely_drawn_document_tells_more_for_those_like_it():
    """Ten drawn with chance 0.1, all violating, outweigh ten drawn with 0.9, all fine."""
    rare = [(f"m{n:03}", "smoke", "2026-09-02", "audit", 0.1) for n in range(10)]
    often = [(f"m{n:03}", "none", "2026-09-02", "audit", 0.9) for n in range(10, 20)]
    weighted = estimated(rare + often, 0.05).rows.loc["smoke", "estimate"]
    even = estimated([(*row[:4], 0.5) for row in rare + often], 0.05).rows.loc["smoke", "estimate"]
    assert weighted > even

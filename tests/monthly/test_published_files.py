"""The data files: safe in a spreadsheet, valid against the schema, nothing small to be worked out."""

import copy
import csv
import json
from importlib.resources import files

import jsonschema
import pytest
from month_tables import decisions, documents, marketplace, policy, scores

from monthly.publish import publish_month
from monthly.report import build_report

MONTHS = {"2026-07": "2026-08-05", "2026-08": "2026-09-05", "2026-09": "2026-10-05"}
SURFACES = ["job", "proposal", "message"]


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_no_cell_of_any_file_is_taken_for_a_formula(tmp_path):
    rules = policy()
    named = [c.model_copy(update={"name_ja": f"=1+1{c.id}"}) for c in rules.categories]
    external = {"AIR": "@Air", "SOUND": "-Sound"}
    rules = rules.model_copy(update={"categories": named, "external_categories": external})
    docs, decided = marketplace()
    publish_month(docs, decided, scores(docs), rules, "2026-09", "2026-10-05", tmp_path)
    paths = sorted(tmp_path.glob("*.csv"))
    cells = {cell for path in paths for row in rows(path) for cell in row}
    assert {"'=1+1smoke", "'@Air", "'-Sound"} <= cells
    assert [c for c in cells if c.startswith(("=", "+", "-", "@"))] == []
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in paths)


def test_revision_csv(tmp_path):
    docs, decided = marketplace()
    publish_month(docs, decided, None, policy(), "2026-09", "2026-10-05", tmp_path)
    assert rows(tmp_path / "revision.csv") == [
        ["month", "published_as_of", "category", "category_name", "before", "now", "increase", "decrease"],
        ["2026-07", "2026-08-05", "all", "全体", "4", "3", "0", "1"],
        ["2026-07", "2026-08-05", "smoke", "項目smoke", "4", "3", "0", "1"],
    ]


def test_revision_csv_takes_what_was_found_after_publication(tmp_path):
    """doc-2026-07-07 is found on 2026-10-20, after three reports."""
    docs, decided = marketplace()
    publish_month(docs, decided, None, policy(), "2026-09", "2026-10-20", tmp_path)
    found = [row[:3] + row[4:] for row in rows(tmp_path / "revision.csv") if row[0] == "2026-07"]
    assert found == [
        ["2026-07", "2026-08-20", "smoke", "4", "3", "0", "1"],
        ["2026-07", "2026-08-20", "noise", "0", "1", "1", "0"],
    ]


def test_revision_csv_holds_back_a_count_that_became_small(tmp_path):
    posted = documents(*((f"d{n}", "job", "2026-08-10") for n in range(3)), ("e", "job", "2026-09-01"))
    decided = decisions(*((f"d{n}", "smoke", "2026-08-11") for n in range(3)), ("d0", "none", "2026-09-20"))
    publish_month(posted, decided, None, policy(threshold=3), "2026-09", "2026-10-05", tmp_path)
    shown = [row[2:3] + row[4:] for row in rows(tmp_path / "revision.csv")[1:]]
    assert ["all", "3", "3件未満", "", ""] in shown
    assert all("2" not in row for row in shown)


def test_every_id_has_a_name_beside_it(tmp_path):
    docs, decided = marketplace()
    publish_month(docs, decided, None, policy(), "2026-09", "2026-10-05", tmp_path)
    assert [row[:2] for row in rows(tmp_path / "time_to_decision.csv")] == [
        ["group", "group_name"],
        ["reviewed", "確認した投稿すべて"],
        ["violating", "違反と判断した投稿"],
    ]
    ids = {"surface", "category", "source", "action", "group", "external_category"}
    for path in tmp_path.glob("*.csv"):
        header = rows(path)[0]
        for place, column in enumerate(header):
            assert column not in ids or header[place + 1] in (f"{column}_name", "name"), path.name


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r: r.pop("as_of"),
        lambda r: r.update(as_of="5 October"),
        lambda r: r.update(state="fine"),
        lambda r: r.update(author="somebody"),
        lambda r: r["trend"][0].update(count="4"),
        lambda r: r["trend"][0].update(count=-1),
        lambda r: r["breakdown"][0].update(share=1.5),
        lambda r: r["revision"][0].pop("now"),
    ],
)
def test_the_schema_refuses_another_shape(spoil):
    docs, decided = marketplace()
    report = build_report(docs, decided, scores(docs), policy(), "2026-09", "2026-10-05")
    schema = json.loads(files("monthly").joinpath("report.schema.json").read_text(encoding="utf-8"))
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    assert checker.is_valid(report)
    spoilt = copy.deepcopy(report)
    spoil(spoilt)
    assert not checker.is_valid(spoilt)


def sums(report, month):
    """What adds up to what in a report: (total, parts), each a published row."""
    cells = {(r["surface"], r["category"]): r for r in report["breakdown"] if r["month"] == month}
    for s in ["all", *SURFACES]:
        yield cells[s, "all"], [cells[s, c] for c in ("smoke", "noise")]
    for c in ("all", "smoke", "noise"):
        yield cells["all", c], [cells[s, c] for s in SURFACES]
    if month == report["month"]:
        for table in ("sources", "actions", "external"):
            yield cells["all", "all"], report[table]
        for name, c in (("AIR", "smoke"), ("SOUND", "noise")):
            yield cells["all", c], [r for r in report["external"] if r["external_category"] == name]


@pytest.mark.parametrize("threshold", [3, 4])
@pytest.mark.parametrize("month", MONTHS)
def test_no_difference_between_published_totals_is_a_small_count(month, threshold):
    docs, decided = marketplace()
    report = build_report(docs, decided, scores(docs), policy(threshold), month, MONTHS[month])
    compared = 0
    for m in filter(None, (report["month_before"], month)):
        for total, parts in sums(report, m):
            hidden = [p["text"] for p in parts if p["count"] is None]
            if total["count"] is None or not hidden:
                continue
            compared += 1
            left = total["count"] - sum(p["count"] or 0 for p in parts)
            if len(hidden) == 1:
                assert not 0 < left < threshold
            elif set(hidden) == {f"{threshold}件未満"}:
                assert len(hidden) < left < len(hidden) * (threshold - 1)  # else each is one, or the most
    assert compared

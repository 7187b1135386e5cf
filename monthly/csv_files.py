"""The report's tables as CSV files that a spreadsheet opens safely."""

from pathlib import Path

import pandas as pd

from monthly.wording import ACTION_NAMES, GROUP_NAMES, SOURCE_NAMES, SURFACE_NAMES

# where a count is held back, the text that stands for it
COUNT_TEXTS = {"count": "text", "confirmed": "text", "before": "before_text", "now": "now_text"}
FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r\n")


def csv_tables(report: dict) -> dict[str, pd.DataFrame]:
    """Every CSV file of a report by its name, with a name beside each id.

    The names are Japanese, but for the EU's categories: those are called what the EU's template calls them.
    """
    names = {"all": SURFACE_NAMES["all"]} | {c["id"]: c["name_ja"] for c in report["categories"]}
    trend_file = f"{report['trend_category']}_trend.csv"
    return {
        "breakdown.csv": _table(
            report["breakdown"],
            ["month", "surface", "surface_name", "category", "category_name", "count", "share"],
            surface_name=("surface", SURFACE_NAMES),
            category_name=("category", names),
        ),
        "trend.csv": _table(report["trend"], ["month", "posted", "reviewed", "count", "share"]),
        trend_file: _table(report["category_trend"], ["month", "posted", "reviewed", "count", "share"]),
        "surfaces.csv": _table(
            report["surfaces"],
            ["surface", "surface_name", "posted", "reviewed", "count", "share"],
            surface_name=("surface", SURFACE_NAMES),
        ),
        "sources.csv": _table(
            report["sources"], ["source", "source_name", "count"], source_name=("source", SOURCE_NAMES)
        ),
        "actions.csv": _table(
            report["actions"],
            ["action", "action_name", "reviewed", "count", "share"],
            action_name=("action", ACTION_NAMES),
        ),
        "time_to_decision.csv": _table(
            report["time_to_decision"],
            ["group", "group_name", "median_hours", "p90_hours"],
            group_name=("group", GROUP_NAMES),
        ),
        "external.csv": _table(report["external"], ["external_category", "name", "count"]),
        "prevalence.csv": _table(
            report["prevalence"]["rows"],
            ["category", "category_name", "confirmed", "estimate", "low", "high", "basis"],
            category_name=("category", names),
            basis=("category", dict.fromkeys(names, report["prevalence"]["basis"])),
        ),
        "revision.csv": _table(
            report["revision"],
            [
                "month",
                "published_as_of",
                "category",
                "category_name",
                "before",
                "now",
                "increase",
                "decrease",
            ],
            category_name=("category", names),
        ),
    }


def _table(rows, columns, **named):
    """The rows' `columns`; a held-back count shows its text, a name stands beside its id."""
    filled = []
    for row in rows:
        texts = {count: row[text] for count, text in COUNT_TEXTS.items() if row.get(count, 0) is None}
        names = {column: known[row[key]] for column, (key, known) in named.items()}
        cells = row | texts | names
        filled.append(["" if cells[column] is None else cells[column] for column in columns])
    return pd.DataFrame(filled, columns=columns, dtype=object)


def safe_cell(value):
    """A text that a spreadsheet would take for a formula, made plain by a leading apostrophe.

    >>> safe_cell("=1+1"), safe_cell("直接取引"), safe_cell(-3)
    ("'=1+1", '直接取引', -3)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write UTF-8 with a byte order mark (spreadsheets need it to see the encoding), cells made safe."""
    safe = table.map(safe_cell).rename(columns=safe_cell)
    safe.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")

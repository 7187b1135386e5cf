"""Everything that is published about a month, written to a folder."""

import json
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path

import pandas as pd

from features.policy import Policy
from monthly.charts import charts_of, png
from monthly.csv_files import csv_tables, write_csv
from monthly.page import render_announcement, render_index, render_markdown, render_page
from monthly.report import build_report


def publish_month(
    documents: pd.DataFrame,
    decisions: pd.DataFrame,
    scores: pd.DataFrame | None,
    policy: Policy,
    month: str,
    as_of: date | str,
    out_dir: str | Path,
    published: Mapping[str, date] | None = None,
) -> dict:
    """Write the month's page, tables, texts and charts to `out_dir`; the same input gives the same bytes.

    Parameters
    ----------
    documents : DataFrame
        `document_id`, `document_type` ("job", "proposal" or "message"), `posted_at` (with time zone),
        `month` ("YYYY-MM" in Japan).
    decisions : DataFrame
        The `labels` table, typed as `features.tables` types it.
    scores : DataFrame or None
        `document_id`, `p_<category>` (0 to 1) for each category, `action`; documents may be missing.
    month : str
        "YYYY-MM".
    as_of : date
        The day at whose end, in Japan, the figures are taken.
    published : mapping of "YYYY-MM" to date, optional
        When each earlier month was published; by default as long after it as `as_of` is after `month`.

    Returns
    -------
    dict
        The report, as written to `report.json`.
    """
    report = build_report(documents, decisions, scores, policy, month, as_of, published)
    charts, tables = charts_of(report), csv_tables(report)
    out = Path(out_dir)
    out.mkdir(parents=True, exist_ok=True)
    _remove_earlier(out)
    for name, table in tables.items():
        write_csv(table, out / name)
    for chart in charts:
        (out / f"{chart.name}.png").write_bytes(png(chart, report["as_of"]))
    data_files = [*tables, "report.json", "report.schema.json"]
    texts = {
        "report.json": json.dumps(report, ensure_ascii=False, indent=2) + "\n",
        "report.schema.json": files("monthly").joinpath("report.schema.json").read_text(encoding="utf-8"),
        "report.md": render_markdown(report, charts),
        "announcement.md": render_announcement(report),
        "index.html": render_page(report, charts, data_files),
    }
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")
    return report


def _remove_earlier(folder):
    """Remove what an earlier run wrote and this one may not write over: its counts may be protected less.

    Nothing else, and nothing where no month was published: the folder may hold tables of somebody's own.
    """
    if not (folder / "report.json").is_file():
        return
    for pattern in ("*_trend.csv", "breakdown.png", "breakdown_before.png"):
        for path in folder.glob(pattern):
            path.unlink()


def publish_index(reports_dir: str | Path) -> None:
    """Write `index.html`, the list of all months, from the `YYYY-MM/report.json` files of a folder."""
    folder = Path(reports_dir)
    found = sorted(folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9]/report.json"))
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in found]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(render_index(reports), encoding="utf-8", newline="\n")

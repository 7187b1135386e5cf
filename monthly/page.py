"""The month in words: the page, the text for a CMS, the announcement and the list of all months."""

import re

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from monthly import wording
from monthly.charts import Chart, compared_months, svg
from monthly.counts import month_range

SPARK_WIDTH, SPARK_HEIGHT = 160, 36


def render_page(report: dict, charts: list[Chart], files: list[str]) -> str:
    """The month's `index.html`; `files` are the names of the data files that stand beside it."""
    drawings = {chart.name: Markup(svg(chart)) for chart in charts}
    followed = next(chart.title for chart in charts if chart.name == "category_trend")
    titles = {name: wording.FILE_TITLES.get(name, followed) for name in files}
    months = compared_months(report)
    return _render("month.html.j2", report, charts=charts, drawings=drawings, files=titles, months=months)


def render_markdown(report: dict, charts: list[Chart]) -> str:
    """The month as Markdown for a content management system; charts are links to the PNG files."""
    return _render("report.md.j2", report, charts=charts)


def render_announcement(report: dict) -> str:
    """The text of the monthly notice, filled from the figures, ready to edit."""
    return _render("announcement.md.j2", report)


def render_index(reports: list[dict]) -> str:
    """The list of all months, the newest first, with a sparkline of the violating jobs."""
    ordered = sorted(reports, key=lambda r: r["month"])
    rows = [{"report": r, "jobs": _by_key(r["surfaces"], "surface")["job"]} for r in ordered]
    counts = {row["report"]["month"]: row["jobs"]["count"] for row in rows}
    months = month_range(min(counts), max(counts)) if counts else []
    return (
        _environment()
        .get_template("index.html.j2")
        .render(
            rows=rows[::-1],
            marketplace=ordered[-1]["marketplace"] if ordered else "",
            spark=sparkline([counts.get(month) for month in months]),
        )
    )


def sparkline(counts: list[int | None]) -> dict:
    """Lines and points of a sparkline; a month without a published count leaves a gap.

    Returns
    -------
    dict
        `width`, `height`, `lines` (each the `points` of an SVG polyline) and `dots` (x, y), for counts
        that stand alone between two gaps.
    """
    shown = [c for c in counts if c is not None]
    top, step = max([*shown, 1]), SPARK_WIDTH / max(len(counts) - 1, 1)
    runs, run = [], []
    for place, count in enumerate([*counts, None]):
        if count is not None:
            run.append((round(4 + place * step, 1), round(4 + SPARK_HEIGHT * (1 - count / top), 1)))
        elif run:
            runs.append(run)
            run = []
    return {
        "width": SPARK_WIDTH + 8,
        "height": SPARK_HEIGHT + 8,
        "lines": [" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1],
        "dots": [run[0] for run in runs if len(run) == 1],
    }


def _render(template, report, **more):
    categories = _by_key(report["categories"], "id")
    facts = {
        "report": report,
        "categories": categories,
        "names": {"all": "合計"} | {key: c["name_ja"] for key, c in categories.items()},
        "cells": {(r["month"], r["surface"], r["category"]): r for r in report["breakdown"]},
        "surfaces": _by_key(report["surfaces"], "surface"),
        "estimates": _by_key(report["prevalence"]["rows"], "category"),
        "before": _before(report),
    }
    return _environment().get_template(template).render(**facts, **more)


def _before(report):
    """The violating jobs of the month before, or None where there is none."""
    return report["trend"][-2] if report["month_before"] else None


def _by_key(rows, key):
    return {row[key]: row for row in rows}


def _environment():
    environment = Environment(
        loader=PackageLoader("monthly"),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for name in ("month_ja", "date_ja", "counted", "percent", "duration"):
        environment.filters[name] = getattr(wording, name)
    environment.filters["md"] = plain_markdown
    for name in ("SURFACE_NAMES", "SOURCE_NAMES", "ACTION_NAMES", "GROUP_NAMES", "BASIS_NAMES"):
        environment.globals[name] = getattr(wording, name)
    return environment


def plain_markdown(text: str) -> str:
    r"""Text with every character that Markdown would take for a mark made plain.

    >>> print(plain_markdown("A|B *c* <d>"))
    A\|B \*c\* \<d\>
    """
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", text)

"""The four charts of the month, as inline SVG for the page and as PNG for posting."""

import html
import io
import re
from dataclasses import dataclass, replace

import matplotlib
import matplotlib_fontja
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from monthly.wording import UNDECIDED, counted, date_ja, month_ja

WIDTH, FONT_SIZE = 420, 14  # units of the SVG: shown 330 pixels wide, its text is 11 pixels high
TREND_HEIGHT, ROW_HEIGHT, MARGIN = 280, 46, 24
PNG_DPI = 216
TREND_COLOUR = "#4477AA"
# In the SVG these stand for the colours that the page sets, light or dark.
SVG_INK, SVG_GRID = "#010203", "#040506"
PNG_INK, PNG_GRID, PNG_PAPER = "#1f2328", "#c9ced6", "#ffffff"
FONT = {"font.family": matplotlib_fontja.matplotlib_fontja.FONT_NAME, "font.size": FONT_SIZE}


@dataclass(frozen=True)
class Chart:
    """One chart with what stands around it.

    `name` in file names and ids; `kind` "trend" (a bar a month) or "breakdown" (a bar a category);
    `heading` of the first column of its table; `rows` of `name`, `count` (None where there is none to print), `text`,
    `share` and `colour`; `summary`, what it shows in words; `top`, the count that its axis has room for.
    """

    name: str
    kind: str
    title: str
    heading: str
    summary: str
    rows: list[dict]
    top: int

    @property
    def holds_back(self) -> bool:
        """True where a count is not published: its bar is hatched."""
        return any(map(_held_back, self.rows))


def charts_of(report: dict) -> list[Chart]:
    """The charts of a report: violating jobs, trend category, breakdown of the month before and of this.

    The two breakdowns share one scale. A month of which nothing is decided has none.
    """
    categories = {c["id"]: c for c in report["categories"]}
    followed = categories[report["trend_category"]]
    breakdowns = [_breakdown(report, month, categories) for month in compared_months(report)]
    top = max((chart.top for chart in breakdowns), default=0)
    return [
        _trend("trend", "違反のお仕事の件数の推移", report["trend"], TREND_COLOUR),
        _trend(
            "category_trend",
            f"{followed['name_ja']}の取り締まり件数の推移",
            report["category_trend"],
            followed["colour"],
        ),
        *(replace(chart, top=top) for chart in breakdowns),
    ]


def compared_months(report: dict) -> list[str]:
    """The month before and the month itself, as far as there is anything to say of them."""
    # The row of all surfaces waits only while each of them does.
    undecided = {r["month"] for r in report["breakdown"] if r["surface"] == "all" and r["text"] == UNDECIDED}
    this = report["month"] if report["state"] != "no_documents" else None
    return [m for m in (report["month_before"], this) if m and m not in undecided]


def svg(chart: Chart) -> str:
    """The chart as an `<svg>` element whose text and lines take the colours of the page around it."""
    figure = _figure(chart, SVG_INK, SVG_GRID)
    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": chart.name}):
        nothing = dict.fromkeys(["Date", "Creator", "Format", "Type"])
        figure.savefig(buffer, format="svg", transparent=True, metadata=nothing)
    drawing = buffer.getvalue()
    drawing = drawing[drawing.index(">", drawing.index("<svg")) + 1 :].strip()
    # The drawings share one page: each needs ids of its own.
    drawing = re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{chart.name}-", drawing)
    drawing = re.sub(r"font-family: [^;]*", "font-family: inherit", drawing)
    drawing = drawing.replace(SVG_INK, "currentColor").replace(SVG_GRID, "var(--grid)")
    label = html.escape(f"{chart.title}。{chart.summary}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {WIDTH} {_height(chart)}" role="img" aria-label="{label}">\n{drawing}'
    )


def png(chart: Chart, as_of: str) -> bytes:
    """The chart on white with its title and as-of line, as PNG bytes."""
    figure = _figure(chart, PNG_INK, PNG_GRID, above=30, below=22)
    height = figure.get_figheight() * 72
    with matplotlib.rc_context(FONT):
        figure.text(0.02, 1 - 8 / height, chart.title, va="top", color=PNG_INK, fontsize=FONT_SIZE + 1)
        note = f"※{date_ja(as_of)}現在"
        if chart.holds_back:
            note = f"斜線の棒は件数を公表していません　{note}"
        figure.text(0.98, 6 / height, note, va="bottom", ha="right", color=PNG_INK, fontsize=FONT_SIZE - 3)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=PNG_DPI, facecolor=PNG_PAPER, metadata={"Software": None})
    return buffer.getvalue()


def _trend(name, title, rows, colour):
    named = [r | {"name": month_ja(r["month"]), "colour": colour} for r in rows]
    shown = [r for r in named if r["count"] is not None]
    summary = "公表できる件数はありません。"
    if shown:
        most, last = max(shown, key=lambda r: r["count"]), named[-1]
        summary = (
            f"{named[0]['name']}から{last['name']}までの月別の件数です。"
            f"最も多い月は{most['name']}の{counted(most['text'])}、{last['name']}は{counted(last['text'])}です。"
        )
    return Chart(name, "trend", title, "月", summary, named, _top(named))


def _breakdown(report, month, categories):
    name = "breakdown" if month == report["month"] else "breakdown_before"
    rows = [
        r | {"name": categories[r["category"]]["name_ja"], "colour": categories[r["category"]]["colour"]}
        for r in report["breakdown"]
        if r["month"] == month and r["surface"] == "all" and r["category"] != "all"
    ]
    words = "、".join(f"{r['name']} {counted(r['text'])}" for r in rows)
    return Chart(name, "breakdown", f"{month_ja(month)}の違反の内訳", "項目", f"{words}。", rows, _top(rows))


def _held_back(row):
    return row["count"] is None and row["text"] != UNDECIDED


def _top(rows):
    return max([4, *(r["count"] or 0 for r in rows)])


def _height(chart):
    return TREND_HEIGHT if chart.kind == "trend" else MARGIN + ROW_HEIGHT * len(chart.rows)


def _figure(chart, ink, grid, above=0, below=0):
    """The drawing, with `above` and `below` units left free for a title and a note."""
    height = _height(chart) + above + below
    draw = _draw_trend if chart.kind == "trend" else _draw_breakdown
    with matplotlib.rc_context(FONT):
        figure = Figure(figsize=(WIDTH / 72, height / 72))
        axes = figure.add_axes((0, below / height, 1, _height(chart) / height))
        axes.spines[:].set_visible(False)
        axes.tick_params(colors=ink, length=0)
        draw(axes, chart, ink, grid)
    return figure


def _draw_trend(axes, chart, ink, grid):
    rows = chart.rows
    left, bottom, width, height = axes.get_position().bounds
    axes.set_position([left + 0.1, bottom + height * 0.12, width * 0.82, height * 0.76])
    counts, top = [r["count"] or 0 for r in rows], chart.top
    axes.bar(range(len(rows)), counts, color=rows[0]["colour"], edgecolor=ink, linewidth=0.6)
    for place, row in enumerate(rows):
        if _held_back(row):  # the same stub for every held-back count: its height says nothing
            axes.bar(place, top * 0.04, fill=False, hatch="////", edgecolor=ink, linewidth=0.6)
        elif row["count"] is None:  # an empty place would read as a zero
            axes.text(place, top * 0.02, row["text"], rotation=90, ha="center", va="bottom", color=ink)
    newest = f"{rows[-1]['name']}：{counted(rows[-1]['text'])}"
    axes.text(1, 1.05, newest, transform=axes.transAxes, ha="right", va="bottom", color=ink)
    step = 1 if len(rows) <= 5 else 3 if len(rows) <= 15 else 6
    marked = range((len(rows) - 1) % step, len(rows), step)
    axes.set_xticks(list(marked), [rows[n]["month"].replace("-", "/") for n in marked])
    axes.set_xlim(-0.7, max(len(rows), 4) - 0.3)
    axes.set_ylim(0, top * 1.08)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 5, 10]))
    axes.grid(axis="y", color=grid, linewidth=0.8)
    axes.set_axisbelow(True)


def _draw_breakdown(axes, chart, ink, grid):
    places = range(len(chart.rows))
    counts, top = [r["count"] or 0 for r in chart.rows], chart.top
    axes.barh(
        places, counts, height=0.36, color=[r["colour"] for r in chart.rows], edgecolor=ink, linewidth=0.6
    )
    for place, row in zip(places, chart.rows, strict=True):
        axes.text(0, place - 0.28, row["name"], ha="left", va="bottom", color=ink)
        held_back = row["count"] is None
        if held_back:
            axes.barh(place, top * 0.02, height=0.36, fill=False, hatch="////", edgecolor=ink, linewidth=0.6)
        end = top * 0.02 if held_back else row["count"]
        axes.annotate(
            counted(row["text"]),
            (end, place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=ink,
        )
    axes.plot([0, 0], [-0.25, len(chart.rows) - 0.75], color=grid, linewidth=0.8)
    axes.set_xlim(-top * 0.03, top * 1.28)
    axes.set_ylim(len(chart.rows) - 0.5, -0.9)
    axes.set_xticks([])
    axes.set_yticks([])

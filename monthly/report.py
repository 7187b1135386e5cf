"""The month's report as plain data: every figure that is published, small numbers already protected.

Page, charts, tables and texts are made from this report alone, so that nothing else can show a count
that is held back here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from features.policy import Policy
from monthly.counts import (
    ALL,
    SOURCES,
    SURFACES,
    detailed_counts,
    documents_by_surface,
    further_counts,
    headline_counts,
    known_zeros,
    month_range,
    reviewed_by_action,
    time_to_decision,
    violations,
    with_actions,
)
from monthly.decisions import outcomes
from monthly.disclosure import SHOWN, label, protect
from monthly.prevalence import LEVEL, estimate_prevalence
from monthly.revision import publication_dates, revision
from monthly.wording import UNDECIDED, unbroken

SCHEMA_VERSION = 1
CATEGORY_FIELDS = ("id", "name_ja", "name_en", "definition", "watch_for", "colour")


def build_report(
    documents: pd.DataFrame,
    decisions: pd.DataFrame,
    scores: pd.DataFrame | None,
    policy: Policy,
    month: str,
    as_of: date | str,
    published: Mapping[str, date] | None = None,
) -> dict:
    """Everything that is published about `month`, as known at the end of `as_of` in Japan.

    Parameters
    ----------
    documents, decisions, scores : DataFrame
        As `monthly.publish.publish_month` takes them.
    published : mapping of "YYYY-MM" to date, optional
        When each earlier month was published; by default as long after it as `as_of` is after `month`.

    Returns
    -------
    dict
        Of the shape that `report.schema.json` describes; JSON types only.

    Raises
    ------
    ValueError
        Where `month` is no month, or a decision names a category that the policy does not have.
    """
    if pd.Period(month, freq="M").strftime("%Y-%m") != month:
        raise ValueError(f"month is {month!r}, expected a month such as 2026-09")
    as_of = pd.Timestamp(as_of).date()
    known = outcomes(documents, decisions, policy, as_of)
    known = with_actions(known, scores)
    here = known[known["month"] == month]
    earlier = [m for m in _months(documents, month) if m != month]
    compared = [*earlier[-1:], month]
    figures = {
        m: MonthFigures.of(known[known["month"] == m], policy, detailed=m in compared) for m in earlier
    }
    figures[month] = this = MonthFigures.of(here, policy, detailed=True)
    if published is None:
        published = publication_dates(earlier, month, as_of)
    category_keys = [ALL, *policy.ids]
    return {
        "schema_version": SCHEMA_VERSION,
        "marketplace": policy.marketplace,
        "month": month,
        "month_before": earlier[-1] if earlier else None,
        "as_of": as_of.isoformat(),
        "state": _state(here),
        "publication_threshold": policy.publication_threshold,
        "counts_several_as": policy.counts_several_as,
        "trend_category": policy.trend_category,
        "categories": [{f: unbroken(getattr(c, f)) for f in CATEGORY_FIELDS} for c in policy.categories],
        "topic": _topic([figures[m] for m in compared], policy),
        "breakdown": [
            {"month": m, "surface": s, "category": c} | figures[m].share("category", s, c, of=ALL)
            for m in compared
            for s in (ALL, *SURFACES)
            for c in category_keys
        ],
        "trend": [{"month": m} | f.rate("job", ALL) for m, f in figures.items()],
        "category_trend": [{"month": m} | f.rate(ALL, policy.trend_category) for m, f in figures.items()],
        "surfaces": [{"surface": s} | this.rate(s, ALL) for s in (ALL, *SURFACES)],
        "sources": [{"source": s} | this.count("source", ALL, s) for s in SOURCES],
        "actions": [{"action": a} | this.precision(a, n) for a, n in reviewed_by_action(here).items()],
        "external": [
            {"external_category": key, "name": name} | this.count("external", ALL, key)
            for key, name in policy.external_categories.items()
        ],
        "time_to_decision": _time_to_decision(here, this),
        "prevalence": _prevalence(here, scores, policy, this),
        "revision": _revision(revision(documents, decisions, policy, as_of, published), policy),
    }


@dataclass(frozen=True)
class MonthFigures:
    """One month's counts, which of them may be published, and its documents by surface."""

    counts: pd.Series
    states: pd.Series
    documents: pd.DataFrame
    threshold: int

    @classmethod
    def of(cls, outcomes: pd.DataFrame, policy: Policy, *, detailed: bool) -> "MonthFigures":
        threshold = policy.publication_threshold
        posted = documents_by_surface(outcomes)
        counts, sums = headline_counts(outcomes, policy)
        states = protect(counts, sums, threshold, given=known_zeros(counts, posted))
        # What is asked for less is given up first: it cannot take a headline count with it.
        for counted in (further_counts, detailed_counts) if detailed else ():
            more, more_sums = counted(outcomes, policy)
            given = pd.concat([states, known_zeros(more, posted)])
            counts, sums = pd.concat([counts, more]), sums + more_sums
            states = protect(counts, sums, threshold, given=given)
        return cls(counts, states, posted, threshold)

    def decided(self, surface: str) -> bool:
        """False while documents were posted there and none of them is reviewed: a zero would say too much."""
        posted, reviewed = self.documents.loc[surface, ["posted", "reviewed"]]
        return reviewed > 0 or posted == 0

    def count(self, table: str, surface: str, key: str) -> dict:
        """`count`, None where it is not published, and `text`, as it is printed."""
        if not self.decided(surface):
            return {"count": None, "text": UNDECIDED}
        cell = (table, surface, key)
        return published_count(self.counts[cell], self.states[cell], self.threshold)

    def share(self, table: str, surface: str, key: str, of: str) -> dict:
        """The count, and its `share` (0 to 1) in the count under the key `of`, where both are published."""
        count, total = self.count(table, surface, key), self.count(table, surface, of)["count"]
        return count | {"share": _ratio(count["count"], total)}

    def rate(self, surface: str, key: str) -> dict:
        """Documents `posted` and `reviewed`, the count, and its `share` (0 to 1) in those posted."""
        posted, reviewed = (int(n) for n in self.documents.loc[surface, ["posted", "reviewed"]])
        count = self.count("category", surface, key)
        return {"posted": posted, "reviewed": reviewed} | count | {"share": _ratio(count["count"], posted)}

    def precision(self, action: str, reviewed: int) -> dict:
        """Documents `reviewed` for which the model suggested `action`, and how many did violate."""
        count = self.count("action", ALL, action)
        return {"reviewed": int(reviewed)} | count | {"share": _ratio(count["count"], reviewed)}


def published_count(count: int, state: str, threshold: int) -> dict:
    """`count` (None where it is held back) and `text`, as it is printed."""
    return {"count": int(count) if state == SHOWN else None, "text": label(count, state, threshold)}


def _months(documents, month):
    return month_range(documents["month"].min(), month) if len(documents) else []


def _ratio(part, whole):
    return round(part / whole, 4) if part is not None and whole else None


def _state(here):
    if here.empty:
        return "no_documents"
    if here["outcome"].isna().all():
        return "no_decisions"
    return "no_violations" if violations(here).empty else "counted"


def _topic(figures, policy):
    """The category that rose most since the month before, among the counts published for both."""
    if len(figures) < 2:
        return None
    rises = []
    for category in policy.ids:
        before, now = (f.count("category", ALL, category)["count"] for f in figures)
        if before is not None and now is not None and now > before:
            rises.append({"category": category, "before": before, "now": now})
    return max(rises, key=lambda r: r["now"] - r["before"], default=None)


def _time_to_decision(here, this):
    rows = []
    for group, row in time_to_decision(here).iterrows():
        shown = row["documents"] if group == "reviewed" else this.count("category", ALL, ALL)["count"]
        hours = {"median_hours": None, "p90_hours": None}
        # The median of one or two cases is their own time.
        if shown is not None and shown >= this.threshold:
            hours = {name: round(float(row[name]), 1) for name in hours}
        rows.append({"group": group} | hours)
    return rows


def _prevalence(here, scores, policy, this):
    """Estimates in whole documents; none where the confirmed count below it is held back."""
    found = estimate_prevalence(here, scores, policy)
    rows = []
    for category, row in found.rows.iterrows():
        count = this.count("category", ALL, category)
        figures = {"estimate": None, "low": None, "high": None}
        if count["count"] is not None:
            figures = {name: round(row[name]) for name in figures}
        rows.append({"category": category, "confirmed": count["count"], "text": count["text"]} | figures)
    return {"basis": found.basis, "audited": found.audited, "level": LEVEL, "rows": rows}


def _revision(changes, policy):
    rows = []
    for row in changes.itertuples():
        before = published_count(row.before, row.before_state, policy.publication_threshold)
        now = published_count(row.now, row.now_state, policy.publication_threshold)
        both = before["count"] is not None and now["count"] is not None
        change = now["count"] - before["count"] if both else None
        rows.append(
            {
                "month": row.month,
                "published_as_of": row.published_as_of.isoformat(),
                "category": row.category,
                "before": before["count"],
                "before_text": before["text"],
                "now": now["count"],
                "now_text": now["text"],
                "increase": change if change is None else max(change, 0),
                "decrease": change if change is None else max(-change, 0),
            }
        )
    return rows

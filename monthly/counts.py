"""The month's figures, counted from the outcomes of its documents."""

import pandas as pd

from features.policy import Policy
from monthly.decisions import FINE
from monthly.disclosure import SHOWN, Sums

ALL = "all"
SURFACES = ("job", "proposal", "message")
SOURCES = ("patrol", "user_report", "model", "audit")
ACTIONS = ("hide", "review", "pass", "unscored")  # what the model suggested; "unscored": no score given


def violations(outcomes: pd.DataFrame) -> pd.DataFrame:
    """The documents found to violate."""
    return outcomes[outcomes["outcome"].notna() & (outcomes["outcome"] != FINE)]


def month_range(first: str, last: str) -> list[str]:
    """Every month from `first` to `last` as "YYYY-MM", both included; empty where `last` is earlier."""
    return pd.period_range(first, last, freq="M").astype("str").tolist()


def with_actions(outcomes: pd.DataFrame, scores: pd.DataFrame | None) -> pd.DataFrame:
    """The outcomes with the model's suggested `action`; "unscored" where there is no score."""
    if scores is None:
        return outcomes.assign(action="unscored")
    suggested = scores.set_index("document_id")["action"].astype(object)
    action = outcomes["document_id"].map(suggested).astype(object)
    return outcomes.assign(action=action.fillna("unscored"))


def headline_counts(outcomes: pd.DataFrame, policy: Policy) -> tuple[pd.Series, Sums]:
    """The violating documents of one month, by category and by surface, and how the counts add up.

    Returns
    -------
    counts : Series of int, index (table, surface, key)
        Table "category": all surfaces with each category and "all", each surface with "all".
    sums : list of (total, parts), labels of `counts`
    """
    found = violations(outcomes)
    counts = {("category", ALL, ALL): len(found)}
    counts |= {("category", s, ALL): (found["document_type"] == s).sum() for s in SURFACES}
    counts |= {("category", ALL, c): (found["outcome"] == c).sum() for c in policy.ids}
    sums = [
        (("category", ALL, ALL), [("category", s, ALL) for s in SURFACES]),
        (("category", ALL, ALL), [("category", ALL, c) for c in policy.ids]),
    ]
    return _series(counts), sums


def further_counts(outcomes: pd.DataFrame, policy: Policy) -> tuple[pd.Series, Sums]:
    """The same documents by source, external category and action, adding up to `headline_counts`."""
    found = violations(outcomes)
    external = found["outcome"].map({c.id: c.external_category for c in policy.categories})
    tables = {
        "source": (found["source"], SOURCES),
        "external": (external, list(policy.external_categories)),
        "action": (found["action"], ACTIONS),
    }
    counts, sums = {}, []
    for table, (values, keys) in tables.items():
        counts |= {(table, ALL, key): (values == key).sum() for key in keys}
        sums.append((("category", ALL, ALL), [(table, ALL, key) for key in keys]))
    for key in policy.external_categories:
        mapped = [("category", ALL, c.id) for c in policy.categories if c.external_category == key]
        sums.append((("external", ALL, key), mapped))
    return _series(counts), sums


def detailed_counts(outcomes: pd.DataFrame, policy: Policy) -> tuple[pd.Series, Sums]:
    """The counts of each category on each surface, and how they add up to those of `headline_counts`."""
    found = violations(outcomes)
    counts = {
        ("category", s, c): ((found["document_type"] == s) & (found["outcome"] == c)).sum()
        for s in SURFACES
        for c in policy.ids
    }
    sums = [(("category", s, ALL), [("category", s, c) for c in policy.ids]) for s in SURFACES]
    sums += [(("category", ALL, c), [("category", s, c) for s in SURFACES]) for c in policy.ids]
    return _series(counts), sums


def _series(counts):
    index = pd.MultiIndex.from_tuples(counts, names=["table", "surface", "key"])
    return pd.Series(list(counts.values()), index=index, dtype="int64")


def documents_by_surface(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Documents posted and reviewed: one row for "all" and for each surface."""
    table = pd.DataFrame(
        {
            "posted": outcomes["document_type"].value_counts(),
            "reviewed": outcomes.loc[outcomes["outcome"].notna(), "document_type"].value_counts(),
        }
    )
    table = table.reindex(list(SURFACES)).fillna(0).astype("int64")
    return pd.concat([table.sum().to_frame(ALL).T, table]).rename_axis("surface")


def known_zeros(counts: pd.Series, by_surface: pd.DataFrame) -> pd.Series:
    """The states of those `counts` that everyone knows to be zero, since nothing is reviewed on their surface.

    To withhold them would protect nothing. `by_surface` is what `documents_by_surface` gives.
    """
    unreviewed = by_surface.index[by_surface["reviewed"] == 0]
    return pd.Series(SHOWN, index=counts.index[counts.index.get_level_values("surface").isin(unreviewed)])


def time_to_decision(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Hours from posting to the first decision, over all reviewed documents and over the violating ones.

    Returns
    -------
    DataFrame, index "reviewed" and "violating", columns `documents`, `median_hours`, `p90_hours`
        Hours are missing where there is no such document.
    """
    hours = (outcomes["first_decided_at"] - outcomes["posted_at"]) / pd.Timedelta(hours=1)
    groups = {
        "reviewed": outcomes["outcome"].notna(),
        "violating": outcomes.index.isin(violations(outcomes).index),
    }
    rows = {
        name: [int(mask.sum()), hours[mask].quantile(0.5), hours[mask].quantile(0.9)]
        for name, mask in groups.items()
    }
    columns = ["documents", "median_hours", "p90_hours"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).astype({"documents": "int64"})


def reviewed_by_action(outcomes: pd.DataFrame) -> pd.Series:
    """Reviewed documents by the model's suggested action, the base of its precision."""
    reviewed = outcomes.loc[outcomes["outcome"].notna(), "action"].value_counts()
    return reviewed.reindex(list(ACTIONS), fill_value=0)

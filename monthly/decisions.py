"""What was known on a date: the decision in force for every document, and its published category."""

from datetime import date

import pandas as pd

from features.policy import Policy
from features.tables import TIME_ZONE

FINE = "none"  # the category of a decision that found nothing, and of one that withdraws an earlier one


def known_before(as_of: date | str) -> pd.Timestamp:
    """The first moment, in Japan, that is no longer known on the date `as_of`."""
    return pd.Timestamp(as_of).tz_localize(TIME_ZONE) + pd.Timedelta(days=1)


def decisions_as_of(decisions: pd.DataFrame, as_of: date | str) -> pd.DataFrame:
    """The rows of each document's latest decision among those made by the end of `as_of`.

    A later decision replaces an earlier one as a whole, so all rows returned for a document share one
    `decided_at`.
    """
    known = decisions[decisions["decided_at"] < known_before(as_of)]
    latest = known.groupby("document_id")["decided_at"].transform("max")
    return known[known["decided_at"] == latest]


def outcomes(
    documents: pd.DataFrame, decisions: pd.DataFrame, policy: Policy, as_of: date | str
) -> pd.DataFrame:
    """One row a document posted by `as_of`, with what was known of it on that date.

    Returns
    -------
    DataFrame
        `document_id`, `document_type`, `posted_at`, `month`; `outcome`: the category it is published
        under, "none" where it was found fine, missing where nobody has reviewed it; `source` and
        `inclusion_probability` of the decision in force; `first_decided_at`; `only_audited`: it was
        reviewed, and by nothing but the random audit. Sorted by `document_id`.

    Raises
    ------
    ValueError
        Where a decision names a category that the policy does not have.
    """
    _check_categories(decisions, policy)
    columns = ["document_id", "document_type", "posted_at", "month"]
    posted = documents.loc[documents["posted_at"] < known_before(as_of), columns]
    known = decisions[decisions["decided_at"] < known_before(as_of)]
    known = known.assign(audit=known["source"] == "audit").groupby("document_id")
    current = decisions_as_of(decisions, as_of).sort_values(["document_id", "source", "category"])
    of_document = current.groupby("document_id")
    state = pd.DataFrame(
        {
            "outcome": published_category(current, policy),
            "source": of_document["source"].first(),
            "inclusion_probability": of_document["inclusion_probability"].first(),
            "first_decided_at": known["decided_at"].min(),
            "only_audited": known["audit"].all(),
        }
    )
    table = posted.merge(state, how="left", left_on="document_id", right_index=True)
    table["only_audited"] = table["only_audited"].eq(True)
    return table.sort_values("document_id", ignore_index=True)


def published_category(current: pd.DataFrame, policy: Policy) -> pd.Series:
    """The one category each document counts as, by `document_id`.

    A document counts once: with two or more categories it counts as the policy's
    `counts_several_as`, with none as "none".
    """
    violations = current[current["category"] != FINE].groupby("document_id")["category"]
    single = violations.first().where(violations.nunique() == 1, policy.counts_several_as)
    return single.reindex(pd.Index(current["document_id"].unique(), name="document_id")).fillna(FINE)


def _check_categories(decisions, policy):
    unknown = sorted(set(decisions["category"]) - {FINE, *policy.ids})
    if unknown:
        raise ValueError(
            f"decisions, column category: {unknown[0]!r}, expected {FINE!r} or one of {policy.ids}"
        )

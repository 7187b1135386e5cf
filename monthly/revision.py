"""What later decisions changed in the months published before."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from features.policy import Policy
from monthly.counts import ALL, documents_by_surface, headline_counts, known_zeros
from monthly.decisions import outcomes
from monthly.disclosure import SHOWN, protect

COLUMNS = ["month", "published_as_of", "category", "before", "before_state", "now", "now_state"]


def publication_dates(months: list[str], month: str, as_of: date | str) -> dict[str, date]:
    """The as-of dates of earlier `months`, taken to lie as long after them as `as_of` lies after `month`.

    The day of the month stays, or is the last one of a shorter month.
    """
    reported = pd.Period(month, freq="M")
    back = {m: (reported - pd.Period(m, freq="M")).n for m in months}
    return {m: (pd.Timestamp(as_of) - pd.DateOffset(months=n)).date() for m, n in back.items()}


def revision(
    documents: pd.DataFrame,
    decisions: pd.DataFrame,
    policy: Policy,
    as_of: date | str,
    published: Mapping[str, date],
) -> pd.DataFrame:
    """The counts by category that are no longer what they were when their month was published.

    Parameters
    ----------
    published : mapping of "YYYY-MM" to the date as of which the month was published
        Months published after `as_of` are left out.

    Returns
    -------
    DataFrame
        `month`, `published_as_of`, `category` ("all" first), `before`, `now`, `before_state`,
        `now_state` (as `disclosure.protect` gives them), by month and category. Only rows that an
        outsider sees change: a small count that stays small has none, or its two values were given away.
    """
    parts = [pd.DataFrame(columns=COLUMNS)]
    for month, then in sorted(published.items()):
        if pd.Timestamp(then) > pd.Timestamp(as_of):
            continue
        posted = documents[documents["month"] == month]
        decided = decisions[decisions["document_id"].isin(posted["document_id"])]
        before, before_state = _headline(outcomes(posted, decided, policy, then), policy)
        now, now_state = _headline(outcomes(posted, decided, policy, as_of), policy)
        if before.equals(now):
            continue
        table = pd.DataFrame(
            {"before": before, "before_state": before_state, "now": now, "now_state": now_state}
        ).loc[[("category", ALL, key) for key in (ALL, *policy.ids)]]
        same = (table["before_state"] == table["now_state"]) & (
            (table["before"] == table["now"]) | (table["now_state"] != SHOWN)
        )
        table = table.reset_index(names=["table", "surface", "category"])[~same.to_numpy()]
        parts.append(table.assign(month=month, published_as_of=then)[COLUMNS])
    return pd.concat([p for p in parts if not p.empty] or parts, ignore_index=True)


def _headline(outcomes, policy):
    """The headline counts and their states, as the month's own report had them."""
    counts, sums = headline_counts(outcomes, policy)
    given = known_zeros(counts, documents_by_surface(outcomes))
    return counts, protect(counts, sums, policy.publication_threshold, given=given)

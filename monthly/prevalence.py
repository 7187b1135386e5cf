"""How many documents violate, the ones that nobody has reviewed among them.

The reviewed documents are known. The others are estimated from the model's scores, which are shifted in
log odds until they agree with what was found: for each published category on each surface one shift,
known as a normal distribution that three things shape in turn (calibration in the large, Cox 1958, with
a prior for the few findings that a month has):

1. before the month is seen it is 0, with the standard deviation `DRIFT`;
2. what the patrol found among the documents it reviewed; then `SELECTION` widens the distribution, since
   the documents left are no random ones: reported and flagged ones are no longer among them;
3. what the random audit found among the documents left, weighted by the inclusion probabilities.

With few audited documents the estimate stays near what scores and patrol say, with many it follows the
audit, as a prediction-powered estimate does. A difference estimate from the audit alone would not do: of
2 or 3 % of the documents left, most months show no violation or one, and its interval would reach from
nothing to hundreds.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats

from features.policy import Policy
from monthly.counts import ALL, SURFACES, violations

DRIFT = 0.45  # standard deviation of the shift before the month is seen: odds off by up to 2.4 times
SELECTION = 0.15  # standard deviation that the choice of the reviewed documents adds to it
LEVEL = 0.95
NEWTON_STEPS = 12


@dataclass(frozen=True)
class Prevalence:
    """Estimated violating documents of a month: `rows` by category, and what they rest on."""

    basis: str | None  # "audit", "model" (no document was audited), or None (no scores, no rows)
    audited: int
    rows: pd.DataFrame  # index "all" and the categories; confirmed, estimate, low, high


def estimate_prevalence(outcomes: pd.DataFrame, scores: pd.DataFrame | None, policy: Policy) -> Prevalence:
    """Estimate a month's violating documents, in total and by published category.

    Parameters
    ----------
    outcomes : DataFrame
        The month's outcomes.
    scores : DataFrame or None
        `document_id` and a probability `p_<category>` for each category. A document without a score is
        taken as the average one of its surface.

    Returns
    -------
    Prevalence
        The estimate is not rounded. The interval is of whole numbers; it lies between the confirmed count and the number
        of documents and holds the true number in about 95 of 100 months.
    """
    unknown = outcomes["outcome"].isna()
    audited = outcomes["only_audited"] & outcomes["inclusion_probability"].notna()
    expected = _expected(outcomes, scores, policy)
    if expected is None:
        return Prevalence(None, int(audited.sum()), pd.DataFrame())
    confirmed = _confirmed(outcomes, policy)
    found, chance = confirmed.to_numpy(), expected.to_numpy()
    drawn_with = outcomes["inclusion_probability"].where(audited).to_numpy(dtype="float64")
    mean, spread = np.zeros(found.shape[1]), np.zeros(found.shape[1])
    for surface in SURFACES:
        here = outcomes["document_type"] == surface
        seen, drawn, left = here & (outcomes["source"] == "patrol"), here & audited, here & unknown
        shift, variance = _recalibrated(found[seen], chance[seen], np.ones(seen.sum()), 0.0, DRIFT**2)
        variance = variance + SELECTION**2
        weight = _audit_weight(drawn_with[drawn])
        shift, variance = _recalibrated(found[drawn], chance[drawn], weight, shift, variance)
        p = special.expit(special.logit(chance[left]) + shift)
        # of documents that are a violation or not, and of a shift that is not known for certain
        alone = (p * (1 - p)).sum(axis=0)
        mean, spread = mean + p.sum(axis=0), spread + alone + alone**2 * variance
    mean, spread = pd.Series(mean, index=confirmed.columns), pd.Series(spread, index=confirmed.columns)
    low, high = _interval(mean, spread)
    known = confirmed.sum()
    rows = pd.DataFrame(
        {"confirmed": known, "estimate": known + mean, "low": known + low, "high": known + high}
    )
    figures = ["estimate", "low", "high"]
    rows[figures] = rows[figures].clip(upper=known + unknown.sum(), axis=0)
    return Prevalence("audit" if audited.any() else "model", int(audited.sum()), rows)


def published_probabilities(probabilities: np.ndarray, several: int) -> np.ndarray:
    """From the chance of each category the chance of each published outcome.

    Parameters
    ----------
    probabilities : array, (documents, categories), 0 to 1
        Taken as independent within a document.
    several : int
        The column under which a document of two or more categories counts.

    Returns
    -------
    array, (documents, 1 + categories)
        Any category at all; then exactly one category, with two or more added to column `several`.
    """
    p = np.clip(probabilities, 1e-9, 1 - 1e-9)
    nothing = np.prod(1 - p, axis=1, keepdims=True)
    only = nothing * p / (1 - p)
    total = 1 - nothing
    only[:, several] += (total[:, 0] - only.sum(axis=1)).clip(0)
    return np.hstack([total, only])


def _expected(outcomes, scores, policy):
    """The model's chance of each published outcome, a row a document; None without any score."""
    if scores is None or outcomes.empty:
        return None
    known = scores.set_index("document_id").reindex(outcomes["document_id"])
    p = known[[f"p_{c}" for c in policy.ids]].to_numpy(dtype="float64")
    scored = ~np.isnan(p).any(axis=1)
    if not scored.any():
        return None
    several = policy.ids.index(policy.counts_several_as)
    chances = np.full((len(p), 1 + len(policy.ids)), np.nan)
    chances[scored] = published_probabilities(p[scored], several)
    table = pd.DataFrame(chances, index=outcomes.index, columns=[ALL, *policy.ids])
    return table.fillna(table.groupby(outcomes["document_type"]).transform("mean")).fillna(table.mean())


def _confirmed(outcomes, policy):
    """1 where a document is known to be published under the column, else 0."""
    found = violations(outcomes)["outcome"].reindex(outcomes.index)
    table = pd.DataFrame({c: (found == c).astype("float64") for c in policy.ids}, index=outcomes.index)
    table.insert(0, ALL, found.notna().astype("float64"))
    return table


def _audit_weight(chance):
    """Each audited document's weight, of mean size 1 in what it tells.

    A document drawn with the chance c stands for (1 - c) / c documents that were not drawn.
    """
    weight = (1 - chance) / chance
    total = (weight**2).sum()
    return weight * (weight.sum() / total) if total > 0 else weight


def _recalibrated(found, chance, weight, shift, variance):
    """What documents say of the shift in log odds, with a normal distribution as known before.

    The mode and the curvature of a logistic likelihood in which the shift is the only parameter
    (calibration in the large; Cox 1958, Biometrika 45), one for each column.
    """
    log_odds, before = special.logit(chance), shift
    for _ in range(NEWTON_STEPS):
        p = special.expit(log_odds + shift)
        slope = weight @ (found - p) - (shift - before) / variance
        curvature = weight @ (p * (1 - p)) + 1 / variance
        shift = shift + np.clip(slope / curvature, -1, 1)
    return shift, 1 / curvature


def _interval(mean, variance):
    """The likeliest whole numbers of a rounded gamma distribution that together have the chance `LEVEL`.

    Half the chance of the last number counts (mid-p; Lancaster 1961, JASA 56): counted whole, the
    interval of a rare category would be too wide throughout. The likeliest rather than the middle ones,
    since nothing lies below zero.
    """
    ends = pd.DataFrame(0, index=mean.index, columns=["low", "high"])
    for name in mean.index[mean > 0]:
        shape, scale = mean[name] ** 2 / variance[name], variance[name] / mean[name]
        numbers = np.arange(stats.gamma.ppf(1 - (1 - LEVEL) / 100, shape, scale=scale) + 2)
        chance = np.diff(stats.gamma.cdf([*(numbers - 0.5), numbers[-1] + 0.5], shape, scale=scale))
        likeliest = np.argsort(-chance, kind="stable")
        chance = chance[likeliest]
        kept = numbers[likeliest[np.cumsum(chance) - chance / 2 <= LEVEL]]
        ends.loc[name] = kept.min(), kept.max()
    return ends["low"], ends["high"]

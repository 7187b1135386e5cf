"""How many documents violate, the ones that nobody has reviewed among them.

The reviewed documents are known. The others are estimated from the model's scores, whose log odds are
shifted until they agree with what was found (calibration in the large; Cox 1958, Biometrika 45). Every
category on every surface has a shift of its own. Together they are normally distributed, since what
moves one moves others: a third of the variance is common to the month, a third to a category, a third
is the cell's own. Three things shape them in turn:

1. what the patrol found among the documents it reviewed;
2. what users reported of the rest: the more of its violations are reported, the fewer are left;
3. what the random audit found among the documents left, weighted by the inclusion probabilities.

How far the scores may be off (the standard deviation of the shifts) is not known either: the findings
say how likely each of `DRIFTS` is, and the estimate is the average over them (empirical Bayes would take
one alone, and promise too much).

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

# Standard deviations of the shifts: odds off by a tenth, up to five times.
DRIFTS = (0.1, 0.16, 0.25, 0.4, 0.64, 1.0, 1.6)
TYPICAL_DRIFT = 1.0  # scale of the half-normal distribution of the drift before the month is seen
LEVEL = 0.95
NEWTON_STEPS = 20  # at most


@dataclass(frozen=True)
class Prevalence:
    """Estimated violating documents of a month: `rows` by category, and what they rest on."""

    basis: str | None  # "audit", "model" (no document was audited), or None (no scores, no rows)
    audited: int
    rows: pd.DataFrame  # index "all" and the categories; confirmed, estimate, low, high


@dataclass(frozen=True)
class _Month:
    """A month's documents as arrays: log odds and findings are (documents, categories), all else a row each."""

    log_odds: np.ndarray
    found: np.ndarray
    surface: np.ndarray
    patrolled: np.ndarray
    reported: np.ndarray
    audited: np.ndarray
    chance_of_audit: np.ndarray
    left: np.ndarray


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
    chances = _expected(outcomes, scores, policy)
    if chances is None:
        return Prevalence(None, int(audited.sum()), pd.DataFrame())
    confirmed = _confirmed(outcomes, policy)
    month = _Month(
        log_odds=special.logit(np.clip(chances, 1e-9, 1 - 1e-9)),
        found=confirmed[policy.ids].to_numpy(),
        surface=pd.Categorical(outcomes["document_type"], SURFACES).codes,
        patrolled=(outcomes["source"] == "patrol").to_numpy(),
        reported=(outcomes["source"] == "user_report").to_numpy(),
        audited=audited.to_numpy(),
        chance_of_audit=outcomes["inclusion_probability"].to_numpy(dtype="float64"),
        left=unknown.to_numpy(),
    )
    means, variances, evidence = map(np.stack, zip(*(_left(month, drift) for drift in DRIFTS), strict=True))
    # Density of the drift before the month is seen; the grid is even on a logarithmic scale.
    evidence += np.log(DRIFTS) - (np.array(DRIFTS) / TYPICAL_DRIFT) ** 2 / 2
    weight = special.softmax(evidence)
    mean = weight @ means
    spread = weight @ (variances + means**2) - mean**2
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
    """The model's chance of each published category: (documents, categories); None without any score."""
    if scores is None or outcomes.empty:
        return None
    known = scores.set_index("document_id").reindex(outcomes["document_id"])
    p = known[[f"p_{c}" for c in policy.ids]].to_numpy(dtype="float64")
    scored = ~np.isnan(p).any(axis=1)
    if not scored.any():
        return None
    several = policy.ids.index(policy.counts_several_as)
    chances = np.full(p.shape, np.nan)
    chances[scored] = published_probabilities(p[scored], several)[:, 1:]
    table = pd.DataFrame(chances, index=outcomes.index)
    filled = table.fillna(table.groupby(outcomes["document_type"]).transform("mean")).fillna(table.mean())
    return filled.to_numpy()


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


def _left(month, drift):
    """Violating documents among those left: mean, variance (total, then categories), and log evidence.

    `drift` is the standard deviation of the shifts before the month is seen.
    """
    surfaces, categories = len(SURFACES), month.found.shape[1]
    alike = np.kron(np.ones((surfaces, surfaces)), np.eye(categories))
    covariance = drift**2 * (1 + alike + np.eye(len(alike))) / 3
    shift = np.zeros((surfaces, categories))
    seen, drawn, left = month.patrolled, month.audited, month.left
    shift, covariance, evidence = _recalibrated(month, seen, np.ones(seen.sum()), shift, covariance)
    thinned, variance = _thinned_by_reports(month, shift, covariance)
    weight = _audit_weight(month.chance_of_audit[drawn])
    shift, covariance, more = _recalibrated(month, drawn, weight, shift + thinned, covariance + variance)
    p, slopes = _shifted(month, left, shift)
    total = p.sum(axis=1).clip(max=1)
    # of documents that are a violation or not, and of shifts that are not known for certain
    alone = np.concatenate([[(total * (1 - total)).sum()], (p * (1 - p)).sum(axis=0)])
    columns = np.stack([slopes, *(slopes * (np.arange(categories) == c) for c in range(categories))])
    columns = columns.reshape(1 + categories, -1)
    uncertain = ((columns @ covariance) * columns).sum(axis=1)
    return np.concatenate([[total.sum()], p.sum(axis=0)]), alone + uncertain, evidence + more


def _shifted(month, rows, shift):
    """Shifted chances of some documents, and by (surface, category) how fast their sum grows with the shift."""
    p = special.expit(month.log_odds[rows] + shift[month.surface[rows]])
    return p, _by_surface(month, rows, p * (1 - p))


def _by_surface(month, rows, values):
    return np.stack([values[month.surface[rows] == k].sum(axis=0) for k in range(len(SURFACES))])


def _thinned_by_reports(month, shift, covariance):
    """What users' reports take from the log odds of the documents left: mean and variance.

    Of the violating documents that the patrol did not see, a share is reported and so no longer among
    those left; the share is what was reported of what was to be expected.
    """
    p, slopes = _shifted(month, ~month.patrolled, shift)
    reported, expected, slopes = month.found[month.reported].sum(), p.sum() + 1, slopes.ravel()
    share, smoothed = (min(n / expected, 0.9) for n in (reported, reported + 0.5))
    # binomial, and of the expected number
    variance = smoothed * (1 - smoothed) / expected + share**2 * (slopes @ covariance @ slopes) / expected**2
    return np.log1p(-share), variance / (1 - share) ** 2


def _recalibrated(month, rows, weight, shift, covariance):
    """What documents say of the shifts, which are known before as a normal distribution.

    Returns the mode and the covariance of Laplace's approximation, and the log of the findings' chance.
    """
    before, precision = shift.ravel(), np.linalg.inv(covariance)
    found, weight = month.found[rows], weight[:, None]
    for _ in range(NEWTON_STEPS):
        p, _ = _shifted(month, rows, shift)
        curvature = np.diag(_by_surface(month, rows, weight * p * (1 - p)).ravel()) + precision
        slope = _by_surface(month, rows, weight * (found - p)).ravel() - precision @ (shift.ravel() - before)
        step = np.clip(np.linalg.solve(curvature, slope), -1, 1)
        shift = shift + step.reshape(shift.shape)
        if np.abs(step).max() < 1e-6:
            break
    p = np.clip(_shifted(month, rows, shift)[0], 1e-12, 1 - 1e-12)
    likelihood = (weight * np.where(found > 0, np.log(p), np.log1p(-p))).sum()
    moved = shift.ravel() - before
    volume = np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(curvature)[1]
    evidence = likelihood - (moved @ precision @ moved + volume) / 2
    return shift, np.linalg.inv(curvature), evidence


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

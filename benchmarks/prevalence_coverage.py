"""How often the published 95 % interval holds the true number of violating documents.

Simulates months of which the truth is known, each with its own drift between what the model expects and
what is there, lets patrol, reports, the model and a random audit review a part of them, and counts how
often the interval of `monthly.prevalence` holds the truth.

    python benchmarks/prevalence_coverage.py [--repetitions 500] [--seed 1]
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from features.policy import Policy, load_policy
from monthly.prevalence import estimate_prevalence, published_probabilities

POLICY = Path(__file__).parents[1] / "policy.yaml"
DOCUMENTS = 2000
SURFACES, MIX = ("job", "message", "proposal"), (0.4, 0.45, 0.15)
VIOLATING = {"job": 0.06, "proposal": 0.04, "message": 0.04}
SEPARATION = 3.0  # of the model's evidence in standard deviations: ROC AUC 0.983
PATROLLED = {"job": 0.95, "proposal": 0.33, "message": 0.33}
REPORTED_AT_MOST = 0.3  # share of the violating documents left by the patrol; uniform over months
REPORTED_WRONGLY = 0.005
# Standard deviations of the log odds of what is there against what the model was fitted on: common to the
# month, to a category in it, and to a category on one surface.
DRIFT = (0.3, 0.3, 0.25)
REVIEWED_WHEN_FLAGGED = 0.7
AUDITED = 0.03


def logit(p):
    return np.log(p / (1 - p))


def simulate_month(rng: np.random.Generator, policy: Policy, drift: float, audited: float):
    """One month: its outcomes as known, its scores, and the true count of each published outcome.

    `drift` multiplies the standard deviations in `DRIFT`; `audited` is the chance to be drawn.
    """
    ids = policy.ids
    surface = rng.choice(SURFACES, DOCUMENTS, p=MIX)
    rate = pd.Series(surface).map(VIOLATING).to_numpy()[:, None] / len(ids)
    rate = rate * np.linspace(1.6, 0.4, len(ids))  # some categories are rare
    common, by_category, by_surface = (drift * sd for sd in DRIFT)
    shift = rng.normal(0, common) + rng.normal(0, by_category, len(ids))
    shift = shift + rng.normal(0, by_surface, (len(SURFACES), len(ids)))[np.searchsorted(SURFACES, surface)]
    true = rng.random(rate.shape) < 1 / (1 + np.exp(-(logit(rate) + shift)))
    evidence = rng.normal(SEPARATION * true, 1)
    score = 1 / (1 + np.exp(-(logit(rate) + SEPARATION * evidence - SEPARATION**2 / 2)))

    several = ids.index(policy.counts_several_as)
    published = published_probabilities(true.astype("float64"), several).round().astype(bool)
    violating = published[:, 0]
    category = np.where(violating, np.array(ids)[published[:, 1:].argmax(axis=1)], "none")

    source = np.full(DOCUMENTS, None, dtype=object)
    chances = {
        "patrol": pd.Series(surface).map(PATROLLED).to_numpy(),
        "user_report": np.where(violating, rng.uniform(0, REPORTED_AT_MOST), REPORTED_WRONGLY),
        "model": REVIEWED_WHEN_FLAGGED * (score.max(axis=1) > 0.3),
        "audit": np.full(DOCUMENTS, audited),
    }
    for name, chance in chances.items():
        source[pd.isna(source) & (rng.random(DOCUMENTS) < chance)] = name
    reviewed = pd.notna(source)
    outcomes = pd.DataFrame(
        {
            "document_id": np.arange(DOCUMENTS).astype(str),
            "document_type": surface,
            "outcome": pd.Series(category).where(reviewed),
            "source": source,
            "inclusion_probability": np.where(source == "audit", audited, np.nan),
            "only_audited": source == "audit",
        }
    )
    scores = pd.DataFrame(score, columns=[f"p_{c}" for c in ids])
    truth = pd.Series(published.sum(axis=0), index=["all", *ids])
    return outcomes, scores.assign(document_id=outcomes["document_id"]), truth


def coverage(policy: Policy, repetitions: int, seed: int, drift: float, audited: float) -> pd.DataFrame:
    """Coverage, mean width and mean error of the published (whole) numbers, over all repetitions."""
    rows = []
    for stream in np.random.SeedSequence(seed).spawn(repetitions):
        outcomes, scores, truth = simulate_month(np.random.default_rng(stream), policy, drift, audited)
        found = estimate_prevalence(outcomes, scores, policy).rows
        rounded = found.round()
        rows.append(
            pd.DataFrame(
                {
                    "true": truth,
                    "confirmed": found["confirmed"],
                    "bias": found["estimate"] - truth,
                    "width": rounded["high"] - rounded["low"],
                    "coverage": truth.between(rounded["low"], rounded["high"]),
                    "too low": truth > rounded["high"],
                }
            ).astype("float64")
        )
    return pd.concat(rows).groupby(level=0, sort=False).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repetitions", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    policy = load_policy(POLICY)
    for title, drift, audited in (
        ("audit of 3 % of the documents left", 1, AUDITED),
        ("the same, without drift", 0, AUDITED),
        ("the same, with twice the drift", 2, AUDITED),
        ("no audit: from the model alone", 1, 0.0),
    ):
        print(f"\n{title}: {arguments.repetitions} months of {DOCUMENTS} documents")
        print(coverage(policy, arguments.repetitions, arguments.seed, drift, audited).round(3).to_string())


if __name__ == "__main__":
    main()

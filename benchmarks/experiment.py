"""What benchmarks of the model share: the parts of the experiment, and the figures that they compare."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from features.policy import Policy, load_policy
from models.evaluation import evaluate_pairs, macro_average_precision
from models.scorer import Scorer
from models.training import Labelled
from pipelines.data import read_part
from pipelines.evaluate import case_documents, pairs_within
from simulation.corpus import Case, load_cases


@dataclass(frozen=True)
class Experiment:
    """The parts as `dvc repro split` left them, and the contrast pairs with their documents.

    `truth` is what is true of the test months; of tables of your own, what was decided.
    """

    policy: Policy
    settings: dict
    training: Labelled
    validation: Labelled
    test: Labelled
    truth: np.ndarray
    pairs: list[Case]
    pair_documents: pd.DataFrame


def load_experiment() -> Experiment:
    policy = load_policy("policy.yaml")
    documents, split = Path("data/documents"), Path("data/split/parts.parquet")
    parts = [
        read_part(documents, split, policy, names)
        for names in (["train", "reference"], ["validation"], ["test"])
    ]
    test = parts[2]
    known = test.documents["truth"].notna().all()
    truth = (
        np.array([[c in t.split("|") for c in policy.ids] for t in test.documents["truth"]])
        if known
        else test.targets
    )
    settings = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))["train"]
    pairs, _ = pairs_within(load_cases("data/contrast"), policy.ids)
    with tempfile.TemporaryDirectory() as work:
        return Experiment(
            policy, settings, *parts, truth, pairs, case_documents(pairs, policy.ids, Path(work))
        )


def figures(experiment: Experiment, scorer: Scorer) -> dict:
    """Average precision on the test months, and what is right of the contrast and disguise pairs."""
    p = scorer.score_documents(experiment.test.documents, explain=False).probabilities
    scored = scorer.score_documents(experiment.pair_documents, explain=False)
    pairs = evaluate_pairs(experiment.pairs, experiment.policy.ids, scored)
    return {
        "macro_average_precision": macro_average_precision(experiment.truth, p),
        "pairs_in_order": pairs["in_order"],
        "pairs_both_right": pairs["both_right"],
        "disguised_still_flagged": pairs["disguised_still_flagged"],
    }

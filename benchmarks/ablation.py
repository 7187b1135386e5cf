"""What each group of features is worth: train without it, on the same parts, and measure.

Usage: python benchmarks/ablation.py [--out reports/ablation.csv]

Prints and writes, for all groups and with each left out: macro average precision on the test months (by
the simulation's truth), the share of contrast pairs in order and with both sides right, and the share of
disguised twins still flagged. `text alone` leaves out signals and context.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from features.policy import load_policy
from models.evaluation import evaluate_pairs, macro_average_precision
from models.features import GROUPS
from models.scorer import Scorer
from models.training import train
from pipelines.data import read_part
from pipelines.evaluate import score_cases
from simulation.corpus import load_cases


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("reports/ablation.csv"))
    out = parser.parse_args().out
    policy = load_policy("policy.yaml")
    settings = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))["train"]
    documents, split = Path("data/documents"), Path("data/split/parts.parquet")
    training = read_part(documents, split, policy, ["train", "reference"])
    validation = read_part(documents, split, policy, ["validation"])
    test = read_part(documents, split, policy, ["test"])
    true = np.array([[c in t.split("|") for c in policy.ids] for t in test.documents["truth"]])
    cases = load_cases("data/contrast")
    variants = {"all groups": GROUPS}
    variants |= {f"without {g}": tuple(k for k in GROUPS if k != g) for g in GROUPS}
    variants["text alone"] = ("lemma", "character")
    rows = []
    for name, groups in variants.items():
        scorer = Scorer(train(training, validation, policy, settings, groups=groups))
        p = scorer.score_documents(test.documents, explain=False).probabilities
        with tempfile.TemporaryDirectory() as work:
            pairs = evaluate_pairs(cases, policy.ids, score_cases(scorer, cases, Path(work)))
        rows.append(
            {
                "groups": name,
                "macro_average_precision": macro_average_precision(true, p),
                "pairs_in_order": pairs["in_order"],
                "pairs_both_right": pairs["both_right"],
                "disguised_still_flagged": pairs["disguised_still_flagged"],
            }
        )
        print(pd.DataFrame(rows).to_string(index=False, float_format="%.3f"), flush=True)
    pd.DataFrame(rows).to_csv(out, index=False, float_format="%.4f")


if __name__ == "__main__":
    main()

"""What each group of features is worth: train without it, on the same parts, and measure.

Usage: python benchmarks/ablation.py [--out reports/ablation.csv]

Prints and writes, for all groups and with each left out: macro average precision on the test months (by
the simulation's truth), the share of contrast pairs in order and with both sides right, and the share of
disguised twins still flagged. `text alone` leaves out signals and context.
"""

import argparse
from pathlib import Path

import pandas as pd
from experiment import figures, load_experiment

from models.features import GROUPS
from models.scorer import Scorer
from models.training import fit_categories, fit_text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("reports/ablation.csv"))
    out = parser.parse_args().out
    experiment = load_experiment()
    variants = {"all groups": GROUPS}
    variants |= {f"without {g}": tuple(k for k in GROUPS if k != g) for g in reversed(GROUPS)}
    variants["text alone"] = ("lemma", "character")
    rows, texts = [], {}
    for name, groups in variants.items():
        views = tuple(g for g in ("lemma", "character") if g in groups)
        if views not in texts:
            texts = {
                views: fit_text(
                    experiment.training, experiment.validation, experiment.policy, experiment.settings, views
                )
            } | {k: v for k, v in texts.items() if len(k) == 2}
        model = fit_categories(texts[views], experiment.policy, experiment.settings, groups)
        rows.append({"groups": name} | figures(experiment, Scorer(model)))
        print(pd.DataFrame(rows).to_string(index=False, float_format="%.3f"), flush=True)
    pd.DataFrame(rows).to_csv(out, index=False, float_format="%.4f")


if __name__ == "__main__":
    main()

"""What each group of features is worth: train without it, on the same parts, and measure.

Usage: python benchmarks/ablation.py [--out reports/ablation.csv]

Prints and writes, for all groups and with each left out: macro average precision on the test months (by
the simulation's truth), the share of contrast pairs in order and with both sides right, and the share of
disguised twins still flagged. `text alone` leaves out signals and context.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from experiment import figures, load_experiment

from models.features import GROUPS
from models.scorer import Scorer
from models.text import LinearScorer
from models.training import TextMargins, fit_categories, fit_text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("reports/ablation.csv"))
    out = parser.parse_args().out
    experiment = load_experiment()
    variants = {"all groups": GROUPS}
    variants |= {f"without {g}": tuple(k for k in GROUPS if k != g) for g in GROUPS}
    variants["text alone"] = ("text",)
    text = fit_text(experiment.training, experiment.validation, experiment.policy, experiment.settings)
    rows = []
    for name, groups in variants.items():
        own = text if "text" in groups else _without_words(text)
        model = fit_categories(own, experiment.policy, experiment.settings, groups)
        rows.append({"groups": name} | figures(experiment, Scorer(model)))
        print(pd.DataFrame(rows).to_string(index=False, float_format="%.3f"), flush=True)
    pd.DataFrame(rows).to_csv(out, index=False, float_format="%.4f")


def _without_words(text: TextMargins) -> TextMargins:
    """Text scorers that know nothing: every weight and margin is zero."""
    linear = LinearScorer(*(np.zeros_like(part) for part in vars(text.linear).values()))
    return replace(
        text,
        linear=linear,
        training_margins=np.zeros_like(text.training_margins),
        validation_margins=np.zeros_like(text.validation_margins),
    )


if __name__ == "__main__":
    main()

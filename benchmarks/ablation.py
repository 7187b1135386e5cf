"""What each group of features is worth: train without it, on the same parts, and measure.

Usage: python benchmarks/ablation.py [--out reports/ablation.csv]

Prints and writes, for all groups and with each left out: macro average precision on the test months (by
the simulation's truth), the share of contrast pairs in order and with both sides right, and the share of
disguised twins still flagged. Without context the models see a document's text alone: what stands beside it
(contract, escrow, role, pay, client, thread, job) is taken as unknown, and so are the signals read from it;
twins that differ in nothing else can then not be told apart. `text alone` leaves out signals too.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from experiment import Experiment, figures, load_experiment

from features.documents import COLUMNS, documents_from_rows
from models.features import GROUPS
from models.scorer import Scorer
from models.text import LinearScorer
from models.training import TextMargins, fit_categories, fit_text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("reports/ablation.csv"))
    out = parser.parse_args().out
    experiment = load_experiment()
    bare = _without_context(experiment)
    text, bare_text = (fit_text(e.training, e.validation, e.policy, e.settings) for e in (experiment, bare))
    variants = {
        "all groups": (experiment, text, GROUPS),
        "without text": (experiment, _without_words(text), ("signals", "context")),
        "without signals": (experiment, text, ("text", "context")),
        "without context": (bare, bare_text, ("text", "signals")),
        "text alone": (bare, bare_text, ("text",)),
    }
    rows = []
    for name, (known, margins, groups) in variants.items():
        model = fit_categories(margins, known.policy, known.settings, groups)
        rows.append({"groups": name} | figures(known, Scorer(model)))
        print(pd.DataFrame(rows).to_string(index=False, float_format="%.3f"), flush=True)
    pd.DataFrame(rows).to_csv(out, index=False, float_format="%.4f")


def _without_context(experiment: Experiment) -> Experiment:
    """The same documents as if nothing were known but their texts."""

    def bare(documents):
        said = documents[["document_id", "document_type", "month", "posted_at", *_TEXTS]]
        # What training needs beside the text: part, template group, evidence.
        beside = documents.columns.difference(COLUMNS)
        return documents_from_rows(said).assign(**{name: documents[name].to_numpy() for name in beside})

    parts = {
        name: replace(part, documents=bare(part.documents))
        for name in ("training", "validation", "test")
        for part in [getattr(experiment, name)]
    }
    return replace(experiment, **parts, pair_documents=bare(experiment.pair_documents))


_TEXTS = ("title", "description", "body")


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

"""Stage `train`: fit the violation models on the training months and the library of known cases."""

import csv
from pathlib import Path

import pandas as pd

from features.policy import load_policy
from models.artifact import save_model
from models.training import Labelled, Model, refit_text
from models.training import train as fit
from pipelines.data import read_part
from pipelines.stage import load_params, stage_main


def train(
    documents: Path, split: Path, policy: Path, params: Path, out: Path, final: Path, curves: Path
) -> None:
    """Fit on the parts train and reference; with `refit` its text scorers once more on all.

    `out` gets the model that is evaluated, `final` the one that is exported (the same without `refit`).
    """
    settings, rules = load_params(params)["train"], load_policy(policy)
    text = policy.read_text(encoding="utf-8")
    training = read_part(documents, split, rules, ["train", "reference"])
    validation = read_part(documents, split, rules, ["validation"])
    model = fit(training, validation, rules, settings)
    save_model(model, text, out)
    write_curves(model, curves)
    if settings["refit"]:
        every = read_part(
            documents, split, rules, ["train", "reference", "reference_later", "validation", "test"]
        )
        model = refit_text(model, _few_of_each(every, settings["per_template"]), settings)
    save_model(model, text, final)


def _few_of_each(labelled: Labelled, most: int) -> Labelled:
    """All known cases, and of the stream at most `most` documents of each template group."""
    table = labelled.documents
    copies = table[~labelled.known].groupby("template_group").cumcount() >= most
    kept = ~table.index.isin(copies.index[copies])
    return Labelled(table[kept].reset_index(drop=True), labelled.targets[kept])


def write_curves(model: Model, path: Path) -> None:
    """The learning curves as CSV: category, part, round, log loss."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        (category, part, k, value)
        for category, parts in model.curves.items()
        for part, values in parts.items()
        for k, value in enumerate(values, start=1)
    ]
    table = pd.DataFrame(rows, columns=["category", "part", "round", "binary_logloss"])
    table.to_csv(path, index=False, float_format="%.6f", quoting=csv.QUOTE_MINIMAL)


if __name__ == "__main__":
    stage_main(train)

"""Learning curve over the corpus: how much better do the models get with more of it, and is it still rising?

Usage: python benchmarks/corpus_curve.py [--cases DIR]

For growing shares of the training units: macro average precision on the test months (by the simulation's truth) and
the share of contrast pairs with both sides right; with `--cases` also macro average precision on cases of your own.
Writes reports/corpus_curve.csv and .png.

DIR holds jobs.jsonl and messages.jsonl with columns as in features/tables.py, and cases.jsonl, where a line says of
one of their documents:

    id       its job_id or message_id; documents without a line are context, and not measured
    labels   list of the categories that it violates, empty where it is fine
    type     job or message (for the reader)
    pair     optional, the same in two cases that belong together (for the reader)
    kind     optional; `obfuscation` marks a disguised copy of another case, which is not measured
"""

import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from experiment import figures, load_experiment

from features.tables import read_table
from models.evaluation import macro_average_precision
from models.scorer import Scorer
from models.training import Labelled, train

SHARES = (0.125, 0.25, 0.5, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path)
    folder = parser.parse_args().cases
    experiment = load_experiment()
    training, settings = experiment.training, experiment.settings
    groups = np.random.default_rng(settings["seed"]).permutation(
        np.unique(training.documents["template_group"])
    )
    rows = []
    for share in SHARES:
        kept = np.isin(training.documents["template_group"], groups[: int(share * len(groups))])
        part = Labelled(training.documents[kept].reset_index(drop=True), training.targets[kept])
        scorer = Scorer(train(part, experiment.validation, experiment.policy, settings))
        measured = figures(experiment, scorer)
        row = {
            "share": share,
            "template_groups": int(share * len(groups)),
            "test months": measured["macro_average_precision"],
            "contrast pairs, both right": measured["pairs_both_right"],
        }
        if folder:
            row["other cases"] = _other_cases(scorer, folder, experiment.policy.ids)
        rows.append(row)
        print(pd.DataFrame(rows).to_string(index=False, float_format="%.3f"), flush=True)
    table = pd.DataFrame(rows)
    table.to_csv("reports/corpus_curve.csv", index=False, float_format="%.4f")
    _plot(table, Path("reports/corpus_curve.png"))


def _other_cases(scorer, folder, ids):
    tables = {name: read_table(folder / f"{name}.jsonl", name).rows for name in ("jobs", "messages")}
    scored = scorer.score(**tables, explain=False)
    with (folder / "cases.jsonl").open(encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    cases = {c["id"]: c["labels"] for c in cases if c.get("kind") != "obfuscation"}
    kept = [k for k, i in enumerate(scored.document_ids) if i in cases]
    y = np.array([[c in cases[scored.document_ids[k]] for c in ids] for k in kept])
    return macro_average_precision(y, scored.probabilities[kept])


def _plot(table, path):
    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    for name in table.columns[2:]:
        axes.plot(table["template_groups"], table[name], marker="o", label=name)
    axes.set(xscale="log", xlabel="texts learnt from", ylabel="macro average precision, share of pairs")
    axes.set_xticks(table["template_groups"], table["template_groups"].astype(str))
    axes.minorticks_off()
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120, metadata={"Software": None})


if __name__ == "__main__":
    main()

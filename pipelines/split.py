"""Stage `split`: which labelled document belongs to which part, by month, with labels as of a date."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from features.policy import load_policy
from pipelines.data import read_decisions, read_documents, read_reference, targets_as_of
from pipelines.stage import StageError, load_params, part_of_month, stage_main, write_json

PARTS = ("train", "validation", "test")


def split(documents: Path, policy: Path, params: Path, out: Path, report: Path) -> None:
    """Assign every document that was reviewed by `labels_as_of` to a part.

    Of one template at most `per_template` documents learn. A document of the library of known cases is of
    the part `reference`, or `reference_later` where its template group also stands in a later part: the
    evaluated model must not know it.
    """
    loaded = load_params(params)
    settings, rules = loaded["split"], load_policy(policy)
    stream, reference = read_documents(documents), read_reference(documents)
    targets = targets_as_of(read_decisions(documents), str(settings["labels_as_of"]), rules)
    stream = stream[stream["document_id"].isin(targets.index)]
    part = stream["month"].map(lambda month: part_of_month(month, settings))
    held = set(stream.loc[part != "train", "template_group"])
    learnt = part == "train"
    copies = stream[learnt].groupby("template_group").cumcount() >= loaded["train"]["per_template"]
    part.loc[copies.index[copies]] = "train_copy"
    table = stream[["document_id", "month", "template_group", "campaign"]].assign(part=part)
    if len(reference):
        reference = reference[reference["document_id"].isin(targets.index)]
        later = reference["template_group"].isin(held)
        known = reference[["document_id", "month", "template_group", "campaign"]]
        known = known.assign(part=np.where(later, "reference_later", "reference"), month="")
        table = pd.concat([table, known], ignore_index=True)
    table["categories"] = [
        json.dumps([c for c, given in zip(rules.ids, row, strict=True) if given])
        for row in targets.loc[table["document_id"]].to_numpy()
    ]
    seen = set(table.loc[table["part"].str.startswith("train"), "template_group"])
    table["unseen_template"] = ~table["template_group"].isin(seen)
    for name in PARTS:
        if not (table["part"] == name).any():
            raise StageError(f"no labelled document is of the part {name}: see split in params.yaml")
    out.parent.mkdir(parents=True, exist_ok=True)
    table[["document_id", "part", "categories", "unseen_template"]].to_parquet(out, index=False)
    write_json(_counts(table, targets, rules), report)


def _counts(table, targets, policy):
    counts = {}
    for part, rows in table.groupby("part", sort=True):
        own = targets.loc[rows["document_id"]].to_numpy()
        counts[part] = {
            "documents": len(rows),
            "template_groups": int(rows["template_group"].nunique()),
            "violating": int(own.any(axis=1).sum()),
            "campaign": int(rows["campaign"].sum()),
            "by_category": dict(zip(policy.ids, own.sum(axis=0).tolist(), strict=True)),
        }
    return counts


if __name__ == "__main__":
    stage_main(split)

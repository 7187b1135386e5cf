"""Reading what earlier stages wrote: documents by month, labels as of a date, parts of the experiment."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from features.policy import Policy
from models.training import Labelled
from monthly.decisions import decisions_as_of
from pipelines.stage import StageError


def read_documents(folder: Path, months: list[str] | None = None) -> pd.DataFrame:
    """The stream's documents, all or those of some months, in the order of month and file."""
    paths = sorted(folder.glob("month=*/documents.parquet"))
    if months is not None:
        paths = [p for p in paths if p.parent.name.removeprefix("month=") in months]
    if not paths:
        raise StageError(f"{folder}: no documents for {months or 'any month'}: run the stage ingest first")
    return pd.concat([pd.read_parquet(path) for path in paths], ignore_index=True)


def read_reference(folder: Path) -> pd.DataFrame:
    """The library of known cases, empty where there is none."""
    path = folder / "reference" / "documents.parquet"
    return pd.read_parquet(path) if path.is_file() else pd.DataFrame()


def read_decisions(folder: Path) -> pd.DataFrame:
    """All decisions on all documents."""
    return pd.read_parquet(folder / "labels.parquet")


def targets_as_of(decisions: pd.DataFrame, as_of: str, policy: Policy) -> pd.DataFrame:
    """One boolean column a category, indexed by the ids of the documents reviewed by `as_of`."""
    current = decisions_as_of(decisions, as_of)
    table = pd.crosstab(current["document_id"], current["category"]) > 0
    return table.reindex(columns=policy.ids, fill_value=False)


def read_part(documents: Path, split: Path, policy: Policy, parts: list[str]) -> Labelled:
    """The labelled documents of some parts (`train`, `validation`, `test`, `reference` ...)."""
    assigned = pd.read_parquet(split)
    assigned = assigned[assigned["part"].isin(parts)]
    every = [read_documents(documents)]
    if "reference" in set(assigned["part"]) | {*parts}:
        every.append(read_reference(documents))
    table = pd.concat(every, ignore_index=True)
    table = table.merge(assigned, on="document_id", validate="one_to_one")
    targets = np.array([json.loads(t) for t in table["categories"]], dtype=object)
    matrix = np.array([[c in own for c in policy.ids] for own in targets], dtype=bool)
    return Labelled(table.reset_index(drop=True), matrix.reshape(len(table), len(policy.ids)))

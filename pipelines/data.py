"""Reading what earlier stages wrote: documents by month, labels as of a date, parts of the experiment."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from features.policy import Policy
from models.training import Labelled
from monthly.decisions import decisions_as_of
from pipelines.stage import StageError


def check_dates(month: str, as_of: str) -> None:
    """Raise a StageError unless `month` is such as 2026-09 and `as_of` such as 2026-10-05."""
    try:
        # Python also reads 20261005 and 2026-W41-1.
        good = all(date.fromisoformat(day).isoformat() == day for day in (f"{month}-01", as_of))
    except ValueError:
        good = False
    if not good:
        raise StageError(f"month {month!r}, as of {as_of!r}: expected such as 2026-09 and 2026-10-05")


def check_posted(documents: pd.DataFrame, month: str) -> None:
    """Raise a StageError where all documents were posted after `month`."""
    if not (documents["month"] <= month).any():
        first = documents["month"].min()
        raise StageError(f"no document was posted by {month}: the first month is {first}")


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
    table = pd.concat([read_documents(documents), read_reference(documents)], ignore_index=True)
    table = table.merge(assigned, on="document_id", validate="one_to_one")
    targets = np.array([json.loads(t) for t in table["categories"]], dtype=object)
    matrix = np.array([[c in own for c in policy.ids] for own in targets], dtype=bool)
    return Labelled(table.reset_index(drop=True), matrix.reshape(len(table), len(policy.ids)))

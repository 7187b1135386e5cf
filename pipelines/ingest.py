"""Stage `ingest`: raw tables, each row checked once, become documents with context and template group."""

from collections.abc import Mapping, Set
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from features.documents import build_documents, texts_of
from features.policy import load_policy
from features.tables import KEYS, Checked, TableError, concat_checked, read_table, set_aside
from features.templates import template_groups
from pipelines.stage import StageError, load_params, stage_main, write_json

TABLES = ("jobs", "messages", "labels")
_ENDINGS = (".csv", ".jsonl", ".ndjson", ".parquet")


def find_table(source: Path, name: str) -> list[Path]:
    """The files of one table: `source/name.ENDING`, or all of `source/name/`, sorted.

    Raises
    ------
    TableError
        Where there is neither.
    """
    single = [source / f"{name}{ending}" for ending in _ENDINGS if (source / f"{name}{ending}").is_file()]
    parts = sorted(p for p in (source / name).glob("*") if p.suffix in _ENDINGS)
    if not single + parts:
        raise TableError(f"{source}: no table {name!r}: expected {name}.csv, .jsonl, .parquet or {name}/")
    return single or parts


def ingest(source_from: Path, policy: Path, documents: Path, quarantine: Path, report: Path) -> None:
    """Check the tables that `source` of params.yaml names and write documents by month.

    `documents/month=YYYY-MM/documents.parquet` hold the stream, `documents/reference/` a library of known
    cases where the source has one (`reference/` in its folder), `documents/labels.parquet` all decisions.
    """
    params = load_params(source_from)
    source = Path(params["source"])
    limit = params["ingest"]["max_quarantine_share"]
    ids = [*load_policy(policy).ids, "none"]
    stream, checked = read_tables(source, ids)
    reference = None
    if (source / "reference").is_dir():
        taken = set(stream["document_id"])
        reference, more = read_tables(source / "reference", ids, "reference/", taken)
        checked |= more
    _write_quarantine(checked, quarantine)
    counts = {
        name: {
            "read": c.read,
            "kept": len(c.rows),
            "set_aside": c.rows_set_aside,
            "mended": c.mended,
            "reasons": _reasons(c.quarantine),
        }
        for name, c in checked.items()
    }
    write_json(counts, report)
    stop_at_too_many(checked, limit)
    _write_documents(stream, reference, checked, source, documents)


def read_tables(
    source: Path, ids: list[str], prefix: str = "", taken: Set[str] = frozenset()
) -> tuple[pd.DataFrame, dict[str, Checked]]:
    """Documents and checked tables of one folder, the tables named with `prefix`.

    A label's category must be one of `ids`; `taken` are the ids that no document may have.
    """
    checked: dict[str, Checked] = {}
    for name in TABLES:
        paths = find_table(source, name)
        parts = [
            read_table(path, name, may_be_empty=len(paths) > 1)
            for path in tqdm(paths, desc=f"read {prefix}{name}", unit="file", disable=len(paths) == 1)
        ]
        checked[prefix + name] = concat_checked(parts)
    for name in KEYS:
        checked[prefix + name] = _set_aside_taken(checked[prefix + name], KEYS[name], taken)
        taken = taken | set(checked[prefix + name].rows[KEYS[name]])
    documents = build_documents(checked[prefix + "jobs"].rows, checked[prefix + "messages"].rows)
    known = set(documents["document_id"])
    bad = {i for name in KEYS for i in checked[prefix + name].quarantine["id"]} - known
    checked[prefix + "labels"] = _set_aside_unknown(checked[prefix + "labels"], known, bad, ids)
    return documents, checked


def stop_at_too_many(checked: dict[str, Checked], limit: float) -> None:
    """Raise a StageError with the first bad rows where more than `limit` (0 to 1) of a table's are set aside."""
    for name, c in checked.items():
        share = c.rows_set_aside / max(c.read, 1)
        if share > limit:
            first = "; ".join(
                f"{f['file']}: {fault_text(f)}" for f in c.quarantine.head(5).to_dict("records")
            )
            raise StageError(
                f"{name}: {c.rows_set_aside} of {c.read} rows are set aside ({share:.1%}, at most "
                f"{limit:.1%} expected). The first: {first}"
            )


def fault_text(fault: Mapping) -> str:
    """A row of the quarantine in words, without the column or value that it does not have."""
    place = f"row {fault['row']}" + (f", {fault['column']}" if pd.notna(fault["column"]) else "")
    return f"{place}: " + (f"{fault['value']!r}: " if pd.notna(fault["value"]) else "") + fault["reason"]


def _set_aside_taken(table: Checked, key: str, taken: set[str]) -> Checked:
    """A label names a document by its id alone, so no two documents may share one."""
    doubled = np.flatnonzero(table.rows[key].isin(taken)).tolist()
    return set_aside(table, [(k, key, "duplicate id, already that of another document") for k in doubled])


def _set_aside_unknown(labels: Checked, known: set[str], bad: set[str], ids: list[str]) -> Checked:
    """Labels of an unknown document, of one in quarantine (`bad`) or of an unknown category go there too."""
    document, category = labels.rows["document_id"], labels.rows["category"]
    faults = []
    for column, wrong, reason in (
        ("document_id", document.isin(bad), "the job or message itself is in quarantine"),
        ("document_id", ~document.isin(known | bad), "expected the id of a job or message"),
        ("category", ~category.isin(ids), "expected one of " + ", ".join(ids)),
    ):
        faults += [(k, column, reason) for k in np.flatnonzero(wrong).tolist()]
    return set_aside(labels, faults)


def _reasons(quarantine):
    """How many rows for each column and reason; the column is None where the row itself is broken."""
    rows = quarantine.groupby(["column", "reason"], dropna=False).size().rename("rows").reset_index()
    return rows.astype({"column": object}).replace({"column": {np.nan: None}}).to_dict("records")


def _write_quarantine(checked, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, c in checked.items():
        c.quarantine.to_csv(folder / f"{name.replace('/', '-')}.csv", index=False)


def _write_documents(stream, reference, checked, source, folder):
    parts = [stream.assign(reference=False)]
    labels = [checked["labels"].rows]
    if reference is not None:
        parts.append(reference.assign(reference=True))
        labels.append(checked["reference/labels"].rows)
    table = pd.concat(parts, ignore_index=True)
    origins = read_origins(source)
    # Tables without origins: no document is of a known text.
    origins = origins.reindex(table["document_id"]).astype("object").reset_index(drop=True)
    table["template_group"] = template_groups(texts_of(table), origins["template_id"].fillna("").tolist())
    table["campaign"] = origins["campaign"].fillna("") != ""
    table["evidence"] = origins["evidence"].fillna("[]")
    table["truth"] = origins["truth"].where(origins["truth"].notna(), None)
    (folder / "reference").mkdir(parents=True, exist_ok=True)
    in_reference = table.pop("reference")
    table[in_reference].to_parquet(folder / "reference" / "documents.parquet", index=False)
    for month, rows in table[~in_reference].groupby("month", sort=True):
        target = folder / f"month={month}" / "documents.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        rows.to_parquet(target, index=False)
    decisions = pd.concat(labels, ignore_index=True)
    decisions.to_parquet(folder / "labels.parquet", index=False)


def read_origins(source: Path) -> pd.DataFrame:
    """What is known of where documents come from (simulated data alone), by document id."""
    columns = ["template_id", "campaign", "difficulty", "truth", "evidence"]
    paths = sorted(source.glob("origins/*.csv")) + sorted(source.glob("reference/origins/*.csv"))
    parts = [pd.read_csv(path, dtype="str", keep_default_na=False) for path in paths]
    if not parts:
        return pd.DataFrame(columns=columns, dtype="str")
    return pd.concat(parts).set_index("document_id")[columns]


if __name__ == "__main__":
    stage_main(ingest)

"""The three raw tables: reading them, checking every row once, giving columns their types."""

import csv
import json
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyarrow.parquet as pq

TIME_ZONE = "Asia/Tokyo"
MAX_TEXT = 200_000  # characters; far above any form's limit, so what is longer is no post
_FIRST_YEAR, _LAST_YEAR = 1970, 2100  # what is outside is a slip; far outside, nanoseconds would wrap round
_DATE_FORMAT = "%Y-%m-%d"

_OFFSET_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)", re.ASCII)


class TableError(ValueError):
    """A table cannot be read at all; the message names file, line or column and what was expected."""


@dataclass(frozen=True)
class Checked:
    """A table after the check: `rows` that passed, typed, and what was set aside or mended."""

    rows: pd.DataFrame
    places: pd.DataFrame  # file and row of each of `rows` (1 is the first after the header)
    quarantine: pd.DataFrame  # file, row, id, column, value, reason
    read: int
    mended: int

    @property
    def rows_set_aside(self) -> int:
        """How many rows are in quarantine; one with several faults counts once."""
        return len(self.quarantine[["file", "row"]].drop_duplicates())


def _one_of(*values):
    return pa.Check(lambda s: s.isin(values), error="one of " + ", ".join(values))


def _matches(pattern, expected):
    return pa.Check(lambda s: s.str.fullmatch(pattern, flags=re.ASCII), error=expected)


def _is_time(s):
    parsed = pd.to_datetime(s, errors="coerce", utc=True, format="ISO8601")
    return s.str.fullmatch(_OFFSET_TIME) & parsed.dt.year.between(_FIRST_YEAR, _LAST_YEAR)


def _is_date(s):
    parsed = pd.to_datetime(s, errors="coerce", format=_DATE_FORMAT)
    return s.str.fullmatch(r"\d{4}-\d\d-\d\d", flags=re.ASCII) & parsed.dt.year.between(
        _FIRST_YEAR, _LAST_YEAR
    )


def _number(low, high, expected):
    def check(s):
        number = pd.to_numeric(s, errors="coerce")
        return (number >= low) & (number <= high)

    return pa.Check(check, error=expected)


_ID = _matches(r"[^\s\x00]{1,200}", "an id without spaces, 1 to 200 characters")
_RANGE = f"from {_FIRST_YEAR} to {_LAST_YEAR}"
_TIME = pa.Check(_is_time, error=f"ISO 8601 with an offset, such as 2026-09-01T10:00:00+09:00, {_RANGE}")
_DATE = pa.Check(_is_date, error=f"a date such as 2026-09-01, {_RANGE}")
_TEXT = pa.Check(lambda s: s.str.len() <= MAX_TEXT, error=f"at most {MAX_TEXT} characters")
_COUNT = _matches(r"\d{1,15}(\.0+)?", "a whole number, 0 or more")
_YEN = _matches(r"\d{1,12}(\.0+)?", "whole yen, 0 or more")
_FLAG = _matches("true|false|True|False", "true or false")

# What a column may hold, in a raw table as in a row for the artifact.
CHOICES = {
    "contract_type": ("project", "task", "competition"),
    "reward_type": ("fixed", "hourly", "per_item", "per_character", "unspecified"),
    "sender_role": ("client", "worker"),
    "escrow_status": ("unfunded", "funded", "released"),
}


def _column(*checks, required=True):
    return pa.Column(str, checks=list(checks), nullable=not required)


SCHEMAS = {
    "jobs": pa.DataFrameSchema(
        {
            "job_id": _column(_ID),
            "posted_at": _column(_TIME),
            "client_id": _column(_ID),
            "contract_type": _column(_one_of(*CHOICES["contract_type"])),
            "job_category": _column(_TEXT, required=False),
            "title": _column(_TEXT),
            "description": _column(_TEXT),
            "reward_type": _column(_one_of(*CHOICES["reward_type"])),
            "reward_min_jpy": _column(_YEN, required=False),
            "reward_max_jpy": _column(_YEN, required=False),
            "client_rating": _column(_number(0, 5, "a number from 0 to 5"), required=False),
            "client_orders": _column(_COUNT, required=False),
            "client_verified": _column(_FLAG, required=False),
            "client_registered_on": _column(_DATE, required=False),
        }
    ),
    "messages": pa.DataFrameSchema(
        {
            "message_id": _column(_ID),
            "job_id": _column(_ID, required=False),
            "thread_id": _column(_ID),
            "sent_at": _column(_TIME),
            "sender_id": _column(_ID),
            "sender_role": _column(_one_of(*CHOICES["sender_role"])),
            "surface": _column(_one_of("proposal", "message")),
            "escrow_status": _column(_one_of(*CHOICES["escrow_status"])),
            "body": _column(_TEXT),
        }
    ),
    "labels": pa.DataFrameSchema(
        {
            "document_id": _column(_ID),
            "category": _column(_ID),
            "source": _column(_one_of("patrol", "user_report", "model", "audit")),
            "inclusion_probability": _column(
                _number(1e-9, 1, "a probability above 0, at most 1"), required=False
            ),
            "decided_at": _column(_TIME),
        }
    ),
}
KEYS = {"jobs": "job_id", "messages": "message_id"}
TEXTS = {"jobs": ["job_category", "title", "description"], "messages": ["body"], "labels": []}
_TYPES = {
    "posted_at": "time",
    "sent_at": "time",
    "decided_at": "time",
    "client_registered_on": "date",
    "client_verified": "flag",
} | dict.fromkeys(
    [
        "reward_min_jpy",
        "reward_max_jpy",
        "client_rating",
        "client_orders",
        "inclusion_probability",
    ],
    "number",
)


def read_table(path: str | Path, name: str, *, may_be_empty: bool = False) -> Checked:
    """Read `jobs`, `messages` or `labels` from CSV, JSON Lines or Parquet and check every row.

    A row that breaks the schema is set aside with its row number, column, value and reason; a NUL
    or a lone surrogate in a text column is mended to U+FFFD (one for one, so offsets stay), in any other
    column it is a fault.

    Raises
    ------
    TableError
        Where the file cannot be read as a table: a missing or doubled column, no rows, an unclosed
        quote, an unknown ending, a Parquet column of what is no text.
    """
    path = Path(path)
    columns = list(SCHEMAS[name].columns)
    raw, broken = _read(path, columns)
    if raw.empty and broken.empty and not may_be_empty:
        raise TableError(f"{path}: the table has no rows, expected at least one of {name}")
    texts = raw[TEXTS[name]]
    mended_texts = texts.apply(lambda s: s.str.replace(r"[\x00\ud800-\udfff]", "\ufffd", regex=True))
    mended = int((texts.fillna("") != mended_texts.fillna("")).any(axis=1).sum())
    # A surrogate cannot be written anywhere; as NUL it is still what no other column may hold.
    others = raw.drop(columns=TEXTS[name]).apply(
        lambda s: s.str.replace(r"[\ud800-\udfff]", "\x00", regex=True)
    )
    raw = raw.assign(**mended_texts, **others)
    faults = pd.concat([broken, _faults(raw, name)], ignore_index=True)
    # A row that is set aside anyway must not make a good one its duplicate.
    doubled = _doubled(raw.loc[~raw.index.isin(faults["row"])], name)
    faults = pd.concat([faults, doubled], ignore_index=True)
    good = raw.loc[~raw.index.isin(faults["row"])]
    return Checked(
        _typed(good),
        pd.DataFrame({"file": str(path), "row": good.index}),
        faults.assign(file=str(path)).sort_values("row", ignore_index=True)[QUARANTINE],
        len(raw) + len(broken),
        mended,
    )


def _read(path: Path, columns: list[str]):
    readers = {
        ".csv": _read_csv,
        ".jsonl": _read_jsonl,
        ".ndjson": _read_jsonl,
        ".parquet": partial(_read_parquet, wanted=columns),
    }
    if path.suffix not in readers:
        raise TableError(f"{path}: unknown ending {path.suffix!r}, expected one of {sorted(readers)}")
    if not path.is_file():
        raise TableError(f"{path}: no such file")
    header, rows, broken = readers[path.suffix](path)
    doubled = [name for name, count in Counter(header).items() if count > 1]
    if doubled:
        raise TableError(f"{path}: column {doubled[0]!r} is given twice")
    missing = [c for c in columns if c not in header]
    if missing and header:
        raise TableError(f"{path}: column {missing[0]!r} is missing; found {', '.join(header)}")
    numbers = [number for number, _ in rows]
    table = pd.DataFrame([row for _, row in rows], columns=header or columns, index=numbers, dtype=object)
    table = table.reindex(columns=columns)
    faults = [(n, None, None, value, reason) for n, value, reason in broken]
    return table, pd.DataFrame(faults, columns=_FAULT)


_FAULT = ["row", "id", "column", "value", "reason"]
QUARANTINE = ["file", *_FAULT]


def _read_csv(path):
    rows, broken = [], []
    previous = csv.field_size_limit(2**31 - 1)
    try:
        # Bytes that are no UTF-8 become lone surrogates here, and are mended or set aside by the row.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            reader = csv.reader(file, strict=True)
            try:
                header = next(reader, [])
                for number, row in enumerate((r for r in reader if r), start=1):
                    if len(row) == len(header):
                        rows.append((number, [cell if cell else None for cell in row]))
                    else:
                        reason = f"{len(row)} cells, expected {len(header)}"
                        broken.append((number, _short(",".join(row)), reason))
            except csv.Error as error:
                # strict=True: a quote that never closes ends the file inside a cell
                raise TableError(
                    f"{path}: line {reader.line_num}: {error} (an unclosed or stray quote?)"
                ) from error
    finally:
        csv.field_size_limit(previous)
    return header, rows, broken


def _read_jsonl(path):
    records, broken, keys = [], [], {}
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as file:
        for number, line in enumerate((line for line in file if line.strip()), start=1):
            try:
                record = json.loads(line, object_pairs_hook=_without_doubles)
            except (ValueError, RecursionError) as error:
                broken.append((number, _short(line), f"not a JSON object: {error}"))
                continue
            if not isinstance(record, dict):
                broken.append((number, _short(line), "expected a JSON object"))
                continue
            records.append((number, record))
            keys |= dict.fromkeys(record)
    rows = [(n, [_as_text(record.get(key)) for key in keys]) for n, record in records]
    return list(keys), rows, broken


def _without_doubles(pairs):
    record = dict(pairs)
    if len(record) < len(pairs):
        doubled = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
        raise ValueError(f"{doubled[0]!r} is given twice")
    return record


def _read_parquet(path, wanted):
    try:
        table = pq.read_table(path)
    except (OSError, ValueError) as error:  # pyarrow's ArrowInvalid is a ValueError
        raise TableError(f"{path}: not a Parquet file: {error}") from error
    columns = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        try:
            values = column.to_pylist() if name in wanted else [None] * len(column)
            columns.append([_as_text(value) for value in values])
        except (TypeError, ValueError, OverflowError, LookupError) as error:  # LookupError: no such time zone
            raise TableError(f"{path}: column {name!r} cannot be read as text: {error}") from error
    rows = zip(*columns, strict=True) if columns else []
    return table.column_names, [(n, list(row)) for n, row in enumerate(rows, start=1)], []


def _as_text(value):
    """The cell as CSV would hold it, so that all three formats meet the same schema."""
    if value is None or value == "" or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"  # str would write a zero with many places as 0E-9
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _short(value, limit=120):
    text = "" if value is None else str(value)
    text = text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _faults(raw: pd.DataFrame, name: str) -> pd.DataFrame:
    faults, key = [], KEYS.get(name, "document_id")
    for column, spec in SCHEMAS[name].columns.items():
        values = raw[column]
        given = values.dropna().astype("str")
        if not spec.nullable:
            faults += [(n, column, None, "empty, expected a value") for n in values.index[values.isna()]]
        for check in spec.checks:
            passed = pd.Series(check(given).check_output, index=given.index).fillna(False).astype(bool)
            faults += [(n, column, _short(given[n]), f"expected {check.error}") for n in given.index[~passed]]
    table = pd.DataFrame(faults, columns=["row", "column", "value", "reason"])
    return table.assign(id=raw[key].reindex(table["row"]).map(_short).to_numpy())[_FAULT]


def _doubled(raw: pd.DataFrame, name: str) -> pd.DataFrame:
    if name not in KEYS:
        return pd.DataFrame(columns=_FAULT)
    ids = raw[KEYS[name]]
    again = ids[ids.duplicated()]
    first = ids.drop_duplicates().reset_index().set_index(KEYS[name])["index"]
    rows = [
        (n, _short(i), KEYS[name], _short(i), f"duplicate id, first in row {first[i]}")
        for n, i in again.items()
    ]
    return pd.DataFrame(rows, columns=_FAULT)


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """Columns as times in Japan, dates, numbers (missing: NaN), flags (missing: NA) and strings."""
    typed = {}
    for column in table.columns:
        kind, values = _TYPES.get(column), table[column]
        if kind == "time":
            typed[column] = pd.to_datetime(values, utc=True, format="ISO8601").dt.tz_convert(TIME_ZONE)
        elif kind == "date":
            typed[column] = pd.to_datetime(values, format=_DATE_FORMAT)
        elif kind == "number":
            typed[column] = pd.to_numeric(values).astype("float64")
        elif kind == "flag":
            typed[column] = values.str.lower().map({"true": True, "false": False}).astype("boolean")
        else:
            typed[column] = values.astype("str")
    return pd.DataFrame(typed, columns=table.columns).reset_index(drop=True)


def set_aside(checked: Checked, faults: list[tuple[int, str, str]]) -> Checked:
    """Put more rows in quarantine: faults of (position in `rows`, column, reason)."""
    at = [position for position, _, _ in faults]
    rows, key = checked.rows, checked.rows.columns[0]
    more = checked.places.iloc[at].reset_index(drop=True)
    more["id"] = rows[key].iloc[at].map(_short).to_numpy()
    more["column"] = [column for _, column, _ in faults]
    more["value"] = [_short(rows[column].iloc[position]) for position, column, _ in faults]
    more["reason"] = [reason for _, _, reason in faults]
    kept = ~np.isin(np.arange(len(rows)), at)
    return Checked(
        rows[kept].reset_index(drop=True),
        checked.places[kept].reset_index(drop=True),
        pd.concat([checked.quarantine, more[QUARANTINE]], ignore_index=True)
        if faults
        else checked.quarantine,
        checked.read,
        checked.mended,
    )


def concat_checked(parts: list[Checked]) -> Checked:
    """Several parts of one table as one; an id that stands in two parts is a duplicate in the later one."""
    together = Checked(
        pd.concat([p.rows for p in parts], ignore_index=True),
        pd.concat([p.places for p in parts], ignore_index=True),
        pd.concat([p.quarantine for p in parts], ignore_index=True),
        sum(p.read for p in parts),
        sum(p.mended for p in parts),
    )
    key = together.rows.columns[0]
    if key not in KEYS.values():
        return together
    ids, first = together.rows[key], {}
    for place, name in zip(together.places.itertuples(index=False), ids, strict=True):
        first.setdefault(name, f"row {place.row} of {place.file}")
    return set_aside(
        together,
        [
            (k, key, f"duplicate id, first in {first[ids[k]]}")
            for k in np.flatnonzero(ids.duplicated()).tolist()
        ],
    )

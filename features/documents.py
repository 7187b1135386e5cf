"""Documents: a row for every job, proposal and message, with what was known when it was posted."""

import numpy as np
import pandas as pd

from features.tables import CHOICES

TEXT_FIELDS = {
    "job": ["title", "description"],
    "proposal": ["body"],
    "message": ["body"],
}
JOB_CONTEXT = [
    "contract_type",
    "reward_type",
    "reward_min_jpy",
    "reward_max_jpy",
    "client_rating",
    "client_orders",
    "client_verified",
    "client_registered_on",
]
_STRINGS = [
    "document_id",
    "document_type",
    "sender_role",
    "title",
    "description",
    "body",
    "escrow_status",
    "contract_type",
    "reward_type",
    "job_title",
    "job_description",
]
# Beside these, for the people who look at a table of documents; no model reads them.
_FOR_PEOPLE = ["job_id", "thread_id", "sender_id", "job_category", "previous_body"]
_NUMBERS = [
    "reward_min_jpy",
    "reward_max_jpy",
    "client_rating",
    "client_orders",
    "client_verified",
    "client_age_days",
    "thread_position",
]
COLUMNS = [*_STRINGS[:2], "month", "posted_at", *_FOR_PEOPLE, *_STRINGS[2:], *_NUMBERS]

# A document's text and context as models take them: one array a column, of strings or of floats.
Arrays = dict[str, np.ndarray]


def build_documents(jobs: pd.DataFrame | None, messages: pd.DataFrame | None) -> pd.DataFrame:
    """Put jobs and messages into one table, each with its context as of its posting.

    Parameters
    ----------
    jobs, messages
        Tables as `features.tables.read_table` types them; either may be None. A message whose job is
        not among `jobs` is taken as project-type, its job's other fields as missing.

    Returns
    -------
    DataFrame with `COLUMNS`, in the order given: jobs, then messages. Absent text is "". For a
    message `previous_body` is the one sent before it in its thread and `thread_position` how many
    were sent before it; `client_age_days` counts from registration to posting.
    """
    tables = [(jobs, "posted_at"), (messages, "sent_at")]
    times = [table[name] for table, name in tables if table is not None and len(table)]
    table = pd.DataFrame(document_arrays(jobs, messages))
    if times:
        table = table.join(_for_people(jobs, messages))
        posted_at = pd.concat(times, ignore_index=True)
        month = [f"{t.year}-{t.month:02d}" for t in posted_at]
        table = table.assign(posted_at=posted_at, month=month)
    dtypes = dict.fromkeys([*_STRINGS, *_FOR_PEOPLE, "month"], "str")
    return table.reindex(columns=COLUMNS).astype(dtypes)


def _for_people(jobs, messages):
    parts = []
    if jobs is not None and len(jobs):
        parts.append(jobs[["job_id", "client_id", "job_category"]].rename(columns={"client_id": "sender_id"}))
    if messages is not None and len(messages):
        own = messages[["job_id", "thread_id", "sender_id"]]
        own = own.assign(previous_body=_threads(messages)["body"].shift())
        if jobs is not None and len(jobs):
            categories = jobs.set_index("job_id")["job_category"].reindex(messages["job_id"])
            own = own.assign(job_category=categories.to_numpy())
        parts.append(own)
    return pd.concat(parts, ignore_index=True).reindex(columns=_FOR_PEOPLE).astype("str").fillna("")


def _threads(messages):
    """The messages by thread, each in the order of sending."""
    return messages.sort_values("sent_at", kind="stable").groupby("thread_id", sort=False)


def document_arrays(jobs: pd.DataFrame | None, messages: pd.DataFrame | None) -> Arrays:
    """Those columns of `build_documents` that models read; parameters as there."""
    parts = []
    if jobs is not None and len(jobs):
        parts.append(_from_jobs(jobs))
    if messages is not None and len(messages):
        parts.append(_from_messages(messages, jobs))
    if not parts:
        return {c: np.zeros(0, dtype=object if c in _STRINGS else float) for c in (*_STRINGS, *_NUMBERS)}
    return parts[0] if len(parts) == 1 else {c: np.concatenate([p[c] for p in parts]) for c in parts[0]}


def arrays_of(documents: pd.DataFrame) -> Arrays:
    """Those columns of documents that models read, as arrays."""
    return {name: documents[name].to_numpy() for name in (*_STRINGS, *_NUMBERS)}


def _from_jobs(jobs):
    given = {name: jobs[name] for name in ("title", "description", *JOB_CONTEXT)}
    return _arrays(
        given | {"document_id": jobs["job_id"]},
        jobs["posted_at"],
        document_type="job",
        sender_role="client",
        escrow_status="unfunded",
    )


def _from_messages(messages, jobs):
    given = {name: messages[name] for name in ("sender_role", "escrow_status", "body")}
    given |= {
        "document_id": messages["message_id"],
        "document_type": messages["surface"],
        "thread_position": _threads(messages).cumcount().reindex(messages.index),
    }
    if jobs is not None and len(jobs):
        page = jobs.set_index("job_id").reindex(messages["job_id"])
        given |= {name: page[name] for name in JOB_CONTEXT}
        given |= {"job_title": page["title"], "job_description": page["description"]}
    return _arrays(given, messages["sent_at"], contract_type="project")


def _arrays(given, posted_at, **missing):
    """All columns; `missing` says what stands for a text that is not given."""
    count = len(posted_at)
    arrays = {}
    for name in _STRINGS:
        empty = missing.get(name, "")
        if name in given:
            values = [v if isinstance(v, str) else empty for v in given[name].tolist()]
            arrays[name] = np.array(values, dtype=object)
        else:
            arrays[name] = np.full(count, empty, dtype=object)
    for name in _NUMBERS:
        arrays[name] = _numbers(given[name]) if name in given else np.full(count, np.nan)
    if "thread_position" not in given:
        arrays["thread_position"] = np.zeros(count)
    if "client_registered_on" in given:
        registered = given["client_registered_on"].to_numpy(dtype="datetime64[ns]")
        posted = posted_at.array.tz_localize(None).to_numpy(dtype="datetime64[ns]")
        arrays["client_age_days"] = (posted - registered) / np.timedelta64(1, "D")
    return arrays


def _numbers(values):
    return np.array([np.nan if v is None or v is pd.NA else v for v in values.tolist()], dtype=np.float64)


def texts_of(documents: Arrays) -> list[str]:
    """The text of each document: a job's title and description with a line between, a message's body."""
    columns = (documents[name].tolist() for name in ("document_type", "title", "description", "body"))
    return [
        f"{title}\n{description}" if kind == "job" else body
        for kind, title, description, body in zip(*columns, strict=True)
    ]


def documents_from_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Documents from rows that hold some of `COLUMNS`; what is left out is taken as unknown.

    A document without `contract_type` is taken as of a project, one without `escrow_status` as unfunded,
    one without `sender_role` as a client's.

    Raises
    ------
    ValueError
        Where `document_type` is none of `TEXT_FIELDS`, or a column has a value that
        `features.tables.CHOICES` does not list.
    """
    table = rows.reset_index(drop=True).reindex(columns=COLUMNS)
    defaults = {"contract_type": "project", "escrow_status": "unfunded", "sender_role": "client"}
    for column in COLUMNS:
        if column in (*_STRINGS, *_FOR_PEOPLE, "month"):
            values = table[column].astype("object").fillna("").astype("str")
            table[column] = values.replace("", defaults.get(column, ""))
        elif column != "posted_at":
            table[column] = table[column].astype("float64")
    for column, allowed in {"document_type": tuple(TEXT_FIELDS), **CHOICES}.items():
        # What a document is has to be said; of the rest `reward_type` alone has no default and stays "".
        may_hold = allowed if column == "document_type" else (*allowed, "")
        unknown = table[column][~table[column].isin(may_hold)]
        if len(unknown):
            raise ValueError(f"{column}: {unknown.iloc[0]!r}, expected one of {', '.join(allowed)}")
    table["thread_position"] = table["thread_position"].fillna(0)
    return table

"""Documents: a row for every job, proposal and message, with what was known when it was posted."""

import numpy as np
import pandas as pd

TEXT_FIELDS = {
    "job": ["title", "description"],
    "proposal": ["body"],
    "message": ["body"],
}
JOB_CONTEXT = [
    "contract_type",
    "job_category",
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
    "month",
    "job_id",
    "thread_id",
    "sender_id",
    "sender_role",
    "title",
    "description",
    "body",
    "escrow_status",
    "contract_type",
    "job_category",
    "reward_type",
    "job_title",
    "job_description",
    "previous_body",
]
COLUMNS = [
    *_STRINGS[:3],
    "posted_at",
    *_STRINGS[3:],
    "reward_min_jpy",
    "reward_max_jpy",
    "client_rating",
    "client_orders",
    "client_verified",
    "client_age_days",
    "thread_position",
]


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
    parts = []
    if jobs is not None and len(jobs):
        parts.append(_from_jobs(jobs))
    if messages is not None and len(messages):
        parts.append(_from_messages(messages, jobs))
    if not parts:
        return pd.DataFrame({c: pd.Series(dtype="str" if c in _STRINGS else "float64") for c in COLUMNS})
    table = pd.concat(parts, ignore_index=True)
    table["month"] = table["posted_at"].dt.strftime("%Y-%m")
    registered = table.pop("client_registered_on")
    posted = table["posted_at"].dt.tz_localize(None)
    table["client_age_days"] = (posted - registered).dt.total_seconds() / 86_400
    table["client_verified"] = table["client_verified"].astype("boolean").astype("Float64").astype("float64")
    for column in _STRINGS:
        table[column] = table[column].astype("str").fillna("")
    return table[COLUMNS]


def _from_jobs(jobs):
    return jobs.rename(columns={"job_id": "document_id", "client_id": "sender_id"}).assign(
        document_type="job",
        job_id=jobs["job_id"],
        thread_id="",
        sender_role="client",
        escrow_status="unfunded",
        body="",
        job_title="",
        job_description="",
        previous_body="",
        thread_position=0,
    )


def _from_messages(messages, jobs):
    table = messages.rename(columns={"message_id": "document_id", "sent_at": "posted_at"})
    table = table.assign(document_type=table.pop("surface"), title="", description="")
    earlier = table.sort_values("posted_at", kind="stable").groupby("thread_id", sort=False)
    table["previous_body"] = earlier["body"].shift()
    table["thread_position"] = earlier.cumcount()
    if jobs is None or jobs.empty:
        known = pd.DataFrame(index=table["job_id"], columns=[*JOB_CONTEXT, "title", "description"])
    else:
        known = jobs.set_index("job_id").reindex(table["job_id"])
    for column in JOB_CONTEXT:
        table[column] = known[column].to_numpy()
    table["contract_type"] = table["contract_type"].fillna("project")
    table["client_registered_on"] = pd.to_datetime(table["client_registered_on"])
    for column in ("reward_min_jpy", "reward_max_jpy", "client_rating", "client_orders"):
        table[column] = table[column].astype("float64")
    table["client_verified"] = table["client_verified"].astype("boolean")
    table["job_title"] = known["title"].to_numpy()
    table["job_description"] = known["description"].to_numpy()
    return table


def texts_of(documents: pd.DataFrame) -> list[str]:
    """The text of each document: a job's title and description with a line between, a message's body."""
    is_job = (documents["document_type"] == "job").to_numpy()
    job = documents["title"] + "\n" + documents["description"]
    return np.where(is_job, job, documents["body"]).tolist()


def documents_from_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Documents from rows that hold some of `COLUMNS`; what is left out is taken as unknown.

    A message without `contract_type` is of a project, one without `escrow_status` unfunded, a document
    without `sender_role` is a client's.
    """
    table = rows.reset_index(drop=True).reindex(columns=COLUMNS)
    defaults = {"contract_type": "project", "escrow_status": "unfunded", "sender_role": "client"}
    for column in COLUMNS:
        if column in _STRINGS:
            table[column] = table[column].astype("object").fillna(defaults.get(column, "")).astype("str")
        elif column != "posted_at":
            table[column] = table[column].astype("float64")
    table["thread_position"] = table["thread_position"].fillna(0)
    return table

"""A document's context is what was known when it was posted, on tables of three or four rows."""

import re

import numpy as np
import pandas as pd
import pytest

from features.context import CONTEXT_FEATURES, context_matrix, context_signals, price_per_character
from features.documents import (
    COLUMNS,
    arrays_of,
    build_documents,
    document_arrays,
    documents_from_rows,
    texts_of,
)

JOBS = pd.DataFrame({
    "job_id": ["J1", "J2"],
    "posted_at": pd.to_datetime(["2026-09-01T10:00+09:00", "2026-09-30T23:30+09:00"]),
    "client_id": ["C1", "C2"],
    "contract_type": ["task", "project"],
    "job_category": ["入力", ""],
    "title": ["帳面の入力", "値札の清書"],
    "description": ["報酬は3,000円です。", "報酬は別の9,000円です。"],
    "reward_type": ["fixed", "unspecified"],
    "reward_min_jpy": [3000.0, 5000.0],
    "reward_max_jpy": [3000.0, None],
    "client_rating": [4.5, None],
    "client_orders": [12.0, None],
    "client_verified": pd.array([True, None], dtype="boolean"),
    "client_registered_on": pd.to_datetime(["2026-08-22", None]),
})  # fmt: skip


def messages(*rows):
    """Rows of (message_id, job_id, thread_id, day, body)."""
    table = pd.DataFrame(rows, columns=["message_id", "job_id", "thread_id", "sent_at", "body"])
    sent = pd.to_datetime("2026-09-" + table["sent_at"].astype("str").str.zfill(2) + "T09:00+09:00")
    return table.assign(
        sent_at=sent, sender_id="W1", sender_role="worker", surface="message", escrow_status="funded"
    )


def test_jobs_and_messages_become_one_table_in_their_order():
    made = build_documents(JOBS, messages(("M1", "J1", "T1", 5, "はい"), ("M2", "J2", "T2", 4, "いいえ")))
    assert made.columns.tolist() == COLUMNS
    assert made["document_id"].tolist() == ["J1", "J2", "M1", "M2"]
    assert made["month"].tolist() == ["2026-09"] * 4
    assert texts_of(arrays_of(made)) == [
        "帳面の入力\n報酬は3,000円です。",
        "値札の清書\n報酬は別の9,000円です。",
        "はい",
        "いいえ",
    ]


def test_what_models_read_is_the_same_with_and_without_the_table():
    given = messages(("M1", "J1", "T1", 5, "はい"), ("M2", "J9", "T1", 4, ""))
    table, arrays = arrays_of(build_documents(JOBS, given)), document_arrays(JOBS, given)
    assert arrays["contract_type"].tolist() == ["task", "project", "task", "project"]
    assert arrays["body"].tolist() == ["", "", "はい", ""]
    np.testing.assert_array_equal(arrays["reward_max_jpy"], [3000.0, np.nan, 3000.0, np.nan])
    np.testing.assert_array_equal(arrays["client_verified"], [1.0, np.nan, 1.0, np.nan])
    assert list(table) == list(arrays)
    for name, values in arrays.items():
        np.testing.assert_array_equal(values, table[name])


def test_a_table_of_documents_names_people_and_threads():
    given = messages(("M1", "J1", "T1", 5, "はい"), ("M2", "J9", "T1", 4, "まだ")).set_axis([7, 3])
    made = build_documents(JOBS.set_axis([4, 2]), given).set_index("document_id")
    assert made["job_id"].to_dict() == {"J1": "J1", "J2": "J2", "M1": "J1", "M2": "J9"}
    assert made["thread_id"].to_dict() == {"J1": "", "J2": "", "M1": "T1", "M2": "T1"}
    assert made["sender_id"].to_dict() == {"J1": "C1", "J2": "C2", "M1": "W1", "M2": "W1"}
    assert made["job_category"].to_dict() == {"J1": "入力", "J2": "", "M1": "入力", "M2": ""}
    assert made["previous_body"].to_dict() == {"J1": "", "J2": "", "M1": "まだ", "M2": ""}


def test_the_month_is_that_of_japan():
    late = JOBS.assign(
        posted_at=pd.to_datetime(["2026-09-30T14:59Z", "2026-09-30T15:00Z"]).tz_convert("Asia/Tokyo")
    )
    assert build_documents(late, None)["month"].tolist() == ["2026-09", "2026-10"]


def test_a_message_has_its_jobs_context():
    row = build_documents(JOBS, messages(("M1", "J1", "T1", 5, "はい"))).iloc[2]
    assert (row["contract_type"], row["reward_max_jpy"], row["job_title"]) == ("task", 3000.0, "帳面の入力")
    assert row["client_age_days"] == pytest.approx(14.375)  # 22 August to 5 September, 9 o'clock


@pytest.mark.parametrize("jobs", [None, JOBS, JOBS.head(0)])
def test_a_message_whose_job_is_unknown_is_of_a_project(jobs):
    row = build_documents(jobs, messages(("M1", "J9", "T1", 5, "はい"))).iloc[-1]
    assert (row["contract_type"], row["reward_type"], row["job_title"]) == ("project", "", "")
    assert row[["reward_min_jpy", "client_rating", "client_verified", "client_age_days"]].isna().all()


def test_the_thread_before_a_message_is_what_was_sent_before_it():
    made = build_documents(
        None,
        messages(
            ("M3", "J1", "T1", 9, "三"), ("M1", "J1", "T1", 5, "一"), ("X1", "J1", "T2", 6, "別"),
            ("M2", "J1", "T1", 7, "二"),
        ),
    ).set_index("document_id")  # fmt: skip
    assert made["previous_body"].to_dict() == {"M3": "二", "M1": "", "X1": "", "M2": "一"}
    assert made["thread_position"].to_dict() == {"M3": 2, "M1": 0, "X1": 0, "M2": 1}


def test_what_is_given_is_not_changed():
    given = messages(("M1", "J1", "T1", 5, "はい"))
    jobs, copy = JOBS.copy(), given.copy()
    build_documents(jobs, given)
    pd.testing.assert_frame_equal(given, copy)
    pd.testing.assert_frame_equal(jobs, JOBS)


@pytest.mark.parametrize("tables", [(None, None), (JOBS.head(0), messages().head(0))])
def test_no_rows(tables):
    made = build_documents(*tables)
    assert (made.columns.tolist(), len(made)) == (COLUMNS, 0)


@pytest.mark.parametrize(
    ("contract", "escrow", "after"),
    [
        ("project", "unfunded", False),
        ("project", "funded", True),
        ("project", "released", True),
        ("task", "funded", False),
        ("competition", "released", False),
        (None, "funded", True),  # unknown is taken as a project
        ("project", None, False),
    ],
)
def test_the_exception_after_escrow_is_for_projects_alone(contract, escrow, after):
    rows = pd.DataFrame({"document_id": ["M"], "document_type": ["message"], "body": ["はい"],
                         "contract_type": [contract], "escrow_status": [escrow]})  # fmt: skip
    signals = context_signals(arrays_of(documents_from_rows(rows)))
    assert signals["after_escrow"].tolist() == [after]
    assert signals["competition"].tolist() == [contract == "competition"]


@pytest.mark.parametrize(
    ("column", "value", "allowed"),
    [
        ("document_type", "Job", "job, proposal, message"),
        ("document_type", "", "job, proposal, message"),
        ("document_type", None, "job, proposal, message"),
        ("sender_role", "Worker", "client, worker"),
        ("escrow_status", "FUNDED", "unfunded, funded, released"),
        ("contract_type", "PROJECT", "project, task, competition"),
        ("reward_type", "gift", "fixed, hourly, per_item, per_character, unspecified"),
    ],
)
def test_a_row_with_an_unknown_value_is_refused(column, value, allowed):
    good = {"document_id": "M", "document_type": "message", "body": "はい"}
    message = f"{column}: {value or ''!r}, expected one of {allowed}"
    with pytest.raises(ValueError, match=re.escape(message)):
        documents_from_rows(pd.DataFrame([good, good | {column: value}]))


def test_a_row_without_a_type_is_refused():
    with pytest.raises(ValueError, match="document_type: '', expected one of job, proposal, message"):
        documents_from_rows(pd.DataFrame({"document_id": ["M"], "body": ["はい"]}))


@pytest.mark.parametrize("kind", ["job", "proposal", "message"])
@pytest.mark.parametrize("empty", [None, np.nan, "", "left out"])
def test_what_a_row_does_not_say_is_taken_as_unknown(kind, empty):
    columns = ["sender_role", "escrow_status", "contract_type", "reward_type"]
    rows = pd.DataFrame([{"document_id": "D", "document_type": kind}])
    made = documents_from_rows(rows if empty == "left out" else rows.assign(**dict.fromkeys(columns, empty)))
    assert made[columns].to_numpy().tolist() == [["client", "unfunded", "project", ""]]


def test_rows_of_documents_are_documents():
    made = build_documents(JOBS, messages(("M1", "J9", "T1", 5, "はい")))
    again, given = arrays_of(documents_from_rows(made)), arrays_of(made)
    for name, values in given.items():
        np.testing.assert_array_equal(again[name], values)


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("文字単価0.4円です。", 0.4),
        ("1文字あたり税込1.2円、長いものは1文字1.5円", 1.2),
        ("報酬は0.8円/文字です", 0.8),
        ("一字につき2円", 2.0),
        ("文字単価:¥0.5", 0.5),
        ("文字単価0.125円", 0.125),
        ("文字単価0.8〜1円", 0.8),
        ("文字単価0円", 0.0),
        ("2円/1文字(1円未満切捨)", 2.0),
        ("3円/1文字 0.5円", 3.0),
        ("30円/1文字1円", 30.0),
        ("報酬は5円\n/字", None),
        ("100文字につき50円", None),
        ("100円/文字", None),
        ("1,200円/字", None),
        ("3000文字で3000円", None),
        ("300字程度、1件30円", None),
        ("301字30円", None),
        ("単価は12円", None),
    ],
)
def test_the_price_per_character_is_read_from_the_text(text, price):
    assert price_per_character(text) == pytest.approx(np.nan if price is None else price, nan_ok=True)


@pytest.mark.parametrize(
    ("reward_type", "text", "price"),
    [
        ("per_character", "", 1.0),
        ("per_character", "文字単価0.4円", 0.4),
        ("fixed", "文字単価0.4円", 0.4),
        ("fixed", "", None),
    ],
)
def test_the_lower_price_of_text_and_field_counts(reward_type, text, price):
    jobs = JOBS.head(1).assign(reward_type=reward_type, reward_min_jpy=1.0, description=text)
    arrays = document_arrays(jobs, None)
    row = dict(zip(CONTEXT_FEATURES, context_matrix(arrays, texts_of(arrays))[0], strict=True))
    assert row["price_per_character"] == pytest.approx(price or np.nan, nan_ok=True)


def test_context_of_one_document_does_not_depend_on_the_others():
    made = build_documents(JOBS, messages(("M1", "J1", "T1", 5, "報酬は9,000円です。")))
    texts = texts_of(arrays_of(made))
    together = context_matrix(arrays_of(made), texts)
    for k in range(len(made)):
        alone = context_matrix(arrays_of(made.iloc[[k]]), [texts[k]])
        pd.testing.assert_frame_equal(pd.DataFrame(alone), pd.DataFrame(together[[k]]))

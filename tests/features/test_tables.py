"""Bad input, one tiny table each: a clear error or a row set aside with its reason, never a silent loss."""

import csv
import datetime
import json
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.tables import SCHEMAS, TableError, concat_checked, read_table

MESSAGE = {
    "message_id": "M1",
    "job_id": "J1",
    "thread_id": "T1",
    "sent_at": "2026-09-01T10:00:00+09:00",
    "sender_id": "C1",
    "sender_role": "client",
    "surface": "message",
    "escrow_status": "unfunded",
    "body": "よろしくお願いします。",
}
JOB = {
    "job_id": "J1",
    "posted_at": "2026-09-01T10:00:00+09:00",
    "client_id": "C1",
    "contract_type": "project",
    "job_category": "入力",
    "title": "帳面の入力",
    "description": "帳面を入力してください。",
    "reward_type": "fixed",
    "reward_min_jpy": "3000",
    "reward_max_jpy": "5000",
    "client_rating": "4.5",
    "client_orders": "12",
    "client_verified": "true",
    "client_registered_on": "2020-01-05",
}
LABEL = {
    "document_id": "M1",
    "category": "none",
    "source": "patrol",
    "inclusion_probability": "",
    "decided_at": "2026-09-02T10:00:00+09:00",
}
GOOD = {"messages": MESSAGE, "jobs": JOB, "labels": LABEL}


def write_csv(path, rows):
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_jsonl(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def write_parquet(path, rows):
    pd.DataFrame(rows, dtype="str").to_parquet(path)


WRITERS = {"csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet}


@pytest.fixture(params=list(WRITERS))
def read(request, tmp_path):
    """Write rows in one of the three formats and read them back."""

    def write_and_read(rows, name="messages", **options):
        path = tmp_path / f"{name}.{request.param}"
        WRITERS[request.param](path, rows)
        return read_table(path, name, **options)

    return write_and_read


def set_aside(checked):
    return [tuple(r) for r in checked.quarantine[["row", "column", "value"]].itertuples(index=False)]


@pytest.mark.parametrize("name", GOOD)
def test_a_good_row_passes(read, name):
    checked = read([GOOD[name]], name)
    assert (len(checked.rows), len(checked.quarantine), checked.read, checked.mended) == (1, 0, 1, 0)
    assert list(checked.rows.columns) == list(SCHEMAS[name].columns)


def test_all_formats_give_the_same_types(read):
    row = read([JOB], "jobs").rows.iloc[0]
    assert row["posted_at"] == pd.Timestamp("2026-09-01T01:00:00Z")
    assert str(row["posted_at"].tz) == "Asia/Tokyo"
    assert (row["reward_min_jpy"], row["client_rating"], bool(row["client_verified"])) == (3000.0, 4.5, True)
    assert row["client_registered_on"] == pd.Timestamp("2020-01-05")


def test_typed_values_of_json_and_parquet_are_read_as_csv_has_them(tmp_path):
    typed = JOB | {"reward_min_jpy": 3000, "client_rating": 4.5, "client_verified": True, "client_orders": 12}
    write_jsonl(tmp_path / "jobs.jsonl", [typed])
    pd.DataFrame([typed | {"posted_at": pd.Timestamp(JOB["posted_at"])}]).to_parquet(
        tmp_path / "jobs.parquet"
    )
    write_csv(tmp_path / "jobs.csv", [JOB])
    tables = [read_table(tmp_path / f"jobs.{ending}", "jobs").rows for ending in WRITERS]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    pd.testing.assert_frame_equal(tables[0], tables[2])


def test_what_is_not_given_is_missing(read):
    row = dict.fromkeys(("reward_min_jpy", "client_rating", "client_verified", "client_registered_on"), "")
    assert read([JOB | row], "jobs").rows[list(row)].isna().all(axis=None)


@pytest.mark.parametrize(
    ("name", "column", "value", "reason"),
    [
        ("messages", "sent_at", "2026-09-01T10:00:00", "ISO 8601 with an offset"),
        ("messages", "sent_at", "2026-13-01T10:00:00+09:00", "ISO 8601 with an offset"),
        ("messages", "sent_at", "yesterday", "ISO 8601 with an offset"),
        ("messages", "sent_at", "1026-09-01T10:00:00+09:00", "from 1970 to 2100"),
        ("messages", "sent_at", "9999-09-01T10:00:00+09:00", "from 1970 to 2100"),
        ("messages", "sender_role", "boss", "one of client, worker"),
        ("messages", "escrow_status", "FUNDED", "one of unfunded, funded, released"),
        ("messages", "message_id", "M 1", "an id without spaces"),
        ("jobs", "contract_type", "gift", "one of project, task, competition"),
        ("jobs", "reward_min_jpy", "-500", "whole yen, 0 or more"),
        ("jobs", "reward_max_jpy", "12.5", "whole yen, 0 or more"),
        ("jobs", "reward_max_jpy", "1e6", "whole yen, 0 or more"),
        ("jobs", "client_rating", "5.1", "a number from 0 to 5"),
        ("jobs", "client_rating", "good", "a number from 0 to 5"),
        ("jobs", "client_orders", "-1", "a whole number, 0 or more"),
        ("jobs", "client_verified", "yes", "true or false"),
        ("jobs", "client_registered_on", "2020-02-30", "a date such as"),
        ("jobs", "client_registered_on", "2020/01/05", "a date such as"),
        ("jobs", "client_registered_on", "２０２０-01-05", "a date such as"),
        ("jobs", "client_registered_on", "1020-01-05", "from 1970 to 2100"),
        ("jobs", "client_registered_on", "9999-12-31", "from 1970 to 2100"),
        ("labels", "source", "rumour", "one of patrol, user_report, model, audit"),
        ("labels", "inclusion_probability", "0", "a probability above 0"),
        ("labels", "inclusion_probability", "1.5", "a probability above 0"),
    ],
)
def test_a_bad_value_sets_its_row_aside(read, name, column, value, reason):
    key = next(iter(GOOD[name]))
    checked = read([GOOD[name], GOOD[name] | {key: "D2"} | {column: value}], name)
    assert set_aside(checked) == [(2, column, value)]
    assert reason in checked.quarantine["reason"][0]
    assert len(checked.rows) == 1


def test_a_bad_first_date_leaves_the_good_ones(read):
    dates = ["2020/01/05", "2020-01-05", "2020-01-05", "1970-01-01", "2100-12-31"]
    checked = read(
        [JOB | {"job_id": f"J{k}", "client_registered_on": d} for k, d in enumerate(dates)], "jobs"
    )
    assert set_aside(checked) == [(1, "client_registered_on", "2020/01/05")]
    assert checked.rows["client_registered_on"].tolist() == [pd.Timestamp(d) for d in dates[1:]]


def test_an_empty_cell_where_a_value_is_needed(read):
    checked = read([MESSAGE, MESSAGE | {"message_id": "M2", "body": ""}])
    assert checked.quarantine[["row", "id", "column", "reason"]].to_numpy().tolist() == [
        [2, "M2", "body", "empty, expected a value"]
    ]


def test_a_row_with_two_faults_is_listed_with_both_and_lost_once(read):
    checked = read([MESSAGE, MESSAGE | {"message_id": "M2", "surface": "wall", "sender_role": "boss"}])
    assert sorted(set_aside(checked)) == [(2, "sender_role", "boss"), (2, "surface", "wall")]
    assert (checked.read, checked.rows_set_aside, len(checked.rows)) == (2, 1, 1)


def test_a_duplicate_id_keeps_the_first_row(read):
    checked = read([MESSAGE, MESSAGE | {"body": "二通目です。"}, MESSAGE | {"message_id": "M2"}])
    assert set_aside(checked) == [(2, "message_id", "M1")]
    assert checked.quarantine["reason"][0] == "duplicate id, first in row 1"
    assert checked.rows["body"].tolist() == [MESSAGE["body"], MESSAGE["body"]]


@pytest.mark.parametrize("fault", [{"surface": "wall"}, {"body": ""}])
def test_a_row_with_a_fault_makes_no_good_row_a_duplicate(read, fault):
    checked = read([MESSAGE | fault, MESSAGE, MESSAGE | fault, MESSAGE])
    assert checked.quarantine["row"].tolist() == [1, 3, 4]
    assert checked.quarantine["reason"][2] == "duplicate id, first in row 2"
    assert checked.rows["message_id"].tolist() == ["M1"]


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("a\x00b", "a\ufffdb"),
        ("a\ud83db", "a\ufffdb"),
        ("\udc00", "\ufffd"),
    ],
)
@pytest.mark.parametrize("form", ["csv", "jsonl"])  # Parquet holds valid UTF-8 alone
def test_nul_and_lone_surrogates_are_mended_in_text(tmp_path, form, broken, mended):
    path = tmp_path / f"messages.{form}"
    WRITERS[form](path, [MESSAGE | {"body": broken}])
    checked = read_table(path, "messages")
    assert set(checked.rows["body"][0]) == set(mended)
    assert (checked.mended, len(checked.quarantine)) == (1, 0)
    if form == "jsonl":  # in CSV a surrogate is three bad bytes
        assert checked.rows["body"][0] == mended


@pytest.mark.parametrize("column", ["message_id", "job_id", "thread_id", "sender_id", "sent_at", "surface"])
@pytest.mark.parametrize("bad", ["M\ud8001", "M\x001"])
def test_nul_and_lone_surrogates_elsewhere_set_the_row_aside(tmp_path, column, bad):
    write_jsonl(tmp_path / "messages.jsonl", [MESSAGE | {"message_id": "M0"}, MESSAGE | {column: bad}])
    checked = read_table(tmp_path / "messages.jsonl", "messages")
    assert checked.quarantine[["row", "column"]].to_numpy().tolist() == [[2, column]]
    checked.quarantine.to_csv(tmp_path / "quarantine.csv", index=False)  # can be written out
    assert len(checked.rows) == 1


@pytest.mark.parametrize("bad", ["入\ud800力", "入\x00力"])
def test_a_job_category_is_text_too(tmp_path, bad):
    write_jsonl(tmp_path / "jobs.jsonl", [JOB | {"job_category": bad}])
    checked = read_table(tmp_path / "jobs.jsonl", "jobs")
    assert checked.rows["job_category"].tolist() == ["入\ufffd力"]
    checked.rows.to_parquet(tmp_path / "out.parquet")


def test_a_body_of_a_megabyte_is_set_aside_and_one_of_200000_is_not(read):
    checked = read([MESSAGE | {"body": "あ" * 200_000}, MESSAGE | {"message_id": "M2", "body": "a" * 2**20}])
    assert checked.quarantine[["row", "column"]].to_numpy().tolist() == [[2, "body"]]
    assert len(checked.quarantine["value"][0]) <= 120
    assert checked.rows["body"].str.len().tolist() == [200_000]


def test_a_line_of_commas_is_a_row_without_values(tmp_path):
    write_csv(tmp_path / "messages.csv", [dict.fromkeys(MESSAGE, "")])
    checked = read_table(tmp_path / "messages.csv", "messages")
    assert (len(checked.rows), checked.read, checked.rows_set_aside) == (0, 1, 1)
    assert set(checked.quarantine["column"]) == set(MESSAGE) - {"job_id"}


@pytest.mark.parametrize(
    ("name", "content"), [("messages.csv", ""), ("messages.csv", ",".join(MESSAGE) + "\n"), ("m.jsonl", "\n")]
)
def test_a_table_without_rows(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(TableError, match=rf"{name}: the table has no rows"):
        read_table(path, "messages")
    empty = read_table(path, "messages", may_be_empty=True)
    assert (len(empty.rows), empty.read) == (0, 0)
    assert list(empty.rows.columns) == list(MESSAGE)


def test_a_parquet_table_without_rows(tmp_path):
    path = tmp_path / "messages.parquet"
    pd.DataFrame([MESSAGE]).head(0).to_parquet(path)
    with pytest.raises(TableError, match="the table has no rows"):
        read_table(path, "messages")


@pytest.mark.parametrize("column", ["body", "job_id"])
def test_a_missing_column_is_named(read, column):
    with pytest.raises(TableError, match=f"column '{column}' is missing; found message_id, "):
        read([{k: v for k, v in MESSAGE.items() if k != column}])


def test_columns_beyond_the_schema_are_left_out(read):
    assert list(read([MESSAGE | {"mood": "fine"}]).rows.columns) == list(MESSAGE)


def test_a_doubled_column_in_csv(tmp_path):
    path = tmp_path / "messages.csv"
    path.write_text(",".join([*MESSAGE, "body"]) + "\n" + ",".join([*MESSAGE.values(), "x"]) + "\n")
    with pytest.raises(TableError, match=r"messages\.csv: column 'body' is given twice"):
        read_table(path, "messages")


def test_a_doubled_key_in_json_lines_is_no_silent_loss(tmp_path):
    path = tmp_path / "messages.jsonl"
    good = json.dumps(MESSAGE)
    path.write_text(good + "\n" + good[:-1] + ', "body": "x"}\n')
    checked = read_table(path, "messages")
    assert checked.quarantine["row"].tolist() == [2]
    assert "'body' is given twice" in checked.quarantine["reason"][0]


def test_a_doubled_column_in_parquet(tmp_path):
    names = [*MESSAGE, "body"]
    pq.write_table(pa.Table.from_arrays([pa.array(["x"])] * len(names), names), tmp_path / "m.parquet")
    with pytest.raises(TableError, match="body"):
        read_table(tmp_path / "m.parquet", "messages")


def write_one(path, row, **columns):
    """A Parquet file of one row, its columns beside those of strings as given."""
    strings = {name: pa.array([value]) for name, value in row.items()}
    pq.write_table(pa.table(strings | columns), path)


@pytest.mark.parametrize(("value", "scale", "yen"), [("3000", 0, 3000), ("3000.00", 2, 3000), ("0", 9, 0)])
def test_decimals_in_parquet_are_numbers(tmp_path, value, scale, yen):
    path = tmp_path / "jobs.parquet"
    write_one(path, JOB, reward_max_jpy=pa.array([Decimal(value)], pa.decimal128(20, scale)))
    checked = read_table(path, "jobs")
    assert (checked.rows["reward_max_jpy"].tolist(), len(checked.quarantine)) == ([yen], 0)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([b"\xff"]),
        pa.array([datetime.timedelta(days=1)]),
        pa.array([[Decimal(1)]]),
        pa.array([2**31 - 1], pa.int32()).cast(pa.date32()),
        pa.array([0], pa.timestamp("us", tz="Mars/Olympus")),
    ],
    ids=lambda column: str(column.type),
)
def test_a_parquet_column_of_what_is_no_text(tmp_path, column):
    path = tmp_path / "messages.parquet"
    write_one(path, MESSAGE, body=column)
    with pytest.raises(TableError, match=r"messages\.parquet: column 'body' cannot be read"):
        read_table(path, "messages")
    write_one(path, MESSAGE, beyond_the_schema=column)
    assert len(read_table(path, "messages").rows) == 1


@pytest.mark.parametrize("cell", ['"never closed', '"closed"too early'])
def test_an_unclosed_or_stray_quote(tmp_path, cell):
    path = tmp_path / "messages.csv"
    lines = [",".join(MESSAGE), ",".join([*list(MESSAGE.values())[:-1], cell]), ",".join(MESSAGE.values())]
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(TableError, match=r"messages\.csv: line \d: .*quote"):
        read_table(path, "messages")


def test_line_breaks_and_quotes_inside_a_cell(tmp_path):
    body = '一行目\n二行目, "かぎ"\r\n三行目'
    write_csv(tmp_path / "m.csv", [MESSAGE | {"body": body}])
    assert read_table(tmp_path / "m.csv", "messages").rows["body"].tolist() == [body]


def test_a_row_with_too_few_or_too_many_cells(tmp_path):
    path = tmp_path / "messages.csv"
    values = ",".join(MESSAGE.values())
    path.write_text("\n".join([",".join(MESSAGE), values, values + ",more", "M3,J1"]) + "\n")
    checked = read_table(path, "messages")
    assert checked.quarantine[["row", "reason"]].to_numpy().tolist() == [
        [2, "10 cells, expected 9"],
        [3, "2 cells, expected 9"],
    ]
    assert (checked.read, len(checked.rows)) == (3, 1)


@pytest.mark.parametrize("line", ["{", "[1, 2]", "null", "[" * 50_000, '{"a": ' + "9" * 5000 + "}"])
def test_a_line_that_is_no_json_object(tmp_path, line):
    path = tmp_path / "messages.jsonl"
    path.write_text(json.dumps(MESSAGE) + "\n" + line + "\n")
    checked = read_table(path, "messages")
    assert (checked.quarantine["row"].tolist(), len(checked.rows)) == ([2], 1)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("messages.xlsx", b"PK", "unknown ending '.xlsx', expected one of"),
        ("messages.parquet", b"no such thing", "not a Parquet file"),
        ("messages.csv", "名前,本文\n".encode("utf-16"), "column 'message_id' is missing"),
    ],
)
def test_a_file_that_is_no_table(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TableError, match=message):
        read_table(tmp_path / name, "messages")


def test_no_such_file(tmp_path):
    with pytest.raises(TableError, match="no such file"):
        read_table(tmp_path / "messages.csv", "messages")


def test_bytes_that_are_no_utf8_are_mended_and_counted(tmp_path):
    path = tmp_path / "messages.csv"
    write_csv(path, [MESSAGE, MESSAGE | {"message_id": "M2", "body": "BYTES"}])
    path.write_bytes(path.read_bytes().replace(b"BYTES", "仕事".encode("cp932")))
    checked = read_table(path, "messages")
    assert checked.mended == 1
    assert "\ufffd" in checked.rows["body"][1]


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path):
    path = tmp_path / "messages.csv"
    write_csv(path, [MESSAGE])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(read_table(path, "messages").rows) == 1


def test_parts_of_a_table_keep_their_row_numbers_and_file(tmp_path):
    for k, day in enumerate(["01", "today"], start=1):
        row = MESSAGE | {"message_id": f"M{k}", "sent_at": f"2026-09-{day}T10:00:00+09:00"}
        write_csv(tmp_path / f"{k}.csv", [row])
    checked = concat_checked([read_table(tmp_path / f"{k}.csv", "messages") for k in (1, 2)])
    assert checked.quarantine[["file", "row"]].to_numpy().tolist() == [[str(tmp_path / "2.csv"), 1]]
    assert (checked.read, checked.rows["message_id"].tolist()) == (2, ["M1"])


def test_an_id_in_two_parts_of_a_table_is_a_duplicate(tmp_path):
    for k in (1, 2):
        write_csv(tmp_path / f"{k}.csv", [MESSAGE | {"message_id": f"M{k}"}, MESSAGE | {"message_id": "M9"}])
    parts = [read_table(tmp_path / f"{k}.csv", "messages") for k in (1, 2)]
    checked = concat_checked(parts)
    assert checked.rows["message_id"].tolist() == ["M1", "M9", "M2"]
    fault = checked.quarantine.iloc[0]
    assert (fault["file"], fault["row"], fault["id"]) == (str(tmp_path / "2.csv"), 2, "M9")
    assert "duplicate id" in fault["reason"]
    assert len(parts[1].rows) == 2  # what was given is not changed

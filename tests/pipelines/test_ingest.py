"""From raw tables to documents: what is set aside, what it says, and where it stops."""

import csv
import json

import pandas as pd
import pytest

from features.tables import TableError
from pipelines.ingest import find_table
from pipelines.stage import StageError

TABLES = {
    "jobs": [
        ("job_id,posted_at,client_id,contract_type,job_category,title,description,reward_type,reward_min_jpy,"
         "reward_max_jpy,client_rating,client_orders,client_verified,client_registered_on"),
        "J1,2026-01-05T10:00:00+09:00,C1,project,,帳面の入力,帳面を入力します。,fixed,,,,,,",
        "J2,2026-02-05T10:00:00+09:00,C1,task,,値札の清書,値札を書きます。,fixed,,,,,,",
    ],
    "messages": [
        "message_id,job_id,thread_id,sent_at,sender_id,sender_role,surface,escrow_status,body",
        "M1,J1,T1,2026-01-06T10:00:00+09:00,C1,client,message,unfunded,はじめまして。",
    ],
    "labels": [
        "document_id,category,source,inclusion_probability,decided_at",
        "J1,rocket,patrol,,2026-01-07T10:00:00+09:00",
        "J2,none,patrol,,2026-02-07T10:00:00+09:00",
        "M1,none,audit,0.1,2026-01-07T10:00:00+09:00",
    ],
}  # fmt: skip


@pytest.fixture
def ingest(tmp_path, project_maker):
    """Write tables (lists of lines, by path under data/raw) and ingest them; returns the folder."""
    write_project, run_stage, _ = project_maker

    def run(share=1.0, **changed):
        write_project(tmp_path, source="data/raw", ingest={"max_quarantine_share": share})
        for name, lines in (TABLES | changed).items():
            path = tmp_path / "data" / "raw" / f"{name.replace('__', '/')}.csv"
            if lines is None:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        run_stage("ingest", tmp_path)
        return tmp_path

    return run


def quarantine(folder, name):
    with (folder / "data" / "quarantine" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def counts(folder, name):
    found = json.loads((folder / "reports" / "ingest.json").read_text(encoding="utf-8"))[name]
    return found["read"], found["kept"], found["set_aside"]


def documents(folder):
    paths = sorted((folder / "data" / "documents").glob("month=*/documents.parquet"))
    return {p.parent.name: pd.read_parquet(p)["document_id"].tolist() for p in paths}


def test_good_tables_become_documents_by_month(ingest):
    folder = ingest(share=0.0)
    assert documents(folder) == {"month=2026-01": ["J1", "M1"], "month=2026-02": ["J2"]}
    assert [counts(folder, name) for name in TABLES] == [(2, 2, 0), (1, 1, 0), (3, 3, 0)]
    labels = pd.read_parquet(folder / "data" / "documents" / "labels.parquet")
    assert labels["document_id"].tolist() == ["J1", "J2", "M1"]


def test_a_label_of_an_unknown_document_or_category_is_set_aside_with_its_row(ingest):
    lines = [TABLES["labels"][0], "J1,rocket,rumour,,2026-01-07T10:00:00+09:00",
             "J9,none,patrol,,2026-01-07T10:00:00+09:00", *TABLES["labels"][1:],
             "J1,steam,patrol,,2026-01-08T10:00:00+09:00"]  # fmt: skip
    folder = ingest(labels=lines)
    rows = [(r["row"], r["id"], r["column"], r["value"]) for r in quarantine(folder, "labels")]
    assert rows == [
        ("1", "J1", "source", "rumour"),
        ("2", "J9", "document_id", "J9"),
        ("6", "J1", "category", "steam"),
    ]
    assert counts(folder, "labels") == (6, 3, 3)


def test_a_label_of_a_row_in_quarantine_says_so(ingest):
    jobs = [*TABLES["jobs"][:2], TABLES["jobs"][2].replace("task", "chore")]
    labels = [*TABLES["labels"], "J9,none,patrol,,2026-01-07T10:00:00+09:00"]
    folder = ingest(jobs=jobs, labels=labels)
    assert [(r["row"], r["value"], r["reason"]) for r in quarantine(folder, "labels")] == [
        ("2", "J2", "the job or message itself is in quarantine"),
        ("4", "J9", "expected the id of a job or message"),
    ]


def test_an_id_in_two_files_of_one_table_is_a_duplicate(ingest):
    folder = ingest(
        jobs=None, jobs__2026_01=TABLES["jobs"][:2], jobs__2026_02=[TABLES["jobs"][0], *TABLES["jobs"][1:]]
    )
    (row,) = quarantine(folder, "jobs")
    assert (row["row"], row["id"], row["column"]) == ("1", "J1", "job_id")
    assert row["file"].endswith("2026_02.csv")
    assert counts(folder, "jobs") == (3, 2, 1)


def test_an_id_of_a_job_and_a_message_is_a_duplicate(ingest):
    # A label names a document by its id alone, so it must be clear which one is meant.
    line = TABLES["messages"][1].replace("M1", "J1", 1)
    folder = ingest(messages=[*TABLES["messages"], line])
    assert [(r["row"], r["id"], r["column"]) for r in quarantine(folder, "messages")] == [
        ("2", "J1", "message_id")
    ]
    assert documents(folder) == {"month=2026-01": ["J1", "M1"], "month=2026-02": ["J2"]}


def test_an_id_of_the_stream_in_the_library_of_known_cases_is_a_duplicate(ingest):
    library = {f"reference__{name}": lines for name, lines in TABLES.items()}
    library["reference__jobs"] = [TABLES["jobs"][0], TABLES["jobs"][1], TABLES["jobs"][2].replace("J2", "K1")]
    library["reference__messages"] = [TABLES["messages"][0], TABLES["messages"][1].replace("M1", "K2", 1)]
    library["reference__labels"] = [TABLES["labels"][0], "K1,none,audit,1,2026-01-07T10:00:00+09:00"]
    folder = ingest(**library)
    assert [(r["row"], r["id"]) for r in quarantine(folder, "reference-jobs")] == [("1", "J1")]
    known = pd.read_parquet(folder / "data" / "documents" / "reference" / "documents.parquet")
    assert known["document_id"].tolist() == ["K1", "K2"]


def test_bad_rows_of_two_files_are_counted_each(ingest):
    bad = TABLES["jobs"][1].replace("+09:00", "")
    header = TABLES["jobs"][0]
    folder = ingest(
        jobs=None, jobs__a=[header, bad], jobs__b=[header, bad.replace("J1", "J3"), TABLES["jobs"][1]]
    )
    assert counts(folder, "jobs") == (3, 1, 2)


def test_too_many_bad_rows_stop_the_stage_and_are_named(ingest):
    lines = [*TABLES["messages"], TABLES["messages"][1].replace("M1", "M2").replace("client,", "boss,")]
    with pytest.raises(
        StageError, match=r"messages: 1 of 2 rows are set aside \(50\.0%, at most 10\.0% ex"
    ) as e:
        ingest(share=0.1, messages=lines)
    assert "messages.csv: row 2, sender_role: 'boss': expected one of client, worker" in str(e.value)


def test_a_row_with_too_few_cells_has_no_column(ingest, tmp_path):
    with pytest.raises(StageError) as e:
        ingest(share=0.1, messages=[*TABLES["messages"], "M2,short"])
    assert str(e.value).endswith("messages.csv: row 2: 'M2,short': 2 cells, expected 9")
    text = (tmp_path / "reports" / "ingest.json").read_text(encoding="utf-8")
    found = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert found["messages"]["reasons"] == [{"column": None, "reason": "2 cells, expected 9", "rows": 1}]


def test_an_empty_cell_is_named_without_a_value(ingest):
    with pytest.raises(StageError, match=r"csv: row 2, sender_role: empty, expected a value$"):
        ingest(
            share=0.1,
            messages=[
                *TABLES["messages"],
                TABLES["messages"][1].replace("M1,", "M2,").replace("client,", ","),
            ],
        )


def test_the_quarantine_is_written_before_the_stage_stops(ingest, tmp_path):
    with pytest.raises(StageError):
        ingest(share=0.1, messages=[TABLES["messages"][0], TABLES["messages"][1].replace("client,", "boss,")])
    assert [r["value"] for r in quarantine(tmp_path, "messages")] == ["boss"]
    assert not (tmp_path / "data" / "documents").exists()


def test_a_table_that_is_not_there(ingest):
    with pytest.raises(TableError, match=r"no table .labels.: expected labels\.csv"):
        ingest(labels=None)


def test_an_empty_table(ingest):
    with pytest.raises(TableError, match=r"messages\.csv: the table has no rows"):
        ingest(messages=TABLES["messages"][:1])


def test_an_empty_file_among_others(ingest):
    folder = ingest(messages=None, messages__a=TABLES["messages"][:1], messages__b=TABLES["messages"])
    assert counts(folder, "messages") == (1, 1, 0)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "ndjson", "parquet"])
def test_a_table_is_a_file_or_a_folder_of_files(tmp_path, ending):
    (tmp_path / "jobs").mkdir()
    for name in ("b", "a"):
        (tmp_path / "jobs" / f"{name}.{ending}").touch()
    (tmp_path / "jobs" / "notes.txt").touch()
    assert [p.name for p in find_table(tmp_path, "jobs")] == [f"a.{ending}", f"b.{ending}"]
    (tmp_path / f"jobs.{ending}").touch()
    assert [p.name for p in find_table(tmp_path, "jobs")] == [f"jobs.{ending}"]


def test_no_later_label_reaches_a_document(ingest):
    def all_documents(folder):
        paths = sorted((folder / "data" / "documents").glob("month=*/documents.parquet"))
        return pd.concat([pd.read_parquet(p) for p in paths], ignore_index=True)

    before = all_documents(ingest())
    later = [*TABLES["labels"], "M1,moonlight,user_report,,2026-05-07T10:00:00+09:00"]
    pd.testing.assert_frame_equal(all_documents(ingest(labels=later)), before)

"""The simulated marketplace: repeatable bytes, texts that stay in their part, messages that have their job."""

import csv
import hashlib
import json
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from features.tables import read_table
from simulation.corpus import CorpusError

TABLES = ("jobs", "messages", "labels", "origins")
JAPAN = timezone(timedelta(hours=9))


def rows(folder, table, months="*"):
    found = []
    for path in sorted((folder / "data" / "raw" / table).glob(f"{months}.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [row | {"month": path.stem} for row in csv.DictReader(file)]
    return found


def months_by_id(folder):
    """The month each document was posted in, by its own time in Japan and no file's name."""
    times = {row["job_id"]: row["posted_at"] for row in rows(folder, "jobs")}
    times |= {row["message_id"]: row["sent_at"] for row in rows(folder, "messages")}
    return {k: f"{datetime.fromisoformat(t).astimezone(JAPAN):%Y-%m}" for k, t in times.items()}


def hashes(folder: Path):
    raw = folder / "data" / "raw"
    return {
        p.relative_to(raw): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(raw.rglob("*.csv"))
    }


@pytest.fixture(scope="module")
def seeds(tmp_path_factory, project_maker):
    """Hashes of the tables of one seed made again, and of another seed."""
    write_project, run_stage, _ = project_maker
    made = []
    for change in ({}, {"seed": 1}):
        folder = write_project(tmp_path_factory.mktemp("seed"), simulate=change)
        run_stage("simulate", folder)
        made.append(hashes(folder))
    return made


@pytest.fixture(scope="module")
def threads(tmp_path_factory, project_maker):
    """The months of a corpus in which two messages of three stand in a thread of a job and six messages."""
    write_project, run_stage, corpus_records = project_maker
    folder = write_project(tmp_path_factory.mktemp("threads"))
    records = corpus_records("T", 240, seed=6)
    jobs, messages = (iter([r for r in records if r["type"] == kind]) for kind in ("job", "message"))
    lines = [
        json.dumps(next(jobs if position == 0 else messages)
                   | {"thread": {"id": f"thread-{k}", "position": position}}, ensure_ascii=False)
        for k in range(20) for position in range(7)
    ]  # fmt: skip
    (folder / "data" / "corpus" / "T.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run_stage("simulate", folder)
    return folder


def test_the_same_seed_gives_the_same_bytes(line, seeds):
    assert seeds[0] == hashes(line)
    assert len(seeds[0]) == 4 * (6 + 1)  # six months and the library of known cases


def test_another_seed_gives_other_months_and_the_same_library(seeds):
    same, other = seeds
    assert same.keys() == other.keys()
    for path in same:
        assert (same[path] == other[path]) == (path.parts[0] == "reference"), path


@pytest.mark.parametrize("name", ["jobs", "messages", "labels"])
def test_every_row_passes_the_check(line, name):
    paths = sorted((line / "data" / "raw" / name).glob("*.csv"))
    for path in paths:
        checked = read_table(path, name)
        assert checked.quarantine.empty
        assert checked.mended == 0


def test_no_text_of_a_training_month_stands_behind_a_later_document_campaigns_apart(threads):
    behind = {"train": set(), "validation": set(), "test": set()}
    parts = {f"2026-0{k}": "train" for k in range(1, 5)} | {"2026-05": "validation", "2026-06": "test"}
    months = months_by_id(threads)
    campaigns = 0
    for row in rows(threads, "origins"):
        campaigns += row["campaign"] != ""
        if not row["campaign"]:
            behind[parts[months[row["document_id"]]]].add(row["template_id"])
    assert all(behind.values())
    assert not behind["train"] & (behind["validation"] | behind["test"])
    assert not behind["validation"] & behind["test"]
    assert campaigns > 10


def test_a_thread_ends_in_the_month_that_it_began_in(threads):
    months = months_by_id(threads)
    assert all(months[row["document_id"]] == row["month"] for row in rows(threads, "origins"))
    messages = rows(threads, "messages")
    assert max(Counter(row["thread_id"] for row in messages).values()) == 6
    # Messages still come on all days.
    assert len({row["sent_at"][8:10] for row in messages}) > 25


def test_documents_of_one_campaign_are_one_template_group(line):
    import pandas as pd

    origins = {r["document_id"]: r["campaign"] for r in rows(line, "origins") if r["campaign"]}
    paths = (line / "data" / "documents").glob("month=*/documents.parquet")
    documents = pd.concat([pd.read_parquet(p) for p in paths]).set_index("document_id")
    groups = documents["template_group"].loc[list(origins)].groupby(origins).nunique()
    assert (groups == 1).all()
    assert len(groups) > 1
    assert documents["campaign"].sum() == len(origins)


def test_ids_are_given_once_and_every_message_has_its_job_posted_before_it(line):
    jobs = {row["job_id"]: row for row in rows(line, "jobs")}
    messages = rows(line, "messages")
    assert len(jobs) == len(rows(line, "jobs"))
    assert len({row["message_id"] for row in messages}) == len(messages) > 100
    for row in messages:
        host = jobs[row["job_id"]]
        assert host["posted_at"] < row["sent_at"]
        assert (row["sender_id"] == host["client_id"]) == (row["sender_role"] == "client")


def test_the_share_of_violating_documents_is_about_as_set(line):
    truth = {row["document_id"]: row["truth"] for row in rows(line, "origins")}
    for table, key in (("jobs", "job_id"), ("messages", "message_id")):
        violating = [truth[row[key]] != "" for row in rows(line, table)]
        assert 0.25 <= sum(violating) / len(violating) <= 0.35  # 0.3 is set


def test_months_grow(line):
    sizes = [len(rows(line, "origins", month)) for month in ("2026-01", "2026-06")]
    assert sizes[0] < sizes[1]
    assert 80 * 6 <= len(rows(line, "origins")) <= 100 * 6  # 90 a month are set


def test_decisions_come_after_the_posting_and_name_what_a_moderator_can_find(line):
    posted = {r["job_id"]: r["posted_at"] for r in rows(line, "jobs")}
    posted |= {r["message_id"]: r["sent_at"] for r in rows(line, "messages")}
    truth = {row["document_id"]: row["truth"] for row in rows(line, "origins")}
    right = []
    for row in rows(line, "labels"):
        assert row["decided_at"] > posted[row["document_id"]]
        assert (row["inclusion_probability"] != "") == (row["source"] == "audit")
        right.append(row["category"] in (truth[row["document_id"]] or "none").split("|"))
    assert 0.9 < sum(right) / len(right) < 1  # 2 % of the decisions are wrong


def test_evidence_stands_in_its_field(line):
    texts = {row["job_id"]: row for row in rows(line, "jobs")}
    texts |= {row["message_id"]: row for row in rows(line, "messages")}
    found = 0
    for row in rows(line, "origins"):
        for entry in json.loads(row["evidence"]):
            assert entry["text"] in texts[row["document_id"]][entry["field"]]
            found += 1
    assert found > 50


def test_the_library_holds_the_corpus_as_it_was_written(line):
    cases = [
        json.loads(text) for text in (line / "data/corpus/A.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    library = line / "data" / "raw" / "reference"
    with (library / "jobs" / "corpus.csv").open(encoding="utf-8", newline="") as file:
        jobs = {row["job_id"]: row for row in csv.DictReader(file)}
    for case in cases:
        if case["type"] == "job":
            assert jobs[case["doc_id"]]["description"] == case["doc"]["description"]
    with (library / "labels" / "corpus.csv").open(encoding="utf-8", newline="") as file:
        labels = {row["document_id"]: row["category"] for row in csv.DictReader(file)}
    assert labels == {case["doc_id"]: (case["labels"] or ["none"])[0] for case in cases}


def test_a_part_without_a_violating_job_is_an_error_and_no_endless_search(tmp_path, project_maker):
    write_project, run_stage, _ = project_maker
    write_project(tmp_path)
    path = tmp_path / "data" / "corpus" / "A.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    cases = [json.loads(text) for text in lines]
    kept = [t for t, c in zip(lines, cases, strict=True) if c["type"] == "message" or not c["labels"]]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="no violating job of the corpus was dealt to the part 'train'"):
        run_stage("simulate", tmp_path)


@pytest.mark.parametrize("name", ["mix", "drift"])
def test_a_share_for_each_category_of_the_policy_is_asked_for(tmp_path, project_maker, name):
    write_project, run_stage, _ = project_maker
    write_project(tmp_path, simulate={name: [1.0, 0.0, 0.0]})
    with pytest.raises(CorpusError, match=f"simulate.{name} has 3 entries, expected 2, one a category"):
        run_stage("simulate", tmp_path)


@pytest.mark.parametrize("folder", ["corpus", "twins"])
def test_a_label_that_the_policy_does_not_have_is_refused_and_not_taken_as_fine(
    tmp_path, project_maker, folder
):
    write_project, run_stage, corpus_records = project_maker
    write_project(tmp_path)
    (record,) = corpus_records("B", 1)
    path = tmp_path / "data" / folder / "B.jsonl"
    path.write_text(json.dumps(record | {"labels": ["comet"]}) + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="B-000: the policy has no category 'comet'"):
        run_stage("simulate", tmp_path)

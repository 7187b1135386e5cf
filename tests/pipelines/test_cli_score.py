"""`mimawari score`: what it writes, and one clear line with exit code 1 where it cannot."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from pipelines.cli import app

HEADER = "message_id,job_id,thread_id,sent_at,sender_id,sender_role,surface,escrow_status,body"
ROW = "M1,,T1,2026-09-01T10:00:00+09:00,C1,client,message,unfunded,続きはLINEでやり取りしましょう。"


@pytest.fixture
def score(artifact, tmp_path):
    """Run `mimawari score --messages` on the lines of a table."""

    def run(*lines, name="messages.csv", artifact=artifact, out="scores.jsonl", more=()):
        table = tmp_path / name
        if lines:
            table.write_text("\n".join(lines) + "\n", encoding="utf-8")
        arguments = [
            "score",
            "--messages",
            str(table),
            "--out",
            str(tmp_path / out),
            "--artifact",
            str(artifact),
        ]
        return CliRunner().invoke(app, [*arguments, *more])

    return run


def assert_one_line(result, *said):
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)  # no other error came through
    (line,) = [line for line in result.stderr.splitlines() if line]
    assert line.startswith("mimawari: ")
    for words in said:
        assert words in line


def test_it_writes_one_object_a_document(score, tmp_path):
    result = score(HEADER, ROW, ROW.replace("M1", "M2").replace("続きはLINEで", "ここで"))
    assert result.exit_code == 0, result.stderr
    first, second = map(json.loads, (tmp_path / "scores.jsonl").read_text(encoding="utf-8").splitlines())
    assert (first["document_id"], first["document_type"]) == ("M1", "message")
    assert list(first["probabilities"]) == ["rocket", "moonlight"]
    assert all(0 <= p <= 1 for p in first["probabilities"].values())
    assert first["probabilities"]["rocket"] > second["probabilities"]["rocket"]
    assert first["categories"] == ["rocket"]
    assert first["action"] in ("review", "hide")
    for e in first["evidence"]:
        assert e["category"] in first["categories"]
        assert "続きはLINEでやり取りしましょう。"[e["start"] : e["end"]] == e["text"] != ""


def test_a_bad_row_is_listed_and_the_others_are_scored(score, tmp_path):
    result = score(HEADER, ROW, ROW.replace("M1", "M2").replace("unfunded", "lost"))
    assert result.exit_code == 0
    assert "messages: 1 of 2 rows are not scored; the first: row 2, escrow_status: 'lost'" in result.stderr
    assert len((tmp_path / "scores.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    assert "M2" in (tmp_path / "scores.jsonl.messages-rejected.csv").read_text(encoding="utf-8")


def test_a_list_of_an_earlier_run_goes_when_nothing_is_rejected(score, tmp_path):
    assert score(HEADER, ROW, ROW.replace("unfunded", "lost")).exit_code == 0
    (tmp_path / "scores.jsonl.jobs-rejected.csv").write_text("", encoding="utf-8")
    assert score(HEADER, ROW).exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["messages.csv", "scores.jsonl"]


def test_the_help_names_the_list_that_is_written():
    words = CliRunner().invoke(app, ["score", "--help"]).stdout.split()
    assert {"OUT.jobs-rejected.csv", "OUT.messages-rejected.csv"} <= {w.strip(",.") for w in words}


@pytest.mark.parametrize(("out", "said"), [("adir", "a folder"), ("nowhere/a.jsonl", "no such folder")])
def test_an_output_that_cannot_be_written_is_told_first(score, tmp_path, monkeypatch, out, said):
    monkeypatch.setattr("pipelines.cli.load_artifact", lambda folder: pytest.fail("the model was loaded"))
    (tmp_path / "adir").mkdir()
    assert_one_line(score(HEADER, ROW, out=out), out.partition("/")[0], said)


def test_a_table_in_which_no_row_can_be_scored(score, tmp_path):
    result = score(HEADER, ROW.replace("unfunded", "lost"))
    assert result.exit_code == 0
    assert "1 of 1 rows are not scored" in result.stderr
    assert (tmp_path / "scores.jsonl").read_text(encoding="utf-8") == ""


@pytest.mark.parametrize(
    ("name", "lines", "said"),
    [
        ("messages.csv", [HEADER], "the table has no rows"),
        ("messages.csv", [HEADER.replace(",body", ""), ROW.rpartition(",")[0]], "column 'body' is missing"),
        ("messages.csv", [HEADER + ",body", ROW + ",x"], "column 'body' is given twice"),
        ("messages.csv", [HEADER, ROW.replace("続き", '"続き')], "quote"),
        ("messages.txt", [HEADER, ROW], "unknown ending '.txt'"),
        ("messages.parquet", [HEADER, ROW], "not a Parquet file"),
        ("messages.csv", [], "no such file"),
    ],
)
def test_a_table_that_cannot_be_read(score, name, lines, said):
    assert_one_line(score(*lines, name=name), name, said)


def test_nothing_to_score(artifact):
    assert_one_line(CliRunner().invoke(app, ["score", "--artifact", str(artifact)]), "--jobs, --messages")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: (f / "model.json").write_text("{}"), "model.json has changed"),
        (lambda f: (f / "text.npz").unlink(), "text.npz is missing"),
        (lambda f: (f / "more.txt").write_text(""), "more.txt is not listed"),
        (lambda f: (f.parents[1] / "manifest.json").unlink(), "no manifest.json"),
    ],
)
def test_an_artifact_that_was_touched(score, artifact, tmp_path, change, said):
    copy = tmp_path / "copy"
    shutil.copytree(artifact, copy)
    assert score(HEADER, ROW, artifact=copy).exit_code == 0
    change(copy / "artifacts" / "final")
    assert_one_line(score(HEADER, ROW, artifact=copy), said)


def test_no_artifact(score, tmp_path):
    assert_one_line(score(HEADER, ROW, artifact=tmp_path / "nowhere"), "nowhere", "manifest.json")


def test_text_that_cannot_be_encoded_is_scored(score, tmp_path):
    columns = dict(zip(HEADER.split(","), ROW.split(","), strict=True))
    broken = columns | {"message_id": "M2", "body": "続きは\ud83dLI\x00NEで"}
    result = score(json.dumps(columns), json.dumps(broken), name="messages.jsonl")
    assert result.exit_code == 0, result.stderr
    assert len((tmp_path / "scores.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_all_formats_give_the_same_scores(score, tmp_path):
    import pandas as pd

    columns = dict(zip(HEADER.split(","), ROW.split(","), strict=True))
    assert score(HEADER, ROW, out="a").exit_code == 0
    assert score(json.dumps(columns), name="messages.jsonl", out="b").exit_code == 0
    pd.DataFrame([columns]).to_parquet(tmp_path / "messages.parquet")
    assert score(name="messages.parquet", out="c").exit_code == 0
    a, b, c = ((tmp_path / name).read_text(encoding="utf-8") for name in "abc")
    assert a == b == c

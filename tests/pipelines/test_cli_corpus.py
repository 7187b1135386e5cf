"""`mimawari corpus`: what a folder of hand-written documents holds."""

import json

import pytest
from typer.testing import CliRunner

from pipelines.cli import app


def corpus(folder, records=None):
    if records is not None:
        lines = [json.dumps(record) + "\n" for record in records]
        (folder / "A.jsonl").write_text("".join(lines), encoding="utf-8")
    return CliRunner().invoke(app, ["corpus", str(folder)])


def test_a_document_of_two_categories_is_one_document(tmp_path, project_maker):
    records = project_maker[2]("A", 12)
    records[1]["labels"] = ["rocket", "moonlight"]
    records[3]["difficulty"] = "hard"
    result = corpus(tmp_path, records)
    assert result.exit_code == 0, result.stderr
    kinds, difficulties, _, *rows = (line.split() for line in result.stdout.splitlines())
    assert kinds == ["type", "job", "message", "total"]
    assert difficulties == ["difficulty", "plain", "hard", "plain"]
    assert rows == [
        ["fine", "4", "1", "3", "8"],
        ["moonlight", "2", "0", "1", "3"],
        ["rocket", "0", "0", "2", "2"],
        ["documents", "6", "1", "5", "12"],
    ]


def test_a_file_without_lines_holds_no_document(tmp_path):
    result = corpus(tmp_path, [])
    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize("name", [".", "nowhere"])
def test_no_corpus(tmp_path, name):
    result = corpus(tmp_path / name)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"mimawari: {tmp_path / name}: no *.jsonl file, expected at least one\n"

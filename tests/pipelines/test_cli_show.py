"""`mimawari show`: flagged documents with their evidence marked."""

import pytest
from typer.testing import CliRunner

from pipelines.cli import app

HEADER = "message_id,job_id,thread_id,sent_at,sender_id,sender_role,surface,escrow_status,body"
ROW = "{},,T1,2026-09-01T10:00:00+09:00,C1,client,message,unfunded,{}"
OUTSIDE = "和紙の件です。続きはLINEでやり取りしましょう。"
FINE = "道具はこちらでお貸しします。"


@pytest.fixture
def show(artifact, tmp_path):
    """Run `mimawari show --messages` on messages with these texts, called M1, M2 ..."""

    def run(*bodies, artifact=artifact, more=()):
        table = tmp_path / "messages.csv"
        lines = [ROW.format(f"M{n}", body) for n, body in enumerate(bodies, 1)]
        table.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
        arguments = ["show", "--messages", str(table), "--artifact", str(artifact), *more]
        return CliRunner().invoke(app, arguments)

    return run


def test_it_marks_the_evidence_and_gives_clause_and_advice(show):
    result = show(OUTSIDE)
    assert result.exit_code == 0, result.stderr
    head, category, advice, body = result.stdout.strip().splitlines()
    assert head.startswith("■ M1 (message): ")
    assert head.rpartition(": ")[2] in ("review", "hide")
    assert category.startswith("  ロケット ")
    assert 0 < float(category.split()[1]) <= 1
    assert advice == "    rk_out: 誘いを削除してください。"
    assert "【" in body
    assert "LINE" in body[body.index("【") : body.rindex("】")]
    assert body.replace("【", "").replace("】", "") == OUTSIDE


def test_it_prints_flagged_documents_alone(show):
    result = show(FINE, OUTSIDE)
    assert result.exit_code == 0, result.stderr
    assert "■ M2" in result.stdout
    assert "■ M1" not in result.stdout


def test_nothing_is_printed_where_nothing_is_flagged(show):
    result = show(FINE)
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize(("most", "shown"), [(1, ["M1"]), (2, ["M1", "M2"]), (9, ["M1", "M2", "M3"])])
def test_it_prints_no_more_than_asked_for(show, most, shown):
    result = show(OUTSIDE, OUTSIDE, OUTSIDE, more=["--most", str(most)])
    assert result.exit_code == 0, result.stderr
    heads = [line for line in result.stdout.splitlines() if line.startswith("■")]
    assert [head.split()[1] for head in heads] == shown


def test_no_artifact(show, tmp_path):
    result = show(OUTSIDE, artifact=tmp_path / "nowhere")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("mimawari: ")
    assert "nowhere" in result.stderr
    assert "manifest.json" in result.stderr


def test_no_table(artifact, tmp_path):
    arguments = ["show", "--jobs", str(tmp_path / "jobs.csv"), "--artifact", str(artifact)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "jobs.csv: no such file" in result.stderr

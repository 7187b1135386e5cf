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


@pytest.mark.parametrize(("text", "flagged"), [(OUTSIDE, True), (FINE, False), ("", False)])
def test_one_text_is_shown_whether_or_not_it_is_flagged(artifact, text, flagged):
    result = CliRunner().invoke(app, ["show", "--text", text, "--artifact", str(artifact)])
    assert result.exit_code == 0, result.stderr
    assert ("【" in result.stdout) == flagged
    head, _, rest = result.stdout.replace("【", "").replace("】", "").strip().partition("\n")
    if flagged:
        assert head in ("■ text (message): review", "■ text (message): hide")
        assert rest.endswith(text)
    else:
        assert (head, rest) == ("■ text (message): pass", text)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to show: give --jobs, --messages, both, or --text"),
        (["--text", FINE, "--messages", "m.csv"], "--text is shown alone, without --jobs and --messages"),
    ],
)
def test_what_to_show_is_said_in_one_way(arguments, message):
    result = CliRunner().invoke(app, ["show", *arguments])
    assert result.exit_code == 1
    assert result.stderr == f"mimawari: {message}\n"


@pytest.mark.parametrize(("most", "shown"), [(1, ["M1"]), (2, ["M1", "M2"]), (9, ["M1", "M2", "M3"])])
def test_it_prints_no_more_than_asked_for(show, most, shown):
    result = show(OUTSIDE, OUTSIDE, OUTSIDE, more=["--most", str(most)])
    assert result.exit_code == 0, result.stderr
    heads = [line for line in result.stdout.splitlines() if line.startswith("■")]
    assert [head.split()[1] for head in heads] == shown


def test_a_bad_row_is_told(show):
    result = show(OUTSIDE, OUTSIDE, "")
    assert result.exit_code == 0
    assert "messages: 1 of 3 rows are not scored; the first: row 3, body: " in result.stderr
    assert [line[:4] for line in result.stdout.splitlines() if line.startswith("■")] == ["■ M1", "■ M2"]


def test_a_table_of_bad_rows_alone(show):
    result = show("")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "messages: 1 of 1 rows are not scored" in result.stderr


@pytest.fixture
def show_evidence(show, monkeypatch):
    """Run `mimawari show` on a message of these words with this evidence, as (clause, start, end)."""

    def run(body, *evidence):
        line = {
            "document_id": "M1",
            "document_type": "message",
            "probabilities": {"rocket": 0.9},
            "categories": ["rocket"],
            "action": "hide",
            "evidence": [
                {"category": "rocket", "clause": c, "advice": "-", "field": "body", "start": a, "end": b}
                for c, a, b in evidence
            ],
        }
        monkeypatch.setattr("pipelines.cli.score_lines", lambda scorer, documents: [line])
        return show(body).stdout.strip().splitlines()

    return run


@pytest.mark.parametrize(
    ("spans", "marked"),
    [
        ([(0, 10), (4, 6)], "【0123456789】あい"),
        ([(4, 6), (0, 10)], "【0123456789】あい"),
        ([(0, 5), (3, 8)], "【01234567】89あい"),
        ([(0, 3), (2, 6), (5, 8), (10, 12)], "【01234567】89【あい】"),
        ([(0, 3), (3, 6)], "【012】【345】6789あい"),
        ([(2, 4), (2, 4)], "01【23】456789あい"),
    ],
)
def test_every_word_of_the_evidence_is_marked(show_evidence, spans, marked):
    assert show_evidence("0123456789あい", *(("c", a, b) for a, b in spans))[-1] == marked


def test_clauses_stand_in_the_order_of_the_evidence_each_once(show_evidence):
    clauses = [f"c{n}" for n in (7, 3, 9, 1, 8, 2, 6, 4, 5)]
    lines = show_evidence("0123456789", *((c, 0, 2) for c in [*clauses, "c9"]))
    assert lines[2:-1] == [f"    {c}: -" for c in clauses]


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

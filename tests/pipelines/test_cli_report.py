"""`mimawari report`: a month from tables and artifact, and one clear line where it cannot."""

import json

import pytest
from typer.testing import CliRunner

from pipelines.cli import app

pytestmark = pytest.mark.long


@pytest.fixture
def report(line, artifact, tmp_path, monkeypatch):
    """Run `mimawari report` on the tables of the line, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(month="2026-05", as_of="2026-06-10", source=line / "data" / "raw", artifact=artifact, out=None):
        arguments = ["report", "--month", month, "--as-of", as_of]
        arguments += ["--source", str(source), "--artifact", str(artifact)]
        return CliRunner().invoke(app, [*arguments, *(["--out", out] if out else [])])

    return run


def test_it_writes_the_bytes_of_the_stage(report, line, tmp_path):
    result = report(out="may")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "may/index.html"
    stage = line / "reports" / "monthly" / "2026-05"
    made, expected = ({p.name: p.read_bytes() for p in f.iterdir()} for f in (tmp_path / "may", stage))
    assert made == expected
    assert [p.name for p in tmp_path.iterdir()] == ["may"]


def test_it_writes_the_same_bytes_again(report, tmp_path):
    for folder in ("once", "again"):
        assert report(out=folder).exit_code == 0
    once, again = ({p.name: p.read_bytes() for p in (tmp_path / f).iterdir()} for f in ("once", "again"))
    assert once == again


def test_without_out_it_joins_the_list_of_months(report, tmp_path):
    for month, as_of in (("2026-01", "2026-02-10"), ("2026-02", "2026-03-10")):
        result = report(month, as_of)
        assert result.exit_code == 0, result.stderr
        assert result.stdout.splitlines()[-1] == f"reports/monthly/{month}/index.html"
    listed = (tmp_path / "reports" / "monthly" / "index.html").read_text(encoding="utf-8")
    assert 'href="2026-01/index.html"' in listed
    assert 'href="2026-02/index.html"' in listed


def test_the_date_decides_what_is_known(report, tmp_path):
    assert report(as_of="2026-04-30", out="early").exit_code == 0
    assert report(as_of="2026-06-10", out="later").exit_code == 0
    states = [
        json.loads((tmp_path / f / "report.json").read_text("utf-8"))["state"] for f in ("early", "later")
    ]
    assert states == ["no_documents", "counted"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"month": "2026-13"}, "month '2026-13'"),
        ({"month": "September"}, "expected such as 2026-09 and 2026-10-05"),
        ({"as_of": "2026-06-31"}, "as of '2026-06-31'"),
        ({"month": "2025-12"}, "no document was posted by 2025-12"),
    ],
)
def test_a_wrong_month_or_day(report, tmp_path, wrong, said):
    assert_one_line(report(**wrong), said)
    assert list(tmp_path.iterdir()) == []


def test_no_artifact(report, tmp_path):
    assert_one_line(report(artifact=tmp_path / "nowhere"), "nowhere")


def test_no_tables(report, tmp_path):
    (tmp_path / "empty").mkdir()
    assert_one_line(report(source=tmp_path / "empty"), "empty: no table 'jobs'")


def assert_one_line(result, said):
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    lines = [line for line in result.stderr.splitlines() if line.startswith("mimawari: ")]
    assert len(lines) == 1
    assert said in lines[0]
    assert "Traceback" not in result.stderr

"""`mimawari report`: a month from tables and artifact, and one clear line where it cannot."""

import json
import shutil

import pytest
import yaml
from typer.testing import CliRunner

from pipelines.cli import app

pytestmark = pytest.mark.long


@pytest.fixture
def report(line, artifact, tmp_path, monkeypatch):
    """Run `mimawari report` on the tables of the line, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(month="2026-05", as_of="2026-06-10", artifact=artifact, **options):
        given = {"source": line / "data" / "raw", "params": line / "params.yaml", "out": None} | options
        arguments = ["report", "--month", month, "--as-of", as_of, "--artifact", str(artifact)]
        for name, value in given.items():
            arguments += [] if value is None else [f"--{name}", str(value)]
        return CliRunner().invoke(app, arguments)

    return run


@pytest.fixture
def own_tables(line, tmp_path_factory):
    """Write a copy of the line's tables with more lines in some, JOB for a job's id; returns the folder."""
    jobs = (line / "data" / "raw" / "jobs" / "2026-05.csv").read_text(encoding="utf-8").splitlines()
    job_id = jobs[1].split(",")[0]

    def write(**more):
        folder = tmp_path_factory.mktemp("own")
        for name in ("jobs", "messages", "labels"):
            shutil.copytree(line / "data" / "raw" / name, folder / name)
            with (folder / name / "2026-05.csv").open("a", encoding="utf-8") as file:
                file.writelines(row.replace("JOB", job_id) + "\n" for row in more.get(name, []))
        return folder

    return write


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
        ({"month": "2026-5"}, "month '2026-5'"),
        ({"as_of": "2026-06-31"}, "as of '2026-06-31'"),
        ({"as_of": "2026-W24-3"}, "as of '2026-W24-3'"),
        ({"month": "2025-12"}, "no document was posted by 2025-12"),
    ],
)
def test_a_wrong_month_or_day(report, tmp_path, wrong, said):
    assert_one_line(report(**wrong), said)
    assert list(tmp_path.iterdir()) == []


def test_the_source_of_the_parameters(report, line, tmp_path):
    params = yaml.safe_load((line / "params.yaml").read_text(encoding="utf-8"))
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params | {"source": "mine"}), encoding="utf-8")
    shutil.copytree(line / "data" / "raw", tmp_path / "data" / "raw")
    assert_one_line(report(source=None, params=None), "mine: no table 'jobs'")
    shutil.move(tmp_path / "data" / "raw", tmp_path / "mine")
    assert report(source=None, params=None, out="may").exit_code == 0


def test_no_parameters(report, tmp_path):
    assert_one_line(report(params=tmp_path / "params.yaml"), "params.yaml")


LABEL = "{},{},patrol,,2026-05-20T10:00:00+09:00"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([LABEL.format("J0", "rocket")] * 200, "document_id: 'J0': expected the id of a job or message"),
        ([LABEL.format("JOB", "steam")] * 200, "category: 'steam': expected one of rocket, moonlight, none"),
        (["J0,rocket"] * 200, "'J0,rocket': 2 cells, expected 5"),
    ],
)
def test_too_many_bad_rows_stop_it(report, own_tables, tmp_path, lines, said):
    result = report(source=own_tables(labels=lines))
    assert_one_line(result, said)
    assert "labels: 200 of " in result.stderr
    assert "at most 1.0% expected" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_few_bad_rows_are_left_out_and_said(report, own_tables, line, tmp_path):
    # An id that a job and a message share, and a label of an unknown category.
    message = "JOB,,T0,2026-05-20T10:00:00+09:00,C1,client,message,unfunded,はじめまして。"
    source = own_tables(messages=[message], labels=[LABEL.format("JOB", "steam")])
    result = report(source=source, out="may")
    assert result.exit_code == 0, result.stderr
    said = [row for row in result.stderr.splitlines() if row.startswith("mimawari: ")]
    assert [row.split(" of ")[0] for row in said] == ["mimawari: messages: 1", "mimawari: labels: 1"]
    assert said[0].endswith("duplicate id, already that of another document")
    assert said[1].endswith("category: 'steam': expected one of rocket, moonlight, none")
    stage = line / "reports" / "monthly" / "2026-05"
    made, expected = ({p.name: p.read_bytes() for p in f.iterdir()} for f in (tmp_path / "may", stage))
    assert made == expected


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

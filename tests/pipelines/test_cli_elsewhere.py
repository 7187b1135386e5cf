"""`mimawari signals`, `mimawari search` and a stage where a file is missing: one clear line, exit code 1."""

import shutil
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.score import score
from pipelines.simulate import simulate
from pipelines.stage import stage_main


def assert_one_line(result, *said):
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)  # no other error came through
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("mimawari: ")
    for words in said:
        assert words in line


def test_signals_in_another_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_one_line(CliRunner().invoke(app, ["signals"]), "policy.yaml")


def test_signals_of_a_policy_that_is_not_there(tmp_path):
    result = CliRunner().invoke(app, ["signals", "--policy", str(tmp_path / "nowhere.yaml")])
    assert_one_line(result, "nowhere.yaml")


@pytest.mark.parametrize(
    "missing", ["params.yaml", "policy.yaml", "data/documents", "data/split/parts.parquet"]
)
def test_search_without_one_of_its_files(line, tmp_path, monkeypatch, missing):
    for name in ("params.yaml", "policy.yaml"):
        shutil.copy(line / name, tmp_path)
    (tmp_path / "data").mkdir()
    for name in ("documents", "split"):
        (tmp_path / "data" / name).symlink_to(line / "data" / name)
    # What is a link is taken away itself, and not what it leads to.
    part = tmp_path / missing
    (part.parent if part.parent.is_symlink() else part).unlink()
    monkeypatch.chdir(tmp_path)
    assert_one_line(CliRunner().invoke(app, ["search", "--trials", "1"]), missing)


def test_a_search_tries_something():
    result = CliRunner().invoke(app, ["search", "--trials", "0"])
    assert result.exit_code == 2
    assert "--trials" in result.stderr


def run(stage, monkeypatch, **arguments):
    words = [w for name, value in arguments.items() for w in (f"--{name.replace('_', '-')}", str(value))]
    monkeypatch.setattr(sys, "argv", [stage.__name__, *words])
    stage_main(stage)


@pytest.mark.parametrize("model", ["missing", "old"])
def test_a_stage_without_a_model_that_it_can_use(line, tmp_path, monkeypatch, model):
    folder = tmp_path / model
    if model == "old":
        shutil.copytree(line / "data" / "model" / "evaluated", folder)
        (folder / "model.json").write_text("{}", encoding="utf-8")
    documents = line / "data" / "documents"
    with pytest.raises(SystemExit, match=rf"^score: .*{model}: not a complete model"):
        run(score, monkeypatch, documents=documents, model=folder, params=line / "params.yaml", out=tmp_path)


def test_a_month_before_the_data_ends_in_a_message(line, tmp_path, monkeypatch):
    params = tmp_path / "params.yaml"
    params.write_text('report: {month: "2019-01", as_of: "2019-02-01"}', encoding="utf-8")
    documents = line / "data" / "documents"
    with pytest.raises(
        SystemExit, match=r"^score: no document was posted by 2019-01: the first month is 2026-01"
    ):
        run(score, monkeypatch, documents=documents, model=tmp_path, params=params, out=tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot be read: No such file"), ("a: [", "not valid YAML"), (b"\xff", "not valid")],
)
def test_a_stage_without_parameters_that_it_can_read(line, tmp_path, monkeypatch, content, said):
    path = tmp_path / "params.yaml"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SystemExit, match=rf"^score: .*params\.yaml: {said}"):
        run(
            score, monkeypatch, documents=line, model=line / "data/model/evaluated", params=path, out=tmp_path
        )


def test_a_stage_without_a_corpus(line, tmp_path, monkeypatch):
    with pytest.raises(SystemExit, match=r"^simulate: .*nowhere: no \*\.jsonl file"):
        run(simulate, monkeypatch, corpus=tmp_path / "nowhere", twins=line / "data" / "twins",
            policy=line / "policy.yaml", params=line / "params.yaml", out=tmp_path / "out")  # fmt: skip


def test_an_error_of_the_code_itself_keeps_its_traceback(monkeypatch):
    def broken(number: int):
        return 1 / number

    with pytest.raises(ZeroDivisionError):
        run(broken, monkeypatch, number=0)


def test_what_every_stage_shares_rests_on_features_alone():
    # What it imports is a dependency of every stage: a change there would train anew.
    found = "import sys, pipelines.stage; print({name.split('.')[0] for name in sys.modules})"
    rooms = subprocess.run([sys.executable, "-c", found], capture_output=True, text=True, check=True).stdout
    assert "'pipelines'" in rooms
    for room in ("models", "monthly", "simulation"):
        assert f"'{room}'" not in rooms

"""The stages `export` and `track`: what the manifest and the MLflow run say of the data and the settings."""

import json
import shutil

import mlflow
import pytest
import yaml

from pipelines.export import data_hash
from pipelines.track import used_settings

# MLflow warns of its own type hints and of the way it maps its tables.
pytestmark = pytest.mark.filterwarnings("ignore")
LOCK = {"stages": {"simulate": {"outs": [{"path": "data/raw"}]}}}


@pytest.fixture
def lock(tmp_path):
    path = tmp_path / "dvc.lock"
    path.write_text(yaml.safe_dump(LOCK), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("data/raw", ["source", "simulate", "ingest"]),
        ("data/raw/", ["source", "simulate", "ingest"]),
        ("/elsewhere/tables", ["source", "ingest"]),
    ],
)
def test_settings_of_the_simulation_count_where_its_tables_are_the_source(lock, source, names):
    settings = {"source": source, "simulate": {"seed": 1}, "ingest": {"max_quarantine_share": 0.01}}
    assert list(used_settings(settings, lock)) == names


def test_the_hash_of_the_data_changes_with_documents_and_with_the_split(tmp_path):
    month = tmp_path / "documents" / "month=2026-01" / "documents.parquet"
    split = tmp_path / "parts.parquet"
    month.parent.mkdir(parents=True)
    hashes = []
    for texts, parts in ((b"a", b"a"), (b"b", b"a"), (b"b", b"b"), (b"a", b"a")):
        month.write_bytes(texts)
        split.write_bytes(parts)
        hashes.append(data_hash(tmp_path / "documents", split))
    assert len(set(hashes)) == 3
    assert hashes[0] == hashes[3]


@pytest.fixture(scope="module")
def tracked(line, project_maker, tmp_path_factory):
    """A copy of the line, exported and tracked twice: the folder and both receipts."""
    _, run_stage, _ = project_maker
    folder = shutil.copytree(line, tmp_path_factory.mktemp("tracked") / "line")
    (folder / "dvc.lock").write_text(yaml.safe_dump(LOCK), encoding="utf-8")
    before, receipts = mlflow.get_tracking_uri(), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / 'mlflow.db'}")
        patch.setenv("DVC_ROOT", str(folder))
        run_stage("export", folder)
        for _ in range(2):
            run_stage("track", folder)
            receipts.append(json.loads((folder / "data" / "track.json").read_text(encoding="utf-8")))
    yield folder, *receipts
    mlflow.set_tracking_uri(before)


@pytest.mark.long
def test_the_manifest_knows_the_documents(tracked):
    folder, *_ = tracked
    manifest = json.loads((folder / "export" / "manifest.json").read_text(encoding="utf-8"))
    data = folder / "data"
    assert manifest["data_sha256"] == data_hash(data / "documents", data / "split" / "parts.parquet")


@pytest.mark.long
def test_a_run_that_is_found_again_has_the_same_receipt(tracked):
    _, first, again = tracked
    assert first == again
    assert first["version"] == "1"


@pytest.mark.long
def test_the_run_has_the_settings_that_were_used_and_every_figure(tracked):
    folder, receipt, _ = tracked
    run = mlflow.MlflowClient(f"sqlite:///{folder / 'mlflow.db'}").get_run(receipt["run_id"])
    assert run.data.params["source"] == "data/raw"
    assert {"ingest.max_quarantine_share", "simulate.seed", "train.folds"} <= set(run.data.params)
    metrics = json.loads((folder / "reports" / "metrics.json").read_text(encoding="utf-8"))
    expected = metrics["test"]["all"]["macro"]["average_precision"]
    assert run.data.metrics["test.all.macro.average_precision"] == expected

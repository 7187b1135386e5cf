"""`mimawari promote`: which version the alias `champion` points to."""

import mlflow
import pytest
from typer.testing import CliRunner

from pipelines.cli import app

# MLflow maps its tables in a way that its database library calls deprecated.
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy")]


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    """A database of the registry without any model."""
    folder = tmp_path_factory.mktemp("registry")
    return folder, f"sqlite:///{folder / 'mlflow.db'}"


@pytest.fixture
def client(registry, monkeypatch):
    folder, address = registry
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    monkeypatch.setenv("DVC_ROOT", str(folder))
    before = mlflow.get_tracking_uri()
    client = mlflow.MlflowClient(tracking_uri=address, registry_uri=address)
    yield client
    for model in client.search_registered_models():
        client.delete_registered_model(model.name)
    mlflow.set_tracking_uri(before)


@pytest.fixture
def versions(client, tmp_path):
    """Eleven versions: as numbers, 11 is the newest; as texts it would be 9."""
    client.create_registered_model("mimawari")
    for _ in range(11):
        client.create_model_version("mimawari", source=tmp_path.as_uri())
    return client


def promote(*arguments):
    return CliRunner().invoke(app, ["promote", *arguments])


def champion(client):
    return str(client.get_model_version_by_alias("mimawari", "champion").version)


def test_the_newest_version_without_an_argument(versions):
    result = promote()
    assert (result.exit_code, result.stdout) == (0, "champion is version 11\n")
    assert champion(versions) == "11"


def test_a_version_that_is_named_and_back(versions):
    for version in ("3", "2"):
        result = promote(version)
        assert (result.exit_code, result.stdout) == (0, f"champion is version {version}\n")
        assert champion(versions) == version


def test_an_unknown_version_moves_nothing(versions):
    promote("3")
    result = promote("12")
    assert result.exit_code == 1
    assert result.stderr.startswith("mimawari: version '12' is not registered, expected one of ['1', '2', ")
    assert champion(versions) == "3"


def test_no_version_at_all(client):
    result = promote()
    assert result.exit_code == 1
    assert "no version of 'mimawari' is registered: run `dvc repro` first" in result.stderr

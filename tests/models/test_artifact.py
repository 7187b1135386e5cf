"""The artifact as files: it loads as it was saved, and a touched file is named."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from models.artifact import ArtifactError, file_hashes, load_model, save_model, verify_manifest
from models.scorer import Scorer


@pytest.fixture
def copy(artifact, tmp_path):
    return shutil.copytree(artifact, tmp_path / "copy")


def test_an_untouched_artifact_passes(copy):
    assert verify_manifest(copy)["files"] == file_hashes(copy)
    assert "artifacts/final/model.json" in file_hashes(copy)


@pytest.mark.parametrize("name", ["model.json", "text.npz", "lemmas.txt", "policy.yaml", "trees-rocket.txt"])
def test_a_changed_file_is_named(copy, name):
    path = copy / "artifacts" / "final" / name
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(ArtifactError, match=f"artifacts/final/{name} has changed since the export"):
        verify_manifest(copy)


def test_a_missing_file_is_named(copy):
    (copy / "artifacts" / "final" / "trees-rocket.txt").unlink()
    with pytest.raises(ArtifactError, match=r"artifacts/final/trees-rocket\.txt is missing"):
        verify_manifest(copy)


@pytest.mark.parametrize("name", ["code.py", "artifacts/final/trees-steam.txt"])
def test_an_extra_file_is_named(copy, name):
    (copy / name).write_text("x")
    with pytest.raises(ArtifactError, match=f"{name} is not listed"):
        verify_manifest(copy)


@pytest.mark.parametrize("name", ["text.npz", "lemmas.txt", "model.json", "trees-moonlight.txt"])
def test_a_model_without_one_of_its_files(copy, name):
    (copy / "artifacts" / "final" / name).unlink()
    with pytest.raises(ArtifactError, match="not a complete model"):
        load_model(copy / "artifacts" / "final")


def test_nothing_is_pickled(copy):
    with np.load(copy / "artifacts" / "final" / "text.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)
    assert not [p for p in copy.rglob("*") if p.suffix in (".pkl", ".pickle", ".joblib")]


def test_a_model_saved_again_is_the_same_files_and_gives_the_same_scores(copy, line, tmp_path):
    first = copy / "artifacts" / "final"
    model = load_model(first)
    save_model(model, (first / "policy.yaml").read_text(encoding="utf-8"), tmp_path / "again")
    assert json.loads((tmp_path / "again" / "model.json").read_text()) == json.loads(
        (first / "model.json").read_text()
    )
    documents = pd.read_parquet(line / "data" / "documents" / "month=2026-06" / "documents.parquet")
    a, b = (Scorer.load(f).score_documents(documents, explain=False) for f in (first, tmp_path / "again"))
    np.testing.assert_array_equal(a.probabilities, b.probabilities)

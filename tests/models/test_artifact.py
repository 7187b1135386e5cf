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


FILES = ["text.npz", "lemmas.txt", "model.json", "policy.yaml", "trees-moonlight.txt"]


@pytest.mark.parametrize("name", FILES)
def test_a_model_without_one_of_its_files(copy, name):
    (copy / "artifacts" / "final" / name).unlink()
    with pytest.raises(ArtifactError, match="not a complete model"):
        load_model(copy / "artifacts" / "final")


@pytest.mark.parametrize("share", [0, 0.5])
@pytest.mark.parametrize("name", FILES)
def test_a_truncated_file_is_refused(copy, name, share):
    path = copy / "artifacts" / "final" / name
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ArtifactError, match="not a complete model"):
        load_model(copy / "artifacts" / "final")


@pytest.mark.parametrize("change", [lambda words: words[1:], lambda words: [*words[:-2], words[-2][:-1]]])
def test_a_lemma_less_or_cut_short_is_refused(copy, change):
    """Each lemma is known by its place: of a list that lost one every other would mean its neighbour."""
    path = copy / "artifacts" / "final" / "lemmas.txt"
    path.write_text("\n".join(change(path.read_text(encoding="utf-8").split("\n"))), encoding="utf-8")
    with pytest.raises(ArtifactError, match=r"lemmas\.txt"):
        load_model(copy / "artifacts" / "final")


def test_trees_of_other_features_are_refused(copy):
    """Trees know their columns by place: those of a version with other signals would read the wrong ones."""
    path = copy / "artifacts" / "final" / "trees-moonlight.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("contact_details ", "contact_detail "), "utf-8")
    with pytest.raises(ArtifactError, match=r"trees-moonlight\.txt reads other features"):
        load_model(copy / "artifacts" / "final")


def test_nothing_is_pickled(copy):
    load_model(copy / "artifacts" / "final")  # with `allow_pickle=False`: an array of objects would not load
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

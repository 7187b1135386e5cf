"""The artifact as MLflow loads it: from code, with nothing of the tools that were run on the code."""

import json
import shutil
import sys

import mlflow
import numpy as np
import pytest

from features.documents import COLUMNS, documents_from_rows
from models.scorer import Scorer
from models.serve.save import input_example, save_artifact, signature

# MLflow warns of type hints of its own, and uses what pandas calls deprecated.
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]
IDS = ["rocket", "moonlight"]


@pytest.fixture(scope="module")
def saved(line, tmp_path_factory):
    out = tmp_path_factory.mktemp("serve") / "export"
    save_artifact(line / "data" / "model" / "final", IDS, out)
    return out


def test_mlflow_scores_a_row_as_the_scorer_does(saved, line, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])  # the code that the artifact carries is put on it
    rows = input_example()
    table = mlflow.pyfunc.load_model(str(saved)).predict(rows)
    assert table.columns.tolist() == [c.name for c in signature(IDS).outputs.inputs]
    scored = Scorer.load(line / "data" / "model" / "final").score_documents(documents_from_rows(rows))
    np.testing.assert_allclose(table[["p_rocket", "p_moonlight"]], scored.probabilities)
    assert table["action"].tolist() == scored.action
    assert [json.loads(e) for e in table["evidence"]] == scored.evidence
    alone = mlflow.pyfunc.load_model(str(saved)).predict(
        rows[["document_id", "document_type", "body"]].tail(1)
    )
    assert alone["document_id"].tolist() == ["M1"]


def test_the_exported_code_carries_no_caches(saved):
    assert (saved / "code" / "models" / "serve" / "save.py").is_file()
    carried = {p.name for p in (saved / "code").rglob("*")}
    assert not carried & {".ruff_cache", "__pycache__"}


def test_the_same_model_gives_the_same_files_elsewhere_and_later(saved, line, tmp_path):
    model = shutil.copytree(line / "data" / "model" / "final", tmp_path / "elsewhere" / "final")
    save_artifact(model, IDS, tmp_path / "again")
    once, again = (
        {p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()}
        for f in (saved, tmp_path / "again")
    )
    assert once.keys() == again.keys()
    assert [str(name) for name in once if once[name] != again[name]] == []


def test_the_example_is_one_document_of_each_kind_with_columns_of_the_signature():
    example = input_example()
    assert example["document_type"].tolist() == ["job", "proposal", "message"]
    names = [c.name for c in signature(IDS).inputs.inputs]
    assert set(example.columns) <= set(names) <= set(COLUMNS)
    assert not {"job_category", "previous_body"} & set(names)  # no model reads them

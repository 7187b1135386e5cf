"""The stages on a policy of two invented categories: no file of the product names a category."""

import ast
import json
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.long


def test_every_stage_works_with_the_categories_of_the_policy_alone(line):
    ours = [c["id"] for c in yaml.safe_load((ROOT / "policy.yaml").read_text(encoding="utf-8"))["categories"]]
    labels = pd.read_parquet(line / "data" / "documents" / "labels.parquet")
    assert set(labels["category"]) == {"rocket", "moonlight", "none"}
    scores = pd.read_parquet(line / "data" / "scores" / "month=2026-05" / "scores.parquet")
    assert [c for c in scores.columns if c.startswith("p_")] == ["p_rocket", "p_moonlight"]
    assert scores[["p_rocket", "p_moonlight"]].apply(lambda p: p.between(0, 1)).all(axis=None)
    metrics = json.loads((line / "reports" / "metrics.json").read_text(encoding="utf-8"))
    assert list(metrics["test"]["all"]["by_category"]) == ["rocket", "moonlight"]
    assert (metrics["contrast"]["pairs"], metrics["contrast"]["disguise_pairs"]) == (2, 1)
    card = (line / "reports" / "model_card.md").read_text(encoding="utf-8")
    assert "| rocket |" in card
    published = line / "reports" / "monthly" / "2026-05"
    page = (published / "index.html").read_text(encoding="utf-8")
    assert "月あかり" in page
    assert "2026年6月10日現在" in page
    written = [p for p in line.rglob("*") if p.suffix in (".json", ".csv", ".md", ".html", ".txt")]
    assert len(written) > 20
    for path in written:
        words = set(re.findall(r"[a-z]+(?:_[a-z]+)+|mlm", path.read_text(encoding="utf-8")))
        assert not words & {name for name in ours if name != "other"}, path


def test_what_was_learnt_tells_violating_documents_from_fine_ones(line):
    metrics = json.loads((line / "reports" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["test"]["all"]["macro"]["average_precision"] > 0.8


def test_the_parts_follow_the_months_and_share_no_document(line):
    parts = pd.read_parquet(line / "data" / "split" / "parts.parquet")
    assert parts["document_id"].is_unique
    paths = sorted((line / "data" / "documents").glob("month=*/documents.parquet"))
    documents = pd.concat([pd.read_parquet(p) for p in paths])
    table = parts.merge(documents[["document_id", "month", "template_group"]], how="left")
    months = table.groupby("part")["month"].agg(["min", "max"])
    assert months.loc["train", "max"] <= "2026-04"
    assert months.loc["validation"].tolist() == ["2026-05", "2026-05"]
    assert months.loc["test"].tolist() == ["2026-06", "2026-06"]
    learnt = set(table.loc[table["part"].str.startswith("train"), "template_group"])
    test = table[table["part"] == "test"]
    assert not set(test.loc[test["unseen_template"], "template_group"]) & learnt
    assert set(test.loc[~test["unseen_template"], "template_group"]) <= learnt


@pytest.mark.parametrize("room", ["features", "models", "monthly", "pipelines", "simulation"])
def test_no_string_of_the_product_names_a_category(room):
    policy = yaml.safe_load((ROOT / "policy.yaml").read_text(encoding="utf-8"))
    ids = {c["id"] for c in policy["categories"]}
    paths = [p for p in (ROOT / room).rglob("*.py") if "__pycache__" not in p.parts]
    assert paths
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert node.value not in ids, f"{path}:{node.lineno} names the category {node.value!r}"


@pytest.mark.parametrize("name", ["dvc.yaml", "params.yaml"])
def test_no_setting_names_a_category(name):
    policy = yaml.safe_load((ROOT / "policy.yaml").read_text(encoding="utf-8"))
    text = (ROOT / name).read_text(encoding="utf-8")
    named = {c["id"] for c in policy["categories"]} & set(re.findall(r"\w+", text))
    assert not named

"""The stage `evaluate` on other people's data: contrast pairs of another policy, none at all, no known truth."""

import json
import shutil
from pathlib import Path

import pytest

from features.policy import load_policy
from pipelines.model_card import render_model_card
from pipelines.stage import load_params
from simulation.corpus import load_cases

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.long


@pytest.fixture
def evaluated(line, project_maker, tmp_path):
    """Runs the stage in a copy of the line, with the contrast pairs that are left there."""
    _, run_stage, _ = project_maker
    folder = shutil.copytree(line, tmp_path / "line")
    shutil.rmtree(folder / "data" / "contrast_tables")

    def run(change):
        change(folder / "data" / "contrast")
        run_stage("evaluate", folder)
        return folder, json.loads((folder / "reports" / "metrics.json").read_text(encoding="utf-8"))

    return run


def test_pairs_with_labels_that_the_policy_does_not_have_are_left_out_and_counted(evaluated):
    ours = ROOT / "data" / "contrast"
    folder, metrics = evaluated(lambda contrast: shutil.copytree(ours, contrast, dirs_exist_ok=True))
    assert (metrics["contrast"]["pairs"], metrics["contrast"]["disguise_pairs"]) == (2, 1)
    count = len({case.pair for case in load_cases(ours)})
    assert metrics["contrast_pairs_left_out"] == count
    card = (folder / "reports" / "model_card.md").read_text(encoding="utf-8")
    assert f"{count} contrast pairs are left out" in card


def test_without_contrast_pairs_the_declared_output_is_there(evaluated):
    folder, metrics = evaluated(lambda contrast: (contrast / "X.jsonl").unlink())
    assert not {"contrast", "contrast_pairs_left_out"} & set(metrics)
    assert (folder / "data" / "contrast_tables").is_dir()
    assert "ontrast pairs" not in (folder / "reports" / "model_card.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("own", [False, True])
def test_the_card_calls_data_simulated_where_the_truth_is_known(line, own):
    metrics = json.loads((line / "reports" / "metrics.json").read_text(encoding="utf-8"))
    if own:
        del metrics["test"]["all_by_truth"], metrics["test"]["unseen_by_truth"]
    card = render_model_card(metrics, load_policy(line / "policy.yaml"), load_params(line / "params.yaml"))
    for words in ("Simulated months made of hand-written", "simulated test months", "the corpus draws them"):
        assert (words in card) != own
    if own:
        assert "imulat" not in card and "corpus" not in card

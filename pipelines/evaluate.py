"""Stage `evaluate`: figures, curves and slices on the test months; contrast pairs; evidence."""

from pathlib import Path

import numpy as np
import pandas as pd

from features.documents import build_documents
from features.policy import load_policy
from features.tables import read_table
from models.evaluation import (
    baseline_probabilities,
    calibration_table,
    evaluate_evidence,
    evaluate_pairs,
    evaluate_slice,
    macro_average_precision,
    precision_recall_table,
)
from models.scorer import Scorer
from pipelines.data import read_part
from pipelines.model_card import render_model_card
from pipelines.simulate import write_tables
from pipelines.stage import load_params, stage_main, write_json
from simulation.corpus import Case, load_cases
from simulation.marketplace import reference_cases


def evaluate(
    documents: Path,
    split: Path,
    model: Path,
    policy: Path,
    params: Path,
    contrast: Path,
    work: Path,
    metrics: Path,
    precision_recall: Path,
    calibration: Path,
    model_card: Path,
) -> None:
    """Evaluate the model that knows neither validation nor test months; write figures, curves and model card."""
    settings, rules = load_params(params), load_policy(policy)
    ids = rules.ids
    scorer = Scorer.load(model)
    test = read_part(documents, split, rules, ["test"])
    scored = scorer.score_documents(test.documents)
    p, flagged, y = scored.probabilities, scored.flagged, test.targets
    unseen = test.documents["unseen_template"].to_numpy()
    campaign = test.documents["campaign"].to_numpy()
    slices = {"all": slice(None), "unseen_templates": unseen, "campaigns": campaign}
    result = {
        "test": {name: evaluate_slice(y[rows], p[rows], flagged[rows], ids) for name, rows in slices.items()}
    }
    truth = test.documents["truth"]
    if truth.notna().any():
        # Simulated data: what is true is known, whatever was decided wrongly.
        true = np.array([[c in t.split("|") for c in ids] for t in truth.fillna("")])
        result["test"]["all_by_truth"] = evaluate_slice(true, p, flagged, ids)
        result["test"]["unseen_by_truth"] = evaluate_slice(true[unseen], p[unseen], flagged[unseen], ids)
    training = read_part(documents, split, rules, ["train", "reference"])
    baseline = baseline_probabilities(training, test, settings["train"]["seed"])
    result["baseline"] = {
        "what": "TF-IDF of lemma 1-2-grams + logistic regression, trained on the same part",
        "macro_average_precision": {
            name: macro_average_precision(y[rows], baseline[rows])
            for name, rows in (("all", slice(None)), ("unseen_templates", unseen))
        },
    }
    result["evidence"] = evaluate_evidence(test, scored, ids)
    work.mkdir(parents=True, exist_ok=True)  # an output of the stage, whether there are pairs or not
    cases = load_cases(contrast) if any(contrast.glob("*.jsonl")) else []
    cases, left_out = pairs_within(cases, ids)
    if cases:
        scored_cases = scorer.score_documents(case_documents(cases, ids, work), explain=False)
        result["contrast"] = evaluate_pairs(cases, ids, scored_cases)
    if left_out:
        result["contrast_pairs_left_out"] = left_out
    result["thresholds"] = {
        c: {
            "threshold": m.threshold,
            "by": m.threshold_by,
            "disguised_threshold": m.disguised_threshold,
            "hide_threshold": m.hide_threshold,
        }
        for c, m in zip(ids, scorer.model.categories, strict=True)
    }
    write_json(_rounded(result), metrics)
    for path, table in (
        (precision_recall, precision_recall_table(y, p, ids)),
        (calibration, calibration_table(y, p, ids)),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(path, index=False, float_format="%.5f")
    model_card.write_text(render_model_card(_rounded(result), rules, settings), encoding="utf-8")


def pairs_within(cases: list[Case], ids: list[str]) -> tuple[list[Case], int]:
    """The cases of pairs whose labels are all among `ids`, and how many pairs are left out."""
    others = {case.pair for case in cases if not set(case.labels) <= set(ids)}
    return [case for case in cases if case.pair not in others], len(others)


def case_documents(cases: list[Case], ids: list[str], work: Path) -> pd.DataFrame:
    """Hand-written cases as documents: written as tables to the folder `work` and read from there, as any is.

    The job that a message belongs to is a document too, though no case.
    """
    write_tables(reference_cases(cases, ids), work, "cases")
    tables = [
        read_table(work / name / "cases.csv", name, may_be_empty=True).rows for name in ("jobs", "messages")
    ]
    return build_documents(*tables)


def _rounded(value):
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    return round(value, 5) if isinstance(value, float) else value


if __name__ == "__main__":
    stage_main(evaluate)

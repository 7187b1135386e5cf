"""Evaluation where there is little to evaluate, and what counts as found evidence."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from models.evaluation import (
    calibration_table,
    evaluate_evidence,
    evaluate_slice,
    macro_average_precision,
    precision_recall_table,
)
from models.training import Labelled

IDS = ["rocket", "moonlight"]
NONE = np.zeros((12, 2), dtype=bool)
P = np.linspace(0.01, 0.4, 24).reshape(12, 2)


def test_months_without_a_positive():
    table = precision_recall_table(NONE, P, IDS)
    assert table.columns.tolist() == ["category", "threshold", "precision", "recall"]
    assert table.empty
    assert macro_average_precision(NONE, P) is None
    calibration = calibration_table(NONE, P, IDS)
    assert set(calibration["category"]) == set(IDS)
    assert (calibration["share"] == 0).all()
    figures = evaluate_slice(NONE, P, P >= 0.5, IDS)
    assert (figures["violating"], figures["macro"]["average_precision"]) == (0, None)
    assert (figures["violating_flagged"], figures["fine_flagged"]) == (None, 0.0)


def test_a_category_that_does_not_occur_is_left_out():
    y = NONE.copy()
    y[-3:, 0] = True
    table = precision_recall_table(y, P, IDS)
    assert set(table["category"]) == {"rocket"}
    assert table.columns.tolist() == ["category", "threshold", "precision", "recall"]
    assert macro_average_precision(y, P) == 1.0


BODY = "和紙の件です。続きはLINEで。"
SAID = {"category": "rocket", "field": "body", "text": "続きはLINEで"}


def span(start, end):
    return {"category": "rocket", "field": "body", "start": start, "end": end}


@pytest.mark.parametrize(
    ("annotated", "found", "count", "overlapping"),
    [
        ([SAID], span(9, 14), 1, 1.0),
        ([SAID], span(0, 6), 1, 0.0),
        ([SAID | {"text": "見つからない"}], span(0, 6), 0, None),  # `find` gives -1: no place to be hit
        ([SAID | {"text": "見つからない"}, SAID], span(0, 6), 1, 0.0),
        ([SAID | {"permits": True}], span(9, 14), 0, None),
        ([SAID | {"text": "和紙の件です", "permits": True}, SAID], span(0, 6), 1, 0.0),
        ([SAID | {"category": "moonlight"}], span(9, 14), 0, None),
    ],
)
def test_what_counts_as_found_evidence(annotated, found, count, overlapping):
    documents = pd.DataFrame({"body": [BODY], "evidence": [json.dumps(annotated)]})
    labelled = Labelled(documents, np.array([[True, False]]))
    figures = evaluate_evidence(labelled, SimpleNamespace(evidence=[[found]]), IDS)
    assert figures == {
        "rightly_flagged_with_annotation": count,
        "overlapping": overlapping,
        "median_length": found["end"] - found["start"],
    }

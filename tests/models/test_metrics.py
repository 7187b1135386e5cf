"""Figures of merit on documents that one can count in the head."""

import numpy as np
import pytest

from models.metrics import binary_metrics, expected_calibration_error, macro_average

Y = np.array([True, True, False, False])


def test_figures():
    p = np.array([0.9, 0.4, 0.6, 0.1])
    found = binary_metrics(Y, p, p >= 0.5)
    assert (found["positives"], found["flagged"]) == (2, 2)
    assert (found["precision"], found["recall"], found["f1"]) == (0.5, 0.5, 0.5)
    assert found["roc_auc"] == 0.75
    assert found["average_precision"] == pytest.approx((1 + 2 / 3) / 2)
    assert found["brier_score"] == pytest.approx((0.01 + 0.36 + 0.36 + 0.01) / 4)


@pytest.mark.parametrize(
    ("y", "p", "undefined"),
    [
        ([False, False], [0.1, 0.2], {"average_precision", "roc_auc", "precision", "recall", "f1"}),
        ([True, True], [0.9, 0.8], {"roc_auc"}),
        ([True, False], [0.1, 0.2], {"precision"}),
    ],
)
def test_what_is_not_defined_is_none(y, p, undefined):
    found = binary_metrics(np.array(y), np.array(p), np.array(p) >= 0.5)
    assert {name for name, value in found.items() if value is None} == undefined


@pytest.mark.parametrize(
    ("p", "error"), [([1.0, 1.0, 0.0, 0.0], 0.0), ([0.5] * 4, 0.5), ([0.0, 0.0, 1.0, 1.0], 1.0)]
)
def test_calibration_error(p, error):
    assert expected_calibration_error(Y, np.array(p), bins=4) == pytest.approx(error)


def test_a_mean_leaves_out_what_is_not_defined():
    assert macro_average({"a": {"f1": 0.5}, "b": {"f1": None}, "c": {"f1": 1.0}}, "f1") == 0.75
    assert macro_average({"a": {"f1": None}}, "f1") is None

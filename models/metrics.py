"""Figures of merit, each with its standard name and definition."""

import numpy as np
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score


def expected_calibration_error(y: np.ndarray, p: np.ndarray, bins: int = 10) -> float:
    """Mean distance of share and mean probability over bins of equal counts (Naeini et al. 2015)."""
    order = np.argsort(p, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return float(sum(len(part) * abs(y[part].mean() - p[part].mean()) for part in parts) / len(y))


def binary_metrics(y: np.ndarray, p: np.ndarray, flagged: np.ndarray) -> dict[str, float | None]:
    """All figures of one category; None where a figure is not defined (no positive, nothing flagged).

    Parameters
    ----------
    y, flagged
        Booleans, one a document.
    p
        Probabilities, 0 to 1.
    """
    hit = int((flagged & y).sum())
    precision = hit / int(flagged.sum()) if flagged.any() else None
    recall = hit / int(y.sum()) if y.any() else None
    two_classes = bool(y.any() and not y.all())
    return {
        "positives": int(y.sum()),
        "flagged": int(flagged.sum()),
        "average_precision": float(average_precision_score(y, p)) if y.any() else None,
        "roc_auc": float(roc_auc_score(y, p)) if two_classes else None,
        "precision": precision,
        "recall": recall,
        "f1": 2 * hit / (int(flagged.sum()) + int(y.sum())) if y.any() else None,
        "brier_score": float(brier_score_loss(y, p)) if len(y) else None,
        "expected_calibration_error": expected_calibration_error(y, p) if len(y) else None,
    }


def macro_average(by_category: dict[str, dict], name: str) -> float | None:
    """Mean over the categories for which the figure is defined."""
    values = [m[name] for m in by_category.values() if m[name] is not None]
    return float(np.mean(values)) if values else None

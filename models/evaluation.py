"""Evaluation of a scorer on labelled documents: figures, curves, slices, contrast pairs, evidence."""

import itertools
import json

import numpy as np
import pandas as pd
from sklearn.calibration import calibration_curve
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, precision_recall_curve

from features.documents import arrays_of, texts_of
from features.reading import read_texts
from features.tokens import Morphemes
from models.metrics import binary_metrics, macro_average
from models.scorer import Scored
from models.training import Labelled

FIGURES = (
    "average_precision",
    "roc_auc",
    "precision",
    "recall",
    "f1",
    "brier_score",
    "expected_calibration_error",
)


def evaluate_slice(y: np.ndarray, p: np.ndarray, flagged: np.ndarray, ids: list[str]) -> dict:
    """Figures by category and their macro means for a slice of documents; all arrays are (documents, categories)."""
    by_category = {c: binary_metrics(y[:, j], p[:, j], flagged[:, j]) for j, c in enumerate(ids)}
    bad, flagged = y.any(axis=1), flagged.any(axis=1)
    return {
        "documents": len(y),
        "violating": int(bad.sum()),
        "macro": {name: macro_average(by_category, name) for name in FIGURES},
        "violating_flagged": float(flagged[bad].mean()) if bad.any() else None,
        "fine_flagged": float(flagged[~bad].mean()) if (~bad).any() else None,
        "by_category": by_category,
    }


def baseline_probabilities(training: Labelled, test: Labelled, seed: int) -> np.ndarray:
    """TF-IDF of lemma 1-2-grams and one logistic regression a category: the model to beat."""
    morphemes = Morphemes()

    def lemmas(labelled):
        readings = read_texts(texts_of(arrays_of(labelled.documents)), morphemes)
        return [[morphemes.lemmas[k] for k in r.tokens.kinds.tolist()] for r in readings]

    vectorizer = TfidfVectorizer(
        analyzer=lambda x: x + [f"{a} {b}" for a, b in itertools.pairwise(x)],
        min_df=2,
        sublinear_tf=True,
    )
    x = vectorizer.fit_transform(lemmas(training))
    held = vectorizer.transform(lemmas(test))
    columns = []
    for y in training.targets.T:
        if not y.any() or y.all():
            columns.append(np.zeros(len(test)))
            continue
        model = LogisticRegression(
            C=20, class_weight="balanced", solver="liblinear", dual=True, tol=0.02, random_state=seed
        )
        columns.append(model.fit(x, y).predict_proba(held)[:, 1])
    return np.stack(columns, axis=1)


def precision_recall_table(y: np.ndarray, p: np.ndarray, ids: list[str], points: int = 200) -> pd.DataFrame:
    """Precision and recall by category, at most `points` of each curve."""
    parts = []
    for j, category in enumerate(ids):
        if not y[:, j].any():
            continue
        precision, recall, threshold = precision_recall_curve(y[:, j], p[:, j])
        at = np.unique(np.linspace(0, len(threshold) - 1, points).astype(int))
        parts.append(
            pd.DataFrame(
                {
                    "category": category,
                    "threshold": threshold[at],
                    "precision": precision[at],
                    "recall": recall[at],
                }
            )
        )
    if not parts:
        return pd.DataFrame(columns=["category", "threshold", "precision", "recall"])
    return pd.concat(parts, ignore_index=True)


def calibration_table(y: np.ndarray, p: np.ndarray, ids: list[str], bins: int = 10) -> pd.DataFrame:
    """Mean probability and share of violating documents by category, over bins of equal counts."""
    parts = []
    for j, category in enumerate(ids):
        share, mean = calibration_curve(y[:, j], p[:, j], n_bins=bins, strategy="quantile")
        parts.append(pd.DataFrame({"category": category, "mean_probability": mean, "share": share}))
    return pd.concat(parts, ignore_index=True)


def evaluate_pairs(cases: list, ids: list[str], scored: Scored) -> dict:
    """Contrast pairs by clause, and disguise pairs.

    Parameters
    ----------
    cases
        `simulation.corpus.Case`s with `pair`, `clause` and `kind`.
    scored
        Scores of the cases' documents, by `document_id`.

    Returns
    -------
    `clauses`: for each the number of pairs, the share in order (the violating twin's probability is the
    higher one) and the share with both sides right at the threshold; the same in total; and the share of
    disguised twins still flagged.
    """
    row = {name: k for k, name in enumerate(scored.document_ids)}
    twins: dict[str, list] = {}
    for case in cases:
        twins.setdefault(case.pair, []).append(case)
    results, still = [], []
    for a, b in twins.values():
        if a.kind == "disguise":
            own = np.isin(ids, b.labels)
            still.append(bool((scored.flagged[row[b.doc_id]] & own).any()))
            continue
        (decides,) = set(a.labels) ^ set(b.labels)
        bad, fine = (a, b) if decides in a.labels else (b, a)
        j, i, k = ids.index(decides), row[bad.doc_id], row[fine.doc_id]
        p, flagged = scored.probabilities, scored.flagged
        results.append((a.clause, p[i, j] > p[k, j], flagged[i, j] and not flagged[k, j]))
    table = pd.DataFrame(results, columns=["clause", "in_order", "both_right"])
    clauses = {
        clause: {
            "pairs": len(own),
            "in_order": float(own["in_order"].mean()),
            "both_right": float(own["both_right"].mean()),
        }
        for clause, own in table.groupby("clause")
    }
    return {
        "pairs": len(table),
        "in_order": float(table["in_order"].mean()) if len(table) else None,
        "both_right": float(table["both_right"].mean()) if len(table) else None,
        "disguise_pairs": len(still),
        "disguised_still_flagged": float(np.mean(still)) if still else None,
        "clauses": clauses,
    }


def evaluate_evidence(labelled: Labelled, scored: Scored, ids: list[str]) -> dict:
    """How often a span overlaps the annotated evidence of a rightly flagged category, and span lengths."""
    hits, lengths = [], []
    rows = zip(labelled.documents.itertuples(index=False), labelled.targets, scored.evidence, strict=True)
    for row, targets, evidence in rows:
        annotated = json.loads(getattr(row, "evidence", "") or "[]")
        for category in {e["category"] for e in evidence}:
            spans = [e for e in evidence if e["category"] == category and e["start"] is not None]
            lengths += [e["end"] - e["start"] for e in spans]
            places = [
                (a["field"], start, start + len(a["text"]))
                for a in annotated
                if a["category"] == category and not a.get("permits")
                if (start := getattr(row, a["field"]).find(a["text"])) >= 0
            ]
            if not places or not targets[ids.index(category)]:
                continue
            hits.append(
                any(
                    e["field"] == f and e["start"] < end and start < e["end"]
                    for e in spans
                    for f, start, end in places
                )
            )
    return {
        "rightly_flagged_with_annotation": len(hits),
        "overlapping": float(np.mean(hits)) if hits else None,
        "median_length": float(np.median(lengths)) if lengths else None,
    }


def macro_average_precision(y: np.ndarray, p: np.ndarray) -> float | None:
    """Mean average precision over the categories that occur; None where none does."""
    occurring = np.flatnonzero(y.any(axis=0))
    if not len(occurring):
        return None
    return float(np.mean([average_precision_score(y[:, j], p[:, j]) for j in occurring]))

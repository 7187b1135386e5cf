"""LightGBM on the margins of the text scorers, calibrated, with a threshold by category."""

from dataclasses import dataclass, replace

import lightgbm as lgb
import numpy as np
from sklearn.linear_model import LogisticRegression

from features.policy import Category, Policy
from models.features import category_columns, category_matrix, directions

# LightGBM's own parameters among an experimenter's settings, by LightGBM's names.
TREE_SETTINGS = (
    "learning_rate",
    "num_leaves",
    "min_data_in_leaf",
    "lambda_l2",
    "feature_fraction",
    "bagging_fraction",
)


@dataclass(frozen=True)
class CategoryModel:
    """What is fitted for one category.

    The margin is `base @ margins + base_intercept` plus LightGBM's raw score; the probability is
    `expit(slope * margin + offset)`.
    """

    base: np.ndarray  # weights of the three margins of the text scorers
    base_intercept: float
    trees: lgb.Booster
    slope: float = 1.0
    offset: float = 0.0
    threshold: float = 0.5
    threshold_by: str = "none"  # precision_target | best_f1 | none
    hide_threshold: float = 1.0


def fit_base(margins: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, float]:
    """A calibrated linear margin from the three margins of the text scorers; weights are never negative."""
    if not y.any() or y.all():
        return np.zeros(margins.shape[1]), -5.0
    model = LogisticRegression(C=1.0).fit(margins, y, sample_weight=weight)
    used = model.coef_[0] > 0
    if used.all() or not used.any():
        return np.maximum(model.coef_[0], 0), float(model.intercept_[0])
    model = LogisticRegression(C=1.0).fit(margins[:, used], y, sample_weight=weight)
    base = np.zeros(margins.shape[1])
    base[used] = np.maximum(model.coef_[0], 0)
    return base, float(model.intercept_[0])


def fit_trees(
    matrix: np.ndarray,
    start: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    settings: dict,
    category: Category,
    *,
    seed: int,
    validation: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> tuple[lgb.Booster, dict[str, list[float]]]:
    """Boost from the linear margin `start`; early stopping on the part `validation`.

    Returns the booster and its learning curves by part (binary log loss a round).
    """
    train = lgb.Dataset(
        matrix,
        y.astype(float),
        weight=weight / weight.mean(),
        init_score=start,
        feature_name=category_columns(category),
    )
    parameters = {
        "objective": "binary",
        "metric": "binary_logloss",
        "verbosity": -1,
        "num_threads": 2,
        "deterministic": True,
        "force_row_wise": True,
        "seed": seed,
        "monotone_constraints": directions(category),
        "monotone_constraints_method": "advanced",
        "boost_from_average": False,
        "bagging_freq": 1,
    } | {name: settings[name] for name in TREE_SETTINGS}
    sets, labels, curves, callbacks = [train], ["train"], {}, [lgb.record_evaluation(curves := {})]
    if validation[2].any():
        x, margin, target = validation
        sets.append(lgb.Dataset(x, target.astype(float), init_score=margin, reference=train))
        labels.append("validation")
        callbacks.append(lgb.early_stopping(settings["patience"], first_metric_only=True, verbose=False))
    booster = lgb.train(
        parameters,
        train,
        settings["rounds"],
        valid_sets=sets,
        valid_names=labels,
        callbacks=callbacks,
    )
    if booster.best_iteration > 0:
        booster = lgb.Booster(model_str=booster.model_to_string(num_iteration=booster.best_iteration))
    return booster, {part: values["binary_logloss"] for part, values in curves.items()}


def start_margin(model: CategoryModel, margins: np.ndarray) -> np.ndarray:
    """The linear margin that the trees start from."""
    return margins @ model.base + model.base_intercept


def margin(model: CategoryModel, matrix: np.ndarray) -> np.ndarray:
    """The whole margin of rows of `category_matrix` (whose first columns are the text margins)."""
    start = start_margin(model, matrix[:, : len(model.base)])
    return start + model.trees.predict(matrix, raw_score=True, num_threads=1)


def calibrate(model: CategoryModel, margins: np.ndarray, y: np.ndarray) -> CategoryModel:
    """Platt scaling on a part at the population's rate, with Platt's smoothed targets (Platt 1999)."""
    positives, negatives = int(y.sum()), int((~y).sum())
    if not positives or not negatives:
        return model
    target = np.where(y, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    x = np.concatenate([margins, margins])[:, None]
    labels = np.repeat([True, False], len(margins))
    fitted = LogisticRegression(C=1e6).fit(x, labels, sample_weight=np.concatenate([target, 1 - target]))
    slope = max(float(fitted.coef_[0, 0]), 1e-3)
    return replace(model, slope=slope, offset=float(fitted.intercept_[0]))


def probability(model: CategoryModel, margins: np.ndarray) -> np.ndarray:
    """Calibrated probabilities, 0 to 1, of whole margins."""
    z = np.clip(model.slope * margins + model.offset, -40, 40)
    return 1 / (1 + np.exp(-z))


def choose_threshold(p: np.ndarray, y: np.ndarray, precision_target: float) -> tuple[float, str]:
    """The threshold of the most recall at which precision reaches the target, else the one of the best F1.

    Of thresholds with one recall the highest is taken: a lower one would flag fine documents alone.

    Returns the threshold and which of the two it is (`precision_target`, `best_f1`, or `none` where the
    part has no positive example).
    """
    if not y.any():
        return 0.5, "none"
    order = np.argsort(-p, kind="stable")
    hits, flagged = np.cumsum(y[order]), np.arange(1, len(y) + 1)
    # Documents of one probability are flagged together.
    last = np.append(p[order][1:] != p[order][:-1], True)
    precision, recall = hits / flagged, hits / y.sum()
    reached = np.flatnonzero(last & (precision >= precision_target))
    if len(reached):
        at = int(reached[np.flatnonzero(hits[reached] == hits[reached[-1]])[0]])
        by = "precision_target"
    else:
        f1 = np.where(last, 2 * precision * recall / np.maximum(precision + recall, 1e-12), -1)
        at, by = int(f1.argmax()), "best_f1"
    below = p[order][at + 1] if at + 1 < len(p) else 0.0
    # Half way to the next document: a threshold on a document's own value would be brittle.
    return float((p[order][at] + below) / 2), by


def with_thresholds(model: CategoryModel, p: np.ndarray, y: np.ndarray, policy: Policy, category: str):
    """The model with its threshold for review and, where it can be reached, the one for hiding at once."""
    threshold, by = choose_threshold(p, y, policy[category].precision_target)
    hide, hide_by = choose_threshold(p, y, policy.hide_precision)
    return replace(
        model,
        threshold=threshold,
        threshold_by=by,
        hide_threshold=max(hide, threshold) if hide_by == "precision_target" else 1.0,
    )


def category_margins(
    models: list[CategoryModel], policy: Policy, margins: np.ndarray, shared: np.ndarray
) -> np.ndarray:
    """Whole margins of every category: (documents, categories)."""
    return np.stack(
        [
            margin(model, category_matrix(category, j, margins, shared))
            for j, (model, category) in enumerate(zip(models, policy.categories, strict=True))
        ],
        axis=1,
    )

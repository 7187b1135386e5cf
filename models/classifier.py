"""LightGBM on the margins of the text scorers, calibrated, with a threshold by category."""

from dataclasses import dataclass, replace

import lightgbm as lgb
import numpy as np
from sklearn.linear_model import LogisticRegression

from features.policy import Policy
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

    The margin is `start_margin` plus LightGBM's raw score; the probability is `expit(slope * margin + offset)`.
    """

    base_slope: float
    base_intercept: float
    trees: lgb.Booster
    slope: float = 1.0
    offset: float = 0.0
    threshold: float = 0.5
    threshold_by: str = "none"  # review_from, or none: no positive example, or margins that say nothing
    disguised_threshold: float = 0.5  # of a text that is spelled around a word filter
    hide_threshold: float = 1.0


def fit_base(
    margins: np.ndarray, y: np.ndarray, weight: np.ndarray, known: np.ndarray
) -> tuple[float, float, float]:
    """Slope and intercept of a calibrated linear margin from `text_margin`; the slope is never negative.

    In a library of known cases the share that violates is its makers' choice. So the documents that `known`
    marks get an intercept of their own, for boosting alone: without it the trees learn that share from marks of
    the library, such as messages without a job.

    Returns the slope, the intercept, and what known cases add to it.
    """
    if not y.any() or y.all():
        return 0.0, -5.0, 0.0
    x = np.column_stack([text_margin(margins), known])
    model = LogisticRegression(C=1.0).fit(x, y, sample_weight=weight)
    slope, of_known = model.coef_[0].tolist()
    if slope <= 0:  # the margins say nothing: only how many violate is left
        model = LogisticRegression(C=1.0).fit(x[:, 1:], y, sample_weight=weight)
        slope, of_known = 0.0, float(model.coef_[0, 0])
    return slope, float(model.intercept_[0]), of_known


def text_margin(margins: np.ndarray) -> np.ndarray:
    """What the whole document and its highest sentence say together, of margins as `models.features.MARGINS` names them.

    Both count alike: of a matter that the folds have not taught, one sentence tells as much as the whole.
    """
    return margins[:, 0] + margins[:, 1]


def fit_trees(
    matrix: np.ndarray,
    start: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    settings: dict,
    policy: Policy,
    position: int,
    *,
    seed: int,
    validation: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None,
) -> tuple[lgb.Booster, dict[str, list[float]]]:
    """Boost from the linear margin `start` for as many rounds as the settings say.

    `matrix` is the `category_matrix` of the category at `position` of the policy.

    Returns the booster and its learning curves by part (binary log loss a round): of what it learnt from and,
    where given as (matrix, start, y), of `validation`.
    """
    train = lgb.Dataset(
        matrix,
        y.astype(float),
        weight=weight / weight.mean(),
        init_score=start,
        feature_name=category_columns(policy, position),
    )
    parameters = {
        "objective": "binary",
        "metric": "binary_logloss",
        "verbosity": -1,
        "num_threads": 2,
        "deterministic": True,
        "force_row_wise": True,
        "seed": seed,
        "monotone_constraints": directions(policy, position),
        "monotone_constraints_method": "advanced",
        "boost_from_average": False,
        "bagging_freq": 1,
    } | {name: settings[name] for name in TREE_SETTINGS}
    sets, labels, curves = [train], ["train"], {}
    if validation is not None:
        x, held_start, target = validation
        sets.append(lgb.Dataset(x, target.astype(float), init_score=held_start, reference=train))
        labels.append("validation")
    booster = lgb.train(
        parameters,
        train,
        settings["rounds"],
        valid_sets=sets if validation is not None else None,
        valid_names=labels if validation is not None else None,
        callbacks=[lgb.record_evaluation(curves)] if validation is not None else None,
    )
    return booster, {part: values["binary_logloss"] for part, values in curves.items()}


def start_margin(model: CategoryModel, margins: np.ndarray) -> np.ndarray:
    """The linear margin that the trees start from, of margins as `models.features.MARGINS` names them."""
    return model.base_slope * text_margin(margins) + model.base_intercept


def margin(model: CategoryModel, matrix: np.ndarray) -> np.ndarray:
    """The whole margin of rows of `category_matrix` (whose first columns are the text margins)."""
    return start_margin(model, matrix) + model.trees.predict(matrix, raw_score=True, num_threads=1)


def calibrate(model: CategoryModel, margins: np.ndarray, y: np.ndarray) -> CategoryModel:
    """Platt scaling on a part at the population's rate."""
    if not y.any() or y.all():
        return model
    slope, offset = _platt(margins, y, np.ones(len(y)))
    return replace(model, slope=max(slope, 1e-3), offset=offset)


def _platt(margins, y, weight):
    """Slope and offset of the log odds in the margin, with Platt's smoothed targets (Platt 1999)."""
    positives, negatives = int(y.sum()), int((~y).sum())
    target = np.where(y, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    x = np.concatenate([margins, margins])[:, None]
    labels = np.repeat([True, False], len(margins))
    weights = np.concatenate([target * weight, (1 - target) * weight])
    fitted = LogisticRegression(C=1e6).fit(x, labels, sample_weight=weights)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def probability(model: CategoryModel, margins: np.ndarray) -> np.ndarray:
    """Calibrated probabilities, 0 to 1, of whole margins."""
    z = np.clip(model.slope * margins + model.offset, -40, 40)
    return 1 / (1 + np.exp(-z))


def population_weights(y: np.ndarray, weight: np.ndarray, share: float) -> np.ndarray:
    """Weights under which the positive examples make up `share` of a sample that was not drawn at random."""
    positive, negative = (weight * y).sum(), (weight * ~y).sum()
    return weight * np.where(y, share / max(positive, 1e-12), (1 - share) / max(negative, 1e-12))


def precision_threshold(p: np.ndarray, y: np.ndarray, target: float, weight: np.ndarray) -> float | None:
    """The threshold of the most recall at which precision reaches the target; None where none does.

    Of thresholds with one recall the highest is taken: a lower one would flag fine documents alone.
    """
    order = np.argsort(-p, kind="stable")
    hits, flagged = np.cumsum((weight * y)[order]), np.cumsum(weight[order])
    # Documents of one probability are flagged together.
    last = np.append(p[order][1:] != p[order][:-1], True)
    reached = np.flatnonzero(last & (hits > 0) & (hits / np.maximum(flagged, 1e-300) >= target))
    if not len(reached):
        return None
    at = int(reached[np.flatnonzero(hits[reached] == hits[reached[-1]])[0]])
    below = p[order][at + 1] if at + 1 < len(p) else 0.0
    # Half way to the next document: a threshold on a document's own value would be brittle.
    return float((p[order][at] + below) / 2)


def with_thresholds(
    model: CategoryModel,
    margins: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    policy: Policy,
    category: str,
) -> CategoryModel:
    """The model with its threshold for review and, where it can be reached, the one for hiding at once.

    Review begins where of documents like it the policy's share `review_from` violates, the same for the
    doubtful end of every category: a target for all flagged documents together would let a category that is
    easily told flag much that is fine. A text that is spelled around a word filter is reviewed from the share
    `review_disguised_from`, at the latest where any text is. For hiding the target is for all that are hidden.

    Parameters
    ----------
    margins, y, weight
        Whole margins of documents that the model did not learn from, whether they violate, and weights
        under which they stand for the population.
    """
    if not (weight * y).any():
        return model
    slope, offset = _platt(margins, y, weight / weight.mean())
    if slope <= 0:  # the margins say nothing
        return model
    shares = np.array([policy[category].review_from, policy.review_disguised_from])
    margins_from = (np.log(shares / (1 - shares)) - offset) / slope
    threshold, disguised = probability(model, margins_from).tolist()
    hide = precision_threshold(probability(model, margins), y, policy.hide_precision, weight)
    return replace(
        model,
        threshold=threshold,
        threshold_by="review_from",
        disguised_threshold=min(disguised, threshold),
        hide_threshold=1.0 if hide is None else max(hide, threshold),
    )


def category_margins(
    models: list[CategoryModel], policy: Policy, margins: np.ndarray, shared: np.ndarray
) -> np.ndarray:
    """Whole margins of every category: (documents, categories)."""
    return np.stack(
        [margin(model, category_matrix(policy, j, margins, shared)) for j, model in enumerate(models)],
        axis=1,
    )

"""Fitting the violation models: text scorers out of fold, trees on top, calibration and thresholds."""

import json
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from features.documents import texts_of
from features.policy import Policy
from features.reading import Reading, read_texts
from features.tokens import Morphemes
from tqdm import tqdm

from models.classifier import (
    CategoryModel,
    calibrate,
    fit_base,
    fit_trees,
    margin,
    probability,
    start_margin,
    with_thresholds,
)
from models.features import GROUPS, category_matrix, columns_of, directions, shared_matrix, signal_matrix
from models.text import (
    LinearScorer,
    Space,
    TextSettings,
    TextTraining,
    document_matrix,
    fit_linear,
    fit_space,
    linear_margins,
    sentence_matrix,
)


@dataclass(frozen=True)
class Model:
    """Everything fitted: the n-gram space, the text scorers and one classifier a category."""

    policy: Policy
    space: Space
    linear: LinearScorer
    categories: list[CategoryModel]
    curves: dict[str, dict[str, list[float]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Labelled:
    """Documents with the categories that were decided: `targets` is (documents, categories), boolean."""

    documents: pd.DataFrame
    targets: np.ndarray

    def __len__(self) -> int:
        return len(self.documents)


@dataclass(frozen=True)
class Prepared:
    """Labelled documents, read, with the columns that all categories share."""

    labelled: Labelled
    readings: list[Reading]
    morphemes: Morphemes
    shared: np.ndarray


def prepare(labelled: Labelled, morphemes: Morphemes) -> Prepared:
    """Read the documents and compute signals and context."""
    readings = []
    texts = texts_of(labelled.documents)
    for first in tqdm(range(0, len(texts), 512), desc="read", unit="batch", leave=False):
        readings += read_texts(texts[first : first + 512], morphemes)
    signals, _ = signal_matrix(labelled.documents, readings, morphemes)
    return Prepared(labelled, readings, morphemes, shared_matrix(labelled.documents, readings, signals))


def sentence_targets(prepared: Prepared, ids: list[str], owners, numbers) -> np.ndarray:
    """For each sentence and category 1 (holds evidence), 0 (of a document without it) or -1 (neither).

    A violating document without annotated evidence says nothing of its sentences.
    """
    targets = np.where(prepared.labelled.targets[owners], -1, 0).astype(np.int8)
    texts = texts_of(prepared.labelled.documents)
    place = {(o, n): k for k, (o, n) in enumerate(zip(owners.tolist(), numbers.tolist(), strict=True))}
    for row, annotated in enumerate(prepared.labelled.documents["evidence"]):
        for entry in json.loads(annotated or "[]"):
            start = texts[row].find(entry["text"])
            if start < 0 or entry["category"] not in ids:
                continue
            reading, end = prepared.readings[row], start + len(entry["text"])
            for number, (a, b) in enumerate(reading.sentences):
                first, last = reading.normalized.original_span(a, b)
                if first < end and last > start and (row, number) in place:
                    j = ids.index(entry["category"])
                    if prepared.labelled.targets[row, j]:
                        targets[place[row, number], j] = 1
    return targets


def text_training(prepared: Prepared, space: Space, ids: list[str]) -> TextTraining:
    """The matrices that the text scorers learn from; copies of a template share one document's weight."""
    found = [space.occurrences(r, prepared.morphemes) for r in prepared.readings]
    sentences, owners, numbers = sentence_matrix(space, found)
    group = prepared.labelled.documents["template_group"].to_numpy()
    _, inverse, size = np.unique(group, return_inverse=True, return_counts=True)
    return TextTraining(
        documents=document_matrix(space, [rows for rows, _ in found]).tocsr(),
        targets=prepared.labelled.targets,
        weights=1 / np.sqrt(size[inverse]),
        sentences=sentences.tocsr(),
        owners=owners,
        numbers=numbers,
        sentence_targets=sentence_targets(prepared, ids, owners, numbers),
    )


def folds_of(groups: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """A fold number for each document; a template group is never divided."""
    unique, inverse = np.unique(groups, return_inverse=True)
    drawn = np.random.default_rng(seed).permutation(len(unique)) % folds
    return drawn[inverse]


def train(
    training: Labelled,
    validation: Labelled | None,
    policy: Policy,
    settings: dict,
    *,
    like: Model | None = None,
    groups: tuple[str, ...] = GROUPS,
) -> Model:
    """Fit all models.

    Parameters
    ----------
    training
        Documents with `template_group` and `evidence` columns beside those of `build_documents`.
    validation
        A part at the population's rate for early stopping, calibration and thresholds. Without it
        `like` must be given: its number of rounds, calibration and thresholds are taken over.
    settings
        `params.yaml`'s `train`.
    groups
        Which groups of features are used (for ablations).
    """
    ids, seed = policy.ids, settings["seed"]
    views = tuple(v for v in ("lemma", "character") if v in groups)
    text_settings = TextSettings(**settings["text"], views=views)
    morphemes = Morphemes()
    prepared = prepare(training, morphemes)
    groups_of = training.documents["template_group"].to_numpy()
    space = fit_space(prepared.readings, groups_of, morphemes, text_settings)
    matrices = text_training(prepared, space, ids)
    everyone = np.ones(len(training), dtype=bool)
    fold = folds_of(groups_of, settings["folds"], seed)
    margins = np.zeros((len(training), 3, len(ids)))
    fits = 2 * len(ids) * (settings["folds"] + 1)
    with tqdm(total=fits, desc="text scorers", unit="fit") as progress:
        for k in range(settings["folds"]):
            scorer = fit_linear(matrices, text_settings, fold != k, seed=seed, progress=progress)
            margins[fold == k] = linear_margins(matrices, scorer, fold == k)
        linear = fit_linear(matrices, text_settings, everyone, seed=seed, progress=progress)
    held = None
    if validation is not None:
        held = prepare(validation, morphemes)
        held_matrices = text_training(held, space, ids)
        held_margins = linear_margins(held_matrices, linear, np.ones(len(validation), dtype=bool))
    used = columns_of(groups)
    models, curves = [], {}
    for j, category in enumerate(tqdm(policy.categories, desc="trees", unit="category")):
        y = training.targets[:, j]
        base, intercept = fit_base(margins[:, :, j], y, matrices.weights)
        model = CategoryModel(base, intercept, None)
        matrix = np.where(used, category_matrix(category, j, margins, prepared.shared), 0)
        part, rounds = None, None
        if held is not None:
            held_matrix = np.where(used, category_matrix(category, j, held_margins, held.shared), 0)
            target = validation.targets[:, j]
            part = (held_matrix, start_margin(model, held_margins[:, :, j]), target)
        else:
            rounds = max(like.categories[j].trees.num_trees(), 1)
        trees, curves[category.id] = fit_trees(
            matrix,
            start_margin(model, margins[:, :, j]),
            y,
            matrices.weights,
            settings["trees"],
            directions(category),
            seed=seed,
            validation=part,
            rounds=rounds,
        )
        model = replace(model, trees=trees)
        if held is not None:
            whole = margin(model, held_matrix)
            model = calibrate(model, whole, target)
            model = with_thresholds(model, probability(model, whole), target, policy, category.id)
        else:
            old = like.categories[j]
            kept = ("slope", "offset", "threshold", "threshold_by", "hide_threshold")
            model = replace(model, **{name: getattr(old, name) for name in kept})
        models.append(model)
    return Model(policy, space, linear, models, curves)

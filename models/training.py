"""Fitting the violation models: text scorers out of fold, trees on top, calibration and thresholds."""

import json
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from tqdm import tqdm

from features.documents import texts_of
from features.policy import Policy
from features.reading import Reading, read_texts
from features.tokens import Morphemes
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
from models.features import GROUPS, category_matrix, columns_of, shared_matrix, signal_matrix
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
    """The matrices that the text scorers learn from; a copy of a template weighs less, the more there are."""
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


def margins_of(matrices: TextTraining, scorer: LinearScorer, keep: np.ndarray) -> np.ndarray:
    """`linear_margins` of the documents that `keep` marks."""
    own = keep[matrices.owners]
    position = np.cumsum(keep) - 1
    return linear_margins(
        scorer, matrices.documents[keep], matrices.sentences[own], position[matrices.owners[own]]
    )


def folds_of(groups: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """A fold number for each document; a template group is never divided."""
    unique, inverse = np.unique(groups, return_inverse=True)
    drawn = np.random.default_rng(seed).permutation(len(unique)) % folds
    return drawn[inverse]


def train(
    training: Labelled,
    validation: Labelled,
    policy: Policy,
    settings: dict,
    *,
    groups: tuple[str, ...] = GROUPS,
) -> Model:
    """Fit all models.

    Parameters
    ----------
    training
        Documents with `template_group` and `evidence` columns beside those of `build_documents`.
    validation
        A part at the population's rate for early stopping, calibration and thresholds.
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
            margins[fold == k] = margins_of(matrices, scorer, fold == k)
        linear = fit_linear(matrices, text_settings, everyone, seed=seed, progress=progress)
    held = prepare(validation, morphemes)
    held_matrices = text_training(held, space, ids)
    held_margins = margins_of(held_matrices, linear, np.ones(len(validation), dtype=bool))
    models, curves = [], {}
    for j, category in enumerate(tqdm(policy.categories, desc="trees", unit="category")):
        y, target = training.targets[:, j], validation.targets[:, j]
        used = columns_of(groups, category)
        base, intercept = fit_base(margins[:, :, j], y, matrices.weights)
        model = CategoryModel(base, intercept, None)
        matrix = np.where(used, category_matrix(category, j, margins, prepared.shared), 0)
        held_matrix = np.where(used, category_matrix(category, j, held_margins, held.shared), 0)
        trees, curves[category.id] = fit_trees(
            matrix,
            start_margin(model, margins[:, :, j]),
            y,
            matrices.weights,
            settings,
            category,
            seed=seed,
            validation=(held_matrix, start_margin(model, held_margins[:, :, j]), target),
        )
        model = replace(model, trees=trees)
        whole = margin(model, held_matrix)
        model = calibrate(model, whole, target)
        models.append(with_thresholds(model, probability(model, whole), target, policy, category.id))
    return Model(policy, space, linear, models, curves)


def refit_text(model: Model, labelled: Labelled, settings: dict) -> Model:
    """The model with its vocabulary and text scorers learnt anew from more documents.

    Trees, calibration and thresholds stay: they were fitted on margins of texts that the scorers did not
    know, which is what the new scorers give for texts to come.
    """
    text_settings = TextSettings(**settings["text"])
    morphemes = Morphemes()
    prepared = prepare(labelled, morphemes)
    groups = labelled.documents["template_group"].to_numpy()
    space = fit_space(prepared.readings, groups, morphemes, text_settings)
    matrices = text_training(prepared, space, model.policy.ids)
    with tqdm(total=2 * len(model.policy.ids), desc="text scorers", unit="fit") as progress:
        linear = fit_linear(
            matrices,
            text_settings,
            np.ones(len(labelled), dtype=bool),
            seed=settings["seed"],
            progress=progress,
        )
    return replace(model, space=space, linear=linear)

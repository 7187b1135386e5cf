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
    population_weights,
    probability,
    start_margin,
    with_thresholds,
)
from models.features import (
    GROUPS,
    MARGINS,
    category_matrix,
    columns_of,
    permitted_by_context,
    shared_matrix,
    signal_matrix,
)
from models.text import (
    LinearScorer,
    Space,
    TextSettings,
    TextTraining,
    document_columns,
    document_matrix,
    fit_linear,
    fit_space,
    linear_margins,
    sentence_columns,
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
    permitted: np.ndarray


def prepare(labelled: Labelled, morphemes: Morphemes, policy: Policy) -> Prepared:
    """Read the documents and compute signals and context."""
    readings = []
    texts = texts_of(labelled.documents)
    for first in tqdm(range(0, len(texts), 512), desc="read", unit="batch", leave=False):
        readings += read_texts(texts[first : first + 512], morphemes)
    signals, _ = signal_matrix(labelled.documents, readings, morphemes)
    return Prepared(
        labelled,
        readings,
        morphemes,
        shared_matrix(labelled.documents, readings, signals),
        permitted_by_context(labelled.documents, policy),
    )


def document_targets(targets: np.ndarray, permitted: np.ndarray, policy: Policy) -> np.ndarray:
    """Targets of `document_columns`: what speaks anyway is learnt where the context permits something.

    A fine document whose context permits something says nothing of what speaks for a violation elsewhere,
    and a violating one of an ordinary context nothing of what speaks anyway.
    """
    columns = []
    for j, role in document_columns(policy):
        silent = permitted[:, j] & ~targets[:, j] if role == "speaks" else ~permitted[:, j] & targets[:, j]
        columns.append(np.where(silent, -1, targets[:, j]))
    return np.stack(columns, axis=1).astype(np.int8)


def sentence_targets(prepared: Prepared, policy: Policy, owners, numbers) -> np.ndarray:
    """Targets of `sentence_columns`: 1 for a sentence that holds annotated evidence.

    A sentence of a document without the category is 0; the other sentences of a violating document are
    left out. What permits is learnt from the evidence that says so (`permits`), against all other sentences.
    """
    decided = prepared.labelled.targets
    holds = _sentences_with_evidence(prepared, policy, owners, numbers)
    of_document = document_targets(decided, prepared.permitted, policy)[owners]
    columns = []
    for k, (j, role) in enumerate(sentence_columns(policy)):
        evidence = holds[role == "permits"][:, j]
        if role == "permits":
            columns.append(evidence)
        else:
            violating = decided[owners, j]
            column = np.where(violating, np.where(evidence, of_document[:, k], -1), of_document[:, k])
            columns.append(column)
    return np.stack(columns, axis=1).astype(np.int8)


def _sentences_with_evidence(prepared, policy, owners, numbers):
    """Which sentences hold evidence for a category, by whether it permits: {bool: (sentences, categories)}."""
    ids, texts = policy.ids, texts_of(prepared.labelled.documents)
    holds = {permits: np.zeros((len(owners), len(ids)), dtype=bool) for permits in (False, True)}
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
                    permits = entry.get("permits", False)
                    holds[permits][place[row, number], ids.index(entry["category"])] = True
    return holds


def text_training(prepared: Prepared, space: Space, policy: Policy) -> TextTraining:
    """The matrices that the text scorers learn from; a copy of a template weighs less, the more there are."""
    found = [space.occurrences(r, prepared.morphemes) for r in prepared.readings]
    sentences, owners, numbers = sentence_matrix(space, found)
    group = prepared.labelled.documents["template_group"].to_numpy()
    _, inverse, size = np.unique(group, return_inverse=True, return_counts=True)
    return TextTraining(
        documents=document_matrix(space, [rows for rows, _ in found]).tocsr(),
        document_targets=document_targets(prepared.labelled.targets, prepared.permitted, policy),
        weights=1 / np.sqrt(size[inverse]),
        permitted=prepared.permitted,
        sentences=sentences.tocsr(),
        owners=owners,
        sentence_targets=sentence_targets(prepared, policy, owners, numbers),
    )


def margins_of(matrices: TextTraining, scorer: LinearScorer, keep: np.ndarray, policy: Policy) -> np.ndarray:
    """`linear_margins` of the documents that `keep` marks."""
    own = keep[matrices.owners]
    position = np.cumsum(keep) - 1
    return linear_margins(
        scorer,
        matrices.documents[keep],
        matrices.sentences[own],
        position[matrices.owners[own]],
        matrices.permitted[keep],
        policy,
    )


def folds_of(groups: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """A fold number for each document; a template group is never divided."""
    unique, inverse = np.unique(groups, return_inverse=True)
    drawn = np.random.default_rng(seed).permutation(len(unique)) % folds
    return drawn[inverse]


@dataclass(frozen=True)
class TextMargins:
    """The text scorers, and the margins that they give: out of fold for what they learnt from."""

    space: Space
    linear: LinearScorer
    fold: np.ndarray
    weights: np.ndarray
    training: Prepared
    training_margins: np.ndarray
    validation: Prepared
    validation_margins: np.ndarray


def fit_text(
    training: Labelled, validation: Labelled, policy: Policy, settings: dict, groups: tuple[str, ...] = GROUPS
) -> TextMargins:
    """Fit vocabulary and text scorers, once a fold and once on everything; parameters as of `train`."""
    views = tuple(v for v in ("lemma", "character") if v in groups)
    text_settings, seed = TextSettings(**settings["text"], views=views), settings["seed"]
    morphemes = Morphemes()
    prepared = prepare(training, morphemes, policy)
    groups_of = training.documents["template_group"].to_numpy()
    space = fit_space(prepared.readings, groups_of, morphemes, text_settings)
    matrices = text_training(prepared, space, policy)
    fold = folds_of(groups_of, settings["folds"], seed)
    margins = np.zeros((len(training), len(MARGINS), len(policy.categories)))
    fits = len(document_columns(policy)) + len(sentence_columns(policy))
    with tqdm(total=fits * (settings["folds"] + 1), desc="text scorers", unit="fit") as progress:
        for k in range(settings["folds"]):
            scorer = fit_linear(matrices, text_settings, fold != k, seed=seed, progress=progress)
            margins[fold == k] = margins_of(matrices, scorer, fold == k, policy)
        linear = fit_linear(
            matrices, text_settings, np.ones(len(training), dtype=bool), seed=seed, progress=progress
        )
    held = prepare(validation, morphemes, policy)
    held_margins = margins_of(
        text_training(held, space, policy), linear, np.ones(len(validation), dtype=bool), policy
    )
    return TextMargins(space, linear, fold, matrices.weights, prepared, margins, held, held_margins)


def out_of_fold_margins(
    text: TextMargins, policy: Policy, position: int, settings: dict, groups: tuple[str, ...] = GROUPS
) -> np.ndarray:
    """Whole margins of the training documents for one category, each by trees that did not learn from it."""
    category, y = policy.categories[position], text.training.labelled.targets[:, position]
    margins = text.training_margins
    matrix = _matrix(category, position, margins, text.training.shared, groups)
    out = np.zeros(len(y))
    for k in range(settings["folds"]):
        learnt, held = text.fold != k, text.fold == k
        base = CategoryModel(
            *fit_base(margins[learnt][:, :, position], y[learnt], text.weights[learnt]), None
        )
        trees, _ = fit_trees(
            matrix[learnt],
            start_margin(base, margins[learnt][:, :, position]),
            y[learnt],
            text.weights[learnt],
            settings,
            category,
            seed=settings["seed"],
        )
        out[held] = margin(replace(base, trees=trees), matrix[held])
    return out


def _matrix(category, position, margins, shared, groups):
    return np.where(columns_of(groups, category), category_matrix(category, position, margins, shared), 0)


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
        Documents with `template_group` and `evidence` columns beside those of `build_documents`. Their
        out-of-fold margins choose the thresholds: hundreds of violations a category, where the validation
        months have a few dozen.
    validation
        A part at the population's rate: it calibrates, and says how rare a category is.
    settings
        `params.yaml`'s `train`.
    groups
        Which groups of features are used (for ablations).
    """
    text = fit_text(training, validation, policy, settings, groups)
    models, curves = [], {}
    for j, category in enumerate(tqdm(policy.categories, desc="trees", unit="category")):
        y, target = training.targets[:, j], validation.targets[:, j]
        held = _matrix(category, j, text.validation_margins, text.validation.shared, groups)
        base = CategoryModel(*fit_base(text.training_margins[:, :, j], y, text.weights), None)
        trees, curves[category.id] = fit_trees(
            _matrix(category, j, text.training_margins, text.training.shared, groups),
            start_margin(base, text.training_margins[:, :, j]),
            y,
            text.weights,
            settings,
            category,
            seed=settings["seed"],
            validation=(held, start_margin(base, text.validation_margins[:, :, j]), target),
        )
        model = replace(base, trees=trees)
        model = calibrate(model, margin(model, held), target)
        p = probability(model, out_of_fold_margins(text, policy, j, settings, groups))
        weight = population_weights(y, text.weights, target.mean())
        models.append(with_thresholds(model, p, y, weight, policy, category.id))
    return Model(policy, text.space, text.linear, models, curves)


def refit_text(model: Model, labelled: Labelled, settings: dict) -> Model:
    """The model with its vocabulary and text scorers learnt anew from more documents.

    Trees, calibration and thresholds stay: they were fitted on margins of texts that the scorers did not
    know, which is what the new scorers give for texts to come.
    """
    text_settings, policy = TextSettings(**settings["text"]), model.policy
    morphemes = Morphemes()
    prepared = prepare(labelled, morphemes, policy)
    groups = labelled.documents["template_group"].to_numpy()
    space = fit_space(prepared.readings, groups, morphemes, text_settings)
    everyone = np.ones(len(labelled), dtype=bool)
    fits = len(document_columns(policy)) + len(sentence_columns(policy))
    with tqdm(total=fits, desc="text scorers", unit="fit") as progress:
        linear = fit_linear(
            text_training(prepared, space, policy),
            text_settings,
            everyone,
            seed=settings["seed"],
            progress=progress,
        )
    return replace(model, space=space, linear=linear)

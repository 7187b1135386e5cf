"""Fitting the violation models: text scorers out of fold, trees on top, calibration and thresholds."""

import json
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import scipy.sparse as sp
from tqdm import tqdm

from features.documents import arrays_of, texts_of
from features.policy import Policy
from features.reading import Readings, read_texts
from features.tokens import Morphemes
from models.classifier import (
    CategoryModel,
    calibrate,
    fit_base,
    fit_trees,
    margin,
    population_weights,
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
    answering_columns,
    by_document,
    document_columns,
    fit_linear,
    fit_space,
    linear_margins,
    scoring_tables,
    sentence_columns,
    tfidf,
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
    """Documents with the categories that were decided: `targets` is (documents, categories), boolean.

    Training needs the column `part` of the documents; it begins with `reference` for a library of known cases.
    """

    documents: pd.DataFrame
    targets: np.ndarray

    @property
    def known(self) -> np.ndarray:
        """Which documents are of the library of known cases, not of the stream."""
        return self.documents["part"].str.startswith("reference").to_numpy()

    def __len__(self) -> int:
        return len(self.documents)


@dataclass(frozen=True)
class Prepared:
    """Labelled documents, read, with the columns that all categories share."""

    labelled: Labelled
    batches: list[Readings]
    morphemes: Morphemes
    shared: np.ndarray
    permitted: np.ndarray


def prepare(labelled: Labelled, morphemes: Morphemes, policy: Policy) -> Prepared:
    """Read the documents and compute signals and context."""
    batches, shared, everything = [], [], arrays_of(labelled.documents)
    for first in tqdm(range(0, len(labelled), _BATCH), desc="read", unit="batch", leave=False):
        documents = {name: values[first : first + _BATCH] for name, values in everything.items()}
        readings = read_texts(texts_of(documents), morphemes)
        signals, _ = signal_matrix(documents, readings, morphemes)
        batches.append(readings)
        shared.append(shared_matrix(documents, readings, signals))
    return Prepared(
        labelled,
        batches,
        morphemes,
        np.concatenate(shared),
        permitted_by_context(everything, policy),
    )


_BATCH = 512  # documents read together


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


def sentence_targets(prepared: Prepared, policy: Policy, owners: np.ndarray) -> np.ndarray:
    """Targets of `sentence_columns`: 1 for a sentence that holds annotated evidence.

    A sentence of a document without the category is 0; the other sentences of a violating document are
    left out. What permits is learnt from the evidence that says so (`permits`), against the other sentences of
    documents that the category concerns: those with such evidence, and the violating ones.
    `owners` gives each sentence's document.
    """
    decided = prepared.labelled.targets
    speaking, permitting = _sentences_with_evidence(prepared, policy, len(owners))
    of_document = document_targets(decided, prepared.permitted, policy)[owners]
    columns = []
    for k, (j, role) in enumerate(sentence_columns(policy)):
        if role == "permits":
            concerned = decided[:, j].copy()
            concerned[owners[permitting[:, j]]] = True
            columns.append(np.where(concerned[owners], permitting[:, j], -1))
        else:
            silent = decided[owners, j] & ~speaking[:, j]
            columns.append(np.where(silent, -1, of_document[:, k]))
    return np.stack(columns, axis=1).astype(np.int8)


def _sentences_with_evidence(prepared, policy, count):
    """Which sentences hold evidence of a category, and which of what permits it: twice (sentences, categories)."""
    ids, documents = policy.ids, prepared.labelled.documents
    speaking, permitting = (np.zeros((count, len(ids)), dtype=bool) for _ in range(2))
    annotated = zip(texts_of(arrays_of(documents)), documents["title"], documents["evidence"], strict=True)
    sentence = 0
    for reading in (reading for readings in prepared.batches for reading in readings):
        text, title, evidence = next(annotated)
        for entry in json.loads(evidence or "[]"):
            start = text.find(entry["text"], len(title) + 1 if entry["field"] == "description" else 0)
            if start < 0 or entry["category"] not in ids:
                continue
            for k, (a, b) in enumerate(reading.sentences):
                first, last = reading.normalized.original_span(a, b)
                if first < start + len(entry["text"]) and last > start:
                    holds = permitting if entry.get("permits") else speaking
                    holds[sentence + k, ids.index(entry["category"])] = True
        sentence += len(reading.sentences)
    return speaking, permitting


def text_training(prepared: Prepared, space: Space, policy: Policy) -> TextTraining:
    """The matrices that the text scorers learn from; all documents of a template weigh as much as one."""
    counts, owners, done = [], [], 0
    for readings in prepared.batches:
        found = space.occurrences(readings, prepared.morphemes)
        counts.append(space.counts(found, len(readings.owners)))
        owners.append(readings.owners + done)
        done += len(readings)
    counts, owners = sp.vstack(counts, format="csr"), np.concatenate(owners)
    group = prepared.labelled.documents["template_group"].to_numpy()
    _, inverse, size = np.unique(group, return_inverse=True, return_counts=True)
    return TextTraining(
        documents=tfidf(space, by_document(counts, owners, done)),
        document_targets=document_targets(prepared.labelled.targets, prepared.permitted, policy),
        weights=1 / size[inverse],
        permitted=prepared.permitted,
        sentences=tfidf(space, counts),
        counts=counts,
        owners=owners,
        sentence_targets=sentence_targets(prepared, policy, owners),
    )


def margins_of(
    matrices: TextTraining, space: Space, scorer: LinearScorer, keep: np.ndarray, policy: Policy
) -> np.ndarray:
    """`linear_margins` of the documents that `keep` marks."""
    own = keep[matrices.owners]
    position = np.cumsum(keep) - 1
    return linear_margins(
        scoring_tables(space, scorer),
        scorer,
        matrices.counts[own],
        position[matrices.owners[own]],
        answering_columns(matrices.permitted[keep], document_columns(policy)),
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


def fit_text(training: Labelled, validation: Labelled, policy: Policy, settings: dict) -> TextMargins:
    """Fit vocabulary and text scorers, once a fold and once on everything; parameters as of `train`."""
    text_settings = TextSettings(**settings["text"])
    morphemes = Morphemes()
    prepared = prepare(training, morphemes, policy)
    groups_of = training.documents["template_group"].to_numpy()
    space = fit_space(prepared.batches, groups_of, morphemes, text_settings)
    matrices = text_training(prepared, space, policy)
    fold = folds_of(groups_of, settings["folds"], settings["seed"])
    margins = np.zeros((len(training), len(MARGINS), len(policy.categories)))
    fits = len(document_columns(policy)) + len(sentence_columns(policy))
    with tqdm(total=fits * (settings["folds"] + 1), desc="text scorers", unit="fit") as progress:
        for k in range(settings["folds"]):
            scorer = fit_linear(matrices, text_settings, policy, fold != k, progress=progress)
            margins[fold == k] = margins_of(matrices, space, scorer, fold == k, policy)
        linear = fit_linear(
            matrices, text_settings, policy, np.ones(len(training), dtype=bool), progress=progress
        )
    held = prepare(validation, morphemes, policy)
    held_margins = margins_of(
        text_training(held, space, policy), space, linear, np.ones(len(validation), dtype=bool), policy
    )
    return TextMargins(space, linear, fold, matrices.weights, prepared, margins, held, held_margins)


def out_of_fold_margins(
    text: TextMargins, policy: Policy, position: int, settings: dict, groups: tuple[str, ...] = GROUPS
) -> np.ndarray:
    """Whole margins of the training documents for one category, each by trees that did not learn from it.

    A known case gets the margin that it would have in the stream.
    """
    matrix = _matrix(policy, position, text.training_margins, text.training.shared, groups)
    out = np.zeros(len(text.fold))
    for k in range(settings["folds"]):
        model, _ = _fit_category(text, policy, position, settings, matrix, text.fold != k)
        out[text.fold == k] = margin(model, matrix[text.fold == k])
    return out


def _fit_category(text, policy, position, settings, matrix, learnt, held=None):
    """The model of one category from the documents that `learnt` marks, and its learning curves.

    `matrix` is that of all training documents, `held` that of the validation part.
    """
    y, margins = (
        text.training.labelled.targets[learnt, position],
        text.training_margins[learnt][:, :, position],
    )
    known, weight = text.training.labelled.known[learnt], text.weights[learnt]
    slope, intercept, known_intercept = fit_base(margins, y, weight, known)
    base, validation = CategoryModel(slope, intercept, None), None
    if held is not None:
        start = start_margin(base, text.validation_margins[:, :, position])
        validation = (held, start, text.validation.labelled.targets[:, position])
    trees, curves = fit_trees(
        matrix[learnt],
        start_margin(base, margins) + known_intercept * known,
        y,
        weight,
        settings,
        policy,
        position,
        seed=settings["seed"],
        validation=validation,
    )
    return replace(base, trees=trees), curves


def _matrix(policy, position, margins, shared, groups):
    used = columns_of(groups, policy, position)
    return np.where(used, category_matrix(policy, position, margins, shared), 0)


def train(
    training: Labelled,
    validation: Labelled,
    policy: Policy,
    settings: dict,
) -> Model:
    """Fit all models.

    Parameters
    ----------
    training
        Documents with `part`, `template_group` and `evidence` columns beside those of `build_documents`. Their
        out-of-fold margins choose the thresholds: hundreds of violations a category, where the validation
        months have a few dozen.
    validation
        A part at the population's rate, with the same columns: it calibrates, and says how rare a category is.
    settings
        `params.yaml`'s `train`.
    """
    return fit_categories(fit_text(training, validation, policy, settings), policy, settings)


def fit_categories(
    text: TextMargins, policy: Policy, settings: dict, groups: tuple[str, ...] = GROUPS
) -> Model:
    """Fit trees, calibration and thresholds on the margins of the text scorers; parameters as of `train`.

    `groups` of features are used; the others are zero (for ablations).
    """
    training, validation = text.training.labelled, text.validation.labelled
    models, curves = [], {}
    for j, category in enumerate(tqdm(policy.categories, desc="trees", unit="category")):
        y, target = training.targets[:, j], validation.targets[:, j]
        matrix = _matrix(policy, j, text.training_margins, text.training.shared, groups)
        held = _matrix(policy, j, text.validation_margins, text.validation.shared, groups)
        everyone = np.ones(len(y), dtype=bool)
        model, curves[category.id] = _fit_category(text, policy, j, settings, matrix, everyone, held)
        model = calibrate(model, margin(model, held), target)
        unseen = out_of_fold_margins(text, policy, j, settings, groups)
        weight = population_weights(y, text.weights, target.mean())
        models.append(with_thresholds(model, unseen, y, weight, policy, category.id))
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
    space = fit_space(prepared.batches, groups, morphemes, text_settings)
    everyone = np.ones(len(labelled), dtype=bool)
    fits = len(document_columns(policy)) + len(sentence_columns(policy))
    with tqdm(total=fits, desc="text scorers", unit="fit") as progress:
        linear = fit_linear(
            text_training(prepared, space, policy),
            text_settings,
            policy,
            everyone,
            progress=progress,
        )
    return replace(model, space=space, linear=linear)

"""Raw rows in, probabilities and evidence out: the one path of batch, server, evaluation and notebook."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from features.documents import Arrays, arrays_of, document_arrays, texts_of
from features.reading import read_texts
from features.tokens import Morphemes
from models.artifact import load_model
from models.classifier import category_margins, probability
from models.explanation import character_strength, explain
from models.features import SIGNAL_FEATURES, permitted_by_context, shared_matrix, signal_matrix
from models.text import answering_columns, document_columns, linear_margins, scoring_tables
from models.training import Model

BATCH = 512  # documents read at once: more have more lines in common, but leave the cache
_DISGUISED = SIGNAL_FEATURES.index("disguised_spelling")
_MOST_KINDS = 400_000  # kinds of morpheme kept between batches


@dataclass(frozen=True)
class Scored:
    """Scores of one batch of documents.

    `document_ids` are in the order given; `probabilities` is (documents, categories), `flagged` the same in
    booleans; `action` one of `pass`, `review`, `hide` a document; `evidence` a list of dicts a document.
    """

    document_ids: list[str]
    probabilities: np.ndarray
    flagged: np.ndarray
    action: list[str]
    evidence: list[list[dict]]


class Scorer:
    """Scores jobs and messages with a fitted model.

    The kinds of morpheme seen are remembered between calls, which makes them faster and changes nothing
    else.
    """

    def __init__(self, model: Model):
        self.model = model
        self.ids = model.policy.ids
        self.thresholds = np.array([m.threshold for m in model.categories])
        self.disguised_thresholds = np.array([m.disguised_threshold for m in model.categories])
        self.hide_thresholds = np.array([m.hide_threshold for m in model.categories])
        self._columns = document_columns(model.policy)
        self._tables = scoring_tables(model.space, model.linear)
        self._morphemes = Morphemes()

    @classmethod
    def load(cls, folder: str | Path) -> "Scorer":
        """A scorer from the folder that `models.artifact.save_model` wrote."""
        return cls(load_model(Path(folder)))

    def score(
        self, jobs: pd.DataFrame | None = None, messages: pd.DataFrame | None = None, *, explain=True
    ) -> Scored:
        """Score raw rows as `features.tables.read_table` types them; either table may be left out."""
        return self._score(document_arrays(jobs, messages), explain)

    def score_documents(self, documents: pd.DataFrame, *, explain: bool = True) -> Scored:
        """Score documents as `features.documents.build_documents` makes them."""
        return self._score(arrays_of(documents), explain)

    def _score(self, documents: Arrays, with_evidence: bool) -> Scored:
        ids = documents["document_id"].tolist()
        if not ids:
            none = np.zeros((0, len(self.ids)))
            return Scored([], none, none.astype(bool), [], [])
        parts = []
        for first in range(0, len(ids), BATCH):
            batch = {name: values[first : first + BATCH] for name, values in documents.items()}
            parts.append(self._score_batch(batch, with_evidence))
        probabilities, flagged = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
        hidden = (probabilities >= self.hide_thresholds).any(axis=1)
        action = np.where(hidden, "hide", np.where(flagged.any(axis=1), "review", "pass")).tolist()
        return Scored(ids, probabilities, flagged, action, [e for *_, own in parts for e in own])

    def _score_batch(self, documents, with_evidence):
        space = self.model.space
        if len(self._morphemes.lemmas) > _MOST_KINDS:
            self._morphemes = Morphemes()
        policy = self.model.policy
        readings = read_texts(texts_of(documents), self._morphemes)
        occurrences = space.occurrences(readings, self._morphemes)
        counts = space.counts(occurrences, len(readings.owners))
        answering = answering_columns(permitted_by_context(documents, policy), self._columns)
        margins = linear_margins(self._tables, self.model.linear, counts, readings.owners, answering)
        signals, found = signal_matrix(documents, readings, self._morphemes)
        shared = shared_matrix(documents, readings, signals)
        whole = category_margins(self.model.categories, policy, margins, shared)
        p = np.stack([probability(m, whole[:, j]) for j, m in enumerate(self.model.categories)], axis=1)
        disguised = signals[:, _DISGUISED] > 0
        flagged = p >= np.where(disguised[:, None], self.disguised_thresholds, self.thresholds)
        if not with_evidence:
            return p, flagged, [[] for _ in readings]
        own = _places_by_text(readings.owners[occurrences.sentences], flagged.any(axis=1))
        evidence = [[] for _ in readings.normalized]
        for k, places in own.items():
            strength = {
                j: character_strength(
                    readings, k, occurrences, places, self._tables.sentence[occurrences.rows[places], column]
                )
                for j, column in enumerate(answering[k])
                if flagged[k, j]
            }
            evidence[k] = explain(
                self.model,
                {name: values[k] for name, values in documents.items()},
                readings[k],
                self._morphemes,
                strength,
                found[k],
                flagged[k],
                margins[k],
                shared[k],
            )
        return p, flagged, evidence


def _places_by_text(text, wanted):
    """Where each of the wanted texts' numbers stands in `text`."""
    places = np.flatnonzero(wanted[text])
    places = places[np.argsort(text[places], kind="stable")]
    numbers = np.flatnonzero(wanted)
    bounds = np.searchsorted(text[places], [*numbers, len(wanted)])
    return {int(k): places[a:b] for k, a, b in zip(numbers, bounds, bounds[1:], strict=False)}

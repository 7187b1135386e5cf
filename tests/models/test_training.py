"""Training where the data is thin: no positive example, and folds that keep templates together."""

import json

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from tqdm import tqdm

from features.documents import build_documents
from features.policy import load_policy
from features.tables import concat_checked, read_table
from models.artifact import save_model
from models.classifier import (
    CategoryModel,
    fit_base,
    population_weights,
    precision_threshold,
    start_margin,
    with_thresholds,
)
from models.scorer import Scorer
from models.text import (
    TextSettings,
    TextTraining,
    document_columns,
    fit_linear,
    sentence_columns,
)
from models.training import Labelled, document_targets, folds_of, train
from pipelines.stage import load_params


@pytest.fixture(scope="module")
def labelled(line):
    """The simulated documents, the first category by its true labels, the second without a positive one."""
    raw = line / "data" / "raw"
    tables = [
        concat_checked([read_table(p, name) for p in sorted((raw / name).glob("2026-0[1-4].csv"))]).rows
        for name in ("jobs", "messages")
    ]
    documents = build_documents(*tables)
    said = "LINE|カカオトーク|Telegram|Skype|Discord"
    bad = (documents["description"] + documents["body"]).str.contains(said).to_numpy()
    documents = documents.assign(template_group=range(len(documents)), evidence="[]", part="train")
    return Labelled(documents, np.stack([bad, np.zeros_like(bad)], axis=1))


def test_a_category_without_a_positive_example(labelled, line, tmp_path):
    settings = load_params(line / "params.yaml")["train"]
    settings["rounds"] = 3
    half = np.arange(len(labelled)) % 2 == 0
    parts = [
        Labelled(labelled.documents[rows].reset_index(drop=True), labelled.targets[rows])
        for rows in (half, ~half)
    ]
    model = train(*parts, load_policy(line / "policy.yaml"), settings)
    assert (model.categories[1].threshold, model.categories[1].threshold_by) == (0.5, "none")
    text = (line / "policy.yaml").read_text(encoding="utf-8")
    save_model(model, text, tmp_path / "model")
    scored = Scorer.load(tmp_path / "model").score_documents(parts[1].documents)
    assert scored.probabilities[:, 1].max() < 0.5
    assert not scored.flagged[:, 1].any()
    bad = parts[1].targets[:, 0]
    assert scored.probabilities[bad, 0].mean() > scored.probabilities[~bad, 0].mean() + 0.3
    json.dumps(scored.evidence)


def test_a_library_with_many_violations_does_not_make_its_like_suspect():
    """One margin tells nothing; of 1000 known cases half violate, of the stream's 1000 documents one in ten."""
    y = np.concatenate([np.arange(1000) % 2 == 0, np.arange(1000) % 10 == 0])
    known = np.repeat([True, False], 1000)
    slope, intercept, known_intercept = fit_base(np.zeros((2000, 4)), y, np.ones(2000), known)
    assert intercept == pytest.approx(np.log(0.1 / 0.9), abs=0.05)
    assert known_intercept == pytest.approx(-intercept, abs=0.05)
    assert slope == 0


def test_the_start_rises_with_margins_that_tell_and_is_the_share_of_violations_where_they_mislead():
    y = np.arange(1000) % 5 == 0
    margins = np.where(y, 2.0, -2.0)[:, None] * np.ones(4)
    weight, known = np.ones(1000), np.zeros(1000, dtype=bool)
    slope, intercept, _ = fit_base(margins, y, weight, known)
    start = start_margin(CategoryModel(slope, intercept, None), margins)
    assert start[y].min() > 0 > start[~y].max()
    slope, intercept, _ = fit_base(-margins, y, weight, known)
    assert slope == 0
    assert intercept == pytest.approx(np.log(0.2 / 0.8), abs=0.01)


def test_the_whole_document_and_its_highest_sentence_count_alike():
    model = CategoryModel(base_slope=0.5, base_intercept=-1.0, trees=None)
    # Whole document, highest sentence, second sentence, what permits.
    margins = np.array([[4.0, 2.0, 9.0, 9.0], [2.0, 4.0, -9.0, -9.0]])
    assert start_margin(model, margins).tolist() == [2.0, 2.0]


def without_job(documents):
    """The documents as if their job were not known."""
    unknown = dict.fromkeys(["reward_type", "job_title", "job_description"], "")
    numbers = [c for c in documents if c.startswith(("reward_m", "client_"))]
    return documents.assign(contract_type="project", **unknown, **dict.fromkeys(numbers, np.nan))


def test_a_message_is_not_suspect_for_having_no_job(labelled, line):
    """A library of messages without their jobs, of which every second is called violating whatever it says."""
    settings, policy = load_params(line / "params.yaml")["train"], load_policy(line / "policy.yaml")
    settings |= {"rounds": 20, "min_data_in_leaf": 5}
    stream = labelled.documents
    messages = stream[stream["document_type"] != "job"]
    library = without_job(messages).assign(
        part="reference",
        document_id="K" + messages["document_id"],
        template_group=messages["template_group"] + len(stream),
    )
    called = np.stack([np.arange(len(library)) % 2 == 0, np.zeros(len(library), dtype=bool)], axis=1)
    known = Labelled(
        pd.concat([stream, library], ignore_index=True), np.concatenate([labelled.targets, called])
    )
    scorer = Scorer(train(known, labelled, policy, settings))
    fine = messages[~labelled.targets[messages.index, 0]].reset_index(drop=True)
    p, alone = (
        scorer.score_documents(d, explain=False).probabilities[:, 0] for d in (fine, without_job(fine))
    )
    # Without the library's own intercept 4.9, with it 2.1: a library called at random cannot be told by its texts.
    assert np.log(alone / (1 - alone)).mean() - np.log(p / (1 - p)).mean() < 3


def test_the_same_documents_give_the_same_text_scorers():
    # Large enough for fits to run beside each other, which must not share what they draw.
    rng = np.random.default_rng(1)
    x = sp.random_array((400, 300), density=0.1, rng=rng, format="csr")
    targets = (rng.random((400, 12)) < 0.3).astype(np.int8)
    own = np.arange(400)
    policy = load_policy("policy.yaml")
    columns = len(document_columns(policy)), len(sentence_columns(policy))
    training = TextTraining(
        x,
        rng.choice(targets.T, columns[0]).T,
        np.ones(400),
        None,
        x,
        x,
        own,
        rng.choice(targets.T, columns[1]).T,
    )
    settings = TextSettings(min_groups=2, document_c=60, sentence_c=15, permitting_c=1)
    first, again = (
        fit_linear(training, settings, policy, np.ones(400, dtype=bool), progress=tqdm(disable=True))
        for _ in range(2)
    )
    assert np.array_equal(first.document, again.document)
    assert np.array_equal(first.sentence, again.sentence)


def test_folds_never_divide_a_template_group():
    groups = np.repeat(np.arange(30), 3)
    fold = folds_of(groups, 4, seed=1)
    assert all(len(set(fold[groups == g])) == 1 for g in range(30))
    assert set(fold) == {0, 1, 2, 3}
    assert folds_of(groups, 4, seed=1).tolist() == fold.tolist()
    assert folds_of(groups, 4, seed=2).tolist() != fold.tolist()


@pytest.mark.parametrize(
    ("p", "y", "target", "flagged"),
    [
        ([0.9, 0.8, 0.3, 0.1], [1, 1, 0, 0], 1.0, 2),
        ([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0], 0.6, 3),
        ([0.9, 0.8, 0.3, 0.1], [0, 1, 0, 0], 0.9, None),
        ([0.9, 0.8, 0.3, 0.1], [0, 0, 0, 0], 0.5, None),
        ([0.5, 0.5, 0.5, 0.1], [1, 0, 0, 0], 0.3, 3),  # those of one probability go together
    ],
)
def test_the_threshold_for_a_precision(p, y, target, flagged):
    threshold = precision_threshold(np.array(p), np.array(y, dtype=bool), target, np.ones(len(p)))
    assert (threshold and sum(x >= threshold for x in p)) == flagged


def test_review_begins_at_the_policys_chance(line):
    """Two margins: of documents at 1 one in 10 violates, of those at 3 nine in 10."""
    policy = load_policy(line / "policy.yaml")
    margins = np.repeat([1.0, 3.0], 1000)
    y = np.concatenate([np.arange(1000) < 100, np.arange(1000) < 900])
    given = CategoryModel(np.ones(3), 0.0, trees=None)
    fitted = with_thresholds(given, margins, y, np.ones(2000), policy, policy.ids[0])
    assert policy[policy.ids[0]].review_from == 0.5
    assert np.log(fitted.threshold / (1 - fitted.threshold)) == pytest.approx(2.0, abs=0.01)
    # From 1 in 2 to 1 in 10 the log odds fall by ln 9 over one margin, to 1 in 5 by ln 4.
    assert policy.review_disguised_from == 0.2
    disguised = fitted.disguised_threshold
    assert np.log(disguised / (1 - disguised)) == pytest.approx(2.0 - np.log(4) / np.log(9), abs=0.01)
    # Where a fine document stands for two, fewer of those like it violate: review begins later.
    weight = np.where(y, 1.0, 2.0)
    assert with_thresholds(given, margins, y, weight, policy, policy.ids[0]).threshold > fitted.threshold


@pytest.mark.parametrize(("fine_above", "hides"), [(0, True), (500, False)])
def test_hiding_is_suggested_where_nearly_all_violate(line, fine_above, hides):
    """Of 1000 documents with the margin 5 `fine_above` are fine; 9000 fine ones have the margin 0."""
    policy = load_policy(line / "policy.yaml")
    margins = np.repeat([5.0, 0.0], [1000, 9000])
    y = np.arange(10_000) < 1000 - fine_above
    given = CategoryModel(np.ones(3), 0.0, trees=None)
    fitted = with_thresholds(given, margins, y, np.ones(10_000), policy, policy.ids[0])
    assert (fitted.hide_threshold < 1.0) == hides
    assert fitted.hide_threshold >= fitted.threshold


def test_margins_that_say_nothing_give_no_threshold(line):
    policy = load_policy(line / "policy.yaml")
    given = CategoryModel(np.ones(3), 0.0, trees=None)
    y = np.arange(100) < 30
    fitted = with_thresholds(given, -1.0 * y, y, np.ones(100), policy, policy.ids[0])
    assert (fitted.threshold, fitted.threshold_by) == (0.5, "none")


def test_weights_bring_a_sample_to_the_populations_rate():
    y = np.array([True, True, False, False, False])
    weight = population_weights(y, np.array([1.0, 3.0, 1.0, 1.0, 2.0]), 0.1)
    np.testing.assert_allclose(weight, [0.025, 0.075, 0.225, 0.225, 0.45])


def test_a_threshold_counts_by_weight():
    p, y = np.array([0.9, 0.8, 0.3]), np.array([True, False, True])
    assert precision_threshold(p, y, 0.5, np.array([1.0, 1.0, 1.0])) == pytest.approx(0.15)
    # The fine document stands for many: below it precision is 1 in 10.
    assert precision_threshold(p, y, 0.5, np.array([1.0, 9.0, 1.0])) == pytest.approx(0.85)


def test_what_speaks_anyway_is_learnt_where_the_context_permits_something(line):
    policy = load_policy(line / "policy.yaml")
    assert document_columns(policy) == [(0, "speaks"), (1, "speaks"), (0, "speaks_anyway")]
    #               violating  permitted    speaks  speaks anyway
    table = np.array(
        [
            [True, False, 1, -1],
            [True, True, 1, 1],
            [False, True, -1, 0],
            [False, False, 0, 0],
        ]
    )
    violating, permitted = (np.stack([column == 1, column == 9], axis=1) for column in table[:, :2].T)
    assert document_targets(violating, permitted, policy)[:, [0, 2]].tolist() == table[:, 2:].tolist()

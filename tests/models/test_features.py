"""The columns of one category, on documents that a reader checks by eye."""

import numpy as np

from features.context import CONTEXT_FEATURES
from features.policy import load_policy
from models.features import (
    GROUPS,
    MARGINS,
    SIGNAL_FEATURES,
    category_columns,
    category_matrix,
    columns_of,
    directions,
)


def documents(*present):
    """One row a document: the signals that are present in it."""
    names = [*SIGNAL_FEATURES, *CONTEXT_FEATURES]
    return np.array([[float(n in own) for n in names] for own in present], dtype=np.float32)


def test_a_clause_stands_unless_something_permits_it():
    policy = load_policy("policy.yaml")
    position = policy.ids.index("direct_transaction")
    shared = documents(
        {"contact_details"},
        {"contact_details", "conversation_moved"},
        {"contact_details", "after_escrow"},  # permits contact
        {"payment_outside", "after_escrow"},  # but no payment
        {"payment_outside", "declined"},
        {"payment_outside_denied"},
        set(),
    )
    matrix = category_matrix(policy, position, np.zeros((7, len(MARGINS), 7)), shared)
    column = dict(zip(category_columns(policy, position), matrix.T, strict=True))
    assert column["dt_contact_exchanged"].tolist() == [1, 2, 1, 0, 0, 0, 0]
    assert column["dt_contact_exchanged_standing"].tolist() == [1, 2, 0, 0, 0, 0, 0]
    assert column["dt_payment_outside_standing"].tolist() == [0, 0, 0, 1, 0, 0, 0]
    assert column["standing"].tolist() == [1, 2, 0, 1, 0, 0, 0]
    assert column["dt_after_escrow"].tolist() == [0, 0, 1, 1, 0, 0, 0]


def test_every_column_has_its_name():
    policy = load_policy("policy.yaml")
    margins = np.arange(len(MARGINS) * 7, dtype=float).reshape(1, len(MARGINS), 7)
    for position in range(7):
        names = category_columns(policy, position)
        row = category_matrix(policy, position, margins, documents({"pr_marked"}))[0]
        column = dict(zip(names, row, strict=True))
        assert len(column) == len(names) == len(directions(policy, position))
        for k, name in enumerate(MARGINS):
            assert column[name] == margins[0, k, position]
        for j, category in enumerate(policy.ids):
            if j != position:
                assert column[f"{category}_sentence_margin"] == margins[0, 1, j]
        assert column["pr_marked"] == 1


def test_groups_leave_nothing_out_together():
    policy = load_policy("policy.yaml")
    names = np.array(category_columns(policy, 0))
    assert columns_of(GROUPS, policy, 0).all()
    text, signals, context = (set(names[columns_of((g,), policy, 0)]) for g in GROUPS)
    assert text | signals | context == set(names)
    assert not text & signals and not text & context and not signals & context
    assert {"document_margin", "mlm_document_margin"} <= text

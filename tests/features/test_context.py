"""What the context says beside the text."""

import numpy as np
import pandas as pd
import pytest

from features.context import CONTEXT_FEATURES, context_matrix
from features.documents import document_arrays
from features.tables import SCHEMAS


def job(reward, description):
    given = {"job_id": "J1", "posted_at": "2026-09-01T10:00+09:00", "description": description}
    row = (
        dict.fromkeys(SCHEMAS["jobs"].columns) | given | {"reward_min_jpy": reward, "reward_max_jpy": reward}
    )
    return pd.DataFrame([row]).assign(posted_at=lambda t: pd.to_datetime(t["posted_at"]))


@pytest.mark.parametrize(
    ("reward", "text", "differs"),
    [
        (3000, "報酬は3,000円です。", 0),
        (3000, "報酬は5,000円です。", 1),
        (1, "文字単価1.0円です。", 0),
        (50_000, "報酬は5万円です。消費税500円込み。", 0),
        (12_000, "1万2,000円、または2.5万円です。", 0),
        (8000, "1万2,000円です。月額は円建てです。", 1),
        (3000, "金額はご相談ください。", 0),
        (None, "報酬は3,000円です。", np.nan),
    ],
)
def test_the_amount_of_the_text_may_differ_from_the_field(reward, text, differs):
    arrays = document_arrays(job(reward, text), None)
    row = dict(zip(CONTEXT_FEATURES, context_matrix(arrays, [text])[0], strict=True))
    assert row["amount_differs"] == pytest.approx(differs, nan_ok=True)

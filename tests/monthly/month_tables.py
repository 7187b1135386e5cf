"""Tiny tables for the tests of the month: a policy of two invented categories, documents, decisions."""

import pandas as pd

from features.policy import Policy


def category(name, external, colour):
    return {
        "id": name,
        "name_ja": f"項目{name}",
        "name_en": name,
        "definition": f"{name}の定義です。",
        "watch_for": f"{name}にご注意ください。",
        "colour": colour,
        "review_from": 0.5,
        "external_category": external,
        "clauses": [
            {
                "id": f"{name}_rule",
                "kind": "violation",
                "text": "違反",
                "signals": ["quoted_or_reported"],
                "advice": "直してください。",
            }
        ],
    }


def policy(threshold=1):
    return Policy.model_validate(
        {
            "marketplace": "テスト市場",
            "counts_several_as": "noise",
            "trend_category": "smoke",
            "publication_threshold": threshold,
            "hide_precision": 0.9,
            "review_disguised_from": 0.2,
            "external_categories": {"AIR": "Air", "SOUND": "Sound"},
            "categories": [category("smoke", "AIR", "#4477AA"), category("noise", "SOUND", "#CCBB44")],
        }
    )


def documents(*rows):
    """Rows of (document_id, document_type, posted_at)."""
    table = pd.DataFrame(rows, columns=["document_id", "document_type", "posted_at"])
    posted = pd.to_datetime(table["posted_at"]).dt.tz_localize("Asia/Tokyo")
    return table.assign(posted_at=posted, month=posted.dt.strftime("%Y-%m"))


def decisions(*rows):
    """Rows of (document_id, category, decided_at[, source[, inclusion_probability]])."""
    filled = [row if len(row) > 3 else (*row, "patrol") for row in rows]
    filled = [(*row, None)[:5] for row in filled]
    table = pd.DataFrame(
        filled, columns=["document_id", "category", "decided_at", "source", "inclusion_probability"]
    )
    return table.assign(
        decided_at=pd.to_datetime(table["decided_at"]).dt.tz_localize("Asia/Tokyo"),
        inclusion_probability=table["inclusion_probability"].astype("float64"),
    )


def scores(table, p=0.1, action="pass"):
    return pd.DataFrame({"document_id": table["document_id"], "p_smoke": p, "p_noise": p, "action": action})


def marketplace():
    """Three months of jobs, proposals and messages: 4, 5 and 7 violating documents, some known late."""
    docs, decided = [], []
    for number, month in enumerate(["2026-07", "2026-08", "2026-09"]):
        for n in range(20):
            kind = ("job", "job", "proposal", "message")[n % 4]
            docs.append((f"doc-{month}-{n:02}", kind, f"{month}-{n + 1:02} 10:00"))
            if n % 5 == 4:
                continue  # one in five is not reviewed
            found = "smoke" if n in (0, 1, 2, 3) or (n == 5 and number > 0) else "none"
            found = "noise" if n == 6 and number > 1 else found
            decided.append((f"doc-{month}-{n:02}", found, f"{month}-{n + 2:02} 09:00"))
    decided += [
        ("doc-2026-07-00", "none", "2026-09-01 12:00"),  # withdrawn after July was published
        ("doc-2026-07-07", "noise", "2026-10-20 12:00", "user_report"),  # found later still
        ("doc-2026-09-04", "smoke", "2026-09-20 12:00", "audit", 0.25),
        ("doc-2026-09-09", "none", "2026-09-20 12:00", "audit", 0.25),
    ]
    return documents(*docs), decisions(*decided)

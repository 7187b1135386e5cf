"""What the corpus holds, counted."""

from pathlib import Path

import pandas as pd

from simulation.corpus import load_cases


def count_table(folder: str | Path) -> pd.DataFrame:
    """Documents by category (a document counts in each of its own; `fine` has none), type and difficulty.

    The last row, `documents`, counts every document once.
    """
    rows = [
        (label, case.type, case.difficulty)
        for case in load_cases(folder)
        for label in (*(case.labels or ("fine",)), "documents")
    ]
    table = pd.DataFrame(rows, columns=["category", "type", "difficulty"])
    counts = pd.crosstab(table["category"], [table["type"], table["difficulty"]])
    counts = counts.sort_index(key=lambda names: names == "documents", kind="stable")
    counts["total", ""] = counts.sum(axis=1)
    return counts

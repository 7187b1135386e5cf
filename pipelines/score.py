"""Stage `score`: every document of the months to report, reviewed or not."""

from pathlib import Path

import pandas as pd
from tqdm import tqdm

from models.scorer import Scored, Scorer
from pipelines.data import read_documents
from pipelines.stage import StageError, load_params, stage_main


def score(documents: Path, model: Path, params: Path, out: Path) -> None:
    """Write `out/month=YYYY-MM/scores.parquet` for the month to report and the month before it."""
    last = str(load_params(params)["report"]["month"])
    months = sorted(p.name.removeprefix("month=") for p in documents.glob("month=*"))
    wanted = [m for m in months if m <= last][-2:]
    if not wanted:
        raise StageError(
            f"no document was posted by {last}: the first month is {min(months, default='none')}"
        )
    scorer = Scorer.load(model)
    for month in tqdm(wanted, desc="score", unit="month"):
        scored = scorer.score_documents(read_documents(documents, [month]), explain=False)
        target = out / f"month={month}" / "scores.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        scores_table(scored, scorer.ids).to_parquet(target, index=False)


def scores_table(scored: Scored, ids: list[str]) -> pd.DataFrame:
    """One row a document: `document_id`, `p_<category>` each, `action`."""
    table = pd.DataFrame({"document_id": scored.document_ids})
    for j, category in enumerate(ids):
        table[f"p_{category}"] = scored.probabilities[:, j]
    return table.assign(action=scored.action)


if __name__ == "__main__":
    stage_main(score)

"""One month published from tables and artifact, without the pipeline's stages."""

import sys
from pathlib import Path

from tqdm import tqdm

from features.policy import load_policy
from models.artifact import verify_manifest
from models.scorer import Scorer
from monthly.publish import publish_index, publish_month
from pipelines.data import check_dates, check_posted
from pipelines.ingest import fault_text, read_tables, stop_at_too_many
from pipelines.score import scores_table


def report_month(
    month: str, as_of: str, source: Path, limit: float, artifact: Path, out: Path | None
) -> Path:
    """Read the tables of `source`, score the month's documents and publish them; returns the folder.

    Without `out` the month goes to `reports/monthly/MONTH` and the list of months is made anew. Bad rows
    are left out and told on the screen.

    Raises
    ------
    StageError
        Where `month` or `as_of` is no month or day, no document was posted by then, or more than `limit`
        (0 to 1) of a table's rows are bad.
    """
    check_dates(month, as_of)
    verify_manifest(artifact)
    # As the stage `score` does: the other model of the artifact may have learnt from the month itself.
    model = artifact / "artifacts" / "evaluated"
    policy = load_policy(model / "policy.yaml")
    documents, checked = read_tables(source, [*policy.ids, "none"])
    stop_at_too_many(checked, limit)
    for name, c in checked.items():
        if c.rows_set_aside:
            first = c.quarantine.iloc[0]
            tqdm.write(
                f"mimawari: {name}: {c.rows_set_aside} of {c.read} rows are left out; the first: "
                f"{first['file']}: {fault_text(first)}",
                file=sys.stderr,
            )
    check_posted(documents, month)
    scorer = Scorer.load(model)
    scored = scorer.score_documents(documents[documents["month"] == month], explain=False)
    folder = out or Path("reports/monthly") / month
    labels, scores = checked["labels"].rows, scores_table(scored, scorer.ids)
    publish_month(documents, labels, scores, policy, month, as_of, folder)
    if out is None:
        publish_index(folder.parent)
    return folder

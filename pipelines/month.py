"""One month published from tables and artifact, without the pipeline's stages."""

from datetime import date
from pathlib import Path

from tqdm import tqdm

from features.documents import build_documents
from features.policy import load_policy
from features.tables import concat_checked, read_table
from models.artifact import verify_manifest
from models.scorer import Scorer
from monthly.publish import publish_index, publish_month
from pipelines.ingest import find_table
from pipelines.score import scores_table
from pipelines.stage import StageError


def report_month(month: str, as_of: str, source: Path, artifact: Path, out: Path | None) -> Path:
    """Read the tables of `source`, score the month's documents and publish them; returns the folder.

    Without `out` the month goes to `reports/monthly/MONTH` and the list of months is made anew.

    Raises
    ------
    StageError
        Where `month` or `as_of` is no month or day, or no document was posted by then.
    """
    try:
        date.fromisoformat(as_of)
        date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise StageError(
            f"month {month!r}, as of {as_of!r}: expected such as 2026-09 and 2026-10-05: {error}"
        ) from error
    verify_manifest(artifact)
    # As the stage `score` does: the other model of the artifact may have learnt from the month itself.
    model = artifact / "artifacts" / "evaluated"
    policy = load_policy(model / "policy.yaml")
    tables = {}
    for name in ("jobs", "messages", "labels"):
        paths = find_table(source, name)
        parts = [read_table(path, name, may_be_empty=len(paths) > 1) for path in tqdm(paths, desc=name)]
        tables[name] = concat_checked(parts).rows
    documents = build_documents(tables["jobs"], tables["messages"])
    if not (documents["month"] <= month).any():
        raise StageError(f"{source}: no document was posted by {month}")
    scorer = Scorer.load(model)
    scored = scorer.score_documents(documents[documents["month"] == month], explain=False)
    folder = out or Path("reports/monthly") / month
    publish_month(documents, tables["labels"], scores_table(scored, scorer.ids), policy, month, as_of, folder)
    if out is None:
        publish_index(folder.parent)
    return folder

"""Stage `report`: the published month, as known at the end of a day."""

from pathlib import Path

import pandas as pd

from features.policy import load_policy
from monthly.publish import publish_index, publish_month
from pipelines.data import check_dates, check_posted, read_decisions, read_documents
from pipelines.stage import load_params, stage_main


def report(documents: Path, scores: Path, policy: Path, params: Path, out: Path) -> None:
    """Write `out/YYYY-MM/` for the month of params.yaml, and `out/index.html` over all months there."""
    settings = load_params(params)["report"]
    month, as_of = str(settings["month"]), str(settings["as_of"])
    check_dates(month, as_of)
    posted = read_documents(documents)
    check_posted(posted, month)
    scored = pd.concat(
        [pd.read_parquet(p) for p in sorted(scores.glob("month=*/scores.parquet"))], ignore_index=True
    )
    publish_month(
        posted,
        read_decisions(documents),
        scored,
        load_policy(policy),
        month,
        as_of,
        out / month,
    )
    publish_index(out)


if __name__ == "__main__":
    stage_main(report)

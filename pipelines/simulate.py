"""Stage `simulate`: the hand-written corpus becomes a marketplace's months of tables."""

import csv
from pathlib import Path

from tqdm import tqdm

from features.policy import load_policy
from features.tables import SCHEMAS
from pipelines.stage import load_params, part_of_month, stage_main
from simulation.corpus import load_cases, with_permitting_evidence
from simulation.marketplace import Month, month_range, plan_marketplace, reference_cases, simulate_months

ORIGIN_COLUMNS = ["document_id", "template_id", "campaign", "difficulty", "truth", "evidence"]


def blocks_by_month(params: dict) -> dict[str, str]:
    """Which part of the experiment each month belongs to: train, validation or test."""
    months = month_range(params["simulate"]["first_month"], params["simulate"]["last_month"])
    return {month: part_of_month(month, params["split"]) for month in months}


def simulate(corpus: Path, twins: Path, policy: Path, params: Path, out: Path) -> None:
    """Write `out/{jobs,messages,labels,origins}/YYYY-MM.csv` and the same under `out/reference`.

    The reference is the corpus as it was written, with the counterfactual twins: a library of known cases.
    """
    settings = load_params(params)
    order = load_policy(policy).ids
    cases = load_cases(corpus)
    blocks = blocks_by_month(settings)
    plan = plan_marketplace(cases, order, settings["simulate"], blocks)
    months = simulate_months(plan, order, settings["simulate"])
    for month, made in tqdm(months, total=len(plan.months), desc="simulate", unit="month"):
        write_tables(made, out, month)
    # Twins differ in what decides: they teach it, and stand behind no document of the months.
    known = cases + with_permitting_evidence(load_cases(twins))
    write_tables(reference_cases(known, order), out / "reference", "corpus")


def write_tables(made: Month, folder: Path, name: str) -> None:
    """Write one month's rows as `folder/TABLE/name.csv`."""
    for table in ("jobs", "messages", "labels", "origins"):
        path = folder / table / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        columns = ORIGIN_COLUMNS if table == "origins" else list(SCHEMAS[table].columns)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(getattr(made, table))


if __name__ == "__main__":
    stage_main(simulate)

"""The stages on tables as a user may bring them: no library of known cases, months that are not there."""

import json
import shutil

import pandas as pd
import pytest

from features.policy import load_policy
from pipelines.data import read_part
from pipelines.simulate import blocks_by_month
from pipelines.stage import StageError, part_of_month


@pytest.fixture(scope="module")
def simulated(project_maker, tmp_path_factory):
    write_project, run_stage, _ = project_maker
    folder = write_project(tmp_path_factory.mktemp("simulated"))
    run_stage("simulate", folder)
    return folder


@pytest.fixture
def after_split(simulated, project_maker, tmp_path):
    """Ingest and split the simulated tables, with or without the library; returns the folder."""
    _, run_stage, _ = project_maker

    def run(library):
        shutil.copytree(simulated, tmp_path, dirs_exist_ok=True)
        if not library:
            shutil.rmtree(tmp_path / "data" / "raw" / "reference")
        for name in ("ingest", "split"):
            run_stage(name, tmp_path)
        return tmp_path

    return run


def part(folder, *names):
    policy = load_policy(folder / "policy.yaml")
    return read_part(
        folder / "data" / "documents", folder / "data" / "split" / "parts.parquet", policy, [*names]
    )


def test_without_a_library_the_stream_is_split_as_with_it(after_split):
    parts, counts = [], []
    for library in (True, False):
        folder = after_split(library)
        parts.append(pd.read_parquet(folder / "data" / "split" / "parts.parquet"))
        counts.append(json.loads((folder / "reports" / "split.json").read_text(encoding="utf-8")))
    stream = parts[0][~parts[0]["part"].str.startswith("reference")]
    pd.testing.assert_frame_equal(parts[1], stream)
    assert counts[1] == {name: c for name, c in counts[0].items() if not name.startswith("reference")}
    learnt = part(folder, "train", "reference")
    assert len(learnt) == counts[1]["train"]["documents"]
    assert learnt.targets.sum(axis=0).tolist() == [*counts[1]["train"]["by_category"].values()]
    assert not learnt.known.any()


def test_every_part_of_the_library_is_read_alone(after_split):
    folder = after_split(library=True)
    parts = pd.read_parquet(folder / "data" / "split" / "parts.parquet").set_index("document_id")["part"]
    for name in ("reference", "reference_later", "test"):
        read = part(folder, name).documents["document_id"]
        assert len(read)
        assert set(read) == set(parts.index[parts == name])


def test_the_months_are_simulated_for_the_parts_they_are_split_into():
    settings = {"validation_from": "2026-03", "test_from": "2026-04"}
    months = {"first_month": "2026-01", "last_month": "2026-05"}
    blocks = blocks_by_month({"split": settings, "simulate": months})
    assert [*blocks.values()] == ["train", "train", "validation", "test", "test"]
    assert blocks == {month: part_of_month(month, settings) for month in blocks}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"month": "2026-5"}, "month '2026-5', as of '2026-06-10': expected such as 2026-09 and 2026-10-05"),
        ({"as_of": "2026-W24-3"}, "month '2026-05', as of '2026-W24-3': expected such as 2026-09"),
        ({"month": "2025-12"}, "no document was posted by 2025-12: the first month is 2026-01"),
    ],
)
def test_a_wrong_month_or_day_stops_the_stage_report(after_split, project_maker, settings, said):
    write_project, run_stage, _ = project_maker
    folder = after_split(library=True)
    write_project(folder, report=settings)
    with pytest.raises(StageError, match=said):
        run_stage("report", folder)

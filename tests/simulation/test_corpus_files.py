"""Reading the corpus: a line that cannot be used is named."""

import json

import pytest

from simulation.corpus import CorpusError, load_cases, units


@pytest.fixture
def load(tmp_path, project_maker):
    records = project_maker[2]("A", 4)

    def change_and_load(change=lambda records: None):
        change(records)
        lines = [r if isinstance(r, str) else json.dumps(r) for r in records]
        (tmp_path / "A.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return load_cases(tmp_path)

    return change_and_load


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r[1].pop("labels"),
        lambda r: r[1].pop("doc"),
        lambda r: r[1].update(mood=1),
        lambda r: r.__setitem__(1, "{"),
        lambda r: r.__setitem__(1, "[]"),
    ],
)
def test_a_bad_line_is_named(load, change):
    with pytest.raises(CorpusError, match=r"A\.jsonl: line 2: "):
        load(change)


@pytest.mark.parametrize("name", [".", "nowhere"])
def test_a_folder_without_a_corpus_is_named(tmp_path, name):
    with pytest.raises(CorpusError, match=r"no \*\.jsonl file") as caught:
        load_cases(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)


def test_a_thread_is_one_unit_in_order(load):
    def thread(records):
        for record, place in ((records[0], 2), (records[3], 1)):
            record["thread"] = {"id": "T1", "position": place}

    made = units(load(thread))
    assert [[case.doc_id for case in unit] for unit in made] == [["A-003", "A-000"], ["A-001"], ["A-002"]]

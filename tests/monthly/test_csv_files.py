import csv

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from monthly.csv_files import safe_cell, write_csv


@given(st.text(max_size=20))
def test_no_text_is_taken_for_a_formula(text):
    safe = safe_cell(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert safe in (text, f"'{text}")


def test_file_opens_in_a_spreadsheet(tmp_path):
    path = tmp_path / "table.csv"
    write_csv(pd.DataFrame({"name": ['=A1, "x"', "直接取引"], "count": [3, "3件未満"]}, dtype=object), path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["name", "count"], ['\'=A1, "x"', "3"], ["直接取引", "3件未満"]]

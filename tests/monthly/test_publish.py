"""What is written: the same bytes again, valid against the schema, nothing held back shown anywhere."""

import json
import re
from html.parser import HTMLParser
from importlib.resources import files

import jsonschema
import pytest
from month_tables import decisions, documents, marketplace, policy, scores

from monthly.publish import publish_index, publish_month
from monthly.report import build_report

MONTHS = {"2026-07": "2026-08-05", "2026-08": "2026-09-05", "2026-09": "2026-10-05"}


def publish(folder, month="2026-09", threshold=1):
    docs, decided = marketplace()
    return publish_month(docs, decided, scores(docs), policy(threshold), month, MONTHS[month], folder / month)


def written(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*.*"))}


def test_every_month_made_again_as_of_its_date_has_the_same_bytes(tmp_path):
    docs, decided = marketplace()
    for run, (d, k) in {"a": (docs, decided), "b": (docs[::-1], decided[::-1])}.items():
        for month, as_of in MONTHS.items():
            publish_month(d, k, scores(d), policy(), month, as_of, tmp_path / run / month)
        publish_index(tmp_path / run)
    assert written(tmp_path / "a") == written(tmp_path / "b")


def test_what_is_decided_later_changes_no_earlier_report(tmp_path):
    docs, decided = marketplace()
    early = decided[decided["decided_at"] < "2026-10-06"]
    assert len(early) < len(decided)
    for run, known in {"a": decided, "b": early}.items():
        publish_month(docs, known, scores(docs), policy(), "2026-09", "2026-10-05", tmp_path / run)
    assert written(tmp_path / "a") == written(tmp_path / "b")


def test_no_input_is_changed(tmp_path):
    docs, decided = marketplace()
    scored = scores(docs)
    copies = [t.copy() for t in (docs, decided, scored)]
    publish_month(docs, decided, scored, policy(), "2026-09", "2026-10-05", tmp_path)
    assert all(a.equals(b) for a, b in zip(copies, (docs, decided, scored), strict=True))


@pytest.mark.parametrize("threshold", [1, 3, 5])
@pytest.mark.parametrize("month", MONTHS)
def test_report_is_valid(month, threshold):
    docs, decided = marketplace()
    report = build_report(docs, decided, scores(docs), policy(threshold), month, MONTHS[month])
    schema = json.loads(files("monthly").joinpath("report.schema.json").read_text(encoding="utf-8"))
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    checker.validate(json.loads(json.dumps(report)))


def test_breakdown_csv(tmp_path):
    publish(tmp_path)
    lines = (tmp_path / "2026-09/breakdown.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "month,surface,surface_name,category,category_name,count,share"
    assert "2026-09,all,全体,noise,項目noise,1,0.1429" in lines
    assert "2026-08,all,全体,all,全体,5,1.0" in lines


def test_small_numbers_are_held_back_in_every_file(tmp_path):
    publish(tmp_path, threshold=3)
    folder = tmp_path / "2026-09"
    assert "2026-09,all,全体,noise,項目noise,3件未満," in (folder / "breakdown.csv").read_text("utf-8-sig")
    for name in ("index.html", "report.md", "announcement.md"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "3件未満" in text
        assert not re.search(r"項目noise(</th><td>|：| \| | )1件", text)


def test_no_user_and_no_document_is_named(tmp_path):
    docs, decided = marketplace()
    docs["user_id"] = [f"user-{n:02}" for n in range(len(docs))]
    publish_month(docs, decided, scores(docs), policy(), "2026-09", "2026-10-05", tmp_path)
    ids = [*docs["document_id"], *docs["user_id"]]
    assert all(i.startswith(("doc-", "user-")) for i in ids)  # else a date on the page would look like one
    for name, content in written(tmp_path).items():
        assert [i for i in ids if i.encode() in content] == [], name


def test_a_month_published_again_leaves_nothing_of_the_first_time(tmp_path):
    docs, decided = marketplace()
    publish_month(docs, decided, scores(docs), policy(), "2026-09", "2026-10-05", tmp_path / "again")
    rules = policy(threshold=3).model_copy(update={"trend_category": "noise"})
    for folder in ("again", "once"):
        publish_month(docs, decided[:0], None, rules, "2026-09", "2026-10-05", tmp_path / folder)
    assert written(tmp_path / "again") == written(tmp_path / "once")


def test_files_of_others_stay(tmp_path):
    others = ["jobs.csv", "photo.png", "2026-08/breakdown.png", "2026-08/smoke_trend.csv"]
    (tmp_path / "2026-08").mkdir()
    for name in others:
        (tmp_path / name).write_text("ours")
    (tmp_path / "sales_trend.csv").write_text("ours")  # nothing was published here so far
    publish_month(*marketplace(), None, policy(), "2026-09", "2026-10-05", tmp_path)
    assert (tmp_path / "sales_trend.csv").is_file()
    publish_month(*marketplace(), None, policy(), "2026-09", "2026-10-05", tmp_path)
    assert [(tmp_path / name).read_text() for name in others] == ["ours"] * len(others)


class Outside(HTMLParser):
    """Collects every address that a page asks for or leads to."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        self.found += [v for k, v in attributes if k in ("src", "href", "srcset", "action", "data")]


@pytest.mark.parametrize("page", ["2026-09/index.html", "index.html"])
def test_links_lead_to_files_that_are_there(tmp_path, page):
    publish(tmp_path)
    publish_index(tmp_path)
    parser = Outside()
    parser.feed((tmp_path / page).read_text(encoding="utf-8"))
    links = [a for a in parser.found if not a.startswith(("#", "data:"))]
    assert links
    assert all(((tmp_path / page).parent / a).is_file() for a in links)


@pytest.mark.parametrize(
    ("decided", "as_of", "said"),
    [
        ([], "2026-10-05", "確認の結果が出ている投稿はまだありません"),
        ([("a", "none", "2026-09-03")], "2026-10-05", "違反と判断したものはありませんでした"),
        ([], "2026-08-31", "投稿されたお仕事・提案・メッセージはありませんでした"),
        ([("a", "smoke", "2026-09-03")], "2026-10-05", "前月の内訳はありません"),
    ],
)
def test_months_with_little_to_say_have_a_clear_page(tmp_path, decided, as_of, said):
    posted = documents(("a", "job", "2026-09-01"))
    publish_month(posted, decisions(*decided), None, policy(), "2026-09", as_of, tmp_path)
    assert said in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "AIの判定結果がないため" in (tmp_path / "index.html").read_text(encoding="utf-8") or not decided


def test_an_empty_folder_has_an_index(tmp_path):
    publish_index(tmp_path)
    assert "公表した月はまだありません" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_single_month_has_no_line(tmp_path):
    index = tmp_path / "index.html"
    posted = documents(("a", "job", "2026-09-01"))
    for months in (["2026-09"], ["2026-08", "2026-09"]):
        for month in months:
            publish_month(posted, decisions(), None, policy(), month, "2026-10-05", tmp_path / month)
        publish_index(tmp_path)
        assert ("<svg" in index.read_text(encoding="utf-8")) == (len(months) > 1)

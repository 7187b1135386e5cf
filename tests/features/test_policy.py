"""The policy file: every error names file, entry and field; every signal that it names exists."""

import copy
from pathlib import Path

import pytest
import yaml

from features.policy import PolicyError, load_policy
from features.signals import NAMES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def load(tmp_path, project_maker):
    """Load the invented policy with one change."""
    write_project, *_ = project_maker
    content = yaml.safe_load((write_project(tmp_path) / "policy.yaml").read_text(encoding="utf-8"))

    def change_and_load(change):
        changed = copy.deepcopy(content)
        change(changed)
        (tmp_path / "policy.yaml").write_text(yaml.safe_dump(changed, allow_unicode=True), encoding="utf-8")
        return load_policy(tmp_path / "policy.yaml")

    return change_and_load


def at(*path):
    """A change that sets the entry at `path` (keys and indices, the last argument the value)."""
    *way, last, value = path

    def change(content):
        for key in way:
            content = content[key]
        content[last] = value

    return change


def without(*path):
    *way, last = path

    def change(content):
        for key in way:
            content = content[key]
        del content[last]

    return change


def test_order_and_look_up(load):
    policy = load(lambda content: None)
    assert policy.ids == ["rocket", "moonlight"]
    assert policy["moonlight"].signals("violation") == ["result_pay", "goods_pay"]
    assert policy["moonlight"].signals("exception") == ["fixed_pay"]
    assert policy["rocket"].clause_of("contact_details").id == "rk_out"
    assert policy["rocket"].clause_of("declined") is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (at("mood", 1), r"policy\.yaml: field mood: Extra inputs"),
        (at("categories", 1, "colr", "#000000"), "category 'moonlight', field colr: Extra inputs"),
        (
            at("categories", 0, "clauses", 0, "advise", "x"),
            "category 'rocket', clause 'rk_out', field advise",
        ),
        (without("marketplace"), "field marketplace: Field required"),
        (without("categories", 1, "name_ja"), "category 'moonlight', field name_ja: Field required"),
        (
            without("categories", 1, "clauses", 1, "signals"),
            "category 'moonlight', clause 'ml_fixed', field signals: Field required",
        ),
        (without("categories", 0, "id"), "category 0, field id: Field required"),
        (at("categories", 1, "id", "rocket"), "category id 'rocket' is given twice"),
        (at("categories", 1, "clauses", 0, "id", "rk_no"), "clause id 'rk_no' is given twice"),
        (
            at("trend_category", "steam"),
            r"trend_category is 'steam', expected one of \['rocket', 'moonlight'\]",
        ),
        (at("counts_several_as", "steam"), "counts_several_as is 'steam'"),
        (
            at("categories", 0, "external_category", "SEA"),
            "category 'rocket', field external_category: 'SEA'",
        ),
        (at("categories", 0, "colour", "red"), "category 'rocket', field colour: String should match"),
        (at("categories", 0, "review_from", 1.5), "category 'rocket', field review_from: Input"),
        (at("categories", 0, "clauses", 0, "kind", "maybe"), "clause 'rk_out', field kind"),
        (at("categories", 0, "clauses", 0, "signals", []), "clause 'rk_out', field signals"),
        (without("categories", 0, "clauses", 0, "advice"), "category 'rocket', clause 'rk_out': .*advice"),
        (at("categories", 0, "clauses", 1, "advice", "x"), "category 'rocket', clause 'rk_no': .*advice"),
        (at("categories", []), "field categories"),
        (
            at("categories", 0, "clauses", 1, "signals", ["declind"]),
            "category 'rocket', clause 'rk_no', field signals: .*'declind' is no signal",
        ),
        (
            at("categories", 0, "clauses", 0, "id", "contact_details"),
            "category 'rocket', clause 'contact_details', field id: .*'contact_details' is the name of a",
        ),
        (at("categories", 0, "clauses", 0, "id", "length"), "clause 'length', field id: .*is the name of a"),
        (
            lambda content: content["categories"][1]["clauses"].pop(0),
            "category 'moonlight': .*no clause of kind violation",
        ),
    ],
)
def test_an_error_names_file_entry_and_field(load, change, message):
    with pytest.raises(PolicyError, match=message) as error:
        load(change)
    assert all("policy.yaml: " in text for text in str(error.value).splitlines())


@pytest.mark.parametrize("content", ["a: [1", "", "- 1\n", "just words"])
def test_a_file_that_is_no_policy(tmp_path, content):
    (tmp_path / "policy.yaml").write_text(content)
    with pytest.raises(PolicyError, match=r"policy\.yaml: "):
        load_policy(tmp_path / "policy.yaml")


def test_a_missing_file(tmp_path):
    with pytest.raises(PolicyError, match=r"policy\.yaml: cannot be read: No such file"):
        load_policy(tmp_path / "policy.yaml")


def test_a_file_in_another_encoding(tmp_path):
    (tmp_path / "policy.yaml").write_bytes("marketplace: 市場".encode("shift_jis"))
    with pytest.raises(PolicyError, match=r"policy\.yaml: not valid YAML"):
        load_policy(tmp_path / "policy.yaml")


def test_an_unknown_category_is_named(load):
    with pytest.raises(KeyError, match="steam"):
        load(lambda content: None)["steam"]


def test_every_signal_of_the_marketplaces_policy_exists():
    policy = load_policy(ROOT / "policy.yaml")
    named = {s for c in policy.categories for k in c.clauses for s in k.signals}
    assert named - set(NAMES) == set()
    assert len(set(NAMES)) == len(NAMES)

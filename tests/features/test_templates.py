"""Template groups: what is nearly the same is one group."""

import pytest

from features.templates import template_groups

LONG = (
    "銭湯の看板を新しくします。文字は墨で書き、板は杉を使います。仕上がりは店主が確かめ、お茶をお出しします。"
)


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        (LONG, LONG, True),
        (LONG, LONG.replace("杉", "松"), True),
        ("報酬は3,000円です。" + LONG, "報酬は5,500円です。" + LONG, True),
        (LONG, "  " + LONG.replace("。", "\n"), True),
        (
            LONG,
            LONG[:20] + "養蜂場で瓶を洗い、ラベルを貼って棚に並べる仕事です。午前の二時間だけで構いません。",
            False,
        ),
        (LONG, "", False),
        ("はい", "いいえ", False),
    ],
)
def test_two_texts(a, b, alike):
    groups = template_groups([a, b])
    assert (groups[0] == groups[1]) == alike


def test_a_known_name_joins_what_is_not_alike():
    groups = template_groups(["あいうえおかき", "さしすせそたち", "なにぬねのはひ"], ["x", "", "x"])
    assert groups[0] == groups[2] != groups[1]


def test_alike_through_another_is_one_group_and_order_does_not_matter():
    a, b = LONG, LONG.replace("杉", "松")
    c = b.replace("お茶", "お菓子")
    for texts in ([a, b, c], [c, a, b]):
        assert len(set(template_groups([*texts, "まったく別の文章をここに置きます。"]))) == 2


@pytest.mark.parametrize("texts", [[], [""], ["\ud800"], ["😀", "1 2 3"]])
def test_any_text(texts):
    assert len(template_groups(texts)) == len(texts)

"""Contact details become marks of their kind; the way back leads to what was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contacts import HANDLE, KINDS, MAIL, NUMBER, PHONE, URL, mark_contacts
from features.normalization import normalize


def marked(text):
    """The kinds found, and what was written at each in the original text."""
    made = mark_contacts(normalize(text))
    places = [k for k, c in enumerate(made.text) if c in KINDS]
    return [(made.text[k], text[slice(*made.original_span(k, k + 1))].strip()) for k in places]


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (MAIL, "taro@example.com"),
        (MAIL, "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏｍ"),
        (MAIL, "taro.work+1@mail.example.co.jp"),
        (MAIL, "taroあっとexample.com"),
        (MAIL, "taro★example.com"),
        (MAIL, "taroアットマークexampleドットcom"),
        (MAIL, "taro(at)example(dot)com"),
        (PHONE, "090-0000-0000"),
        (PHONE, "０９０－００００－００００"),
        (PHONE, "09000000000"),
        (PHONE, "0 9 0 0 0 0 0 0 0 0 0"),
        (PHONE, "〇九〇〇〇〇〇〇〇〇〇"),
        (PHONE, "03-0000-0000"),
        (URL, "https://example.com/form?id=12345"),
        (URL, "www.example.net/a"),
        (URL, "example.com/apply"),
        (URL, "ttps://example.org"),
        (URL, "example.shop"),
        (URL, "bit.ly/3abcd"),
        (HANDLE, "https://lin.ee/abcd"),
        (HANDLE, "line.me/ti/p/abcd"),
        (PHONE, "090 - 0000 - 0000"),
        (PHONE, "000-000-0000"),
        (MAIL, "taro◎example・net"),
        (MAIL, "taro(アット)example.com"),
        (HANDLE, "@taro_work"),
        (HANDLE, "taro_work2020"),
        (HANDLE, "hanako.sato88"),
        (NUMBER, "0123456"),
    ],
)
def test_a_contact_is_found_whole_and_alone(kind, written):
    assert marked(f"ご連絡は {written} までお願いします。") == [(kind, written)]


@pytest.mark.parametrize(
    "text",
    [
        "報酬は1000000円です。",
        "1,200,000円",
        "2026年10月31日 18:00-19:30",
        "納期は3/31、文字数は5000字",
        "@", "あっという間に終わります", "IDは後ほど", "星★5", "★★★★★", "1.5倍", "Node.js", "No.12",
        "Midjourneyで", "Android Studio", "CSS Grid layout", "SolidWorksの図面", "Python3.11", "image_01.png", "max.100",
        "単価@1500円", "150000〜200000円", "¥150000", "合計100000文字",
        "Photoshop\n★Illustrator・XD", "WordPress ◎Excel・PowerPoint", "対応時期2024\n☆2.5万円", "Google★4.5", "PC★Node.js",
        "期間 2024.04.01-2024.05.31", "2024-01-01 2024-03-31", "01\n02\n03\n04\n05", "No.01・02・03・04・05",
        "単価0.5・0.8・1.0・1.2・1.5円", "電話番号:〇〇〇-〇〇〇〇-〇〇〇〇", "090-〇〇〇〇-〇〇〇〇",
        "Visual Identityの制作", "ID\nPassword", "Apple ID\nMacBook", "ID managementの記事", "案件ID:ab12345", "管理番号00-12", "IDはこちらで発行",
        "IMG_1234とIMG_1235", "LP_2024", "SNS_50件", "@cosmeの記事", "@media", "@taro さん、確認しました", "@taro 確認しました",
        "ASP.NETの経験", "C#ASP.NETの経験", "Java★Socket.io", "Booking.comの宿", "Amazon.co.jpの商品", "LINE 2024年", "Instagram:reels",
        "ガイドライン v1.2に沿って", "ガイドライン:ver1.0", "オンライン:zoom_meeting", "Deadline:5days", "Skype 1on1", "LINE 1to1で",
    ],
)  # fmt: skip
def test_what_is_no_contact_stays(text):
    assert marked(text) == []


def test_every_contact_of_a_text_is_marked_once():
    text = "taro@example.comか090-0000-0000、https://example.jp/x?y=1へ"
    assert marked(text) == [
        (MAIL, "taro@example.com"),
        (PHONE, "090-0000-0000"),
        (URL, "https://example.jp/x?y=1"),
    ]


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("https://example.com/abcからLINEで連絡ください", (URL, "https://example.com/abc")),
        ("【https://example.com/a】のような記事", (URL, "https://example.com/a")),
        ("www.example.comを見てください", (URL, "www.example.com")),
        ("https://lin.ee/abc←こちら", (HANDLE, "https://lin.ee/abc")),
        ("https://example.com/abc（応募前に）", (URL, "https://example.com/abc")),
        ("ラインID→taro88abc", (HANDLE, "→taro88abc")),
        ("ID検索「taro88abc」", (HANDLE, "検索「taro88abc")),
        ("LINEのID taro_88 まで", (HANDLE, "taro_88")),
        ("ライン→taro88abc", (HANDLE, "→taro88abc")),
        ("LINE：taro88abc です", (HANDLE, "：taro88abc")),
        ("@taro88 まで", (HANDLE, "@taro88")),
        ("LINEは@taro_work 氏名を添えて", (HANDLE, "@taro_work")),
        ("booking.com-apply.example.com", (URL, "booking.com-apply.example.com")),
        ("詳しくは…example.com", (URL, "example.com")),
        ("amazon.co.jp/dp/1", (URL, "amazon.co.jp/dp/1")),
        ("TEL.090-0000-0000", (PHONE, "090-0000-0000")),
        ("携帯/090-0000-0000", (PHONE, "090-0000-0000")),
        ("1.090-0000-0000", (PHONE, "090-0000-0000")),
        ("@taro88 に送って", (HANDLE, "@taro88")),
    ],
)
def test_a_contact_ends_where_japanese_goes_on(text, contact):
    assert marked(text) == [contact]


@pytest.mark.parametrize(
    ("text", "disguised"),
    [
        ("taro@example.com", False),
        ("090-0000-0000", False),
        ("https://example.com/一覧", False),
        ("https://example.com/L1NE", False),
        ("taroあっとexample.com", True),
        ("taro★example.com", True),
        ("taro@example・com", True),
        ("〇九〇-〇〇〇〇-〇〇〇〇", True),
        ("090\u200b0000\u200b0000", True),
    ],
)
def test_a_contact_spelled_around_a_filter_is_called_disguised(text, disguised):
    made = mark_contacts(normalize(text))
    assert [made.text[a:b] for a, b in made.disguised] == [c for c in made.text if c in KINDS and disguised]


@given(st.lists(st.sampled_from([*"a@.-_0９〇 ・★/。x円", "example", "com", "id", "https://", "あっと", "000", "\u200b"]),
                max_size=14).map("".join))  # fmt: skip
def test_the_way_back_is_a_valid_slice(text):
    made = mark_contacts(normalize(text))
    for k in range(len(made.text)):
        start, end = made.original_span(k, k + 1)
        assert 0 <= start < end <= len(text)


def test_a_mark_in_the_original_text_is_no_contact():
    assert marked(f"{MAIL}へ{PHONE}") == []

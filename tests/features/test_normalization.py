"""Text around a word filter: what becomes readable, what must stay, and the way back for any string."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from features.lexicon import WORDS, Spelled
from features.normalization import Normalized, normalize, normalize_many, rewrite

# Pieces from which disguises are made: hypothesis puts them side by side in every way.
PIECES = [
    "LINE", "ライン", "ラ", "イ", "ン", "ー", "一", "-", "○", "●", "〇", "×", "*", " ", "　", "・", "/", "\u200b",
    "\u2060", "\ufeff", "\u00ad", "\u3099", "\u309a", "ﾞ", "ﾟ", "゛", "ｶﾞ", "か", "ハ", "㍑", "㈱", "①", "Ⓛ", "ﬁ",
    "ｱ", "Ａ", "é", "e\u0301", "İ", "ß", "口", "コミ", "力", "カカオ", "才", "緑のアプリ", "メ", "ル", "成果", "報", "酬",
    "📦", "👨\u200d👩\u200d👧", "\ufe0f", "\n", "\r\n", "\t", "\x00", "\ud800", "\udfff", "\ue010", "\U000e0041",
    "\U0010ffff", "あ", "。", "1", "l", "I", "@", "´", "¨", "\u0378", "漢\U000e0100", "星", "５", "★",
]  # fmt: skip
ANY = st.one_of(
    st.text(st.characters(), max_size=40),  # surrogates too
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.lists(
        st.sampled_from([c for w in WORDS for c in w]) | st.sampled_from("○● ・\u200b-"), max_size=14
    ).map("".join),
)


@given(ANY)
@example("\u3099abc")
@example("\ud800\x00\U0010ffff")
def test_any_text_maps_back_to_a_valid_slice(text):
    made = normalize(text)
    place = 0
    for k in range(len(made.text)):
        start, end = made.original_span(k, k + 1)
        assert place <= start < end <= len(text)
        place = start
    for start, end in made.disguised:
        assert 0 <= start < end <= len(made.text)
    if made.text:
        start, end = made.original_span(0, len(made.text))
        assert 0 <= start < end <= len(text)


@given(ANY)
@example("ァ-\u200bァ")
def test_normal_text_is_left_as_it_is(text):
    once = normalize(text).text
    assert normalize(once).text == once


@given(st.lists(ANY, max_size=6))
@example(["カ", "\u3099ナ"])
@example(["ラ", "イン", ""])
@example(["a\u200b", "b"])
@example(["ラ-", "-ラ"])
def test_many_at_once_are_the_same_as_one_by_one(texts):
    for text, made in zip(texts, normalize_many(texts), strict=True):
        alone = normalize(text)
        assert (made.text, made.disguised) == (alone.text, alone.disguised)
        spans = [made.original_span(k, k + 1) for k in range(len(made.text))]
        assert spans == [alone.original_span(k, k + 1) for k in range(len(alone.text))]


@given(ANY)
def test_no_control_private_or_zero_width_character_is_left(text):
    assert not set(normalize(text).text) & {
        *map(chr, range(10)),
        *map(chr, range(11, 32)),
        "\ue010",
        "\u200b",
    }


def test_no_text():
    assert normalize_many([]) == []
    assert normalize("").text == ""


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        # one character for another, the same length or not
        ("ＬＩＮＥ", "LINE"),
        ("ﾗｲﾝ", "ライン"),
        ("ﾒｰﾙ", "メール"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("か\u3099いと\u3099", "がいど"),
        ("㍑", "リットル"),
        ("🅻🅸🅽🅴と🅛🅘🅝🅔", "LINEとLINE"),
        ("ラ🇯🇵インと🇯🇵国旗", "LINEと🇯🇵国旗"),
        ("㈱", "(株)"),
        ("①②", "12"),
        ("ﬁ", "fi"),
        # masks
        ("ラ○ン", "LINE"),
        ("ラ〇ン", "LINE"),
        ("L●NE", "LINE"),
        ("LI*E", "LINE"),
        ("テレグ○ム", "テレグラム"),
        ("手×料", "手数料"),
        ("成果○酬", "成果報酬"),
        ("ステルスマーケ○ィング", "ステルスマーケティング"),
        # something between the letters
        ("l i n e", "LINE"),
        ("L.I.N.E", "LINE"),
        ("L/I/N/E", "LINE"),
        ("Ｌ　Ｉ　Ｎ　Ｅ", "LINE"),
        ("ラ イ ン", "LINE"),
        ("手 渡 し", "手渡し"),
        ("成・果・報・酬", "成果報酬"),
        ("L📦INE", "LINE"),
        ("口★座", "口座"),
        ("L\u200bI\u200bN\u200bE", "LINE"),
        ("直\ufeff接\u2060取引", "直接取引"),
        ("L\u200b\u200b\u200b\u200b\u200bINE", "LINE"),
        ("LI NE", "LINE"),
        # look-alikes
        ("メ一ル", "メール"),
        ("カカ才", "カカオトーク"),
        ("アカウソト", "アカウント"),
        ("LIИE", "LINE"),
        ("ＬＩＮΕ", "LINE"),
        ("Gmаil", "Gmail"),  # Cyrillic а
        ("LINΕ", "LINE"),  # Greek Ε
        ("LIΝE", "LINE"),  # Greek Ν
        ("РayPay", "PayPay"),  # Cyrillic Р
        ("アカウ○ト", "アカウント"),
        ("lnstagram", "Instagram"),
        ("TeIegram", "Telegram"),
        ("1nstagram", "Instagram"),
        ("登.録.者三百", "登録者三百"),
        # other spellings and nicknames
        ("らいん", "LINE"),
        ("めーる", "メール"),
        ("緑のアプリ", "LINE"),
        ("えるあいえぬいー", "LINE"),
        ("青い鳥のアプリ", "Twitter"),
        # kanji in kana
        ("ふくぎょう", "副業"),
        ("コウザ", "口座"),
        ("こう座", "口座"),
        ("ぎん行口座", "銀行口座"),
        ("て数りょう", "手数料"),
        ("仮バライ", "仮払い"),
        ("かい員", "会員"),
        ("えむえるえむ", "MLM"),
        ("ろぐいん", "ログイン"),
        ("登ろく", "登録"),
        ("ケイヤク", "契約"),
        ("ギ造", "偽造"),
        ("ム料", "無料"),
        # kana with its letters apart
        ("こ/う/こ/く", "広告"),
        ("け・い・や・く", "契約"),
        ("れ.び.ゅ.ー", "レビュー"),
    ],
)
@pytest.mark.parametrize("around", ["{}", "続きは{}でお願いします。", "「{}」\n"])
def test_a_disguise_becomes_the_plain_word(written, plain, around):
    made = normalize(around.format(written))
    assert made.text == around.format(plain)
    place = around.index("{")
    start, end = made.original_span(place, place + len(plain))
    assert (start, end) == (place, place + len(written))


HONEST = [
    "○○様",
    "○○株式会社の△△様",
    "株式会社○○ ×× 様",
    "オンライン",
    "オンラインサロン",
    "ガイドライン",
    "ラインナップ",
    "ラインソフトとパソコン、マラソン",
    "アウトラインとデッドライン",
    "募 集 要 項",
    "お 知 ら せ",
    "○×クイズ",
    "◎:可、○:要相談、×:不可",
    "工場と力仕事、三口コンロ",
    "千円札を二枚、一枚",
    "口コミの評価、★5",
    "A○B型、○月○日",
    "■報酬 1件3,000円",
    "・資料作成\n・電話対応",
    "メール・電話・チャット",
    "LINE/メール/電話",
    "3/14-15、10:00-12:00",
    "https://example.com/a-b_c?d=1",
    "C++とC#、Node.js",
    "ロゴとエコバッグ",
    "正直に言うとつらいんです。",
    "このカレーはからいんですか",
    "ちゃちゃっと終わります",
    "さくら市のさくら保育園",
    "ハニカミ王子と八ヶ岳",
    "口ざわりのよい、こう座標を取る",
    "こうざん植物がかかりそう金額は別です",
    "始まるちょうど1時間前、決まるちょっと前",
    "開通ちょうど10周年でしょうかいつでも",
    "甘いものがむしょうに食べたくなる",
    "時代こうした仕事が増え、散歩あいにくの雨",
    "ご依頼を受けこの度、見積もりを出しこまめに連絡",
    "母にこう告げられた、飲み代ひつよう、荷物をうけ子どもと分ける",
    "カエダマ1玉、ねずみ×うさぎのイラスト、ねずみ※写真参照",
    "・かいいんしょう(こども用)",
    "けいやく書のよみかた、とうろくのしかた",
    "本を読む料金、読む料理の本、はじめての試し作",
    "刺しゅう入りのポーチ、愛着を生む報酬",
    "こう こく とくてん の あんない",
    "ごみをすてます",
    "■バイト経験者歓迎",
    "○○コードを入力し、○○証明書を見る",
    "重さは○○グラム",
    "チャンネル○○の編集、LINE友だち〇〇人、カード○○枚",
    "マルチ○○対応、SLA○○%、レビュ○○",
    "〇〇ビューを作成、○○ポートのデータ入力",
    "テロコミュニケーション、ロコミーティング",
    "会社紹介・料金表・アクセス",
    "自社サイト・外部モールの商品登録",
    "電話番号認証 → コードを入力",
    "成果・報酬の管理",
    "line artを描く",
    "iine、いいね",
]


@pytest.mark.parametrize("text", HONEST)
def test_honest_text_stays(text):
    made = normalize(text)
    assert (made.text, made.disguised) == (text, ())


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("連絡はラ○ンで", [(3, 7)]),
        ("連絡はLINEで", []),
        ("ＬＩＮＥとﾒｰﾙ", []),  # another width hides nothing
        ("L\u200bINE", [(0, 2)]),
        ("L\u200b\u200b\u200b\u200bINE", [(0, 2)]),
        ("報　酬　5,000円", []),  # a heading set wide hides nothing either
        ("1.報 酬 5,000円", []),
        ("お支払いは手 渡 しで", [(5, 8)]),
        ("直 接 取 引でお願いします", [(0, 4)]),  # what a sentence goes on with is no heading
        ("直接 取引でお願いします", []),
        ("ロコミを書く", [(0, 3)]),
        ("l i n eかテレグ○ム", [(0, 4), (5, 10)]),
        ("む料のご案内", [(0, 2)]),
        ("け い や くの前に", [(0, 2)]),
    ],
)
def test_what_was_disguised_is_marked(text, spans):
    assert list(normalize(text).disguised) == spans


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("続きはLineで", "続きはLINEで"),
        ("zoomで話す", "Zoomで話す"),
        ("CHATWORKへ", "Chatworkへ"),
        ("Onlineで", "Onlineで"),
        ("直接 取引でお願いします", "直接取引でお願いします"),
        ("権利　収入の話", "権利収入の話"),
    ],
)
def test_small_and_capital_letters_and_a_blank_between_words_hide_nothing(written, plain):
    made = normalize(written)
    assert (made.text, made.disguised) == (plain, ())


@given(st.text("abcdef", min_size=1, max_size=12), st.data())
def test_rewrite_maps_each_word_to_what_stood_there(text, data):
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=4)))
    found = [Spelled(a, b, "XY", True) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    made = rewrite(Normalized(text), found)
    for (start, end), (a, b, word, _) in zip(made.disguised, found, strict=True):
        assert made.text[start:end] == word
        assert made.original_span(start, end) == (a, b)
    kept = [k for k, c in enumerate(made.text) if c not in "XY"]
    assert all(text[slice(*made.original_span(k, k + 1))] == made.text[k] for k in kept)
    assert len(kept) == len(text) - sum(f.end - f.start for f in found)

"""What is said, and whether it is meant or denied: sentences that a reader checks by eye."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.reading import read_texts
from features.signals import NAMES, SIGNALS, find_signals
from features.tokens import Morphemes

PRESENT, DENIED, ABSENT = "present", "denied", "absent"


def found_in(text):
    morphemes = Morphemes()
    readings = read_texts([text], morphemes)
    return readings[0], find_signals(readings, morphemes)[0]


def state(text, signal):
    denied = [f.denied for f in found_in(text)[1] if f.signal == signal]
    return ABSENT if not denied else DENIED if all(denied) else PRESENT


CASES = [
    # pay per character
    ("文字単価0.5円です。", "low_pay_per_character", PRESENT),
    ("1文字0.333円で計算します。", "low_pay_per_character", PRESENT),
    ("文字単価0.50円です。", "low_pay_per_character", PRESENT),
    ("文字単価0.55円です。", "low_pay_per_character", ABSENT),
    ("文字単価1円、誤字は0.3%以内。", "low_pay_per_character", ABSENT),
    # contacts
    ("メールは taro@example.com です。", "contact_details", PRESENT),
    ("お電話は090-0000-0000へどうぞ。", "contact_details", PRESENT),
    ("電話の応対をお願いします。", "contact_details", ABSENT),
    ("詳しくは https://example.com をご覧ください。", "outside_link", PRESENT),
    ("続きはLINEでやり取りしましょう。", "conversation_moved", PRESENT),
    ("続きはラ○ンでやり取りしましょう。", "conversation_moved", PRESENT),
    ("LINEでのやり取りはしません。", "conversation_moved", DENIED),
    ("LINEでのやり取りは禁止です。", "conversation_moved", DENIED),
    ("LINEでやり取りしませんか。", "conversation_moved", PRESENT),
    ("LINEでお話しできませんでしょうか。", "conversation_moved", PRESENT),
    ("メールアドレスを教えてください。", "contact_asked", PRESENT),
    ("メールアドレスは教えないでください。", "contact_asked", DENIED),
    ("連絡先を教えていただけませんか。", "contact_asked", PRESENT),
    # payment
    ("直接取引でお願いします。", "payment_outside", PRESENT),
    ("直接取引はいたしません。", "payment_outside", DENIED),
    ("直接取引は禁止されています。", "payment_outside", DENIED),
    ("直接取引しませんか。", "payment_outside", PRESENT),
    ("手数料がもったいないので外で払います。", "fee_avoided", PRESENT),
    ("次回からは直接ご連絡します。", "next_order_outside", PRESENT),
    ("振込先の口座番号を教えてください。", "bank_details", PRESENT),
    # pay
    ("報酬は成果報酬です。", "result_pay", PRESENT),
    ("成果報酬ではありません。", "result_pay", DENIED),
    ("成果報酬ではなく固定です。", "result_pay", DENIED),
    ("売上の30%をお渡しします。", "share_pay", PRESENT),
    ("採用されなかった場合、お支払いはありません。", "pay_may_be_zero", PRESENT),
    ("お礼は商品券でお渡しします。", "goods_pay", PRESENT),
    ("固定報酬で5,000円です。", "fixed_pay", PRESENT),
    ("1件300円です。", "fixed_pay", PRESENT),
    ("固定報酬とは別にボーナスがあります。", "bonus_on_top", PRESENT),
    ("結果にかかわらず全額お支払いします。", "pay_guaranteed", PRESENT),
    # unpaid work
    ("応募の際にサンプルを作成してください。", "trial_asked", PRESENT),
    ("サンプルの提出は不要です。", "trial_asked", DENIED),
    ("テストは無償で提出をお願いします。", "unpaid_said", PRESENT),
    ("トライアルには500円をお支払いします。", "trial_paid", PRESENT),
    ("トライアルは無報酬で、500円分の作業です。", "trial_paid", ABSENT),
    ("過去の実績を見せてください。", "existing_work", PRESENT),
    # promotion and reviews
    ("PRとは書かずに投稿してください。", "promotion_hidden", PRESENT),
    ("広告と分からないように書いてください。", "promotion_hidden", PRESENT),
    ("お客様になりきって書いてください。", "posing_as_customer", PRESENT),
    ("冒頭に必ずPRと明記してください。", "pr_marked", PRESENT),
    ("PRの表記は入れずに書いてください。", "pr_marked", ABSENT),
    ("星5で投稿してください。", "stars_given", PRESENT),
    ("星5の投稿は求めません。", "stars_given", DENIED),
    ("良い点も悪い点も率直な感想をお書きください。", "honest_opinion", PRESENT),
    ("口コミを分類して集計してください。", "reviews_read_only", PRESENT),
    # accounts
    ("アカウントを貸してください。", "account_traded", PRESENT),
    ("アカウントの売買はいたしません。", "account_traded", DENIED),
    ("届いた認証コードを教えてください。", "verification_code", PRESENT),
    ("フォロワーを増やしてください。", "reach_bought", PRESENT),
    ("公式APIを使います。", "official_means", PRESENT),
    # recruiting and other harm
    ("友人を紹介すると紹介料が入ります。", "recruits_of_recruits", PRESENT),
    ("誰でも簡単に月30万円稼げます。", "easy_money", PRESENT),
    ("動画を見てから登録してください。", "lure_to_form", PRESENT),
    ("初めに教材を購入していただきます。", "purchase_demanded", PRESENT),
    ("教材の購入は必要ありません。", "purchase_demanded", DENIED),
    ("運転免許証の写真を送ってください。", "identity_papers", PRESENT),
    ("免許証の写真は送らないでください。", "identity_papers", DENIED),
    ("口座を貸していただける方。", "name_lent", PRESENT),
    ("卒論の代筆をお願いします。", "ghost_writing", PRESENT),
    ("領収書の日付を書き換えてください。", "forged_papers", PRESENT),
    # what permits
    ("LINE公式アカウントの構築です。", "channel_as_work", PRESENT),
    ("チラシに店の電話番号を載せます。", "contact_as_material", PRESENT),
    ("外部でのやり取りはお断りします。", "declined", PRESENT),
    ("詐欺の手口についての記事です。", "subject_of_work", PRESENT),
    ("レポートの添削をお願いします。", "teaching", PRESENT),
    ("機材は貸与します。", "no_cost_to_worker", PRESENT),
    # a denial elsewhere
    ("問題ないのでLINEでやり取りしましょう。", "conversation_moved", PRESENT),
    ("電話はできないが、LINEでやり取りできます。", "conversation_moved", PRESENT),
    ("こちらではやり取りできません。LINEで話しましょう。", "conversation_moved", PRESENT),
]


@pytest.mark.parametrize(("text", "signal", "expected"), CASES)
def test_signal(text, signal, expected):
    assert state(text, signal) == expected


def test_every_case_names_a_signal():
    assert {signal for _, signal, _ in CASES} <= set(NAMES)


def test_every_signal_has_a_name_of_its_own_and_a_meaning():
    assert len({s.name for s in SIGNALS}) == len(SIGNALS)
    assert all(s.meaning for s in SIGNALS)


TEXTS = st.lists(
    st.sampled_from(
        [
            *"。！\n、 a1",
            "LINEで",
            "やり取り",
            "しません",
            "成果報酬",
            "taro@example.com",
            "サンプルを提出",
            "ラ○ン",
        ]
    ),
    max_size=14,
).map("".join)


@given(TEXTS)
def test_spans_are_slices_of_the_text_within_one_sentence(text):
    reading, found = found_in(text)
    for f in found:
        assert 0 <= f.start < f.end <= len(reading.text)
        assert sum(a <= f.start and f.end <= b for a, b in reading.sentences) == 1
        assert f.signal in NAMES


@given(st.text("あ。！？\n a", max_size=20))
def test_sentences_leave_no_gap(text):
    (reading,) = read_texts([text], Morphemes())
    spans, text = reading.sentences, reading.text
    assert "".join(text[a:b] for a, b in spans) == text
    assert all(a < b for a, b in spans)
    assert all(b == c for (_, b), (c, _) in itertools.pairwise(spans))


def test_a_rule_speaks_once_a_sentence_and_texts_are_kept_apart():
    morphemes = Morphemes()
    texts = ["", "LINEで話しましょう、LINEで話しましょう。LINEで話しましょう。", "猫"]
    none, twice, cat = find_signals(read_texts(texts, morphemes), morphemes)
    assert (none, cat) == ([], [])
    assert [f.start for f in twice if f.signal == "conversation_moved"] == [0, 24]


def test_a_long_text_is_read_to_its_end():
    text = "資料の整理です。" * 500 + "続きはLINEでやり取りしましょう。"
    (found,) = [f for f in found_in(text)[1] if f.signal == "conversation_moved"]
    assert found.start >= 8 * 500

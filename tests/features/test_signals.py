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
    # unlawful matters: asked for, forbidden, or only named
    ("アダルトサイトの紹介文を書いてください。", "adult_content", PRESENT),
    ("アダルトサイトの記事は書きません。", "adult_content", DENIED),
    ("官能小説の執筆をお願いします。", "adult_content", PRESENT),
    ("アダルト動画の編集者を募集、顔出しNGで大丈夫です。", "adult_content", PRESENT),
    ("MARKETING会社のアダルト動画の編集です。", "adult_content", PRESENT),
    ("経験のない方でもアダルト動画の編集ができます。", "adult_content", PRESENT),
    ("アダルト系のジャンルではありませんので、安心して記事を書けます。", "adult_content", ABSENT),
    ("アダルト動画の編集はNGです。", "adult_content", ABSENT),
    ("イエローのバナー作成をお願いします。", "adult_content", ABSENT),
    ("カップヌードルの記事を書いてください。", "adult_content", ABSENT),
    ("官能評価の結果をまとめた資料を作成します。", "adult_content", ABSENT),
    ("外国人を見下すコメントを投稿してください。", "hate_speech", PRESENT),
    ("外国籍の方は採用しません。", "hate_speech", PRESENT),
    ("競合との差別化を記事に書いてください。", "hate_speech", ABSENT),
    ("街を見下ろす動画を外国人向けに編集します。", "hate_speech", ABSENT),
    ("元上司の悪口を掲示板に書いてください。", "person_harmed", PRESENT),
    ("元カノの住所を特定してください。", "person_harmed", PRESENT),
    ("元カノの住所を特定してください、通報されない方法で。", "person_harmed", PRESENT),
    ("妻の車に監視アプリを入れてください。", "person_harmed", PRESENT),
    ("他人の悪口を書くことは禁止です。", "person_harmed", ABSENT),
    ("会社名・住所・電話番号を調べてエクセルに入力します。", "person_harmed", ABSENT),
    ("オンデマンド配信の動画にコメントを投稿します。", "person_harmed", ABSENT),
    ("SNSの炎上対策について記事を書いてください。", "person_harmed", ABSENT),
    ("他サイトの記事を丸ごとコピペして納品してください。", "rights_infringed", PRESENT),
    ("SEO対策のため競合サイトの記事を丸ごとコピペしてください。", "rights_infringed", PRESENT),
    ("コピペチェックをすり抜ける文にしてください。", "rights_infringed", PRESENT),
    ("透かしを消した写真を納品してください。", "rights_infringed", PRESENT),
    ("スーパーコピーを出品してください。", "rights_infringed", PRESENT),
    ("漫画を無断でアップロードしてください。", "rights_infringed", PRESENT),
    ("他サイトの無断転載は禁止です。", "rights_infringed", ABSENT),
    ("語尾を「です・ます」に書き換えてください。", "rights_infringed", ABSENT),
    ("競合商品の価格を表にコピーします。", "rights_infringed", ABSENT),
    ("SNSのアカウントを乗っ取ってください。", "systems_misused", PRESENT),
    ("競合のパソコンにウイルスを仕込んでください。", "systems_misused", PRESENT),
    ("彼氏のスマホのロックを解除して中を見てください。", "systems_misused", PRESENT),
    ("ウイルス対策ソフトを入れたパソコンでお願いします。", "systems_misused", ABSENT),
    ("迷惑メールフォルダのご確認をお願いします。", "systems_misused", ABSENT),
    ("実在しない専門家の推薦文を書いてください。", "false_claims", PRESENT),
    ("がんが治ると書いてください。", "false_claims", PRESENT),
    ("データが存在しない場合は空欄で作成します。", "false_claims", ABSENT),
    ("架空のお店のロゴを作成します。", "false_claims", ABSENT),
    ("もうそろそろお客様の声を載せます。", "false_claims", ABSENT),
    ("オンラインカジノへ誘導する記事です。", "unlawful_trade", PRESENT),
    ("処方薬を譲ってください。", "unlawful_trade", PRESENT),
    ("無資格でも構いませんので診断してください。", "unlawful_trade", PRESENT),
    ("オンラインカジノの違法性を紹介した記事です。", "unlawful_trade", ABSENT),
    ("未承認のコメントを承認する作業です。", "unlawful_trade", ABSENT),
    # what permits
    ("LINE公式アカウントの構築です。", "channel_as_work", PRESENT),
    ("チラシに店の電話番号を載せます。", "contact_as_material", PRESENT),
    ("外部でのやり取りはお断りします。", "declined", PRESENT),
    ("詐欺の手口についての記事です。", "subject_of_work", PRESENT),
    ("レポートの添削をお願いします。", "teaching", PRESENT),
    ("機材は貸与します。", "no_cost_to_worker", PRESENT),
    # a word is not near itself
    ("SEO対策を意識した記事です。", "blocks_evaded", ABSENT),
    ("SEO対策とMEO対策の記事です。", "blocks_evaded", ABSENT),
    ("VIP会員限定の対策", "blocks_evaded", ABSENT),
    ("IPアドレスを分散して凍結を回避します。", "blocks_evaded", PRESENT),
    ("IPを切り替えながら登録します。", "blocks_evaded", PRESENT),
    ("アクセス制限をすり抜けてください。", "blocks_evaded", PRESENT),
    ("無断転載は禁止です。", "kept_on_platform", ABSENT),
    ("直接取引は禁止です。", "kept_on_platform", PRESENT),
    ("ご連絡はすべてサイト内のメッセージでお願いします。", "kept_on_platform", PRESENT),
    ("高評価をいただいている店です。", "stars_given", ABSENT),
    ("高評価をいただいている店です。", "content_given", ABSENT),
    ("地図の店に高評価をお願いします。", "stars_given", PRESENT),
    ("口コミは高評価でお願いします。", "content_given", PRESENT),
    ("ご自身の名義でスマホを契約してください。", "name_lent", PRESENT),
    ("名義の表記をそろえます。", "name_lent", ABSENT),
    ("レベニューシェアでお願いします。", "share_pay", PRESENT),
    ("納品後に必ずお支払いします。", "pay_guaranteed", PRESENT),
    ("集まった文章は公開しません。", "internal_use", PRESENT),
    ("紹介ボーナスもあります。", "recruits_of_recruits", PRESENT),
    ("3段目の棚に置く小物です。", "recruits_of_recruits", ABSENT),
    ("購入者の声をまとめたページです。", "purchase_demanded", ABSENT),
    # a word stands, and nothing near that makes it the signal
    ("LINEのスタンプが好きです。", "conversation_moved", ABSENT),
    ("LINEではなくこちらでやり取りしましょう。", "conversation_moved", ABSENT),
    ("メールじゃなく、サイトのメッセージで続けましょう。", "conversation_moved", ABSENT),
    ("こちらではなくLINEでやり取りしましょう。", "conversation_moved", PRESENT),
    ("LINEで連絡しないでください。", "conversation_moved", DENIED),
    ("連絡先の一覧を整理します。", "contact_asked", ABSENT),
    ("お支払いは月末です。", "payment_outside", ABSENT),
    ("手数料は5%です。", "fee_avoided", ABSENT),
    ("次回の打ち合わせは金曜です。", "next_order_outside", ABSENT),
    ("口座番号の欄を設けた帳票。", "bank_details", ABSENT),
    ("銀行口座を教えてください。", "bank_details", PRESENT),
    ("銀行口座を教えて。", "bank_details", PRESENT),
    ("銀行口座を教えないでください。", "bank_details", ABSENT),
    ("マルチタスクが得意な方。", "recruits_of_recruits", ABSENT),
    ("マルチチャネルのEC運営。", "recruits_of_recruits", ABSENT),
    ("マルチタスクが得意な方に、マルチ商法の勧誘をお願いします。", "recruits_of_recruits", PRESENT),
    ("マルチに近い仕組みの紹介です。", "recruits_of_recruits", PRESENT),
    ("報酬は月末にお渡しします。", "result_pay", ABSENT),
    ("売上の表を整えます。", "share_pay", ABSENT),
    ("在庫が0円と表示されます。", "pay_may_be_zero", ABSENT),
    ("クーポンの画像を作ります。", "goods_pay", ABSENT),
    ("時給は面談で決めます。", "fixed_pay", ABSENT),
    ("手数料分を上乗せします。", "bonus_on_top", ABSENT),
    ("時給1,200円に歩合を上乗せします。", "bonus_on_top", PRESENT),
    ("保証書を翻訳します。", "pay_guaranteed", ABSENT),
    ("サンプルは青い箱です。", "trial_asked", ABSENT),
    ("選考の課題として原稿を新しく書いてください。", "work_with_application", PRESENT),
    ("ご応募をお待ちしています。", "work_with_application", ABSENT),
    ("無料の素材です。", "unpaid_said", ABSENT),
    ("過去の値動きを調べます。", "existing_work", ABSENT),
    ("広告の写真を撮ります。", "promotion_hidden", ABSENT),
    ("体験していない方もどうぞ。", "posing_as_customer", ABSENT),
    ("高評価を押してください。", "stars_given", PRESENT),
    ("口コミは用意した文面のまま載せてください。", "content_given", PRESENT),
    ("口コミの書き込みを1件300円でお願いします。", "review_writing", PRESENT),
    ("口コミを読み返しました。", "review_writing", ABSENT),
    ("改善点をまとめます。", "honest_opinion", ABSENT),
    ("回答は社内の検討だけに使います。", "internal_use", PRESENT),
    ("毎日の集計です。", "internal_use", ABSENT),
    ("感想が届きました。", "reviews_read_only", ABSENT),
    ("アカウントの設定画面です。", "account_traded", ABSENT),
    ("認証コードの仕組みです。", "verification_code", ABSENT),
    ("フォロワーは主に学生です。", "reach_bought", ABSENT),
    ("ボットで毎日千通のDMを送信してください。", "mass_automation", PRESENT),
    ("自動いいねの仕組みを作ってください。", "mass_automation", PRESENT),
    ("複数アカウントについて伺います。", "mass_automation", ABSENT),
    ("弊社のインスタに載せる写真を選びます。", "own_account", PRESENT),
    ("弊社の倉庫での仕事です。", "own_account", ABSENT),
    ("自社商品をモールに出品する作業です。", "own_listing", PRESENT),
    ("商品登録をお願いします。", "own_listing", PRESENT),
    ("手作りの箱です。", "own_listing", ABSENT),
    ("つながりの3段目まで配当が届きます。", "recruits_of_recruits", PRESENT),
    ("時間的な自由を一緒に手に入れましょう。", "freedom_talk", PRESENT),
    ("会社に縛られたくない方へ。", "freedom_talk", PRESENT),
    ("色は自由です。", "freedom_talk", ABSENT),
    ("題材も構成も自由に、自由な長さで。", "freedom_talk", ABSENT),
    ("簡単な入力作業です。", "easy_money", ABSENT),
    ("別の案件が終わりました。", "lure_to_form", ABSENT),
    ("当店の紹介キャンペーンのチラシを作ります。", "one_level_referral", PRESENT),
    ("紹介制度を廃止しました。", "one_level_referral", ABSENT),
    ("ご購入の確認後に仕事をお回しします。", "purchase_demanded", PRESENT),
    ("身分証を顔の横に持った自撮りを1枚。", "identity_papers", PRESENT),
    ("顔写真の加工です。", "identity_papers", ABSENT),
    ("届いた荷物を中身は見ずに指定の場所へ運んでください。", "shady_errand", PRESENT),
    ("メールの転送を設定します。", "shady_errand", ABSENT),
    ("論文の読み方を学びました。", "ghost_writing", ABSENT),
    ("領収書の保管です。", "forged_papers", ABSENT),
    ("看板を塗ります。", "contact_as_material", ABSENT),
    ("面談はZoomで一度だけです。", "single_interview", PRESENT),
    ("面談の後に決めます。", "single_interview", ABSENT),
    ("ご連絡から検収まで、ここで完結させます。", "kept_on_platform", PRESENT),
    ("先方からLINEで話そうと言われました。", "quoted_or_reported", PRESENT),
    ("自己啓発書です。", "subject_of_work", ABSENT),
    # a denial elsewhere
    ("LINEで連絡してください、電話は不要です。", "conversation_moved", PRESENT),
    ("LINEでお話しください、費用はかかりません。", "conversation_moved", PRESENT),
    ("LINEでやり取りしましょう、費用はかかりません。", "conversation_moved", PRESENT),
    ("口座番号を教えてください、手数料はかかりません。", "bank_details", PRESENT),
    ("メールアドレスを教えてください(電話番号は不要です)。", "contact_asked", PRESENT),
    ("LINEで連絡してください、という誘いはお断りします。", "conversation_moved", DENIED),
    ("LINEで連絡しないでください、電話も禁止です。", "conversation_moved", DENIED),
    ("LINEやメール、電話でのやり取りはいたしません。", "conversation_moved", DENIED),
    ("外部でのやり取り、直接のお支払いはお断りします。", "conversation_moved", DENIED),
    ("外部でのやり取り、直接のお支払いはお断りします。", "payment_outside", DENIED),
    ("誰でも月30万円、ノルマなし。", "easy_money", PRESENT),
    ("未経験から月20万円、経験不要です。", "easy_money", PRESENT),
    ("誰でも月30万円稼げるお仕事ではありません。", "easy_money", DENIED),
    # what was said may itself be a denial
    ("仮払いなしで進めます。", "payment_outside", PRESENT),
    ("サイトを通さずに進めます。", "payment_outside", PRESENT),
    ("サイトを通さずに進めることはできません。", "payment_outside", DENIED),
    ("カードの暗証番号を控えて郵送してください。", "identity_papers", PRESENT),
    ("問題ないのでLINEでやり取りしましょう。", "conversation_moved", PRESENT),
    ("電話はできないが、LINEでやり取りできます。", "conversation_moved", PRESENT),
    ("こちらではやり取りできません。LINEで話しましょう。", "conversation_moved", PRESENT),
]


@pytest.mark.parametrize(("text", "signal", "expected"), CASES)
def test_signal(text, signal, expected):
    assert state(text, signal) == expected


def test_every_signal_with_rules_has_its_cases():
    rows = {(signal, expected) for _, signal, expected in CASES}
    assert {signal for signal, _ in rows} <= set(NAMES)
    assert [s.name for s in SIGNALS if s.rules and (s.name, PRESENT) not in rows] == []
    near = [s.name for s in SIGNALS if any(r.near for r in s.rules)]
    assert [name for name in near if (name, ABSENT) not in rows] == []


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

"""Signals: what is said that can be pointed at. One ordered list; a signal knows no category.

A rule fires where one of its words stands and, where `near` is given, that pattern is found in the same
sentence, not in that word itself; where `unless` is given, only if that one is not found in the sentence.
Whether what was said is meant or denied is read from the morphemes after it, up to the end of its clause.
Which signals speak for a violation and which permit it is the policy's business.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation

from features.contacts import HANDLE, MAIL, NUMBER, PHONE, URL
from features.reading import Readings
from features.tokens import Morphemes


@dataclass(frozen=True)
class Rule:
    """Words (divided by blanks) of which one must stand, and patterns for the sentence that it stands in.

    `near` must be found beside the word, `unless` nowhere in the sentence. Where the words are a denial
    themselves (`denies`), none is looked for after them.
    """

    words: str
    near: str | None = None
    unless: str | None = None
    denies: bool = False


@dataclass(frozen=True)
class Signal:
    """Something said: a name, what it means, and the rules that find it in a text.

    A signal without rules is read from the document's context (`features/context.py`) or from how it is spelled
    (`features/normalization.py`). `denies` holds for all rules, `unless` for those that have none of their own.
    """

    name: str
    meaning: str
    rules: tuple[Rule, ...] = ()
    unless: str | None = None
    denies: bool = False


class Found(NamedTuple):
    """A signal found in a normalized text at `start:end`; `denied` where the clause negates it."""

    signal: str
    start: int
    end: int
    denied: bool = False


_CHANNELS = (
    "LINE ライン カカオ テレグラム Telegram シグナル Signal WhatsApp Discord ディスコード Skype スカイプ "
    "Zoom Chatwork チャットワーク Slack インスタ Instagram Twitter メール Gmail 電話 SMS DM FaceTime "
    "メッセンジャー 外部チャット チャットアプリ トークアプリ ショートメッセージ オープンチャット 携帯"
)
_TALK = (
    r"(?:で|にて|から|へ|に|の方|のほう|を)(?!関する|ついて)"
    # Not into the next clause, nor over a denial.
    r"(?:[^。、()]|(?<!ます)(?<!しょう)(?<!ください)(?<!下さい)[、()]){0,14}"
    r"(?:やり取り|やりとり|やり取|連絡|話|相談|説明|案内|打ち合わせ|登録|追加|交換|送っ|お送り|教え|移|続|お伝え|繋|つなが|進め|"
    r"(?<!ないで)(?<!ないよう)(?<!ないように)(?:ください|下さい|いただけ|もらえ|頂け|お願い)|送信|届)"
)
_REVIEWS = "口コミ クチコミ くちこみ レビュー 感想 評価 体験談 お客様の声 愛用者 コメント 投稿 書き込み"
_TRIALS = (
    "サンプル トライアル テスト 試作 お試し 試し 課題 下書き たたき台 ラフ案 ラフ 試訳 腕試し デモ 見本 "
    "素案 草案 試験的 構成案 提案書 案を 一案 1案 一本 1本 冒頭 一部分 一節"
)
_MUCH_MONEY = r"月\d+万|日給|万円|稼|収入|即金|高収入|高額|\d+万|儲"
# Words of a lure that are denials, and deny nothing of it.
_NOTHING_NEEDED = "ノルマなし ノルマ無し ノルマはなし 作業なし 何もしなく 経験不要 経験は不要"
# What stands in a sentence on unlawful matters that asks for none of them: a ban, a warning, a repair, a story.
_HONEST = (
    r"(?<!経験)(?<!知識)(?<!抵抗)(?:の|が|は|も|では|ことは)(?:ない|なく|なし|無い|無し)|ありません|ございません|除[いきく]|しないよう|ではなく"
    r"|防止|(?<!SEO)対策|防[ぐぎ]|禁止|厳禁|不可|(?<!出し)(?<![A-Za-z])NG(?![A-Za-z])|お断り|ご遠慮|控え|(?:通報|削除)(?!され(?:ない|ず))"
    r"|報告|復旧|注意|啓発|被害|違法性|見分け|乱用|相談|正規|ダミー|(?<!官能)小説の|物語"
)

SIGNALS: tuple[Signal, ...] = (
    # Contacts
    Signal("contact_details", "a mail address, phone number, chat id or account handle",
           (Rule(f"{MAIL} {PHONE} {HANDLE}"), Rule("友だち追加 友達追加"),
            Rule("QRコード QR 招待リンク", near=r"LINE|読み取|追加|登録|送|貼"))),
    Signal("outside_link", "a link to another site", (Rule(URL),)),
    Signal("conversation_moved", "the talk is to go on outside the platform",
           (Rule(_CHANNELS, near=_TALK, unless=r"(?:では|じゃ)な[くい]て?、?(?:ここ|こちら|[当本]?サイト|メッセージ)"),
            Rule("個別 外部 別の場所 サイトの外 サイト外 他のツール 別のアプリ 場所を移",
                 near=r"連絡|やり取り|やりとり|話|相談|移|チャット"))),
    Signal("contact_asked", "contact details are asked for",
           (Rule("連絡先 電話番号 携帯番号 メールアドレス メアド アドレス LINEのID LINE@ ID QRコード アカウント名",
                 near=r"教え|交換|記入|記載|ご明記|明記|入力|書い|お書き|送っ|お送り|いただ|ください|添え|知ら|伺"),
            Rule("直接連絡 直接ご連絡 直接お電話 直接メール じかに 個人的に"))),
    # Payment
    Signal("payment_outside", "payment is to go past the platform",
           (Rule("直接取引 直接契約 直接のお取引 直契約 直取引 直接お支払 直接支払 直接振込 直接お振込 手渡し 現金払い "
                 "PayPay 銀行振込 口座振込 現金で 個人間 直接のご契約 直のお取引 じか払い 送金アプリ"),
            Rule("振込 振り込 お振込 送金 支払 お支払 精算 清算 入金",
                 near=r"直接|個別|口座へ|口座に|サイトを(?:通さ|介さ)(?:ない|ず)|外で|現金|PayPay|手渡|別途|銀行|じかに|こちらから"),
            Rule("サイトを通さず サイトを通さない サイトを介さず サイトを介さない 仮払いを使わず 仮払いを使わない 仮払いなし "
                 "仮払い無し 仮払いはせず 仮払いはしない 仮払いせず 仮払いを省 プラットフォームを通さず "
                 "プラットフォームを通さない ここを通さず ここを通さない こちらを通さず こちらを通さない サイト抜き 中抜き "
                 "システムを使わず システムを使わない"))),
    Signal("fee_avoided", "the platform's fee is to be saved",
           (Rule("手数料 システム利用料 利用料 仲介料 仲介手数料 中間マージン マージン",
                 near=r"引かれ|かから|節約|浮|もったいな|なし|無し|ゼロ|0円|差し引|省|お得|上乗せ|還元|惜し|取られ|抜か|"
                      r"高い|カット|減|もったい"),), denies=True),
    Signal("next_order_outside", "later orders are to go past the platform",
           (Rule("次回 次から 2回目 二回目 今後 以降 継続 慣れてき 二件目 2件目 次のご依頼 来月から",
                 near=r"直接|外で|個別|じかに|サイトを通さ(?:ない|ず)|口座|請求書|会社と|弊社の窓口|サイト外|直契約|別の形"),)),
    Signal("bank_details", "bank details are asked for or given",
           (Rule("口座番号 口座情報 振込先 お振込先 口座をお 口座名義 支店名 支店番号 銀行名 口座をご",
                 near=r"教え|記入|記載|明記|知らせ|送っ|お送り|ください|いただ|添え|伝え|下記|です|：|:"),
            Rule("口座を教えて 口座を送って 口座を知らせて"), Rule(NUMBER, near=r"口座|普通|支店|銀行"))),
    # Pay
    Signal("result_pay", "pay depends on a result",
           (Rule("成果報酬 成功報酬 完全出来高 完全歩合 歩合 フルコミ 成約報酬 成果型 成果に応じ 成果次第 結果次第 "
                 "実績に応じ 成績に応じ 売れた分 売れたら 売れた場合 契約が取れ 成約1件 成約した 成約につき 採用された場合 "
                 "採用時のみ 採用となった場合 承認された分 採用になった 入賞 合格した分"),
            Rule("報酬 お支払 支払 謝礼 お礼 ギャラ 原稿料",
                 near=r"成約|成果|採用され|採用とな|掲載され|売れ|売上が|黒字|利益が出|反響|達成|合格した|入金され|"
                      r"決まっ(?:た|て)|通っ(?:た|て)|つい(?:た|て)から"))),
    Signal("share_pay", "pay is a share of takings",
           (Rule("印税 売上の 売り上げの 利益の 収益の 粗利の 売上から 収益から 売上高の 純利益",
                 near=r"%|パーセント|割|分配|シェア|お渡し|還元|折半|山分け|お支払|報酬|半分"),
            Rule("レベニューシェア 折半 山分け 分配 収益分配 収益シェア 歩率 ロイヤリティ ロイヤルティ"))),
    Signal("pay_may_be_zero", "there may be no pay at all",
           (Rule("0円 ゼロ 無報酬 支払いはあり 報酬はあり 報酬は発生",
                 near=r"場合|なければ|無ければ|とき|時は|以外|ときは|のみ|ません"),
            Rule("お支払いできません"),
            Rule("不採用 採用されなかった 未達 届かない 達しない 満たない 却下",
                 near=r"お支払|報酬|支払|無し|なし|0円|ありません|いたしません")), denies=True),
    Signal("goods_pay", "pay comes in goods, points or exposure",
           (Rule("商品提供 現物支給 現物 お食事券 食事券 クーポン ギフト券 ギフトカード 割引券 商品券 ポイント "
                 "施術無料 宿泊券 お米 作品掲載 クレジット表記 名前の掲載 宣伝になり 実績にな 実績として 露出 野菜",
                 near=r"報酬|お礼|謝礼|代わり|かわり|代えさせ|換え|お渡し|進呈|差し上げ|お支払|のみ|プレゼント|還元"),)),
    Signal("fixed_pay", "pay is fixed, by the hour, by the piece or by the character",
           (Rule("固定 固定報酬 時給 1件 一件 1本 一本 1記事 文字単価 1文字 単価 1枚 一式 月額 日給 一律 定額",
                 near=r"円"),)),
    Signal("bonus_on_top", "a bonus comes on top of guaranteed pay",
           (Rule("ボーナス 上乗せ 加算 別途支給 特別報酬 追加報酬 プラスして インセンティブ 奨励金",
                 near=r"固定|基本|別に|とは別|加え|さらに|保証|上乗せ|必ず|プラス|あくまで|時給|月給|日給"),)),
    Signal("pay_guaranteed", "pay is guaranteed whatever the result",
           (Rule("必ずお支払 必ず支払 全額お支払 確実にお支払"),
            Rule("最低保証 保証 下回る 下限 保障", near=r"円|報酬|支払|金額"),
            Rule("かかわらず 関わらず 関係なく 問わず 左右され 増減 どうであれ いかん",
                 near=r"支払|報酬|金額|円|固定|単価")), denies=True),
    # Unpaid work
    Signal("trial_asked", "a trial or sample is asked for",
           (Rule(_TRIALS, near=r"作成|制作|作っ|お作り|書い|お書き|描い|提出|添付|送っ|お送り|いただ|ください|下さい|"
                               r"お願い|仕上げ|訳し|編集し|見せ|やって|取り組|つけて|付けて|お寄せ|拝見"),)),
    Signal("work_with_application", "new work is wanted with the application or before the order",
           (Rule("応募 ご応募 選考 提案時 ご提案 エントリー 発注前 契約前 採用前 お申し込み 申込 ご連絡の際 応募文 "
                 "面談前 正式な発注 正式発注 本契約 正式契約",
                 near=r"作成|制作|作っ|書いて|描い|仕上げ|添付|下書き|案を|ラフ|新しく|新たに|書き下ろ|訳して|編集して|"
                      r"動画を|原稿を|デザインを|文字程度|字程度|お試し|テスト|サンプル"),)),
    Signal("unpaid_said", "work is said to be without pay",
           (Rule("無償 無料 無報酬 ノーギャラ 報酬なし 報酬は発生 お支払いの対象外 報酬の対象外 対象外 謝礼なし お代は "
                 "ボランティア 報酬はございません 報酬はありません 費用は発生 無給",
                 near=r"作|提出|お願い|テスト|サンプル|試|トライアル|制作|課題|選考|いただ|応募|作業|原稿|デザイン"),), denies=True),
    Signal("trial_paid", "the trial has its own pay",
           (Rule(_TRIALS, near=r"\d円|有償|有料|お支払|支払い|報酬をお|報酬あり|単価|仮払い|同額|同じ金額|同じ単価",
                 unless=r"対象外|無償|無報酬|お支払いはあり|支払いはあり|お支払いはで|報酬はあり|発生しま"),)),
    Signal("existing_work", "existing work is asked for",
           (Rule("ポートフォリオ 過去の 実績 これまでの 制作例 作例 既存 以前の 手がけた 公開済み 掲載済み 納品済み",
                 near=r"見せ|拝見|URL|添付|ください|提示|共有|教え|送っ|いただ|記載|拝読|リンク|お送り|貼"),)),
    # PR and reviews
    Signal("promotion_hidden", "that it is promotion is to be hidden",
           (Rule("PR 広告 宣伝 案件 依頼 タイアップ 提供 ステマ 頼まれ 関係者 業者 スポンサー やらせ 企業名 ハッシュタグ",
                 near=r"(?:なし|無し|不要|つけず|付けず|入れず|書かず|出さず|伏せ|隠|分からない|わからない|悟られ|気づかれ|"
                      r"気付かれ|バレ|ばれ|明かさ|触れず|触れない|言わない|言わず|内緒|秘密|感じさせ|感じられない|らしさ|"
                      r"置かず|外し|書かない|出さない|ぼか|匂わせ|におわせ|入れない|付けない|つけない|載せない)"),), denies=True),
    Signal("posing_as_customer", "someone is to pose as a customer or a neutral person",
           (Rule("なりきっ なりすま のふり 装っ 装い 利用者として 愛用者として 購入者として お客として 客として 一般の方 "
                 "一般人 第三者 さりげな 自然な流れ 自然に たまたま 自演 サクラ 架空 実際に使って 使ったことに 通っている体 "
                 "想像で 使っていなく 使わなく 未使用 行ったことは 体験していな 購入せずに",
                 near=r"書い|投稿|コメント|口コミ|レビュー|感想|体験|紹介|質問|回答|つぶや|ください|文章|声"),), denies=True),
    Signal("content_given", "the content of a review or post is given",
           (Rule(_REVIEWS, near=r"文面|例文|台本|指定|必ず入れ|必ず書|入れてくださ|褒め|ほめ|良い点のみ|良いことだけ|"
                                r"高評価(?:で(?!す)|になる|のみ|をお願い|を[つ付]け|を入れ|を添え|の(?:ひとこと|一言|口コミ|レビュー|投稿|コメント))|肯定|ポジティブ|絶賛|おすすめ|用意した|テンプレ|原稿|コピペ|そのまま|決まって|訴求"),)),
    Signal("stars_given", "the stars or marks of a rating are given",
           (Rule("星5 星4 星1 星五 星を5 星を五 ★5 ☆5 ★★★★★ 星5つ 星五つ 五つ星 5つ星 星1つ 最高評価 満点 高評価 低評価 "
                 "星を 4以上 ★4 ★1 星ひとつ 星四つ",
                 near=r"付け|つけ|投稿|入れ|お願い|評価|レビュー|口コミ|ください|限定|件|押|落と|\d個|[5五4四1つ価点★]で(?!す|し)"),)),
    Signal("review_writing", "reviews are to be written for pay",
           (Rule("口コミ クチコミ レビュー サクラ", near=r"投稿|書いて|書く|書ける|作成|代行|執筆|お願い|増や|募集"),)),
    Signal("pr_marked", "the piece is marked as promotion",
           (Rule("PR #PR 広告 タイアップ プロモーション 提供",
                 near=r"明記|表記|必ず|必須|入れて|つけて|付けて|記載|表示|ハッシュタグ|と分かる|とわかる|明示|冒頭|ラベル",
                 unless=r"(?:なし|無し|不要|つけず|付けず|入れず|書かず|出さず|伏せ|隠|外し|しないで|入れない|付けない)"),)),
    Signal("honest_opinion", "an honest opinion is asked for, good or bad",
           (Rule("率直 正直 忌憚 ありのまま 良い点も 悪い点も 悪かった 良し悪し 辛口 不満 厳しい 気になった 改善点 合わなかった",
                 near=r"感想|意見|評価|ご意見|お書き|書い|レビュー|点|歓迎|そのまま|構いません|お聞かせ"),), denies=True),
    Signal("internal_use", "what is collected stays inside",
           (Rule("公開しません 掲載しません"),
            Rule("社内 公開はしま 公開されま 外部に出 改善のため 分析 研究 アンケート 非公開 集計",
                 near=r"利用|使用|資料|のみ|だけ|目的|しません|活用|参考|集計|分類|検討|いたしません"),), denies=True),
    Signal("reviews_read_only", "existing reviews are read, counted or translated",
           (Rule(_REVIEWS, near=r"分類|集計|翻訳|要約|分析|タグ付け|読ん|整理|抽出|判定|仕分け|アノテーション|まとめ|転記"),)),
    # Accounts of other services
    Signal("account_traded", "an account is bought, sold, lent or shared",
           (Rule("アカウント 垢 アカ ID ログイン情報 パスワード 番号",
                 near=r"買|売|譲|貸|借り|レンタル|お貸し|使わせ|お預け|提供して|引き取|引き継|名義|代わりに作|作成して"),)),
    Signal("verification_code", "a verification code is passed on",
           (Rule("認証コード 認証番号 確認コード SMS認証 SMS 本人確認 6桁 六桁 4桁 届いた番号 届いた数字 ワンタイム",
                 near=r"教え|送っ|お送り|伝え|入力|転送|代行|受け取|知らせ|報告|貼|共有|返信"),)),
    Signal("reach_bought", "followers, likes, plays or ratings are bought",
           (Rule("フォロワー フォロー いいね 再生数 再生回数 登録者 チャンネル登録 高評価 低評価 視聴 ダウンロード数 友だち数 "
                 "インストール 拡散 リツイート 保存数 お気に入り",
                 near=r"増や|購入|買|販売|件につき|1件|円|して(?:ください|いただ|もら)|押|代行|回し|つけて|付けて|水増し|人分"),)),
    Signal("mass_automation", "posts or sign-ups are made automatically in mass",
           (Rule("自動投稿 自動いいね 自動フォロー 自動登録 自動収集 自動取得"),
            Rule("一括登録 大量 複数アカウント 量産 bot ボット BOT 自動化 自動で スクレイピング クローリング",
                 near=r"アカウント|投稿|登録|送信|取得|収集|フォロー|いいね|出品|サイト|DM|コメント|予約|購入|抽出"),)),
    Signal("blocks_evaded", "a service's blocks are to be got around",
           (Rule("凍結 制限 規制 BAN 検知 規約 禁止 アクセス遮断 ブロック プロキシ CAPTCHA バレ 弾かれ 見破られ",
                 near=r"回避|すり抜け|対策|避け|かいくぐ|分散|切り替え|ローテーション|ばれ|バレ|別の端末|されにく|承知|"
                      r"されても|されな|されず|突破"),
            Rule("対策", near=r"回避|すり抜け|かいくぐ|突破|対策を避け"),
            Rule("バレ", near=r"端末|アカウント|垢|検索|少しずつ|運営"),
            # Not VIP: words are looked for without regard to what stands before them.
            Rule("IP", near=r"(?<![A-Za-z])IP(?![A-Za-z])[^。]{0,12}?(?:回避|避け|かいくぐ|分散|切り替え|ローテーション|変え|対策)")),
           denies=True),
    Signal("own_account", "the client's own account is worked on",
           (Rule("当社の 弊社の 当店の 公式 自社 当方の 私の 運用中の 当院の 店の",
                 near=r"アカウント|インスタ|公式LINE|LINE公式|チャンネル|ページ|Instagram|SNS|X"),)),
    Signal("own_listing", "the client's own goods are listed",
           (Rule("商品登録"), Rule("自社商品 当店の商品 自社の商品 弊社商品 当社商品 自店 自社EC 商品ページ 手作り",
                                       near=r"出品|登録|掲載|作成|更新|販売"))),
    Signal("official_means", "official interfaces, ad systems or permitted data are used",
           (Rule("公式API 公開API API 広告マネージャ 広告運用 リスティング 広告費 オープンデータ 許可 許諾 規約の範囲 "
                 "規約を守 規約に従 規約を確認 利用規約の範囲 公式の広告 Meta広告 Google広告 承諾"),)),
    # Recruiting and lures
    Signal("recruits_of_recruits", "recruits bring recruits and earn from them",
           (Rule("紹介した方 紹介した人 紹介者 ダウン 系列 段目 段階 組織 グループの売上 チームの売上 "
                 "ランク タイトル 孫 子会員 会員 仲間 友人 ご友人 お友達 知人 メンバー 代理店",
                 near=r"紹介|増え|広げ|入会|加入|登録|勧誘|誘|育て|ボーナス|還元|収入|段|報酬が入|権利|ランク|加盟"),
            Rule("段目", near=r"\d段目(?:まで|[^。]{0,3}\d+%)"),
            Rule("紹介した方 紹介した人 紹介者", near=r"さらに|先の方|毎月"), Rule("ランク 段階", near=r"毎月"),
            Rule("マルチの マルチで マルチに マルチは マルチが マルチを マルチと マルチも マルチや マルチか マルチっ マルチ、 マルチ。 マルチ」 マルチ商法 "
                 "マルチまがい マルチ的 マルチ系 マルチ勧誘 マルチビジネス マルチレベル"),
            Rule("MLM ネットワークビジネス 連鎖販売 アムウェイ的 口コミビジネス 紹介ビジネス 権利収入 不労所得 印税的 "
                 "紹介料 紹介報酬 紹介ボーナス 直紹介"))),
    Signal("freedom_talk", "a better life is promised",
           (Rule("会社に縛られ", denies=True), Rule("自由な働き方 もっと自由 働かない自由"),
            Rule("自由 人生 夢 脱サラ 経済的 時間的 好きなこと 豊か 将来 老後 ライフスタイル 理想 成功 稼げ "
                 "億 月収 セミリタイア",
                 near=r"手に入|変え|叶え|実現|掴|不安|縛られ|選べ|仲間|変わ|自由|億|成功者|安心|つく|目指"))),
    Signal("easy_money", "much money for little work is promised",
           (Rule("誰でも だれでも 簡単 かんたん コピペ スマホだけ スマホ1台 スキマ 寝てる ほったらかし 放置 在宅 "
                 "初心者 未経験 1日5分 1日10分", near=_MUCH_MONEY, unless=_NOTHING_NEEDED.replace(" ", "|")),
            Rule(_NOTHING_NEEDED, near=_MUCH_MONEY, denies=True))),
    Signal("lure_to_form", "the reader is led to a video, a form, a session or another job",
           (Rule("動画 説明会 セミナー フォーム オンライン説明 無料相談 面談 個別相談 体験会 お茶会 カフェ会 交流会 勉強会 "
                 "別のお仕事 別の案件 ほかのお仕事 他のお仕事 満員 定員 枠が埋ま 埋まっ 募集は終了",
                 near=r"ご案内|ご紹介|紹介|見て|ご覧|視聴|登録|参加|お越し|招待|興味|別|お誘い|予約|入力|話"),)),
    Signal("one_level_referral", "a shop's own referral programme of one level",
           (Rule("紹介キャンペーン お友達紹介 友達紹介 友だち紹介 ご紹介キャンペーン 紹介制度",
                 near=r"一段|1段|一回|1回|店|クーポン|特典|割引|チラシ|カード|ページ|バナー|LP|デザイン|当"),
            Rule("紹介カード 紹介特典"))),
    # Other harm
    Signal("purchase_demanded", "something must be bought or paid to get the work",
           (Rule("教材 テキスト ツール 講座 受講 スターターキット キット 登録料 入会金 保証金 デポジット 初期費用 購入 研修費 "
                 "システム使用料 ソフト 機材 参加費 預り金 年会費 商材 サブスク 加盟金",
                 near=r"購入|ご負担|負担|お支払い|支払|買って|必要|必須|いただ|振り込|円|前払い|先に|お求め|入金|自費",
                 unless=r"貸与|こちらで用意|弊社負担|当社負担|不要です|支給"),
            Rule("購入", near=r"購入をお願い|購入の(?:確認後|意思)|分割での"))),
    Signal("identity_papers", "identity papers, card numbers or personal data are collected",
           (Rule("身分証 免許証 保険証 マイナンバー パスポート 住民票 クレジットカード カード番号 暗証番号 顔写真 自撮り "
                 "個人情報 生年月日 キャッシュカード 家族構成 勤務先 在留カード 学生証 本人確認書類",
                 near=r"送っ|お送り|提出|写真|画像|撮|アップ|教え|記入|添付|コピー|ください|入力|預|見せ|控え"),
            Rule("自撮り", near=r"顔|持っ|\d枚|下着|水着"))),
    Signal("name_lent", "a bank account, a name, a contract or an account is lent",
           (Rule("口座 名義 お名前 通帳 携帯 回線 契約 スマホ 法人 代表 銀行 クレジットカード",
                 near=r"貸|借り|お借り|使わせ|名義|開設|作っていただ|譲|レンタル|入出金|代わりに契約|お預"),
            Rule("名義", near=r"のまま|サポーター"),
            Rule("ご自身の名義 ご自分の名義 ご自身名義 ご自分名義 そちらの名義 あなたの名義 あなた名義 他人名義"))),
    Signal("shady_errand", "an errand as in criminal part-time work",
           (Rule("指示役 高額バイト"), Rule("受け取り 荷物 転送 運搬 現金 回収 名簿 リスト 封筒 書類 配達 カード 受け子 出し子 見張り 運ぶ 闇バイト "
                 "身バレ 電話をかけ かけ子 即日 シグナル Telegram",
                 near=r"受け取|転送|運|引き出|渡|高額|日払い|即日|即金|自宅|高齢|指示|違法|グレー|届"),
            Rule("受け取り 荷物 転送 運搬 現金 封筒 書類 配達 運ぶ", near=r"中身|聞かな|詮索", denies=True),
            Rule("受け取り 転送", near=r"端末|送金"))),
    Signal("ghost_writing", "coursework, exams or papers are done for another",
           (Rule("レポート 卒論 卒業論文 論文 課題 宿題 試験 テスト 検定 受験 読書感想文 作文 修論 感想文 資格 単位 エントリーシート",
                 near=r"代筆|代行|代わり|かわり|替え玉|お願い|書いて|受けて|作成|大学|提出|丸ごと|バレ|解いて|教授|ログイン"),)),
    Signal("forged_papers", "papers are forged or facts falsified",
           (Rule("証明書 領収書 診断書 源泉徴収 給与明細 契約書 請求書 免許 学歴 経歴 在籍 履歴書 印鑑 印影 賞状 修了証 日付",
                 near=r"偽|加工|書き換え|改ざん|そっくり|本物|架空|水増し|作り直|変え|実在しない|なかった|直して|違う|白紙"),)),
    Signal("adult_content", "adult content is to be made or served",
           (Rule("アダルトサイト アダルト動画 アダルト記事 アダルト系 アダルト作品 アダルト漫画 アダルトグッズ アダルト配信 アダルトチャット "
                 "成人向け 18禁 R-18 官能小説 ポルノ エッチな 風俗店 風俗の 性風俗 わいせつ ヌード撮影 ヌードモデル",
                 near=r"書[いくき]|描[いくき]|編集|執筆|投稿|運営|更新|撮影|チャット|配信|出演|レタッチ|翻訳|接客|作成|制作|字幕|紹介文"),),
           unless=_HONEST),
    Signal("hate_speech", "people are put down or shut out for what they are",
           (Rule("見下す 見下し 馬鹿にす 馬鹿にし バカにす バカにし 悪者に 劣った 劣等 追い出 排斥 ヘイト",
                 near=r"外国|国籍|民族|人種|障害|障がい|宗教|出身|患者|移民|(?:韓国|中国|日本|アジア|黒|白)人", unless=_HONEST),
            Rule("外国人 外国籍 国籍 障害のある 障がいのある 出身の 宗教",
                 near=r"お断り|採用し(?:ない|ませ)|応募不可|雇わ(?:ない|ず)|(?:落と|外|除外)して(?:くだ|いただ)", denies=True))),
    Signal("person_harmed", "somebody is defamed, exposed or spied on",
           (Rule("悪口 誹謗中傷 悪評 悪い噂 デマを 嫌がらせ 評判を落と",
                 near=r"書[いくき]|流[しす]|広め|拡散|浴びせ|ばらま|投稿し|コメントを|口コミを"),
            Rule("元カノ 元カレ 元彼 元夫 元妻 元上司 同僚 交際相手 彼氏 彼女 女性 男性 相手 本人 この人 この方 人物 隣人 近所 妻 旦那",
                 near=r"(?:住所|居場所|自宅|勤務先|職場|素性|本名|身元|行動|裏アカ|裏垢)[^。]{0,12}(?:特定し|突き止|割り出|調べ|探[っり]|監視|見張)|尾行|晒[しすせ]"),
            Rule("盗聴 盗撮 隠し撮り 隠しカメラ 監視アプリ",
                 near=r"仕掛|取り付|付け|つけ|撮[っりる]|入れ|設置|して(?:くだ|ほし|いただ)|動画を|映像を")),
           unless=_HONEST),
    Signal("rights_infringed", "others' works, marks or goods are copied",
           (Rule("他サイト 他社サイト 他社の記事 競合サイト 競合の記事 元記事 ネットの記事 上位記事 人気記事 他の方の記事",
                 near=r"丸ごと|丸写し|コピペし|そっくり|無断|語尾|言い回しだけ|貼り付け"),
            Rule("コピペチェック コピーチェック コピペ判定", near=r"すり抜け|回避|ごまか"),
            Rule("透かし ウォーターマーク コピーガード", near=r"消[しすえ]|除去|取り除|外[しす]|解除"),
            Rule("海賊版 割れソフト クラック版 偽ブランド コピー品 コピー商品 スーパーコピー 模造品",
                 near=r"作[っるり]|出品|売[っりる]|販売し|アップ|配布|仕入|登録し|撮影"),
            Rule("無断で", near=r"転載|アップロード|コピー|印刷|配信|使[いっ]て(?:くだ|いただ)")),
           unless=_HONEST),
    Signal("systems_misused", "systems are broken into or misused",
           (Rule("乗っ取っ 乗っ取る 乗っ取り 不正アクセス 不正ログイン DDoS攻撃 フィッシングサイト フィッシングページ 偽サイト 偽のログイン スパイウェア",
                 near=r"くださ|ほしい|欲しい|お願い|いただ|できる方|代行|仕掛|誘導"),
            Rule("ウイルス マルウェア", near=r"仕込|感染させ|ばらま|仕掛"),
            Rule("彼氏の 彼女の 旦那の 妻の 主人の 元カノの 元カレの 相手の 他人の 社員の",
                 near=r"(?:パスワード|ロック|暗証番号|メール|LINE|インスタ|アカウント|スマホ)[^。]{0,10}(?:調べ|突破|解除|盗み|覗|のぞ|侵入|割り出|こっそり)")),
           unless=_HONEST),
    Signal("false_claims", "the public is to be told what is false",
           (Rule("実在しない 存在しない 架空の でっち上げ 捏造 嘘の ウソの 虚偽の 偽の",
                 near=r"(?:専門家|医師|先生|教授|弁護士|受賞|お客様|利用者|購入者|の声|推薦|調査結果|実績|ニュース|経歴)[^。]{0,16}(?:書[いくき]|作[っり]|作成|載せ|並べ|掲載し|添え|入れ)"),
            Rule("必ず治る 絶対に治る がんが治 病気が治 飲むだけで 誰でも痩せ 必ず痩せ 必ず儲か 絶対に儲か 業界No.1 満足度No.1",
                 near=r"書[いくき]|断言|言い切|表示し|載せ|入れて|打ち出")),
           unless=_HONEST),
    Signal("unlawful_trade", "unlawful goods or services are offered or promoted",
           (Rule("オンラインカジノ ネットカジノ 裏カジノ 闇カジノ 闇スロ 賭博",
                 near=r"集客|誘導|登録|紹介し|宣伝|スタッフ|運営|アフィリ|プレイして"),
            Rule("大麻 覚醒剤 違法薬物 脱法 処方薬 睡眠薬 拳銃 偽札 ニセ札 密輸",
                 near=r"売[っりる]|買[いっ]|譲[っりる]|運[びんぶ]|仕入|発送|作[っるり]|届け"),
            Rule("無免許 無資格 無許可", near=r"診断|施術|申告|販売|営業|運転|手術|調剤|書類")),
           unless=_HONEST),
    Signal("low_pay_per_character", "pay per character is 0.5 yen or less",
           (Rule("文字単価 1文字 一文字 文字あたり 字あたり 1字 円/字 円/文字", near=r"(?<!\d)0\.(?:[0-4]\d{0,2}|50{0,2})(?:円|[~〜/、。]|$)"),)),
    # Permitting
    Signal("channel_as_work", "a channel is the subject of the work",
           (Rule("LINE公式 公式LINE LINEスタンプ LINEボット LINEのボット リッチメニュー LIFF メルマガ ニュースレター "
                 "メール配信 メール対応 問い合わせメール Zoomの使い方 Zoom録画 ウェビナー ステップメール メールフォーム "
                 "Slack連携 Discordサーバー 電話対応 電話応対 架電 インスタ運用 Instagram運用 LINE広告 "
                 "メールマガジン 自動応答 チャットボット 配信文 LINEの構築 LINE構築 Lステップ"),)),
    Signal("contact_as_material", "contact details are material for the work",
           (Rule("チラシ 名刺 ショップカード 看板 フライヤー パンフレット LP ホームページ サイト ポスター バナー メニュー DM ラベル "
                 "ハガキ はがき 封筒 紙面 原稿 デザイン",
                 near=rf"電話番号|QR|連絡先|アドレス|住所|LINE|載せ|記載|掲載|入れ|{PHONE}|{MAIL}|{URL}"),)),
    Signal("single_interview", "one online interview is held by a link",
           (Rule("面談 面接 顔合わせ 打ち合わせ ミーティング 説明",
                 near=rf"Zoom|Meet|リンク|URL|オンライン|一度|1回|一回|{URL}"),)),
    Signal("declined", "such a request is declined, or reported",
           (Rule("お断り 断り 応じられ お受けでき 受けられ 辞退 遠慮 いたしかね 致しかね できかね 控え やめて 通報 申告 報告し "
                 "規約違反 規約で禁止 ルール違反 違反にな 禁止され 避けたい 困ります 出来ません できません 見送"),), denies=True),
    Signal("kept_on_platform", "everything is to stay on the platform",
           (Rule("サイト内 このメッセージ こちらのメッセージ メッセージ上 当サイト サイト上 プラットフォーム内 仮払いを通 "
                 "仮払い後 サイトのメッセージ メッセージ機能",
                 near=r"のみ|だけ|お願い|完結|限り|すべて|全て|行い|通し|いたします|まで|やり取り|やりとり|連絡"),
            Rule("ここで完結"), Rule("直接取引 直接契約 外部 サイト外 外でのやり取り", near=r"禁止|いたしません|しません|行いません|お断り|ありません|NG|違反")), denies=True),
    Signal("quoted_or_reported", "somebody else's words are quoted or reported",
           (Rule("と言われ と言って と誘われ と連絡が と持ちかけ と書かれ とのこと というメッセージ という連絡 という誘い と求められ",),)),
    Signal("subject_of_work", "the matter is the subject of the work: an article, a warning, research",
           (Rule("注意喚起 啓発マンガ 啓発冊子 啓発物 啓発ポスター 啓発チラシ"),
            Rule("記事 解説 啓発 コラム 調査 研究 取材 台本 漫画 教材 マニュアル 資料 翻訳 校正 研修 動画",
                 near=r"について|被害|手口|対策|見分け|仕組み|防止|詐欺|違い|危険|トラブル|注意|法律|テーマ|題材|啓発|とは"))),
    Signal("teaching", "teaching, proofreading or advice, not doing it for another",
           (Rule("添削 校正 指導 家庭教師 教え方 アドバイス 推敲 学習 相談 コーチング 講師 模擬 予想問題 解説"),)),
    Signal("no_cost_to_worker", "what is needed is lent, paid for or optional",
           (Rule("貸与 支給 こちらで用意 弊社負担 当社負担 こちらで負担 費用は一切 購入の必要 買っていただく必要 任意 無料で使え "
                 "ご用意いたし 費用負担 かかりません いただきません 請求する"),), denies=True),
    Signal("disguised_spelling", "telling words are written around a word filter"),
    # Read from the context
    Signal("after_escrow", "a project-type contract whose escrow is funded"),
    Signal("competition", "a competition, where entries are the format"),
    Signal("worker_speaks", "a worker speaks"),
)  # fmt: skip
NAMES: tuple[str, ...] = tuple(s.name for s in SIGNALS)

_DENIALS = frozenset(
    [
        "ない",
        "無い",
        "ず",
        "ぬ",
        "まい",
        "禁止",
        "厳禁",
        "不可",
        "不要",
        "無し",
        "遠慮",
        "断り",
        "断る",
        "控える",
        "違反",
        "避ける",
        "辞退",
        "やめる",
        "止める",
    ]
)
_CLAUSE_ENDS = frozenset(["が", "けれど", "けど", "から", "ので", "のに", "ば", "と", "たら", "なら", "し"])
_PAUSES = frozenset("、（）()")
# What can only end a clause; plain verbs and nouns before a comma are mostly items of a list.
_SENTENCE_LIKE = frozenset(["ます", "です", "下さる"])
_NO_DENIAL_AFTER = frozenset(["問題", "差し支え", "差し支える", "構う", "関係", "間違い"])


@dataclass(frozen=True)
class _CompiledRule:
    signal: str
    words: list[str]
    near: Callable | None  # searches a text between two places
    unless: Callable | None
    denies: bool


@dataclass(frozen=True)
class _Rules:
    """The words of all rules; the rules of word k are `of_word[begins[k] : begins[k + 1]]`, places in `rules`."""

    words: AhoCorasick
    begins: np.ndarray
    of_word: np.ndarray
    rules: list[_CompiledRule]


@cache
def _compiled() -> _Rules:
    rules, by_word = [], {}
    for signal in SIGNALS:
        for rule in signal.rules:
            words = rule.words.split()
            for word in words:
                by_word.setdefault(word, []).append(len(rules))
            near = re.compile(rule.near).search if rule.near else None
            unless = rule.unless or signal.unless
            unless = re.compile(unless).search if unless else None
            rules.append(_CompiledRule(signal.name, words, near, unless, signal.denies or rule.denies))
    begins = np.cumsum([0, *map(len, by_word.values())])
    # As fast as a DFA here and much smaller: it leaves the cache to MeCab's dictionary.
    words = AhoCorasick(list(by_word), implementation=Implementation.ContiguousNFA)
    return _Rules(words, begins, np.concatenate(list(by_word.values())), rules)


def find_signals(readings: Readings, morphemes: Morphemes) -> list[list[Found]]:
    """All signals with rules in each text, each rule at most once a sentence, in the order of their words."""
    compiled, text = _compiled(), readings.text
    meant = []
    for rule, start, end, sentence, first, last in _candidates(compiled, readings):
        spec = compiled.rules[rule]
        a, b = start, end
        if spec.near:
            match = spec.near(text, first, last)
            if not match:
                continue
            a, b = match.span()
            if start <= a and b <= end:
                span = _beside(spec, text[first:last], text[start:end])
                if not span:
                    continue
                a, b = first + span[0], first + span[1]
            a, b = min(start, a), max(end, b)
        if spec.unless and spec.unless(text, first, last):
            continue
        shown = (a, b) if b - a <= MAX_SPAN else (start, end)
        meant.append((spec, *shown, b, last, sentence))
    denied = _denied(readings.tokens, morphemes, [m[3] for m in meant], [m[4] for m in meant])
    found: list[list[Found]] = [[] for _ in range(len(readings))]
    owners = readings.owners[[m[5] for m in meant]].tolist() if meant else []
    begins = readings.first.tolist()
    for (spec, a, b, *_), denies, owner in zip(meant, denied, owners, strict=True):
        begin = begins[owner]
        found[owner].append(Found(spec.signal, a - begin, b - begin, denies and not spec.denies))
    return found


def _beside(spec, sentence, word):
    """Where `near` or another word of the rule stands beside `word`, in which `near` matches: it is not near itself."""
    rest = sentence.replace(word, "。" * len(word))
    match = spec.near(rest)
    if match:
        return match.span()
    return next(((rest.find(w), rest.find(w) + len(w)) for w in spec.words if w in rest), None)


def _candidates(compiled, readings):
    """Each rule's first word in each sentence: (rule, start, end, sentence, its start, its end) in the order of the words."""
    hits = compiled.words.find_matches_as_indexes(readings.text, overlapping=True)
    word, start, end = np.array(hits, dtype=np.int64).reshape(-1, 3).T
    sentence = np.searchsorted(readings.sentence_ends, start, "right")
    # A row for each rule of each word found.
    count = compiled.begins[word + 1] - compiled.begins[word]
    hit = np.repeat(np.arange(len(word)), count)
    nth = np.arange(len(hit)) - np.repeat(np.cumsum(count) - count, count)
    rule = compiled.of_word[compiled.begins[word[hit]] + nth]
    # Of each sentence and rule the first row: `np.unique` gives first places.
    _, kept = np.unique(sentence[hit] * len(compiled.rules) + rule, return_index=True)
    kept.sort()
    rule, hit = rule[kept], hit[kept]
    sentence = sentence[hit]
    first, last = readings.sentence_starts[sentence], readings.sentence_ends[sentence]
    return zip(*(c.tolist() for c in (rule, start[hit], end[hit], sentence, first, last)), strict=True)


MAX_SPAN = 40  # characters of a span shown as evidence


def _denied(tokens, morphemes, places, stops):
    """`is_denied` of many places; most have no word of denial after them and are done at once."""
    # A window begins with the last morpheme of what was said: a clause may end right after it.
    first = np.searchsorted(tokens.ends, np.array(places, dtype=np.int64) - 1, "right")
    last = np.minimum(np.searchsorted(tokens.starts, stops, "left"), first + _FAR)
    denial = np.zeros(len(morphemes.lemmas), dtype=bool)
    denial[[k for lemma in _DENIALS for k in morphemes.of_lemma.get(lemma, [])]] = True
    count = np.concatenate([[0], np.cumsum(denial[tokens.kinds])])
    result = [False] * len(places)
    for k in np.flatnonzero(count[last] > count[np.minimum(first + 1, last)]).tolist():
        result[k] = is_denied(tokens.kinds[first[k] : last[k]].tolist(), morphemes)
    return result


_FAR = 24  # morphemes: what comes later denies something else


def is_denied(window: list[int], morphemes: Morphemes) -> bool:
    """Whether the clause denies, forbids or declines what was said; `window` is its last morpheme and what follows.

    That first morpheme denies nothing: in `仮払いなし` and `番号を控えて` it is what was said. Reads to the end of the clause: an odd number of denials denies (`ないと困ります` does not), and a negative
    question (`ませんか`) asks.
    """
    lemmas, parts = morphemes.lemmas, morphemes.parts
    denials = 0
    for k in range(1, len(window)):
        kind, before = window[k], window[k - 1]
        lemma = lemmas[kind]
        if lemma in _DENIALS:
            if not _NO_DENIAL_AFTER.isdisjoint(lemmas[n] for n in window[max(k - 4, 0) : k]):
                continue
            after = [lemmas[n] for n in window[k + 1 : k + 4]]
            if lemma in ("ない", "ず", "ぬ", "無い") and "か" in after:
                continue
            denials += 1
        elif (
            (denials and parts[kind] == "助詞" and lemma in _CLAUSE_ENDS)
            or (
                not denials
                and k > 3
                and parts[kind] == "助詞"
                and lemma in ("が", "けれど", "けど", "ので")
                and parts[before] in ("助動詞", "動詞", "形容詞")
            )
            or (
                lemma in _PAUSES
                and lemmas[before] in _SENTENCE_LIKE
                # `…ください、などの` still speaks of what was said.
                and (k + 1 == len(window) or parts[window[k + 1]] != "助詞")
            )
        ):
            break
    return denials % 2 == 1

"""The words that are spelled around a filter, and how their spellings are seen through.

A spelling is reduced to a *skeleton* in which look-alikes are one letter and separators are gone;
a word whose skeleton is found in a spelling that is not a plain one was disguised.
"""

from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation

# Each line: a word, then its other plain spellings. Only telling words stand here: a plain heading
# written with spaces (募 集) must not look disguised.
WORDS = """
LINE|ライン
カカオトーク|カカオ
テレグラム
Telegram
シグナル
WhatsApp|ワッツアップ
Discord|ディスコード
Skype|スカイプ
Zoom
Chatwork|チャットワーク
Slack|スラック
インスタ|インスタグラム
Instagram
Twitter|ツイッター
TikTok
YouTube
メルカリ
Amazon|アマゾン
Google|グーグル
PayPay|ペイペイ
Gmail
メールアドレス
メアド
メール
アドレス
電話番号
電話
携帯
連絡先
友だち追加|友達追加
チャット
外部
サイト外
直接取引
直接契約
直接
直契約
直取引
手渡し
振込|振り込み|振込み
振り込
送金
銀行
口座
口座番号
名義
通帳
キャッシュカード
暗証番号
現金
手数料
システム手数料
仮払い|仮払
成果報酬|成功報酬
完全歩合
歩合
出来高
報酬
売上
印税
レベニューシェア
アフィリエイト
アフィリ
商品提供
現物
ポイント
ギフト券
無償
無料
無報酬
サンプル
トライアル
テストライティング
試作
口コミ|クチコミ|くちこみ
レビュー
高評価
低評価
評価
星5
星五
ステマ
ステルスマーケティング
サクラ
やらせ
体験談
広告
宣伝
案件
依頼
フォロワー
フォロー
いいね
高額
登録者
チャンネル登録
再生数
再生回数
アカウント
アカ売
認証コード
認証番号
認証
SMS|エスエムエス
スクレイピング
代行
自動投稿
自動登録
マルチ商法
マルチ
MLM|エムエルエム
連鎖販売
ネットワークビジネス
ネットワーク
権利収入
不労所得
紹介
紹介料
勧誘
会員
副業
投資
暗号資産
仮想通貨
セミナー
説明会
商材
情報商材
教材
保証金
身分証
身分証明書
免許証
運転免許証
保険証
パスポート
パスワード
ログイン
マイナンバー
個人情報
クレジットカード
カード番号
名義貸し
闇バイト
裏バイト
受け子
出し子
運び
荷受け
荷物
転送
代筆
卒論
論文
課題
レポート
替え玉
試験
偽造
証明書
診断書
領収書
裏垢
アダルト
""".split()  # noqa: SIM905 - a word a line reads better than a quoted list

# Nicknames, written nearly always to get around a filter, and the word that is meant.
NICKNAMES = """
ロコミ 口コミ
くちコミ 口コミ
口こみ 口コミ
らイン LINE
らいン LINE
緑のアプリ LINE
緑色のアプリ LINE
緑のやつ LINE
緑のあれ LINE
緑のアイコン LINE
緑の吹き出し LINE
みどりのアプリ LINE
緑アプリ LINE
みどりアプリ LINE
緑のトーク LINE
緑色の吹き出し LINE
💚アプリ LINE
💚のアプリ LINE
例のトークアプリ LINE
トークアプリの緑 LINE
えるあいえぬいー LINE
エルアイエヌイー LINE
🟩アプリ LINE
黄色いトークアプリ カカオトーク
黄色のトークアプリ カカオトーク
青い紙飛行機 Telegram
紙飛行機のアプリ Telegram
紙飛行機アプリ Telegram
紙ヒコーキのアプリ Telegram
鳥のアプリ Twitter
青い鳥のアプリ Twitter
青い鳥 Twitter
鳥のSNS Twitter
写真のSNS Instagram
映えるやつ Instagram
密林 Amazon
尼ゾン Amazon
メーノレ メール
"""

# Telling words in kanji, and how each character is read: any of them may be spelled in kana instead (こう座, ギンコウ).
READINGS = """
銀行 ぎん こう
銀行口座 ぎん こう こう ざ
口座 こう ざ
口座番号 こう ざ ばん ごう
電話 でん わ
電話番号 でん わ ばん ごう
携帯 けい たい
携帯番号 けい たい ばん ごう
連絡先 れん らく さき
直接 ちょく せつ
直接取引 ちょく せつ とり ひき
直接契約 ちょく せつ けい やく
直契約 ちょく けい やく
直取引 ちょく とり ひき
送金 そう きん
振込 ふり こみ
振込先 ふり こみ さき
現金 げん きん
名義 めい ぎ
名義貸し めい ぎ が し
通帳 つう ちょう
暗証番号 あん しょう ばん ごう
手数料 て すう りょう
仮払い かり ばら い
報酬 ほう しゅう
成果報酬 せい か ほう しゅう
成功報酬 せい こう ほう しゅう
無報酬 む ほう しゅう
歩合 ぶ あい
完全歩合 かん ぜん ぶ あい
印税 いん ぜい
無償 む しょう
無料 む りょう
評価 ひょう か
高評価 こう ひょう か
低評価 てい ひょう か
体験談 たい けん だん
宣伝 せん でん
再生数 さい せい すう
再生回数 さい せい かい すう
登録者 とう ろく しゃ
認証 にん しょう
認証コード にん しょう こ ー ど
認証番号 にん しょう ばん ごう
自動投稿 じ どう とう こう
マルチ商法 ま る ち しょう ほう
権利収入 けん り しゅう にゅう
不労所得 ふ ろう しょ とく
紹介 しょう かい
紹介料 しょう かい りょう
勧誘 かん ゆう
副業 ふく ぎょう
暗号資産 あん ごう し さん
仮想通貨 か そう つう か
情報商材 じょう ほう しょう ざい
教材 きょう ざい
保証金 ほ しょう きん
身分証 み ぶん しょう
身分証明書 み ぶん しょう めい しょ
免許証 めん きょ しょう
運転免許証 うん てん めん きょ しょう
保険証 ほ けん しょう
健康保険証 けん こう ほ けん しょう
個人情報 こ じん じょう ほう
闇バイト やみ ば い と
裏バイト うら ば い と
代行 だい こう
代筆 だい ひつ
替え玉 か え だま
連鎖販売 れん さ はん ばい
広告 こう こく
会員 かい いん
名簿 めい ぼ
卒論 そつ ろん
論文 ろん ぶん
偽造 ぎ ぞう
証明書 しょう めい しょ
診断書 しん だん しょ
領収書 りょう しゅう しょ
"""

# Words whose hiragana alone is ordinary writing (けいやく), for children or by learners: disguised are the mixed and the katakana spellings.
READINGS_OF_ORDINARY = """
絶賛 ぜっ さん
満点 まん てん
推薦 すい せん
称賛 しょう さん
感想 かん そう
投稿 とう こう
秘密 ひ みつ
案件 あん けん
依頼 い らい
自作自演 じ さく じ えん
偽装 ぎ そう
体験 たい けん
最高評価 さい こう ひょう か
好評価 こう ひょう か
売上 うり あげ
成約 せい やく
利益 り えき
収益 しゅう えき
折半 せっ ぱん
出来高 で き だか
後払い あと ばら い
給料 きゅう りょう
賃金 ちん ぎん
謝礼 しゃ れい
現物 げん ぶつ
商品券 しょう ひん けん
無給 む きゅう
無収入 む しゅう にゅう
試作 し さく
選考 せん こう
課題 か だい
契約 けい やく
合格 ごう かく
採用 さい よう
発注 はっ ちゅう
組織 そ しき
加入 か にゅう
入会 にゅう かい
会費 かい ひ
連鎖 れん さ
権利 けん り
収入 しゅう にゅう
高収入 こう しゅう にゅう
高額 こう がく
月収 げっ しゅう
年収 ねん しゅう
日給 にっ きゅう
配当 はい とう
投資 とう し
資産 し さん
出資 しゅっ し
仲間 なか ま
友人 ゆう じん
知人 ち じん
説明会 せつ めい かい
規約 き やく
自動 じ どう
登録 とう ろく
大量 たい りょう
出品 しゅっ ぴん
転売 てん ばい
凍結 とう けつ
買取 かい とり
収集 しゅう しゅう
複数 ふく すう
量産 りょう さん
水増し みず ま し
取引 とり ひき
外部 がい ぶ
個人 こ じん
個別 こ べつ
決済 けっ さい
支払い し はら い
入金 にゅう きん
名刺 めい し
番号 ばん ごう
住所 じゅう しょ
連絡 れん らく
代理 だい り
卒業論文 そつ ぎょう ろん ぶん
試験 し けん
受験 じゅ けん
宿題 しゅく だい
学位 がく い
学生証 がく せい しょう
成績証明書 せい せき しょう めい しょ
大麻 たい ま
麻薬 ま やく
拳銃 けん じゅう
偽名 ぎ めい
偽物 にせ もの
免許 めん きょ
旅券 りょ けん
印鑑 いん かん
住民票 じゅう みん ひょう
戸籍 こ せき
盗撮 とう さつ
尾行 び こう
暴露 ばく ろ
中傷 ちゅう しょう
無断 む だん
無許可 む きょ か
転載 てん さい
複製 ふく せい
海賊版 かい ぞく ばん
脱税 だつ ぜい
給付金 きゅう ふ きん
補助金 ほ じょ きん
助成金 じょ せい きん
不正 ふ せい
申請 しん せい
虚偽 きょ ぎ
違法 い ほう
成人 せい じん
風俗 ふう ぞく
愛人 あい じん
交際 こう さい
差別 さ べつ
請求書 せい きゅう しょ
給与明細 きゅう よ めい さい
在籍 ざい せき
顔写真 かお しゃ しん
借金 しゃっ きん
内緒 ない しょ
売買 ばい ばい
悪口 わる くち
集金 しゅう きん
固定 こ てい
販売 はん ばい
購入 こう にゅう
転送 てん そう
運転免許 うん てん めん きょ
割引 わり びき
還元 かん げん
完全 かん ぜん
成果 せい か
暗証 あん しょう
証拠 しょう こ
残高 ざん だか
"""

_MASKS = "○●◯〇×✕✖❌⭕■□△▲*※"
_SEPARATORS = " ・·•.,_/|~^'`\"+=-♡♥★☆◇◆♪♫→…‥"
_KANA = {
    "エ": "工", "ロ": "口囗", "カ": "力", "ト": "卜", "タ": "夕", "ニ": "二", "ハ": "八", "ミ": "三",
    "オ": "才", "チ": "千", "ノ": "丿", "メ": "乂", "ム": "厶", "ヒ": "匕", "イ": "亻", "ー": "一", "ン": "ソ",
}  # fmt: skip
_SMALL = dict(zip("アイウエオあいうえお", "ァィゥェォぁぃぅぇぉ", strict=True))
_OTHERS = {
    "a": "аα@", "b": "вЬ", "c": "сς", "e": "еε3", "i": "іι1!", "k": "кκ", "m": "м", "n": "пηνи",
    "o": "оοσ0", "p": "рρ", "r": "г", "s": "ѕ$", "t": "тτ", "u": "υц", "x": "хχ", "y": "уγ",
    "h": "һн", "座": "坐", "報": "报", "酬": "州", "評": "评", "価": "值", "銀": "银",
    "録": "绿", "認": "认", "証": "证", "紹": "绍", "会": "會", "員": "员", "払": "拂", "広": "廣",
    "売": "賣",
}  # fmt: skip
_PARTICLES = "はがをにでとものへや"  # before a word in hiragana; another one goes on: つらいんです
_AFTER = (
    _PARTICLES + "かだなすさしごおまくっよね"
)  # after it: a particle, a form of する, です, ください, お願い …
# Plain words as they stand, or parts of some: ごみをすてます, 時代こうした, 散歩あいにく, こう告げる, 飲み代ひつよう, 刺しゅう入り, 生む報酬.
_PLAIN_IN_KANA = (
    *("ナイショ", "ヒミツ", "ナカマ", "バイバイ", "しゅう入", "受けん", "む報酬", "む収入"),
    *("さくら", "すてま", "まるち", "むしょう", "げんきん", "かいいん", "カエダマ", "かえだま", "かえ玉"),
    *("代こう", "代ひつ", "歩あい", "こう告"),
)
MASK = "○"
_SHORTEST_APART = 4  # hiragana that is read as a word when each letter stands apart (こ/う/こ/く)


@dataclass(frozen=True)
class Lexicon:
    """The telling words, ready to be looked for."""

    skeletons: AhoCorasick
    words: list[str]  # of each skeleton the word
    latin: np.ndarray  # of each skeleton whether it is of Latin letters, which may be small or capital
    plain: dict[str, dict[str, str]]  # word -> its plain spellings, by their lower case
    masks: dict[str, str]  # a skeleton with one or two letters masked -> word
    longest_mask: int
    mask_parts: frozenset[str]  # three letters of such a skeleton, a mask among them: the sign to look closer
    nicknames: dict[str, str]  # always disguised -> the word that is meant
    spoken: AhoCorasick  # over the nicknames, in their order
    skeleton: np.ndarray  # code point -> skeleton code point, 0 for a separator
    altered: np.ndarray  # code point -> whether it is no letter's own form: the sign to look closer
    ambiguous: np.ndarray  # code point -> whether it is such a sign beside katakana alone (口 for ロ)


class Spelled(NamedTuple):
    """A telling word in a text: its span, its plain spelling, and whether it was written around a filter."""

    start: int
    end: int
    word: str
    disguised: bool


def find_spelled(text: str) -> list[Spelled]:
    """Telling words not spelled plainly in a folded text, in order and apart."""
    lexicon = load_lexicon()
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)
    codes = np.minimum(codes, len(lexicon.skeleton) - 1)
    skeleton = lexicon.skeleton[codes]
    kept = np.flatnonzero(skeleton)
    letters = skeleton[kept]
    squeezed = letters.tobytes().decode("utf-32-le")
    # Close looks are for few places only: an altered letter, or a separator between two letters, or a Latin word.
    own = codes[kept]
    odd = lexicon.altered[own]
    katakana = (own >= 0x30A1) & (own <= 0x30FC)
    beside = np.zeros_like(odd)
    beside[1:] |= katakana[:-1]
    beside[:-1] |= katakana[1:]
    odd |= lexicon.ambiguous[own] & beside
    odd[1:] |= (np.diff(kept) > 1) & (letters[1:] != ord("\n")) & (letters[:-1] != ord("\n"))
    count = np.concatenate([[0], np.cumsum(odd)])
    hits = np.array(
        lexicon.skeletons.find_matches_as_indexes(squeezed, overlapping=True), dtype=np.int64
    ).reshape(-1, 3)
    close = (count[hits[:, 2]] > count[hits[:, 1]]) | lexicon.latin[hits[:, 0]]
    found = []
    for k, first, stop in hits[close].tolist():
        start, end = int(kept[first]), int(kept[stop - 1]) + 1
        if _stands_alone(text, start, end):
            found += _unlike_plain(lexicon, text, start, end, lexicon.words[k])
    for place in np.flatnonzero(letters == ord(MASK)).tolist():
        around = [squeezed[max(first, 0) : first + 3] for first in (place - 2, place - 1, place)]
        if not lexicon.mask_parts.isdisjoint(around):
            found += _masked(lexicon, text, squeezed, kept, place)
    found += _nicknamed(lexicon, text)
    found.sort(key=lambda hit: (hit.start, hit.start - hit.end))
    apart, reached = [], 0
    for hit in found:
        if hit.start >= reached:
            apart.append(hit)
            reached = hit.end
    return apart


def _unlike_plain(lexicon, text, start, end, word):
    """The word at a place where its letters stand, unless it is spelled plainly or is no word."""
    written = text[start:end]
    plain = lexicon.plain[word].get(written.lower())
    if plain:
        # Small or capital letters hide nothing; in an English phrase they are another word (line art).
        english = any(map(_is_latin, text[max(start - 2, 0) : start] + text[end : end + 2]))
        return [Spelled(start, end, plain, False)] if plain != written and not english else []
    parts = "".join(
        c if lexicon.skeleton[min(ord(c), len(lexicon.skeleton) - 1)] else " " for c in written
    ).split()
    if _is_hiragana(word_in_kana := "".join(parts)) and len(parts) < len(word_in_kana):
        return []
    if len(parts) == 2 and _inside_kanji(text, start, end):
        return []
    if len(parts) == 2 and _is_list(parts):
        # 直接 取引 may be set wide or hide something: it is read, and not called disguised.
        set_wide = written.replace(" ", "") == word and all(map(_is_kanji, word))
        return [Spelled(start, end, word, False)] if set_wide else []
    if written.isascii() and written.isalpha() and written.islower() and "l" not in written:
        return []  # iine is no LINE
    return [Spelled(start, end, word, not _is_heading(text, start, end, parts))]


def _is_list(parts):
    """Whether two words stand beside each other (サイト・外部), not one in two parts (LI NE)."""
    before, after = parts[0][-1], parts[1][0]
    return min(map(len, parts)) > 1 and not any(k(before) and k(after) for k in (_is_latin, _is_katakana))


def _inside_kanji(text, start, end):
    """Whether `text[start:end]` is part of a longer word in kanji (紹介・料金)."""
    return (_is_kanji(text[start]) and _is_kanji(text[start - 1 : start])) or (
        _is_kanji(text[end - 1]) and _is_kanji(text[end : end + 1])
    )


def _is_heading(text, start, end, parts):
    """Whether a word in kanji at the beginning of a line is only set wide (報 酬, 1.報 酬), and no sentence goes on after it."""
    before = text[max(start - 8, 0) : start]
    line = before.rpartition("\n")[2]
    begins = start <= 8 or "\n" in before
    alone = begins and not any(c.isalpha() for c in line) and not _is_hiragana(text[end : end + 1])
    return alone and all(len(p) == 1 and _is_kanji(p) for p in parts)


def _nicknamed(lexicon, text):
    """Nicknames that stand alone: hiragana goes on with other hiragana than particles, kanji with kanji."""
    found, nicknames = [], list(lexicon.nicknames)
    for k, start, end in lexicon.spoken.find_matches_as_indexes(text, overlapping=True):
        nickname = nicknames[k]
        before, after = text[start - 1 : start], text[end : end + 1]
        within = _is_hiragana(nickname[0]) and _is_hiragana(before) and before not in _PARTICLES
        if len(nickname) == 2:  # 読む料, 会員登ロク
            within = (_is_hiragana(nickname[0]) and _is_hiragana(before)) or _is_kanji(before)
        goes_on = (_is_kanji(nickname[-1]) and _is_kanji(after)) or (
            _is_hiragana(nickname[-1]) and _is_hiragana(after) and after not in _AFTER
        )
        if not within and not goes_on and _stands_alone(text, start, end):
            found.append(Spelled(start, end, lexicon.nicknames[nickname], True))
    return found


def _masked(lexicon, text, squeezed, kept, place):
    """Words around `place` of which one or two letters are replaced by a mask (ラ○ン)."""
    found = []
    for length in range(3, lexicon.longest_mask + 1):
        for first in range(max(place - length + 1, 0), min(place, len(squeezed) - length) + 1):
            word = lexicon.masks.get(squeezed[first : first + length])
            if word:
                start, end = int(kept[first]), int(kept[min(first + length, len(kept)) - 1]) + 1
                # A sign that begins a line is a bullet (■バイト), one after another a placeholder (〇〇ビュー).
                bullet = squeezed[first] == MASK and text[start - 1 : start] in ("", "\n", " ", *_MASKS)
                blank = squeezed[first + length - 1] == MASK and text[end : end + 1] in tuple(_MASKS)
                if not bullet and not blank and _stands_alone(text, start, end):
                    found.append(Spelled(start, end, word, True))
    return found


def _stands_alone(text, start, end):
    """Whether `text[start:end]` is no part of a longer word in katakana or Latin letters."""
    before, after = text[start - 1 : start], text[end : end + 1]
    first, last = text[start], text[end - 1]
    return not (
        (_is_katakana(first) and _is_katakana(before))
        or (_is_katakana(last) and _is_katakana(after))
        or (_is_latin(first) and _is_latin(before))
        or (_is_latin(last) and _is_latin(after))
    )


def _is_katakana(character):
    return "ァ" <= character <= "ヺ" or character == "ー"


def _is_hiragana(text):
    return bool(text) and all("ぁ" <= c <= "ゖ" or c == "ー" for c in text)


def _is_kanji(character):
    return "一" <= character <= "鿿"


def _is_latin(character):
    return character.isascii() and character.isalnum()


@cache
def load_lexicon() -> Lexicon:
    """Build the lexicon once a process; it never changes after."""
    table = np.arange(0x30000, dtype=np.uint32)
    altered = np.zeros(len(table), dtype=bool)
    table[65:91] += 32
    for look_alikes in (_KANA, _SMALL, _OTHERS):
        for letter, others in look_alikes.items():
            for other in others + ("" if others.isascii() else others.upper()):
                table[ord(other)] = ord(letter)
                altered[ord(other)] = True
    table[ord("L")] = table[ord("l")] = ord("i")  # I, l and 1 are one letter
    ambiguous = np.zeros(len(table), dtype=bool)
    for character in "口一二三八千力工才夕":
        altered[ord(character)], ambiguous[ord(character)] = False, True
    for separator in _SEPARATORS:
        table[ord(separator)] = 0
    for first, last in ((0x2600, 0x27C0), (0x1F000, 0x1FB00), (0x2B00, 0x2BFF)):  # pictograms
        table[first:last] = 0
    for mask in _MASKS:
        table[ord(mask)] = ord(MASK)
        altered[ord(mask)] = True
    words, plain, masks, nicknames = {}, {}, {}, {}
    for line in WORDS:
        word, *others = line.split("|")
        plain[word] = {w.lower(): w for w in (word, *others)}
        for spelling in (word, *others):
            skeleton = _skeleton(table, spelling)
            # Of two words with one skeleton the first listed stands.
            words.setdefault(skeleton, word)
            for masked in _masked_variants(skeleton):
                masks.setdefault(masked, word)
            hiragana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in spelling)
            katakana = len(spelling) >= 3 and all(_is_katakana(c) for c in spelling)
            if katakana and hiragana not in _PLAIN_IN_KANA:
                nicknames.setdefault(hiragana, word)
                if len(hiragana) >= _SHORTEST_APART:
                    words.setdefault(_skeleton(table, hiragana), word)
    for lines, ordinary in ((READINGS, False), (READINGS_OF_ORDINARY, True)):
        for line in lines.strip().split("\n"):
            word, *readings = line.split()
            for spelling in _kana_spellings(word, readings):
                if spelling not in _PLAIN_IN_KANA and not (ordinary and _is_hiragana(spelling)):
                    nicknames.setdefault(spelling, word)
            spoken = "".join(readings)
            if len(spoken) >= _SHORTEST_APART:
                plain.setdefault(word, {word.lower(): word})
                words.setdefault(_skeleton(table, spoken), word)
    for line in NICKNAMES.strip().split("\n"):
        nickname, _, word = line.rpartition(" ")
        nicknames[nickname] = word
    for spellings in plain.values():
        for spelling in spellings:
            nicknames.pop(spelling, None)
    parts = frozenset(m[k : k + 3] for m in masks for k in range(len(m) - 2) if MASK in m[k : k + 3])
    return Lexicon(
        AhoCorasick(list(words), implementation=Implementation.DFA),
        list(words.values()),
        np.array([skeleton.isascii() for skeleton in words]),
        plain,
        masks,
        max(map(len, masks)),
        parts,
        nicknames,
        AhoCorasick(list(nicknames), implementation=Implementation.DFA),
        table,
        altered,
        ambiguous,
    )


def _kana_spellings(word, readings):
    """The spellings of a word of which some characters, or all, are written in hiragana or in katakana."""
    katakana = [
        "".join(chr(ord(c) + 0x60) if _is_hiragana(c) and c != "ー" else c for c in r) for r in readings
    ]
    for kana in (readings, katakana):
        for spelled in product(*zip(word, kana, strict=True)):
            spelling = "".join(spelled)
            # Shorter ones stand in too many other words: 口ざ in 口ざわり.
            mixed = len(spelling) == 2 and not _is_hiragana(spelling[-1]) and any(map(_is_kanji, spelling))
            if spelling != word and (
                len(spelling) > 3 or mixed or (len(spelling) == 3 and not _is_hiragana(spelling))
            ):
                yield spelling


def _skeleton(table, word):
    codes = table[np.frombuffer(word.encode("utf-32-le"), dtype=np.uint32)]
    return codes[codes > 0].tobytes().decode("utf-32-le")


def _masked_variants(skeleton):
    for count in (1, 2):
        if len(skeleton) >= 2 * count + 1:
            for places in combinations(range(len(skeleton)), count):
                # A mask at either end of a short word could hide too many others; two at one end are a placeholder.
                inside = all(0 < p < len(skeleton) - 1 for p in places)
                two_at_one_end = places in ((0, 1), (len(skeleton) - 2, len(skeleton) - 1))
                if inside or (len(skeleton) >= 4 and not two_at_one_end):
                    yield "".join(MASK if p in places else c for p, c in enumerate(skeleton))

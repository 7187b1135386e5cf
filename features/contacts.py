"""Contact details in a normalized text: each is found once and replaced by one mark of its kind.

The marks are private-use characters (normalization lets no others through), so tokens never see an address or a number, and a signal finds contacts by looking for marks.
"""

import re
from functools import cache

from features.lexicon import Spelled
from features.normalization import Normalized, rewrite

MAIL, PHONE, URL, HANDLE, NUMBER = "\ue010", "\ue011", "\ue012", "\ue013", "\ue014"
KINDS = {MAIL: "mail", PHONE: "phone", URL: "url", HANDLE: "handle", NUMBER: "number"}

_WRITTEN_AT = (
    r" {0,3}(?:@|[(\[](?:at|アットマーク|アット|あっと)[)\]]|あっとまーく|アットマーク|あっと|アット) {0,3}"
)
_DOT = r" {0,3}(?:\.|[(\[]dot[)\]]|どっと|ドット|・) {0,3}"
_DIGIT = "[0-9〇零一二三四五六七八九]"
_DOMAINS = "com|co\\.jp|ne\\.jp|or\\.jp|jp|net|org|io|me|info|xyz|shop|site|online"
_IN_URL = r"[a-z0-9\-._~:/?#@$&+,;=%]"  # what is glued to a link in Japanese is none of it
_TOOLS = r"(?:(?:asp|vb|ado|ml)\.net|(?:socket|draw)\.io|booking\.com|amazon\.(?:co\.jp|com))(?![a-z0-9.\-/])"
_CHATS = r"lin\.ee|line\.me|t\.me|discord\.gg|wa\.me"
_HANDLE_LIKE = r"(?=[a-z0-9.\-]{0,30}[a-z_])(?=[a-z.\-]{0,30}[0-9_])[a-z0-9][a-z0-9_.\-]{3,}"  # letters, and a digit or _
# Kind, what a text with a match holds (one of these), pattern; all in lower case. What a match may not follow is
# looked for behind its first letter: so the search can leap from one possible first letter to the next.
# Every repetition that something must follow is bounded, or no text that holds the letters elsewhere would be read in linear time.
_PATTERNS = (
    (
        HANDLE,
        ("lin.ee", "line.me", "t.me", "discord.gg", "wa.me"),
        rf"(?:https?://)?(?<![a-z0-9.\-])(?:{_CHATS})/{_IN_URL}*",
    ),
    (URL, ("ttp", "www."), rf"(?:h?ttps?:/+|www\.){_IN_URL}+"),
    (
        MAIL,
        ("@", "[at", "(at", "あっと", "アット", "★", "☆", "◎"),
        rf"[a-z0-9][a-z0-9._+\-]{{0,63}}{_WRITTEN_AT}[a-z0-9\-]{{1,63}}(?:{_DOT}[a-z0-9\-]{{1,63}}){{1,6}}"
        # A star is mostly a bullet (Photoshop、★Illustrator・XD): what follows must end as an address does.
        rf"|[a-z0-9][a-z0-9._+\-]{{0,63}}[★☆◎](?!{_TOOLS})[a-z0-9\-]{{1,63}}(?:[.・][a-z0-9\-]{{1,63}}){{0,4}}[.・](?:{_DOMAINS})(?![a-z0-9])"
        rf"|[a-z0-9][a-z0-9._+\-]{{2,63}} ?@ ?(?:gmail|yahoo|outlook|icloud)",
    ),
    (
        URL,
        (".com", ".jp", ".net", ".org", ".io", ".me", ".info", ".xyz", ".shop", ".site", ".online"),
        # Names of tools and shops are no links.
        rf"(?!{_TOOLS})[a-z0-9\-](?<![a-z0-9@][a-z0-9\-])(?<![a-z0-9]\.[a-z0-9\-])[a-z0-9\-]{{0,62}}\.(?:[a-z0-9\-]{{1,63}}\.){{0,6}}(?:{_DOMAINS})(?![a-z0-9])"
        rf"(?:/{_IN_URL}*)?",
    ),
    (URL, ("bit.ly/", "forms.gle/"), rf"(?<![a-z0-9.\-])(?:bit\.ly|forms\.gle)/{_IN_URL}+"),
    (
        PHONE,
        ("0", "〇", "零"),
        # No date, list or version (2024.04.01, No.01・02・03), no decimal, and no blank to be filled (090-〇〇〇〇-〇〇〇〇).
        rf"[0〇零](?<!{_DIGIT}[0〇零])(?<![0-9]{{2}}[.\-/][0〇零])(?!\.)(?!{_DIGIT}(?:[ .・\-]{_DIGIT}{{2}}(?!{_DIGIT})){{3}})(?![0-9\-(]{{2,5}}〇〇)(?=[ \-ー・.()]{{0,3}}[1-9一二三四五六七八九]|0{{1,3}}-)"
        rf"(?:[ \-ー・.()]{{0,3}}{_DIGIT}){{9,10}}(?!{_DIGIT})",
    ),
    (
        HANDLE,
        ("@",),
        # Not who is spoken to (@taro さん, or @taro and a sentence at the beginning of a line), and no such name.
        r"@(?<![a-z0-9._]@)(?!(?:cosme|press|soho|media|import|keyframes|font-face)(?![a-z0-9_.]))"
        r"(?![a-z0-9_.]{3,30} ?(?:さん|さま|くん|様(?!子)|氏(?!名)|殿))(?!(?<![^\n]@)[a-z0-9_.]{3,30} (?![にへまをがはでの]))"
        r" ?(?=[0-9_.]{0,30}[a-z])[a-z0-9_.]{3,}",
    ),
    (
        HANDLE,
        ("id",),
        r"(?:(?<=lineid)|(?<=id)(?<![a-z]id))(?<!案件id)(?<!仕事id)(?<!作業id)(?<!商品id)(?<!社員id)(?<!管理id)(?<!注文id)(?<!会員id)"
        rf"(?:(?: ?[:は=「『→【(] ?|検索|です){{1,3}}[a-z0-9][a-z0-9_.\-]{{3,}}| {{1,2}}{_HANDLE_LIKE}|(?<=lineid)[a-z0-9][a-z0-9_.\-]{{3,}})",
    ),
    (
        HANDLE,
        ("line", "ライン", "インスタ", "skype", "スカイプ", "discord", "telegram"),
        # Not of a guideline (ガイドライン) or deadline.
        r"(?:(?<=line)(?<![a-z]line)|(?<=ライン)(?<![ァ-ヺー]ライン)|(?<=インスタ)|(?<=skype)|(?<=スカイプ)|(?<=discord)|(?<=telegram))"
        r" ?[:→「『=] ?[a-z](?=[a-z.\-]{0,30}[0-9_])[a-z0-9_.\-]{4,}",
    ),
    (
        HANDLE,
        ("_", "."),
        # Neither a version (Python3.11) nor a numbered file (image_01, IMG_1234) or a count (SNS_50件).
        r"(?!(?:img|dsc|pict|image|photo|video|movie|data|file|doc|page|section|sample|test|lp|log|ver)_)"
        r"[a-z](?<![a-z0-9_.][a-z])[a-z]{1,29}[a-z0-9]{0,30}"
        r"(?:_(?!0[0-9]{0,2}(?![a-z0-9]))[a-z0-9_.]{0,30}|\.[a-z][a-z0-9_.]{0,30})[0-9]{2,8}(?![a-z0-9_.]|件|本|枚|人|名|点|文字|個|回)",
    ),
    (
        NUMBER,
        tuple("0123456789"),
        r"[0-9](?<![0-9,.¥][0-9])[0-9]{5,}(?![0-9,]|円|[万字件回人名枚点]|文字|\s?[〜~\-]\s?[0-9,]{1,12}円)",
    ),
)


# How a mail address or phone number is spelled that a filter should not see.
_AROUND_A_FILTER = re.compile(
    r"[〇零一二三四五六七八九★☆◎]|あっと|アット|どっと|ドット|[(\[](?:at|dot)|(?<=[a-z0-9])・(?=[a-z])"
)


@cache
def _compiled():
    return [(k, holds, re.compile(p, re.ASCII)) for k, holds, p in _PATTERNS]


def mark_contacts(normalized: Normalized) -> Normalized:
    """The text with every contact detail replaced by the mark of its kind; the way back is kept.

    A mark is disguised where a mail address or phone number is spelled around a filter, and where any but a link holds what was.
    """
    text = normalized.text.lower()
    if len(text) != len(normalized.text):  # a few letters grow when lowered (İ): keep the places
        text = normalized.text
    found: list[Spelled] = []
    taken, hidden = bytearray(len(text)), bytearray(len(text))
    for start, end in normalized.disguised:
        hidden[start:end] = bytes([1]) * (end - start)
    for kind, holds, pattern in _compiled():
        if not any(part in text for part in holds):
            continue
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = bytes([1]) * (end - start)
                spelled_out = kind in (MAIL, PHONE) and _AROUND_A_FILTER.search(match.group())
                # The letters of a link are nobody's spelling: L1NE in one is chance.
                held = kind != URL and any(hidden[start:end])
                found.append(Spelled(start, end, kind, bool(spelled_out) or held))
    return rewrite(normalized, sorted(found)) if found else normalized

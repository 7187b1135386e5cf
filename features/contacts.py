"""Contact details in a normalized text: each is found once and replaced by one mark of its kind.

The marks are private-use characters (normalization lets no others through), so tokens never see an address or a number, and a signal finds contacts by looking for marks.
"""

import re
from functools import cache

from features.lexicon import Spelled
from features.normalization import Normalized, rewrite

MAIL, PHONE, URL, HANDLE, NUMBER = "\ue010", "\ue011", "\ue012", "\ue013", "\ue014"
KINDS = {MAIL: "mail", PHONE: "phone", URL: "url", HANDLE: "handle", NUMBER: "number"}

_AT = r"\s{0,3}(?:@|[(\[]at[)\]]|あっとまーく|アットマーク|あっと|アット|★|☆|◎)\s{0,3}"
_DOT = r"\s{0,3}(?:\.|[(\[]dot[)\]]|どっと|ドット|・)\s{0,3}"
_DIGIT = "[0-9〇零一二三四五六七八九]"
_DOMAINS = "com|co\\.jp|ne\\.jp|or\\.jp|jp|net|org|io|me|info"
# Kind, what every match holds (one of these), pattern; all in lower case. What a match may not follow is
# looked for behind its first letter: so the search can leap from one possible first letter to the next.
# Every repetition that something must follow is bounded, or no text that holds the letters elsewhere would be read in linear time.
_PATTERNS = (
    (URL, ("ttp", "www."), r"(?:h?ttps?:/+|www\.)[^\s、。」』)<>]+"),
    (
        MAIL,
        ("@", "[at", "(at", "あっと", "アット", "★", "☆", "◎"),
        rf"[a-z0-9][a-z0-9._+\-]{{0,63}}{_AT}[a-z0-9\-]{{1,63}}(?:{_DOT}[a-z0-9\-]{{1,63}}){{1,6}}"
        rf"|[a-z0-9][a-z0-9._+\-]{{2,63}}\s*@\s*(?:gmail|yahoo|outlook|icloud)",
    ),
    (
        URL,
        (".com", ".jp", ".net", ".org", ".io", ".me", ".info"),
        rf"[a-z0-9\-](?<![a-z0-9@][a-z0-9\-])[a-z0-9\-]{{0,62}}\.(?:[a-z0-9\-]{{1,63}}\.){{0,6}}(?:{_DOMAINS})(?![a-z0-9])"
        r"(?:/[^\s、。」』)<>]*)?",
    ),
    (
        PHONE,
        ("0", "〇", "零"),
        rf"[0〇零](?<!{_DIGIT}[0〇零])(?:[\s\-ー・.()]{{0,2}}{_DIGIT}){{8,10}}(?!{_DIGIT})",
    ),
    (HANDLE, ("@",), r"@(?<![a-z0-9._]@)\s?(?=[0-9_.]{0,30}[a-z])[a-z0-9_.]{3,}"),
    (HANDLE, ("id",), r"(?:(?<=lineid)|(?<=id)(?<![a-z]id))[\s:は=「『]{0,3}[a-z0-9][a-z0-9_.\-]{3,}"),
    (
        HANDLE,
        ("_", "."),
        # Neither a version (Python3.11) nor a numbered file (image_01).
        r"[a-z](?<![a-z0-9_.][a-z])[a-z]{1,29}[a-z0-9]{0,30}"
        r"(?:_(?!0[0-9]{0,2}(?![a-z0-9]))[a-z0-9_.]{0,30}|\.[a-z][a-z0-9_.]{0,30})[0-9]{2,8}(?![a-z0-9_.])",
    ),
    (
        NUMBER,
        tuple("0123456789"),
        r"[0-9](?<![0-9,.¥][0-9])[0-9]{5,}(?![0-9,]|円|[万字件回人名枚点]|文字|\s?[〜~\-]\s?[0-9,]{1,12}円)",
    ),
)


@cache
def _compiled():
    return [(k, holds, re.compile(p, re.ASCII)) for k, holds, p in _PATTERNS]


def mark_contacts(normalized: Normalized) -> Normalized:
    """The text with every contact detail replaced by the mark of its kind; the way back is kept."""
    text = normalized.text.lower()
    if len(text) != len(normalized.text):  # a few letters grow when lowered (İ): keep the places
        text = normalized.text
    found: list[Spelled] = []
    taken = bytearray(len(text))
    for kind, holds, pattern in _compiled():
        if not any(part in text for part in holds):
            continue
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = bytes([1]) * (end - start)
                found.append(Spelled(start, end, kind, disguised=False))
    return rewrite(normalized, sorted(found)) if found else normalized

"""Contact details in a normalized text: each is found once and replaced by one mark of its kind.

The marks are private-use characters (normalization lets no others through), so neither tokens nor
character n-grams ever see an address or a number, and a signal finds contacts by looking for marks.
"""

import re

from features.normalization import Normalized, rewrite

MAIL, PHONE, URL, HANDLE, NUMBER = "\ue010", "\ue011", "\ue012", "\ue013", "\ue014"
KINDS = {MAIL: "mail", PHONE: "phone", URL: "url", HANDLE: "handle", NUMBER: "number"}

_AT = r"\s*(?:@|[(\[]at[)\]]|あっとまーく|アットマーク|あっと|アット|★|☆|◎)\s*"
_DOT = r"\s*(?:\.|[(\[]dot[)\]]|どっと|ドット|・)\s*"
_DIGIT = "[0-9〇零一二三四五六七八九]"
_PATTERNS = (
    (URL, re.compile(r"(?:h?ttps?:/+|www\.)[^\s、。」』)<>]+", re.ASCII | re.IGNORECASE)),
    (
        MAIL,
        re.compile(
            rf"[a-z0-9][a-z0-9._+\-]*{_AT}[a-z0-9\-]+(?:{_DOT}[a-z0-9\-]+)+"
            rf"|[a-z0-9][a-z0-9._+\-]{{2,}}\s*@\s*(?:gmail|yahoo|outlook|icloud)",
            re.ASCII | re.IGNORECASE,
        ),
    ),
    (
        URL,
        re.compile(
            r"(?<![a-z0-9@])(?:[a-z0-9\-]+\.)+(?:com|co\.jp|ne\.jp|or\.jp|jp|net|org|io|me|info)(?![a-z0-9])"
            r"(?:/[^\s、。」』)<>]*)?",
            re.ASCII | re.IGNORECASE,
        ),
    ),
    (PHONE, re.compile(rf"(?<!{_DIGIT})[0〇零](?:[\s\-ー・.()]{{0,2}}{_DIGIT}){{8,10}}(?!{_DIGIT})")),
    (
        HANDLE,
        re.compile(
            r"(?<![a-z0-9._])@\s?[a-z0-9_.]{3,}"
            r"|(?<=[Ii][Dd])[\s:は=「『]{0,3}[a-z0-9][a-z0-9_.\-]{3,}"
            r"|(?<![a-z0-9_.])[a-z]{2,}[a-z0-9]*[_.][a-z0-9_.]*[0-9]{2,}(?![a-z0-9_.])",
            re.ASCII | re.IGNORECASE,
        ),
    ),
    (NUMBER, re.compile(r"(?<![0-9,.])[0-9]{6,}(?![0-9,]|円)")),
)
# No pattern can match a text without one of these.
_TRIGGER = re.compile(
    r"@|[Ii][Dd]|http|www|\.[a-z]|あっと|アット|\(at|[★☆◎][a-z]|_|[0-9〇一-九][0-9〇一-九]|0[\s\-(]"
)


def mark_contacts(normalized: Normalized) -> Normalized:
    """The text with every contact detail replaced by the mark of its kind; the way back is kept."""
    text = normalized.text
    if not _TRIGGER.search(text):
        return normalized
    found: list[tuple[int, int, str]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if all(end <= a or b <= start for a, b, _ in found):
                found.append((start, end, kind))
    return rewrite(normalized, sorted(found), disguised=False) if found else normalized

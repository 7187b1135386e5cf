"""Spelling a word around a word filter, as people who break the rules on purpose do."""

import random
import re
import unicodedata

# Letters that look alike across scripts, by what they are used for.
_LOOK_ALIKES = str.maketrans(
    "エニオトカタロハミーラアイ工口力夕aeopcxyiSBE",
    "工二才卜力夕口八三一ヲァィエロカタаеорсхуі5ВΕ",
)
_HALF_WIDTH = dict(
    zip(
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンッャュョァィゥェォー",
        "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｯｬｭｮｧｨｩｪｫｰ",
        strict=True,
    )
)
_SMALL = str.maketrans("あいうえおつやゆよアイウエオツヤユヨ", "ぁぃぅぇぉっゃゅょァィゥェォッャュョ")
_WORD = re.compile(r"[ァ-ヶー]{2,}|[A-Za-z]{2,}|[一-龠々]{2,4}")
_PICTOGRAMS = "📦💰✨📱🌸⭐🍀🎁"


def _to_full_width(word):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word)


def _to_half_width(word):
    return "".join(
        "".join(_HALF_WIDTH.get(part, part) for part in unicodedata.normalize("NFD", c))
        .replace("\u3099", "ﾞ")
        .replace("\u309a", "ﾟ")
        for c in word
    )


def _to_circled(word):
    return "".join(chr(0x24B6 + ord(c) - 65) if "A" <= c <= "Z" else c for c in word.upper())


def _to_hiragana(word):
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in word)


def disguise_word(word: str, rng: random.Random) -> str:
    """`word` in one disguised spelling, the kind drawn from those that fit its script and change it."""
    at = rng.randrange(1, len(word)) if len(word) > 1 else 1
    spellings = [
        word[: at - 1] + rng.choice("○●〇×＊*") + word[at:],
        rng.choice([" ", "　", "・", "/", "_", "\u200b"]).join(word),
        word[:at] + rng.choice(["\u200b", "\u2060", "\ufeff", *_PICTOGRAMS]) + word[at:],
        word.translate(_LOOK_ALIKES),
    ]
    if re.fullmatch(r"[ァ-ヶー]+", word):
        spellings += [_to_half_width(word), _to_hiragana(word), word.translate(_SMALL)]
    if word.isascii():
        spellings += [_to_full_width(word), _to_circled(word)]
    return rng.choice([spelling for spelling in spellings if spelling != word])


def disguise_passage(passage: str, rng: random.Random) -> str:
    """One or two of the telling words of `passage` (katakana, Latin, kanji) in disguised spelling.

    A passage without such a word stays as it is.
    """
    words = [m.span() for m in _WORD.finditer(passage)]
    for start, end in sorted(rng.sample(words, min(len(words), rng.choice([1, 2]))), reverse=True):
        passage = passage[:start] + disguise_word(passage[start:end], rng) + passage[end:]
    return passage

"""Many documents from one: amounts, dates, names, order, greetings, typos, disguises.

What decides the label is left as it is: a document's amounts change by one common factor, and the
annotated evidence is followed through every change by two private-use marks around it.

Amounts are the reward fields and what stands before 円, in 万 and 千 too, of a range both ends. Where
the factor is not 1 they are rounded to two significant digits and never to less than 100 yen. Amounts
below 100 yen (mostly prices of a unit), in full-width or kanji figures and without 円 stay.
"""

import random
import re
from dataclasses import dataclass

from simulation.corpus import Case
from simulation.disguise import disguise_passage

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARKS = re.compile(f"[{_OPEN}{_CLOSE}]")
_NAMES = [
    "佐藤",
    "鈴木",
    "高橋",
    "田中",
    "伊藤",
    "渡辺",
    "山本",
    "中村",
    "小林",
    "加藤",
    "吉田",
    "山田",
    "佐々木",
    "松本",
    "井上",
    "木村",
    "斎藤",
    "清水",
    "山口",
    "池田",
    "橋本",
    "石川",
    "前田",
    "藤田",
    "後藤",
    "岡田",
    "長谷川",
    "村上",
    "近藤",
    "石井",
    "坂本",
    "遠藤",
    "青木",
    "藤井",
    "西村",
    "福田",
    "太田",
    "三浦",
    "岡本",
    "松田",
    "中川",
    "中野",
    "原田",
    "小川",
    "竹内",
    "金子",
    "和田",
    "中山",
    "石田",
    "上田",
    "森田",
    "柴田",
    "酒井",
    "横山",
    "宮崎",
    "内田",
    "高木",
]
_NAME = re.compile(f"({'|'.join(_NAMES)})(?=(?:{_CLOSE}|{_OPEN})?(?:と申|です|様|さま|さん|より|でござい))")
_FIGURES = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?:\.[0-9]+)?)"
_SUM = f"{_FIGURES}(?:万(?:[0-9]千|{_FIGURES})?|千)?"
_AMOUNT = re.compile(rf"(?<![\d.,，万千億-])({_SUM})(?:(円?(?:[〜～~ー－–-]|から))({_SUM}))?(?=円)")
_DAY = re.compile(r"(?<!\d)([1-9]|1[0-2])月([1-9]|[12]\d)日")
_TRADES = [
    ("美容室", "整体院", "歯科医院", "ネイルサロン", "エステサロン"),
    ("カフェ", "ラーメン店", "居酒屋", "パン屋", "洋菓子店"),
    ("不動産会社", "工務店", "リフォーム会社", "引越し会社"),
    ("学習塾", "英会話教室", "ピアノ教室", "プログラミング教室"),
    ("アクセサリー", "雑貨", "食器", "文房具"),
]
_OPENINGS = [
    "はじめまして。",
    "こんにちは。",
    "お世話になっております。",
    "ご覧いただきありがとうございます。",
    "数ある募集の中からご覧いただき、ありがとうございます。",
    "お疲れさまです。",
]
_CLOSINGS = [
    "よろしくお願いいたします。",
    "どうぞよろしくお願いします。",
    "ご検討ください。",
    "ご応募お待ちしております！",
    "不明な点はお気軽にご質問ください。",
]


@dataclass(frozen=True)
class Varied:
    """A varied document: its fields, and the evidence passages as they stand in it."""

    doc: dict
    evidence: list[dict]
    disguised: bool


def vary(case: Case, rng: random.Random, disguise: float = 0.0) -> Varied:
    """A variant of `case`; with probability `disguise` the telling words are written around a filter.

    `disguised` says whether that changed the text, or whether the case was written so.
    """
    doc = dict(case.doc)
    marked, kept = _mark(case)
    disguised = case.difficulty == "disguised"
    if case.labels and not disguised and rng.random() < disguise:
        hide = re.compile(f"(?<={_OPEN})[^{_OPEN}{_CLOSE}]+(?={_CLOSE})")
        plain = dict(marked)
        for field, text in plain.items():
            marked[field] = hide.sub(lambda m: disguise_passage(m[0], rng), text)
        disguised = marked != plain
    main = case.fields[-1]
    marked = _scale_amounts(marked, doc, rng)
    marked = _shift_days(marked, rng)
    marked = _swap_names(marked, rng)
    marked = _swap_trades(marked, rng)
    marked[main] = _typo(_frame(_swap_blocks(marked[main], rng), rng), rng)
    passages = {field: re.findall(f"{_OPEN}(.+?){_CLOSE}", marked[field], re.DOTALL) for field in marked}
    evidence = []
    for field, entries in kept.items():
        # An overlapped or doubled mark would no longer pair up: such evidence is left out.
        if len(passages[field]) == len(entries):
            evidence += [
                {"category": c, "field": field, "text": _MARKS.sub("", t)}
                for c, t in zip(entries, passages[field], strict=True)
            ]
    doc |= {field: _MARKS.sub("", text) for field, text in marked.items()}
    return Varied(doc, evidence, disguised)


def _mark(case):
    """Each field with marks around its evidence, and the categories of the marks in order."""
    marked, kept = {}, {}
    for field in case.fields:
        text, spans = case.doc[field], []
        for entry in case.evidence:
            start = text.find(entry["text"]) if entry["field"] == field else -1
            if start >= 0:
                spans.append((start, start + len(entry["text"]), entry["category"]))
        spans.sort()
        apart = [s for k, s in enumerate(spans) if k == 0 or s[0] >= spans[k - 1][1]]
        for start, end, _ in reversed(apart):
            text = text[:start] + _OPEN + text[start:end] + _CLOSE + text[end:]
        marked[field], kept[field] = text, [c for _, _, c in apart]
    return marked, kept


def _scale_amounts(marked, doc, rng):
    factor = rng.choice([0.8, 0.9, 1, 1, 1.1, 1.2, 1.25])
    if factor == 1:
        return marked
    for key in ("reward_min_jpy", "reward_max_jpy"):
        if (doc.get(key) or 0) >= 100:
            doc[key] = _scaled(doc[key], factor)

    def written(m):
        first, joint, last = m.groups()
        if not last:
            return _rewritten(first, factor)
        # 1〜3万円 begins at 1万, 8,000〜1万円 at 8,000.
        unit = last.strip("0123456789.,")[:1]
        if unit and re.fullmatch(_FIGURES, first) and _yen(first + unit) <= _yen(last):
            first += unit
        return _rewritten(first, factor) + joint + _rewritten(last, factor)

    return {field: _AMOUNT.sub(written, text) for field, text in marked.items()}


def _scaled(yen, factor):
    # By the digits of the product: so the smaller of two amounts never becomes the larger.
    unit = 10 ** (len(str(int(yen * factor))) - 2)
    return max(round(yen * factor / unit) * unit, 100)


def _yen(text):
    """The yen of `12,800`, `3万`, `1万5千`, `2万9800`, `8千`."""
    ten_thousands, _, rest = text.replace(",", "").rpartition("万")
    rest = float(rest[:-1]) * 1000 if rest.endswith("千") else float(rest or 0)
    return float(ten_thousands or 0) * 10_000 + rest


def _rewritten(text, factor):
    """The amount of `text` times `factor`, in 万 or with commas where it was so written."""
    if _yen(text) < 100:
        return text
    yen = _scaled(_yen(text), factor)
    if "万" in text and yen >= 10_000:
        return f"{yen / 10_000:g}万"
    return str(yen) if text.isdigit() else f"{yen:,}"


def _shift_days(marked, rng):
    month, day = rng.randrange(12), rng.randrange(28)

    def shifted(m):
        return f"{(int(m[1]) - 1 + month) % 12 + 1}月{(int(m[2]) - 1 + day) % 28 + 1}日"

    return {f: _DAY.sub(shifted, t) for f, t in marked.items()}


def _swap_names(marked, rng):
    return {f: _NAME.sub(lambda m: rng.choice(_NAMES), t) for f, t in marked.items()}


def _swap_trades(marked, rng):
    for group in _TRADES:
        named = [t for t in group if any(t in text for text in marked.values())]
        # Two of a group in one text may be meant as a contrast.
        if len(named) == 1 and rng.random() < 0.5:
            other = rng.choice(group)
            marked = {f: t.replace(named[0], other) for f, t in marked.items()}
    return marked


def _swap_blocks(text, rng):
    blocks = text.split("\n\n")
    if len(blocks) >= 4 and rng.random() < 0.4:
        at = rng.randrange(1, len(blocks) - 2)
        blocks[at], blocks[at + 1] = blocks[at + 1], blocks[at]
    return "\n\n".join(blocks)


def _frame(text, rng):
    if rng.random() < 0.25 and not text.startswith(tuple(_OPENINGS)):
        text = rng.choice(_OPENINGS) + rng.choice(["", "\n"]) + text
    if rng.random() < 0.25 and not text.endswith(tuple(_CLOSINGS)):
        text = text + rng.choice(["", "\n"]) + rng.choice(_CLOSINGS)
    return text


def _typo(text, rng):
    """Now and then one kana is lost or doubled, outside the evidence."""
    if len(text) < 40 or rng.random() > 0.15:
        return text
    at = rng.randrange(len(text))
    inside = text.rfind(_OPEN, 0, at + 1) > text.rfind(_CLOSE, 0, at + 1)
    if inside or not "ぁ" <= text[at] <= "ん":
        return text
    return text[:at] + text[at] * rng.choice([0, 2]) + text[at + 1 :]

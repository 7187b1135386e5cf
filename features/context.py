"""Numbers from a document's context: who says it, where, under what contract and pay, and as of when."""

import re

import numpy as np

from features.documents import Arrays
from features.tables import CHOICES

# A column for each thing that one of these may hold, by what its name begins with.
_CHOSEN = {"contract": "contract_type", "escrow": "escrow_status", "reward": "reward_type"}

CONTEXT_FEATURES: tuple[str, ...] = (
    "is_job",
    "is_proposal",
    "from_worker",
    *(f"{prefix}_{value}" for prefix, source in _CHOSEN.items() for value in CHOICES[source]),
    "reward_min_jpy",
    "reward_max_jpy",
    "reward_range",
    "price_per_character",
    "amount_differs",
    "client_rating",
    "client_orders",
    "client_verified",
    "client_age_days",
    "thread_position",
    "departs_from_job",
    "length",
)
# The column of the documents that a feature is read from, where a person can look it up.
CONTEXT_FIELDS = {
    **{f"{prefix}_{value}": source for prefix, source in _CHOSEN.items() for value in CHOICES[source]},
    "reward_min_jpy": "reward_min_jpy",
    "reward_max_jpy": "reward_max_jpy",
    "client_rating": "client_rating",
    "client_orders": "client_orders",
    "client_verified": "client_verified",
}
# An amount ends with 円: what stands before it is looked for from there, as to search for a first digit tries every place of the text.
_AMOUNT_BEFORE = re.compile(r"(?<![\d.,万])(?:(\d{1,5}(?:\.\d{1,2})?)万)?(\d[\d,]{0,11}(?:\.\d{1,3})?)?\Z")
_AMOUNT_LENGTH = 25  # characters of the longest


def context_matrix(documents: Arrays, texts: list[str]) -> np.ndarray:
    """One row a document, one column a name of `CONTEXT_FEATURES`; NaN where something is not known.

    Parameters
    ----------
    documents
        As `features.documents.document_arrays` makes them.
    texts
        Their normalized texts.
    """
    out = np.full((len(texts), len(CONTEXT_FEATURES)), np.nan, dtype=np.float32)
    column = {name: out[:, k] for k, name in enumerate(CONTEXT_FEATURES)}
    kind = documents["document_type"]
    column["is_job"][:] = kind == "job"
    column["is_proposal"][:] = kind == "proposal"
    column["from_worker"][:] = documents["sender_role"] == "worker"
    for prefix, source in _CHOSEN.items():
        for value in CHOICES[source]:
            column[f"{prefix}_{value}"][:] = documents[source] == value
    low, high = documents["reward_min_jpy"], documents["reward_max_jpy"]
    column["reward_min_jpy"][:] = low
    column["reward_max_jpy"][:] = high
    column["reward_range"][:] = high / np.maximum(low, 1)
    by_field = np.where(documents["reward_type"] == "per_character", low, np.nan)
    column["price_per_character"][:] = np.fmin(by_field, [price_per_character(text) for text in texts])
    column["amount_differs"][:] = [
        _differs(text, a, b) for text, a, b in zip(texts, low.tolist(), high.tolist(), strict=True)
    ]
    for name in ("client_rating", "client_orders", "client_verified", "client_age_days", "thread_position"):
        column[name][:] = documents[name]
    column["length"][:] = [len(text) for text in texts]
    column["departs_from_job"][:] = [
        _departure(text, title + description)
        for text, title, description in zip(
            texts, documents["job_title"], documents["job_description"], strict=True
        )
    ]
    return out


_NUMBER = r"(?<![\d.,])(\d{1,2}(?:\.\d{1,3})?)(?![\d.,])"
_PRICE = rf"(?:¥{_NUMBER}|{_NUMBER}(?:[~〜-]\d{{1,2}}(?:\.\d{{1,3}})?)?円)"  # of a range the lower end
_ONE = r"(?:(?<=(?<!\d)[1一]字)|(?<=(?<!\d)[1一]文字))"
# Begins with the one letter that all its forms share, which the search leaps to; what stands before it is looked
# for behind.
_PER_CHARACTER_PRICE = re.compile(
    rf"字(?:(?<=文字)単価|(?:{_ONE}|(?<![\d文]字)|(?<=(?<!\d)文字))(?:あたり|当たり|につき)|{_ONE})"
    rf"[^\d¥。\n]{{0,8}}{_PRICE}"
)
_SLASH_CHARACTER = re.compile(r"(?:/|毎|per)\s?[1一]?文?字")
_PRICE_BEFORE = re.compile(_PRICE + r"[^\d。\n]?\Z")
_PRICE_LENGTH = 16  # characters of the longest price and of what may stand after it


def price_per_character(text: str) -> float:
    """The lowest price per character that a normalized text names, in yen; NaN where it names none.

    0.8 to 3 yen is usual; 0.5 or less is a sign of a dangerous client.
    """
    if "字" not in text:
        return np.nan
    # By the place of the letter, which belongs to one price: in 2円/字(1円未満切捨) to the first.
    named = {match.start(): match.groups("") for match in _PER_CHARACTER_PRICE.finditer(text)}
    for match in _SLASH_CHARACTER.finditer(text):
        start = match.start()
        if price := _PRICE_BEFORE.search(text, max(start - _PRICE_LENGTH, 0), start):
            named[match.end() - 1] = price.groups("")
    return min((float("".join(groups)) for groups in named.values()), default=np.nan)


def _differs(text, low, high):
    """Whether the text names amounts and none of them is the reward given beside it."""
    if not (low > 0 or high > 0):
        return np.nan
    amounts = set(_amounts(text))
    return bool(amounts) and not amounts & {low, high}


def _amounts(text):
    """The amounts of money in a text, in yen."""
    for yen in re.finditer("円", text):
        before = _AMOUNT_BEFORE.search(text, max(yen.start() - _AMOUNT_LENGTH, 0), yen.start())
        ten_thousands, rest = before.groups("") if before else ("", "")
        if ten_thousands or rest:
            yield 10_000 * float(ten_thousands or 0) + float(rest.replace(",", "") or 0)


def _departure(text, page):
    """Share of a message's character pairs that do not occur on its job's page; NaN without a page."""
    if not page:
        return np.nan
    pairs = {text[k : k + 2] for k in range(min(len(text), 2000) - 1)}
    if not pairs:
        return np.nan
    # The page is as written, the message normalized: what differs by that is the same for all.
    return 1 - len(pairs & {page[k : k + 2] for k in range(len(page) - 1)}) / len(pairs)


def _after_escrow(documents):
    escrow = documents["escrow_status"]
    return (documents["contract_type"] == "project") & ((escrow == "funded") | (escrow == "released"))


# The signals that are read from the context, not from what is said.
CONTEXT_SIGNALS = {
    "after_escrow": _after_escrow,
    "competition": lambda documents: documents["contract_type"] == "competition",
    "worker_speaks": lambda documents: documents["sender_role"] == "worker",
}


def context_signals(documents: Arrays) -> dict[str, np.ndarray]:
    """The signals that are read from the context, by name: one boolean a document."""
    return {name: read(documents) for name, read in CONTEXT_SIGNALS.items()}

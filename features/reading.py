"""Reading documents: normalized text, contacts marked, morphemes and sentences, side by side."""

from dataclasses import dataclass

from features.contacts import mark_contacts
from features.normalization import Normalized, normalize_many
from features.signals import sentences
from features.tokens import Morphemes, Tokenized, tokenize


@dataclass(frozen=True)
class Reading:
    """One text as the models read it; spans of `tokens` and `sentences` are in `normalized.text`."""

    normalized: Normalized
    tokens: Tokenized
    sentences: list[tuple[int, int]]

    @property
    def text(self) -> str:
        """The normalized text, contacts replaced by marks."""
        return self.normalized.text


def read_texts(texts: list[str], morphemes: Morphemes) -> list[Reading]:
    """Read many texts; `morphemes` learns the kinds of morpheme it has not seen."""
    readings = []
    for normalized in normalize_many(texts):
        marked = mark_contacts(normalized)
        readings.append(Reading(marked, tokenize(marked.text, morphemes), sentences(marked.text)))
    return readings

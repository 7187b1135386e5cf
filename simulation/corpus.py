"""The hand-written corpus and the contrast pairs: one JSON object a line, one file an author."""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from features.documents import TEXT_FIELDS


class CorpusError(ValueError):
    """The corpus cannot be used; the message names the folder, or file, line and field."""


@dataclass(frozen=True)
class Case:
    """One hand-written document with the labels a moderator gives it."""

    doc_id: str
    type: str  # job | message
    labels: tuple[str, ...]
    evidence: tuple[dict, ...]  # {"category", "field", "text"}, and "permits" where it makes fine
    note: str
    difficulty: str  # plain | hard | disguised
    doc: dict
    thread: str | None = None
    position: int = 0
    pair: str | None = None  # of contrast and disguise pairs: the twin has the same
    clause: str | None = None
    kind: str | None = None  # contrast | disguise

    @property
    def fields(self) -> list[str]:
        """The fields that hold text."""
        return TEXT_FIELDS[self.type]

    @property
    def text(self) -> str:
        """All text of the document, fields divided by a line break."""
        return "\n".join(self.doc[f] for f in self.fields)


def load_cases(folder: str | Path) -> list[Case]:
    """All cases of a folder's `*.jsonl`, by file name, then line.

    Raises
    ------
    CorpusError
        Where the folder holds no such file, or a line is not a case, naming file and line.
    """
    cases, paths = [], sorted(Path(folder).glob("*.jsonl"))
    if not paths:
        raise CorpusError(f"{folder}: no *.jsonl file, expected at least one")
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    cases.append(_case(json.loads(line)))
                except (ValueError, KeyError, TypeError) as error:
                    raise CorpusError(f"{path}: line {number}: {error!r}") from error
    return cases


def _case(record):
    record = dict(record)
    thread = record.pop("thread", None)
    return Case(
        thread=thread and thread["id"],
        position=thread["position"] if thread else 0,
        labels=tuple(record.pop("labels")),
        evidence=tuple(record.pop("evidence")),
        **record,
    )


_SENTENCE_END = re.compile(r"(?<=[。！？!?\n])")


def with_permitting_evidence(cases: list[Case]) -> list[Case]:
    """The cases, with what makes the fine one of two twins fine as evidence that permits.

    That is every sentence that its twin has not. Twins that differ in their context alone get none.
    """
    twins = defaultdict(list)
    for case in cases:
        if case.pair and case.kind == "contrast":
            twins[case.pair].append(case)
    more = {}
    for pair in twins.values():
        if len(pair) == 2 and len(set(pair[0].labels) ^ set(pair[1].labels)) == 1:
            (category,) = set(pair[0].labels) ^ set(pair[1].labels)
            bad, fine = pair if category in pair[0].labels else reversed(pair)
            known = {part.strip() for f in bad.fields for part in _SENTENCE_END.split(bad.doc[f])}
            more[fine.doc_id] = tuple(
                {"category": category, "field": field, "text": part.strip(), "permits": True}
                for field in fine.fields
                for part in _SENTENCE_END.split(fine.doc[field])
                if part.strip() and part.strip() not in known
            )
    return [replace(c, evidence=c.evidence + more.get(c.doc_id, ())) for c in cases]


def units(cases: list[Case]) -> list[list[Case]]:
    """Cases that belong together: a thread in order, or a document that stands alone."""
    together = defaultdict(list)
    for case in cases:
        together[case.thread or case.doc_id].append(case)
    return [sorted(unit, key=lambda c: c.position) for unit in together.values()]

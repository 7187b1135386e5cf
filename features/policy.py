"""The marketplace's policy: categories, clauses and advice, read from policy.yaml."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from features.context import CONTEXT_FEATURES
from features.signals import NAMES

Share = Annotated[float, Field(ge=0, le=1)]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class PolicyError(ValueError):
    """The policy file cannot be used; the message names file, entry and field."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Clause(_Strict):
    """One rule of a category: what breaks it (`violation`) or what permits it (`exception`)."""

    id: Identifier
    kind: Literal["violation", "exception"]
    text: str
    signals: tuple[str, ...] = Field(min_length=1)
    advice: str | None = None
    permits: tuple[Identifier, ...] = ()  # of an exception: the violation clauses it holds for; () is all

    @field_validator("id")
    @classmethod
    def _id_is_free(cls, name):
        # The classifier has a column for each clause, each signal and each number of the context.
        if name in NAMES or name in CONTEXT_FEATURES:
            raise ValueError(
                f"{name!r} is the name of a signal or of a number of the context, expected another"
            )
        return name

    @field_validator("signals")
    @classmethod
    def _signals_exist(cls, signals):
        unknown = [s for s in signals if s not in NAMES]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no signal, expected one of those in features/signals.py")
        return signals

    @model_validator(mode="after")
    def _advice_only_for_violations(self):
        if (self.kind == "violation") != (self.advice is not None):
            raise ValueError("advice belongs to clauses of kind violation, and to each of them")
        return self


class Category(_Strict):
    """One kind of violation, in the words of the marketplace."""

    id: Identifier
    name_ja: str
    name_en: str
    definition: str
    watch_for: str
    colour: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
    review_from: Annotated[float, Field(gt=0, lt=1)]
    external_category: str
    clauses: tuple[Clause, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _can_be_broken(self):
        if all(c.kind == "exception" for c in self.clauses):
            raise ValueError("no clause of kind violation, expected at least one")
        return self

    def signals(self, kind: str) -> list[str]:
        """Names of the signals of all clauses of `kind`, in the policy's order, each once."""
        return list(dict.fromkeys(s for c in self.clauses if c.kind == kind for s in c.signals))

    def clause_of(self, signal: str) -> Clause | None:
        """The first violation clause that rests on `signal`, or None."""
        return next((c for c in self.clauses if c.kind == "violation" and signal in c.signals), None)


class Policy(_Strict):
    """All categories in the order of every table and chart, and the rules of publication."""

    marketplace: str
    counts_several_as: Identifier
    trend_category: Identifier
    publication_threshold: Annotated[int, Field(ge=1)]
    hide_precision: Share
    review_disguised_from: Annotated[float, Field(gt=0, lt=1)]
    external_categories: dict[str, str]
    categories: tuple[Category, ...] = Field(min_length=1)

    @property
    def ids(self) -> list[str]:
        """The category ids, in order."""
        return [c.id for c in self.categories]

    def __getitem__(self, category: str) -> Category:
        return {c.id: c for c in self.categories}[category]

    @model_validator(mode="after")
    def _names_agree(self):
        for what, ids in (
            ("category", self.ids),
            ("clause", [k.id for c in self.categories for k in c.clauses]),
        ):
            doubled = [name for name, count in Counter(ids).items() if count > 1]
            if doubled:
                raise ValueError(f"{what} id {doubled[0]!r} is given twice")
        for key in ("counts_several_as", "trend_category"):
            if getattr(self, key) not in self.ids:
                raise ValueError(f"{key} is {getattr(self, key)!r}, expected one of {self.ids}")
        for category in self.categories:
            broken = {k.id for k in category.clauses if k.kind == "violation"}
            for clause in category.clauses:
                unknown = set(clause.permits) - (broken if clause.kind == "exception" else set())
                if unknown:
                    raise ValueError(
                        f"category {category.id!r}, clause {clause.id!r}, field permits: {min(unknown)!r} is "
                        "no violation clause of the category that an exception could permit"
                    )
            if category.external_category not in self.external_categories:
                raise ValueError(
                    f"category {category.id!r}, field external_category: "
                    f"{category.external_category!r} is not among external_categories"
                )
        return self


def load_policy(path: str | Path) -> Policy:
    """Read a policy file.

    Raises
    ------
    PolicyError
        Naming file, entry and field, where the file cannot be read, a key is unknown or missing,
        an id is doubled, a value is of the wrong kind or a signal does not exist.
    """
    path = Path(path)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}: not valid YAML: {error}") from error
    try:
        return Policy.model_validate(content)
    except ValidationError as error:
        lines = [f"{_place(content, e['loc'])}: {e['msg']}" for e in error.errors()]
        raise PolicyError("\n".join(f"{path}: {line}" for line in lines)) from error


def _place(content, location) -> str:
    """`category 'mlm', clause 'ml_recruiting', field signals` for a pydantic error location."""
    words, node = [], content
    for part in location:
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            node = None
        if isinstance(part, int):
            entry = node.get("id") if isinstance(node, dict) else None
            words[-1] = f"{_SINGULAR.get(words[-1], words[-1])} {entry or part!r}"
        else:
            words.append(str(part))
    if words and words[-1] == location[-1]:
        words[-1] = f"field {words[-1]}"
    return ", ".join(words) or "the file"


_SINGULAR = {"categories": "category", "clauses": "clause"}

"""What a draft is checked against, and what a language model proposes.

A theme comes with the contributions it is made of, in their masked edition, and with figures that
were computed of it; a proposal is a list of clauses, each with the words it leans on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from assises.lib.errors import InputError

KINDS: Final = ("factual", "normative", "context")
SIDES: Final = ("agree", "disagree", "divided")
MOST_CLAUSES: Final = 40
"""Clauses of one answer that are looked at; an answer of more is refused."""
MOST_SOURCES: Final = 40
_LEAD: Final = 0.6
"""Share of those who took a side from which votes are said to agree, or to disagree."""

SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["clauses"],
    "properties": {
        "clauses": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["text", "kind", "sources", "numbers", "direction"],
                "properties": {
                    "text": {"type": "string"},
                    "kind": {"enum": list(KINDS)},
                    "sources": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["id", "quote"],
                            "properties": {"id": {"type": "string"}, "quote": {"type": "string"}},
                        },
                    },
                    "numbers": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["what", "value"],
                            "properties": {
                                "what": {"type": "string"},
                                "value": {"type": "number"},
                            },
                        },
                    },
                    "direction": {
                        "anyOf": [
                            {"type": "null"},
                            {
                                "type": "object",
                                "additionalProperties": False,
                                "required": ["statement", "side"],
                                "properties": {
                                    "statement": {"type": "string"},
                                    "side": {"enum": list(SIDES)},
                                },
                            },
                        ]
                    },
                },
            },
        }
    },
}
"""JSON Schema of an answer, for servers that hold a model to one."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What somebody said, as it may be shown."""

    id: str
    text: str
    """Masked; in form C, for offsets speak of it."""
    language: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A count that was computed, and of how many."""

    what: str
    """How it is called for: ``n``, ``language:fr``, ``e1.agree``."""
    count: int
    of: int
    words: tuple[str, ...] = ()
    """What a text calls the group, in any language; none for the whole theme."""
    votes: bool = False
    """Whether it counts votes, and not people who wrote."""

    @property
    def share(self) -> float:
        """Of one; nought of nothing."""
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Votes:
    """How a statement was voted on."""

    statement: str
    text: Mapping[str, str]
    """By language."""
    agree: int
    disagree: int
    passed: int

    @property
    def side(self) -> str:
        """One of :data:`SIDES`: a side that .6 of those who took one are on, else divided."""
        sides = self.agree + self.disagree
        if sides and self.agree >= _LEAD * sides:
            return "agree"
        return "disagree" if sides and self.disagree >= _LEAD * sides else "divided"

    def figures(self) -> tuple[Figure, ...]:
        """Its counts, of all who saw it: ``ID.agree``, ``ID.disagree``, ``ID.passed``."""
        of = self.agree + self.disagree + self.passed
        counts = {"agree": self.agree, "disagree": self.disagree, "passed": self.passed}
        return tuple(
            Figure(f"{self.statement}.{side}", count, of, votes=True)
            for side, count in counts.items()
        )


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a contribution that a clause leans on."""

    id: str
    quote: str


@dataclass(frozen=True, slots=True)
class Material:
    """All that a draft about a theme may say."""

    theme: str
    contributions: tuple[Contribution, ...]
    figures: tuple[Figure, ...] = ()
    """Of contributions; those of votes are taken from ``votes``."""
    votes: tuple[Votes, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of the theme, by language; shown where no clause is left."""
    central: tuple[Quote, ...] = ()
    """Quotes that are shown where no clause is left."""
    elsewhere: frozenset[str] = frozenset()
    """Ids of contributions that are not of this theme."""
    canary: str = ""
    """A word that no answer may hold: it stands in what the model was told and not asked for."""

    def all_figures(self) -> dict[str, Figure]:
        """By what they are called."""
        voted = [figure for votes in self.votes for figure in votes.figures()]
        return {figure.what: figure for figure in (*self.figures, *voted)}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A number a clause says it holds."""

    what: str
    value: float


@dataclass(frozen=True, slots=True)
class Direction:
    """Which side a clause says the votes on a statement took."""

    statement: str
    side: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """One clause, as a model proposes it; nothing of it is believed."""

    text: str
    kind: str
    sources: tuple[Quote, ...] = ()
    numbers: tuple[Claimed, ...] = ()
    direction: Direction | None = None
    wrong: str = ""
    """What of its form is not as asked; then nothing else of it counts."""


def proposals(answer: object) -> tuple[Proposed, ...]:
    """Clauses of an answer that was read from JSON.

    A clause of the wrong form is kept with what is wrong, to be dropped and counted like any other.

    Raises:
        InputError: if it is not an object with a list of clauses, or of too many.
    """
    clauses = answer.get("clauses") if isinstance(answer, Mapping) else None
    if not isinstance(clauses, list):
        raise InputError(
            "the answer of the model has no list of clauses",
            value=str(answer)[:60],
            next_step="Use a model that keeps to a JSON schema.",
        )
    if len(clauses) > MOST_CLAUSES:
        raise InputError(
            f"the answer of the model has more than {MOST_CLAUSES} clauses",
            value=len(clauses),
            next_step="Ask for fewer.",
        )
    return tuple(_proposed(clause) for clause in clauses)


def _proposed(clause: object) -> Proposed:
    if not isinstance(clause, Mapping):
        return Proposed("", "", wrong="a clause is no object")
    text, kind = clause.get("text"), clause.get("kind")
    shown = text if isinstance(text, str) else ""
    if not isinstance(text, str):
        return Proposed(shown, "", wrong="its text is no text")
    if kind not in KINDS:
        return Proposed(shown, "", wrong=f"its kind is none of {', '.join(KINDS)}")
    try:
        return Proposed(
            text,
            str(kind),
            tuple(Quote(_text(one, "id"), _text(one, "quote")) for one in _list(clause, "sources")),
            tuple(Claimed(_text(one, "what"), _number(one)) for one in _list(clause, "numbers")),
            _direction(clause.get("direction")),
        )
    except _FormError as error:
        return Proposed(shown, "", wrong=str(error))


class _FormError(Exception):
    """What of a clause is not as asked."""


def _list(clause: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    found = clause.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise _FormError(f"{name} is no list of objects")
    if len(found) > MOST_SOURCES:
        raise _FormError(f"more than {MOST_SOURCES} {name}")
    return found


def _text(one: Mapping[str, Any], name: str) -> str:
    found = one.get(name)
    if not isinstance(found, str):
        raise _FormError(f"{name} is no text")
    return found


def _number(one: Mapping[str, Any]) -> float:
    found = one.get("value")
    # Beyond 2**53 a float is no longer the number that was written; this refuses NaN as well.
    if isinstance(found, bool) or not isinstance(found, int | float) or not abs(found) < 2**53:
        raise _FormError("a value is no number")
    return float(found)


def _direction(found: object) -> Direction | None:
    if found is None:
        return None
    if not isinstance(found, Mapping):
        raise _FormError("direction is no object")
    side = _text(found, "side")
    if side not in SIDES:
        raise _FormError(f"side is none of {', '.join(SIDES)}")
    return Direction(_text(found, "statement"), side)

"""What the press has published of an edition: facts with their sources, and what is not known.

Nothing here is ours to decide: where published figures disagree they stand side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Final, Literal

from assises.countries.reading import Table, read_table, require_unique
from assises.countries.wording import Source, Wording
from assises.lib.errors import InputError

Status = Literal["reported", "disagreement", "not_known"]
STATUSES: Final[tuple[Status, ...]] = ("reported", "disagreement", "not_known")


@dataclass(frozen=True, slots=True)
class Reading:
    """One of several published versions of a fact."""

    text: Wording
    sources: tuple[Source, ...]
    """Who prints this one; empty where it is only known that some do."""


@dataclass(frozen=True, slots=True)
class PressFact:
    """One thing that was published, or that nobody was found to have published."""

    id: str
    section: str
    status: Status
    text: Wording
    sources: tuple[Source, ...]
    """Empty only where the status is ``not_known``."""
    readings: tuple[Reading, ...]
    """At least two where the status is ``disagreement``, else none."""
    when: str | None
    """ISO 8601 day, month or year of what is told, where a source gives it."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the shelf."""

    code: str
    title: Wording


@dataclass(frozen=True, slots=True)
class PressEdition:
    """A real edition as far as published facts go."""

    code: str
    title: Wording
    note: Wording
    """What the shelf is and is not; shown with it, always."""
    gathered: str
    """Month in which the facts were gathered, ISO 8601."""
    taxonomy: str
    """Version of the list of sectors that its verticals stand in."""
    sections: tuple[Section, ...]
    facts: tuple[PressFact, ...]

    def of(self, section: str) -> tuple[PressFact, ...]:
        """The facts under one heading, in their order.

        Raises:
            InputError: if there is no such heading.
        """
        if section not in {known.code for known in self.sections}:
            raise InputError(
                "the edition has no such section",
                value=section,
                next_step=f"Use one of {', '.join(known.code for known in self.sections)}.",
            )
        return tuple(fact for fact in self.facts if fact.section == section)

    def with_status(self, status: Status) -> tuple[PressFact, ...]:
        """The facts of one status, in their order."""
        return tuple(fact for fact in self.facts if fact.status == status)

    @property
    def not_known(self) -> tuple[PressFact, ...]:
        """What was looked for and not found."""
        return self.with_status("not_known")


def read_press_edition(file: Traversable) -> PressEdition:
    """One shelf from its TOML file.

    Raises:
        InputError: for what does not fit, and for a fact without a source.
    """
    table = read_table(file)
    edition = PressEdition(
        code=table.text("code"),
        title=table.wording("title"),
        note=table.wording("note"),
        gathered=table.text("gathered"),
        taxonomy=table.text("taxonomy"),
        sections=tuple(
            table.each("section", lambda row: Section(row.text("code"), row.wording("title")))
        ),
        facts=tuple(table.each("fact", _fact)),
    )
    table.close()
    require_unique(file, [section.code for section in edition.sections])
    require_unique(file, [fact.id for fact in edition.facts])
    for fact in edition.facts:
        edition.of(fact.section)
    return edition


def _fact(row: Table) -> PressFact:
    fact = PressFact(
        id=row.text("id"),
        section=row.text("section"),
        status=row.choice("status", STATUSES),
        text=row.wording("text"),
        sources=row.sources(),
        readings=tuple(
            row.each("reading", lambda inner: Reading(inner.wording("text"), inner.sources()))
        ),
        when=row.text_or_none("when"),
    )
    _require(fact, bool(fact.sources) or fact.status == "not_known", "has no source")
    _require(fact, _readings_fit(fact.status, fact.readings), "has readings that do not fit it")
    return fact


def _readings_fit(status: Status, readings: Sequence[Reading]) -> bool:
    return len(readings) > 1 if status == "disagreement" else not readings


def _require(fact: PressFact, holds: bool, why: str) -> None:
    if not holds:
        raise InputError(
            f"a fact {why}",
            value=fact.id,
            next_step="Add what is missing from its source, or leave the fact out.",
        )

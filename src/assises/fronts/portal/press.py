"""The press shelf: what is published of an edition held elsewhere, fact by fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assises.countries import ma
from assises.countries.press import PressFact
from assises.countries.wording import Source, Wording
from assises.look.pages.shapes import Text
from assises.look.speech import Speech


@dataclass(frozen=True, slots=True)
class Told:
    """One version of a fact: its words, and who prints them."""

    text: Text
    sources: Sequence[str]


@dataclass(frozen=True, slots=True)
class Reported:
    """A fact as the page shows it; ``readings`` stand side by side where sources disagree."""

    id: str
    status: str
    told: Told
    readings: Sequence[Told]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The facts under one heading."""

    title: Text
    facts: Sequence[Reported]


def press_note(s: Speech) -> Text:
    """What the shelf is and is not."""
    return _text(s, ma.edition_2025().note)


def press_sections(s: Speech) -> list[Shelf]:
    """Facts by section, each with its sources; what nobody published is said to be not known."""
    found = ma.edition_2025()
    return [
        Shelf(_text(s, section.title), [_reported(s, fact) for fact in found.of(section.code)])
        for section in found.sections
    ]


def _reported(s: Speech, fact: PressFact) -> Reported:
    return Reported(
        fact.id,
        fact.status,
        _told(s, fact.text, fact.sources),
        [_told(s, reading.text, reading.sources) for reading in fact.readings],
    )


def _told(s: Speech, words: Wording, sources: Sequence[Source]) -> Told:
    return Told(_text(s, words), [_cited(s, source) for source in sources])


def _cited(s: Speech, source: Source) -> str:
    if source.date == "not known":
        return s.say("{source}, date not known", source=source.name)
    return s.say("{source}, {date}", source=source.name, date=source.date)


def _text(s: Speech, words: Wording) -> Text:
    text, language = words.best(s.language)
    return Text(text, "zgh-Tfng" if language == "zgh" else language)

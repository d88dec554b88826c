"""Who has not been heard, in a few sentences and in tables: of an edition, and of a statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assises.countries import ma
from assises.countries.model import Region
from assises.engines.opinion.statistics import wilson
from assises.fronts.portal.wording import FEWEST
from assises.look.pages.shapes import Column, Table
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.insights.models import Snapshot, StatementResult
from assises.rooms.people.queries import Heard

_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Unheard:
    """One sentence, and the rows behind it: region, voices, people of 15 or more there.

    ``regions`` is empty where too few declared one, or of a country we know nothing of.
    """

    sentence: str
    regions: list[tuple[Region, int | None]]


@dataclass(frozen=True, slots=True)
class UnheardOn:
    """Of one statement: sentences, and a table each by region and by college where there is one."""

    sentences: list[str]
    tables: list[Table]


@dataclass(frozen=True, slots=True)
class _Part:
    """Those who declared one thing: how many there are here, and how many of them answered.

    ``answered`` is None where it may not be told: fewer than ten did, or fewer than ten did not.
    """

    name: str
    here: int
    answered: int | None
    few: bool


def unheard(s: Speech, place: Consultation, heard: Heard | None) -> Unheard:
    """What the declared portraits say of who is missing. Nothing is claimed of who said nothing."""
    if heard is None or heard.voices < FEWEST:
        return Unheard(s.say("Fewer than ten voices have been heard so far."), [])
    regions = ma.MA.regions() if place.country == "MA" else ()
    shown = _shown(regions, heard.regions)
    silent = [
        college.name.best(s.language)[0]
        for college in ma.MA.colleges()
        if college.code in place.colleges and not heard.colleges[college.code]
    ]
    rows = [(r, shown.get(r.iso)) for r in regions] if shown else []
    return Unheard(_sentence(s, heard, regions, shown, silent), rows)


def unheard_on(
    s: Speech, place: Consultation, snapshot: Snapshot | None, result: StatementResult | None
) -> UnheardOn:
    """Who answered this statement least, beside how much they answer here at all.

    What was put before someone is recorded with the answer alone; silence is not told apart from
    never having seen it.
    """
    answered = 0 if result is None else result.agrees + result.disagrees + result.passes
    if snapshot is None or result is None or answered < FEWEST:
        return UnheardOn([s.say("Fewer than ten voices have answered it: it is hardly heard.")], [])
    sentences = [_of_all(s, snapshot.people, answered)]
    tables, few = [], []
    for what, title in (("region", s.say("Region")), ("college", s.say("College"))):
        here, told = snapshot.heard.get(what, {}), result.heard.get(what, {})
        parts = _parts(_names(s, place, what), here, told)
        sentences += _least(s, parts, answered / snapshot.people)
        few += [part.name for part in parts if part.few]
        if any(part.answered is not None for part in parts):
            tables.append(_table(s, title, parts))
    if few:
        names = s.say(", ").join(few)
        sentences.append(s.say("Fewer than ten answers to it from: {names}.", names=names))
    if not tables:
        sentences.append(s.say("Too few said where they live or as what they speak."))
    sentences.append(s.say("Voices do not say their language: of languages nothing is known."))
    return UnheardOn(sentences, tables)


def _of_all(s: Speech, people: int, answered: int) -> str:
    silent = people - answered
    if silent < FEWEST:
        return s.say("Nearly every voice that answers here has answered it.")
    return s.say(
        "Of the {people} voices that answer here, {answered} have answered it. The other {silent} "
        "may have left it open or never have seen it: what is put before someone and left open is "
        "not recorded.",
        people=s.number(people),
        answered=s.number(answered),
        silent=s.number(silent),
    )


def _names(s: Speech, place: Consultation, what: str) -> dict[str, str]:
    """What may be declared here, by its code."""
    if what == "college":
        listed = [c for c in ma.MA.colleges() if c.code in place.colleges]
        return {c.code: c.name.best(s.language)[0] for c in listed}
    if place.country != "MA":
        return {}
    regions = {r.iso: r.name.best(s.language)[0] for r in ma.MA.regions()}
    return {**regions, "abroad": s.say("Abroad")}


def _parts(
    names: Mapping[str, str], here: Mapping[str, int], told: Mapping[str, int]
) -> list[_Part]:
    """Every part of which ten voices answer here; never all numbers but one."""
    parts = []
    for code, name in names.items():
        there, n = here.get(code, 0), told.get(code, 0)
        if there >= FEWEST:
            hidden = n < FEWEST or n > there or 0 < there - n < FEWEST
            parts.append(_Part(name, there, None if hidden else n, n < FEWEST))
    shown = [part for part in parts if part.answered is not None]
    if shown and len(parts) - len(shown) == 1:
        # The one that is hidden would be what the total leaves; the best heard goes with it.
        best = max(shown, key=lambda part: (part.answered or 0) / part.here)
        parts[parts.index(best)] = _Part(best.name, best.here, None, few=False)
    return parts


def _least(s: Speech, parts: Sequence[_Part], share: float) -> list[str]:
    """The parts that answered clearly less than all together, if there are any."""
    low = [
        (part.answered / part.here, part.name)
        for part in parts
        # Clearly: the whole interval (Wilson, 95 %) of their share lies below.
        if part.answered is not None and wilson(part.answered, part.here)[1] < share
    ]
    if not low:
        return []
    names = [
        s.say("{name} ({share})", name=name, share=s.percent(part))
        for part, name in sorted(low)[:_NAMED]
    ]
    return [
        s.say(
            "Clearly less than the {share} of all together: {names}.",
            share=s.percent(share),
            names=s.say(", ").join(names),
        )
    ]


def _table(s: Speech, title: str, parts: Sequence[_Part]) -> Table:
    hidden = s.say("not shown")
    return Table(
        s.say(
            "{title}: voices that answer here, and those that answered this statement; what would "
            "speak of fewer than ten is not shown.",
            title=title,
        ),
        [
            Column(title),
            Column(s.say("Voices"), numeric=True),
            Column(s.say("Answered it"), numeric=True),
            Column(s.say("Share"), numeric=True),
        ],
        [
            [
                part.name,
                s.number(part.here),
                hidden if part.answered is None else s.number(part.answered),
                hidden if part.answered is None else s.percent(part.answered / part.here),
            ]
            for part in parts
        ],
    )


def _shown(regions: Sequence[Region], voices: Counter[str]) -> dict[str, int]:
    """The regions whose number may be shown: ten voices, and never all but one of them.

    A single hidden region would be what the total leaves; the smallest of the others goes with it.
    """
    shown = {r.iso: voices[r.iso] for r in regions if voices[r.iso] >= FEWEST}
    if shown and len(regions) - len(shown) == 1:
        del shown[min(shown, key=lambda iso: (shown[iso], iso))]
    return shown


def _sentence(
    s: Speech,
    heard: Heard,
    regions: Sequence[Region],
    shown: dict[str, int],
    silent: list[str],
) -> str:
    parts = [s.count("{n} voice has spoken.", "{n} voices have spoken.", heard.voices)]
    quiet = [r for r in regions if heard.regions[r.iso] < FEWEST]
    if not shown:
        parts.append(s.say("Too few said where they live."))
    elif len(quiet) > 3:
        parts.append(
            s.count(
                "From {n} region, fewer than ten voices.",
                "From {n} regions, fewer than ten voices.",
                len(quiet),
            )
        )
    elif quiet:
        names = s.say(", ").join(r.name.best(s.language)[0] for r in quiet)
        parts.append(s.say("Fewer than ten voices from: {names}.", names=names))
    else:
        least = min(regions, key=lambda r: heard.regions[r.iso] / max(r.fifteen_plus, 1))
        parts.append(
            s.say(
                "The least heard region for its size is {region}.",
                region=least.name.best(s.language)[0],
            )
        )
    if silent:
        parts.append(s.say("Nobody yet from: {colleges}.", colleges=s.say(", ").join(silent)))
    return " ".join(parts)

"""Who has not been heard, in one sentence and in a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from assises.countries import ma
from assises.countries.model import Region
from assises.fronts.portal.wording import FEWEST
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.people.queries import Heard


@dataclass(frozen=True, slots=True)
class Unheard:
    """One sentence, and the rows behind it: region, voices, people of 15 or more there."""

    sentence: str
    regions: list[tuple[Region, int | None]]
    silent: list[str]


def unheard(s: Speech, place: Consultation, heard: Heard) -> Unheard:
    """What the declared portraits say of who is missing. Nothing is claimed of who said nothing."""
    regions = ma.MA.regions()
    quiet = [r for r in regions if heard.regions[r.iso] < FEWEST]
    silent = [
        college.name.best(s.language)[0]
        for college in ma.MA.colleges()
        if college.code in place.colleges and not heard.colleges[college.code]
    ]
    return Unheard(_sentence(s, heard, quiet, silent), _rows(regions, heard.regions), silent)


def _sentence(s: Speech, heard: Heard, quiet: list[Region], silent: list[str]) -> str:
    if not heard.voices:
        return s.say("Nobody has been heard yet.")
    declared = sum(heard.regions.values())
    parts = [
        s.count(
            "{n} voice has spoken; {declared} said where they live.",
            "{n} voices have spoken; {declared} said where they live.",
            heard.voices,
            declared=s.number(declared),
        )
    ]
    if declared and len(quiet) > 3:
        parts.append(
            s.count(
                "From {n} region, fewer than ten voices.",
                "From {n} regions, fewer than ten voices.",
                len(quiet),
            )
        )
    elif declared and quiet:
        names = s.say(", ").join(r.name.best(s.language)[0] for r in quiet)
        parts.append(s.say("Fewer than ten voices from: {names}.", names=names))
    least = _least(s, heard)
    if not quiet and least:
        parts.append(least)
    if silent:
        parts.append(s.say("Nobody yet from: {colleges}.", colleges=s.say(", ").join(silent)))
    return " ".join(parts)


def _least(s: Speech, heard: Heard) -> str:
    """The region with the fewest voices for its people."""
    regions = ma.MA.regions()
    if not regions:
        return ""
    rate = {r.iso: heard.regions[r.iso] / max(r.fifteen_plus, 1) for r in regions}
    least = min(regions, key=lambda r: rate[r.iso])
    return s.say(
        "The least heard region for its size is {region}.",
        region=least.name.best(s.language)[0],
    )


def _rows(regions: tuple[Region, ...], voices: Counter[str]) -> list[tuple[Region, int | None]]:
    return [(r, voices[r.iso] if voices[r.iso] >= FEWEST else None) for r in regions]

"""Who has not been heard, in one sentence and in a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assises.countries import ma
from assises.countries.model import Region
from assises.fronts.portal.wording import FEWEST
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.people.queries import Heard


@dataclass(frozen=True, slots=True)
class Unheard:
    """One sentence, and the rows behind it: region, voices, people of 15 or more there.

    ``regions`` is empty where too few declared one, or of a country we know nothing of.
    """

    sentence: str
    regions: list[tuple[Region, int | None]]


def unheard(s: Speech, place: Consultation, heard: Heard) -> Unheard:
    """What the declared portraits say of who is missing. Nothing is claimed of who said nothing."""
    regions = ma.MA.regions() if place.country == "MA" else ()
    shown = _shown(regions, heard.regions)
    silent = [
        college.name.best(s.language)[0]
        for college in ma.MA.colleges()
        if college.code in place.colleges and not heard.colleges[college.code]
    ]
    rows = [(r, shown.get(r.iso)) for r in regions] if shown else []
    return Unheard(_sentence(s, heard, regions, shown, silent), rows)


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
    if not heard.voices:
        return s.say("Nobody has been heard yet.")
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

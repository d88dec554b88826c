"""Many voices at once: those of a file, or of the simulation. One act."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from assises.lib.errors import Invalid, NotAllowed
from assises.rooms.journal.acting import Place, acting
from assises.rooms.journal.permissions import Actor, Role
from assises.rooms.people.acts.enter import AREAS, CHANNELS, Portrait
from assises.rooms.people.models import Voice

_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Entering:
    """A voice that somebody else brings in: its id, what is known of it, and the day it came."""

    voice: UUID
    portrait: Portrait = field(default_factory=Portrait)
    channel: str = "web"
    entered_on: date | None = None


def enter_many(
    actor: Actor, place: Place, entering: Sequence[Entering], *, key: str, at: datetime
) -> int:
    """How many voices were made. Their handles are chance: no secret leads to any of them, so
    nobody will ever speak or vote with a voice that came this way.

    Raises:
        NotAllowed: to all but parts of the software; a person enters alone, with a secret.
        Invalid: an unknown channel or area, or an id given twice; nothing is made.
    """
    _demand_software(actor)
    _check(entering)
    payload = {"rows": len(entering), "sha256": _digest(entering, at)}
    with acting("people.enter", actor, place=place, key=key, at=at, payload=payload) as writing:
        if writing.repeated:
            return int(writing.outcome["voices"])
        for start in range(0, len(entering), _AT_ONCE):
            Voice.objects.bulk_create(_rows(place, entering[start : start + _AT_ONCE], at))
        writing.outcome = {"voices": len(entering)}
    return len(entering)


def _demand_software(actor: Actor) -> None:
    # The table opens people.enter to visitors, for themselves; a crowd is another matter.
    if not any(grant.role is Role.SYSTEM for grant in actor.grants):
        raise NotAllowed(
            "many voices at once come from a file or a simulation only",
            next_step="Enter one by one, or load a file.",
        )


def _check(entering: Sequence[Entering]) -> None:
    if any(e.channel not in CHANNELS or e.portrait.area not in AREAS for e in entering):
        raise Invalid("there is no such channel or area", next_step="Choose one of the list.")
    if len({e.voice for e in entering}) != len(entering):
        raise Invalid("a voice is given twice", next_step="Give each its own id.")


def _rows(place: Place, entering: Iterable[Entering], at: datetime) -> list[Voice]:
    return [
        Voice(
            id=e.voice,
            consultation=place.id,
            handle=secrets.token_bytes(32),
            college=e.portrait.college,
            region=e.portrait.region,
            area=e.portrait.area,
            channel=e.channel,
            entered_on=e.entered_on or at.date(),
        )
        for e in entering
    ]


def _digest(entering: Iterable[Entering], at: datetime) -> str:
    digest = hashlib.sha256()
    for e in entering:
        day = (e.entered_on or at.date()).isoformat()
        said = (e.portrait.college, e.portrait.region, e.portrait.area)
        digest.update(f"{e.voice},{e.channel},{day},{','.join(said)}\n".encode())
    return digest.hexdigest()

"""A voice leaves with everything it said of itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from assises.rooms.journal.acting import Place, acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.people.models import Voice
from assises.rooms.people.own import demand_own


def depart(actor: Actor, place: Place, voice: UUID, *, key: str, at: datetime) -> None:
    """Its portrait is emptied and the day kept. Its words and votes are taken back by their rooms.

    Raises:
        NotAllowed: it is another voice's.
    """
    demand_own(actor, voice)
    with acting("people.depart", actor, place=place, key=key, at=at) as writing:
        if not writing.repeated:
            Voice.objects.filter(id=voice, consultation=place.id).update(
                college="", region="", area="", withdrawn_on=at.date()
            )

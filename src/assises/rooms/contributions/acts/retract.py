"""Someone takes back a statement that they proposed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from assises.lib.errors import NotFound
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.models import WITHDRAWN, Statement
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.people.own import demand_own
from assises.rooms.search.indexing import forget
from assises.rooms.texts.writing import erase


def retract(
    actor: Actor, place: Consultation, voice: UUID, statement: UUID, *, key: str, at: datetime
) -> None:
    """Its words are erased, nobody is asked it any more, and a stone stands at its address.

    Works in any phase. The answers that others gave leave every count with it: the room of the
    votes learns of it by this act.

    Raises:
        NotAllowed: in the name of another voice.
        NotFound: if it is not this voice's.
    """
    demand_own(actor, voice)
    with acting(
        "contributions.retract",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"statement:{statement}"],
        payload={"statement": str(statement)},
    ) as writing:
        if writing.repeated:
            return
        # Locked: someone may be deciding upon it at this moment, and withdrawal wins.
        row = (
            Statement.objects.select_for_update()
            .filter(uid=statement, voice=voice, consultation=place)
            .first()
        )
        if row is None:
            raise NotFound(
                "this is not a statement of yours", next_step="Choose it on your own page."
            )
        if row.moderation == WITHDRAWN:
            return
        erase([row.words])
        row.moderation, row.reason, row.withdrawn_on = WITHDRAWN, "", place.day_of(at)
        row.save(update_fields=["moderation", "reason", "withdrawn_on"])
        forget("statement", [row.uid])
        writing.notes["statement"] = row.id

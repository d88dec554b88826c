"""Someone takes back what they said."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from assises.lib.errors import NotFound
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.models import WITHDRAWN, Contribution
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.people.own import demand_own
from assises.rooms.search.indexing import forget
from assises.rooms.texts.writing import erase


def withdraw(
    actor: Actor, place: Consultation, voice: UUID, contribution: UUID, *, key: str, at: datetime
) -> None:
    """The words are erased, and a stone says that something stood there.

    Raises:
        NotAllowed: in the name of another voice.
        NotFound: if it is not this voice's.
    """
    demand_own(actor, voice)
    with acting(
        "contributions.withdraw",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"contribution:{contribution}"],
        payload={"contribution": str(contribution)},
    ) as writing:
        if writing.repeated:
            return
        row = (
            Contribution.objects.select_for_update()
            .filter(id=contribution, voice=voice, consultation=place)
            .first()
        )
        if row is None:
            raise NotFound(
                "this is not one of your contributions", next_step="Choose it on your own page."
            )
        if row.state == WITHDRAWN:
            return  # since the day that its stone says
        erase([row.words])
        row.state, row.withdrawn_on = WITHDRAWN, place.day_of(at)
        row.save(update_fields=["state", "withdrawn_on"])
        forget("contribution", [row.id])

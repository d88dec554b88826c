"""Decide whether the single votes of a consultation are published."""

from __future__ import annotations

from datetime import datetime

from assises.lib.errors import NotNow
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor


def publish_votes(
    actor: Actor, place: Consultation, *, published: bool, key: str, at: datetime
) -> None:
    """With it on, anyone can take the bundle with each vote under a pseudonym; off is always open.

    Raises:
        NotNow: votes one by one are political opinions: they are published only under a reference
            of the authority that a named person has confirmed. A simulation needs none.
    """
    with acting(
        "consultations.publish_votes",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"consultation:{place.id}"],
        payload={"published": published},
    ) as writing:
        if writing.repeated:
            return
        locked = Consultation.objects.select_for_update().get(id=place.id)
        if published and not (locked.simulated or locked.confirmed_by):
            raise NotNow(
                "the authority's reference is not confirmed",
                next_step="An administrator copies it from the receipt and confirms it first.",
            )
        locked.votes_published = published
        locked.save(update_fields=["votes_published"])

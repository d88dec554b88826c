"""A named person confirms the authority's reference, without which nothing opens."""

from __future__ import annotations

from datetime import datetime

from assises.lib.errors import Invalid
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor


def confirm(actor: Actor, place: Consultation, reference: str, *, key: str, at: datetime) -> None:
    """Keep the authority's reference for the notice, and who vouches for it."""
    said = reference.strip()
    if not 3 <= len(said) <= 80 or not said.isprintable():
        raise Invalid(
            "this is not a reference",
            next_step="Copy the number on the authority's receipt.",
            fields={"reference": "3 to 80 characters"},
        )
    with acting(
        "consultations.confirm",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"consultation:{place.id}"],
        payload={"reference": said},
    ) as writing:
        if not writing.repeated:
            Consultation.objects.filter(id=place.id).update(
                authority_reference=said, confirmed_by=actor.pseudonym
            )

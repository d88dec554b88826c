"""Turn reading-before-showing on or off for new statements."""

from __future__ import annotations

from datetime import datetime

from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor


def moderate(actor: Actor, place: Consultation, *, moderated: bool, key: str, at: datetime) -> None:
    """With it on, a new statement waits for a person; what waits already goes on waiting."""
    with acting(
        "consultations.moderate",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"consultation:{place.id}"],
        payload={"moderated": moderated},
    ) as writing:
        if not writing.repeated:
            Consultation.objects.filter(id=place.id).update(moderated=moderated)

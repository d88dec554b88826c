"""Open a consultation to the public, and close it."""

from __future__ import annotations

from datetime import datetime

from assises.lib.errors import NotNow
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.people.own import builds


def open_to_all(actor: Actor, place: Consultation, *, key: str, at: datetime) -> None:
    """From draft or closed to open.

    Raises:
        NotNow: where the notice's reference is not confirmed by a person: law that nobody has
            checked blocks, it does not default. Only a simulation needs none; and the software,
            which opens what came from elsewhere for as long as it takes to fill it.
    """
    with acting(
        "consultations.open",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"consultation:{place.id}"],
        payload={},
    ) as writing:
        if writing.repeated:
            return
        locked = Consultation.objects.select_for_update().get(id=place.id)
        free = locked.simulated or (locked.kind != "own" and builds(actor))
        if not free and not locked.confirmed_by:
            raise NotNow(
                "the authority's reference is not confirmed",
                next_step="An administrator copies it from the receipt and confirms it; then open.",
            )
        locked.state = "open"
        locked.save(update_fields=["state"])


def close(actor: Actor, place: Consultation, *, key: str, at: datetime) -> None:
    """No more contributions and votes; everything stays readable.

    Raises:
        NotNow: it was never opened: what closes is shown to everyone, and a draft is not.
    """
    with acting(
        "consultations.close",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"consultation:{place.id}"],
        payload={},
    ) as writing:
        if writing.repeated:
            return
        rows = Consultation.objects.filter(id=place.id).exclude(state="draft")
        if not rows.update(state="closed"):
            raise NotNow("it was never opened", next_step="Open it first, or leave it a draft.")

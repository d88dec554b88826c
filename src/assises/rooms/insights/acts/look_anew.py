"""A person wants the themes looked for anew."""

from __future__ import annotations

from datetime import datetime

from assises.rooms.consultations.models import Consultation
from assises.rooms.insights.models import Theming
from assises.rooms.insights.themes.shaping import reason_of, touched
from assises.rooms.insights.themes.tasks import SOON, order
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor


def look_anew(actor: Actor, place: Consultation, *, reason: str, key: str, at: datetime) -> None:
    """What arrives joins the themes that are there; this lets the next run find others.

    Themes that people locked, and what they placed, stay as they are.

    Raises:
        Invalid: no reason.
    """
    why = reason_of(reason)
    with acting(
        "insights.anew", actor, place=place, key=key, at=at, payload={"reason": why}
    ) as writing:
        if writing.repeated:
            return
        touched(place)
        Theming.objects.filter(consultation=place).update(anew=True)
        order(place.id, wait=SOON)

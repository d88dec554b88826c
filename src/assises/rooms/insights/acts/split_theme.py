"""A person wants a theme parted."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from assises.lib.errors import Conflict, Invalid
from assises.rooms.consultations.models import Consultation
from assises.rooms.insights.models import ASKED, CURRENT, Theme, ThemeMembership
from assises.rooms.insights.themes.shaping import reason_of, theme_here, touched
from assises.rooms.insights.themes.tasks import SOON, order
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor

FEWEST: Final = 10
"""Contributions of a theme that can be parted: two parts of five."""
DEEPEST: Final = 3


def split_theme(
    actor: Actor, place: Consultation, theme: UUID, *, reason: str, key: str, at: datetime
) -> None:
    """Have the software part what is in a theme; parts and theme are locked then.

    It is done by the next run, a moment later, away from this request. If that finds nothing to
    part, the theme says so.

    Raises:
        NotFound: there is no such theme here.
        Invalid: no reason, or fewer than ten contributions in it.
        Conflict: it has parts already, or lies too deep.
    """
    why = reason_of(reason)
    with acting(
        "insights.split",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"theme:{theme}"],
        payload={"reason": why},
    ) as writing:
        if writing.repeated:
            return
        touched(place)
        row = theme_here(place, theme)
        if row.level >= DEEPEST or Theme.objects.filter(parent=row, state=CURRENT).exists():
            raise Conflict("this theme has parts already", next_step="Split one of its parts.")
        if ThemeMembership.objects.filter(theme=row).count() < FEWEST:
            raise Invalid("too few contributions to part", next_step="Move them one by one.")
        row.split = ASKED
        row.save(update_fields=["split"])
        order(place.id, wait=SOON)

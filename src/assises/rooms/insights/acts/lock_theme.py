"""A person holds a theme as it is, or lets it go again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from assises.rooms.consultations.models import Consultation
from assises.rooms.insights.themes.shaping import reason_of, theme_here, touched
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor


def lock_theme(
    actor: Actor, place: Consultation, theme: UUID, *, reason: str, key: str, at: datetime
) -> None:
    """What is in it, its parts too, stays there; new contributions may still join.

    Raises:
        NotFound: there is no such theme here.
        Invalid: no reason.
    """
    _hold("insights.lock", actor, place, theme, reason=reason, key=key, at=at)


def unlock_theme(
    actor: Actor, place: Consultation, theme: UUID, *, reason: str, key: str, at: datetime
) -> None:
    """A run that looks for themes anew may take it apart; what a person placed one by one stays.

    Raises:
        NotFound: there is no such theme here.
        Invalid: no reason.
    """
    _hold("insights.unlock", actor, place, theme, reason=reason, key=key, at=at)


def _hold(
    act: str,
    actor: Actor,
    place: Consultation,
    theme: UUID,
    *,
    reason: str,
    key: str,
    at: datetime,
) -> None:
    why = reason_of(reason)
    with acting(
        act,
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
        row.locked = act == "insights.lock"
        row.save(update_fields=["locked"])

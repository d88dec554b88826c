"""Whether one may speak or vote now: the edition is open, and so is its phase for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from assises.lib.errors import NotNow
from assises.rooms.consultations.models import Consultation, Phase

Doing = Literal["listen", "vote"]
"""What people do in a phase: say and propose something, or answer statements."""
_NAMES: Final[dict[Doing, str]] = {"listen": "the listening", "vote": "the vote"}


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether something may be done at an instant.

    ``state``: ``open``; ``early``, it begins on ``day``; ``late``, ``day`` was its last; ``shut``,
    the whole edition is closed or a draft. Days are those of the consultation's zone.
    """

    state: Literal["open", "early", "late", "shut"]
    day: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether it may be done."""
        return self.state == "open"


def opening(place: Consultation, phases: Iterable[Phase], kind: Doing, at: datetime) -> Opening:
    """Whether one may do it; an edition that sets no phase for it says nothing about when."""
    if place.state != "open":
        return Opening("shut")
    phase = next((p for p in phases if p.kind == kind), None)
    if phase is None:
        return Opening("open")
    if at < phase.opens_at:
        return Opening("early", place.day_of(phase.opens_at))
    if phase.closes_at is not None and at >= phase.closes_at:
        # What closes at midnight closes at 24:00 of the day before.
        return Opening("late", place.day_of(phase.closes_at - timedelta(microseconds=1)))
    return Opening("open")


def demand_open(place: Consultation, kind: Doing, at: datetime) -> None:
    """Refuse words and votes where nobody listens any more, or not yet.

    Raises:
        NotNow: the edition is a draft or closed, or its phase for it is not under way.
    """
    found = opening(place, Phase.objects.filter(consultation=place, kind=kind), kind, at)
    if found.state == "shut":
        raise NotNow(
            "this edition is not open", next_step="Look for one that is, on the first page."
        )
    if found.state == "early":
        raise NotNow(
            f"{_NAMES[kind]} opens on {found.day}",
            next_step="Come back on that day; what is there already can be read.",
        )
    if found.state == "late":
        raise NotNow(
            f"{_NAMES[kind]} closed on {found.day} at 24:00",
            next_step="What was said and answered stays readable, and can be taken back.",
        )

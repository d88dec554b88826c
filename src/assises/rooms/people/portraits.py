"""What a voice chose to say of itself: read by its own page."""

from __future__ import annotations

from uuid import UUID

from assises.rooms.people.acts.enter import Portrait
from assises.rooms.people.models import Voice


def portrait_of(voice: UUID) -> Portrait:
    """The portrait of a voice; empty where it said nothing."""
    row = Voice.objects.get(id=voice)
    return Portrait(row.college, row.region, row.area)

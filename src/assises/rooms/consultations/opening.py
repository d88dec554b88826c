"""Whether one may still speak."""

from __future__ import annotations

from assises.lib.errors import NotNow
from assises.rooms.consultations.models import Consultation


def demand_open(place: Consultation) -> None:
    """Refuse words and votes where nobody listens any more, or not yet.

    Raises:
        NotNow: the edition is a draft or closed.
    """
    if place.state != "open":
        raise NotNow(
            "this edition is not open", next_step="Look for one that is, on the first page."
        )

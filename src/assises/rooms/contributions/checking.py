"""What is asked of whatever is said here, before it is taken."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from assises.lib.errors import Invalid
from assises.rooms.consultations.models import Consultation, Vertical
from assises.rooms.texts.models import TAGS


def check_languages(tags: Iterable[str]) -> None:
    """Refuse a language that is not in the list.

    Raises:
        Invalid: naming the field ``language``.
    """
    if not set(tags) <= set(TAGS):
        raise Invalid(
            "this language is not in the list",
            next_step="Choose one, or leave it open.",
            fields={"language": "not in the list"},
        )


def check_verticals(place: Consultation, verticals: Iterable[UUID | None]) -> None:
    """Refuse a vertical that this consultation does not have.

    Raises:
        Invalid: naming the field ``vertical``.
    """
    asked = {uid for uid in verticals if uid is not None}
    if asked and Vertical.objects.filter(consultation=place, id__in=asked).count() != len(asked):
        raise Invalid(
            "this edition has no such vertical",
            next_step="Choose one of its own, or none.",
            fields={"vertical": "not in the list"},
        )

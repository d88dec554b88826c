"""Say which vertical of one edition stands for which of another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from assises.lib.errors import Invalid
from assises.rooms.consultations.models import Consultation, Vertical, VerticalMapping
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.texts.writing import clean

_LONGEST: Final = 200


def map_verticals(
    actor: Actor,
    place: Consultation,
    pairs: Sequence[tuple[UUID, UUID]],
    source: str,
    *,
    key: str,
    at: datetime,
) -> int:
    """Many to many: (a vertical of ``place``, one of another edition), with who says so.

    Raises:
        Invalid: if a pair's first is not of this edition, or its second is, or is of none; or
            nobody says so.
    """
    said = clean(source, longest=_LONGEST, field="source")
    mine = set(Vertical.objects.filter(consultation=place).values_list("id", flat=True))
    others = {other for _, other in pairs}
    elsewhere = Vertical.objects.filter(id__in=others).exclude(consultation=place).count()
    if any(one not in mine for one, _ in pairs) or elsewhere != len(others):
        raise Invalid(
            "a pair must join this edition to another",
            next_step="Choose the first vertical here and the second elsewhere.",
        )
    with acting(
        "consultations.map",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"consultation:{place.id}"],
        payload={"pairs": [[str(one), str(other)] for one, other in pairs], "source": said},
    ) as writing:
        if writing.repeated:
            return int(writing.outcome["made"])
        made = VerticalMapping.objects.bulk_create(
            [VerticalMapping(one_id=one, other_id=other, source=said) for one, other in pairs],
            ignore_conflicts=True,
        )
        writing.outcome = {"made": len(made)}
    return len(made)

"""Say from when to when one may listen, vote, deliberate, follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from assises.lib.clock import instant
from assises.lib.errors import Invalid
from assises.rooms.consultations.models import PHASES, Consultation, Phase
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor

Span = tuple[datetime, datetime | None]


def schedule(
    actor: Actor, place: Consultation, phases: Mapping[str, Span], *, key: str, at: datetime
) -> None:
    """Replace the phases. A span is from its first instant to before its last, None for open.

    Raises:
        Invalid: for an unknown phase or a span that runs backwards.
    """
    for kind, (opens, closes) in phases.items():
        if kind not in PHASES:
            raise Invalid(f"there is no phase {kind!r}", next_step=f"Phases: {', '.join(PHASES)}.")
        if closes is not None and closes <= opens:
            raise Invalid(
                "a phase would close before it opens",
                next_step="Correct one of the two.",
                fields={kind: "closes before it opens"},
            )
    payload = {
        kind: [instant(opens), closes and instant(closes)]
        for kind, (opens, closes) in phases.items()
    }
    with acting(
        "consultations.schedule",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"consultation:{place.id}"],
        payload=payload,
    ) as writing:
        if not writing.repeated:
            Phase.objects.filter(consultation=place).delete()
            Phase.objects.bulk_create(
                [
                    Phase(consultation=place, kind=kind, opens_at=opens, closes_at=closes)
                    for kind, (opens, closes) in phases.items()
                ]
            )

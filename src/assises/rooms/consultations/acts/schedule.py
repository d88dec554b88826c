"""Say from when to when one may listen, vote, deliberate, follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

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
        Invalid: for an unknown phase, an instant without a zone, or a span that runs backwards.
    """
    spans = {kind: _checked(kind, span) for kind, span in phases.items()}
    payload = {
        kind: [instant(opens), closes and instant(closes)]
        for kind, (opens, closes) in spans.items()
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
        if writing.repeated:
            return
        # Under lock: of two who set the phases at once, the later replaces what the first set.
        Consultation.objects.select_for_update(no_key=True).get(id=place.id)
        Phase.objects.filter(consultation=place).delete()
        Phase.objects.bulk_create(
            [
                Phase(consultation=place, kind=kind, opens_at=opens, closes_at=closes)
                for kind, (opens, closes) in spans.items()
            ]
        )


def _checked(kind: str, span: Span) -> Span:
    """The span in UTC: in the zone itself one clock can show two instants the same hour."""
    if kind not in PHASES:
        raise Invalid(f"there is no phase {kind!r}", next_step=f"Phases: {', '.join(PHASES)}.")
    if any(end is not None and end.tzinfo is None for end in span):
        raise Invalid("an instant must say its zone", next_step="Say it, or give it in UTC.")
    opens, closes = (None if end is None else end.astimezone(UTC) for end in span)
    if opens is None or (closes is not None and closes <= opens):
        raise Invalid(
            "a phase would close before it opens",
            next_step="Correct one of the two.",
            fields={kind: "closes before it opens"},
        )
    return opens, closes

"""A person says that two themes are one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from assises.lib.errors import Invalid
from assises.rooms.chain.linking import Node, link
from assises.rooms.consultations.models import Consultation
from assises.rooms.insights.models import MERGED, Theme
from assises.rooms.insights.themes.shaping import move_all, reason_of, theme_here, touched
from assises.rooms.insights.themes.tasks import SOON, order
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor


def merge_themes(
    actor: Actor,
    place: Consultation,
    theme: UUID,
    into: UUID,
    *,
    reason: str,
    key: str,
    at: datetime,
) -> None:
    """All that is in ``theme``, its parts too, comes into another beside it, which is locked then.

    Its address stays and leads there.

    Raises:
        NotFound: there is no such theme here.
        Invalid: no reason; the same theme twice; two that do not stand beside each other.
    """
    why = reason_of(reason)
    with acting(
        "insights.merge",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"theme:{theme}", f"theme:{into}"],
        payload={"reason": why},
    ) as writing:
        if writing.repeated:
            return
        touched(place)
        # In the order of their ids, so that two who merge both ways do not wait for each other.
        rows = {uid: theme_here(place, uid) for uid in sorted({theme, into})}
        old, new = rows[theme], rows[into]
        if theme == into or old.parent_id != new.parent_id:
            raise Invalid(
                "only two themes beside each other become one",
                next_step="Choose one of the same level, within the same theme.",
                fields={"into": "not in the list"},
            )
        move_all(old, new, event=writing.event, at=at)
        Theme.objects.filter(parent=old).update(parent=new)
        old.state, old.into, old.ended_on, old.locked = MERGED, new, place.day_of(at), False
        old.save(update_fields=["state", "into", "ended_on", "locked"])
        new.locked = True
        new.save(update_fields=["locked"])
        link(
            [(Node("theme", theme), Node("theme", into))],
            "merged",
            consultation=place.id,
            event=writing.event,
            at=at,
        )
        order(place.id, wait=SOON)

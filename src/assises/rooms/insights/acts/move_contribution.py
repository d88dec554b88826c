"""A person says which theme a contribution belongs in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from assises.lib.errors import NotFound
from assises.rooms.chain.linking import Node, link, unlink_all
from assises.rooms.consultations.models import Consultation
from assises.rooms.insights.models import PERSON, Theme, ThemeMembership
from assises.rooms.insights.themes.placing import PLACED
from assises.rooms.insights.themes.shaping import reason_of, theme_here, touched
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor


def move_contribution(
    actor: Actor,
    place: Consultation,
    contribution: UUID,
    theme: UUID,
    *,
    reason: str,
    key: str,
    at: datetime,
) -> None:
    """It stays where it is put, whatever later runs find; also one that fitted nowhere.

    Into the theme it is in already: a person confirms that it belongs there.

    Raises:
        NotFound: there is no such theme or contribution here, or it is not public.
        Invalid: no reason.
    """
    why = reason_of(reason)
    with acting(
        "insights.move",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"contribution:{contribution}", f"theme:{theme}"],
        payload={"reason": why},
    ) as writing:
        if writing.repeated:
            return
        touched(place)
        into = theme_here(place, theme)
        row = (
            ThemeMembership.objects.select_for_update(of=("self",))
            .filter(contribution=contribution, consultation=place, contribution__state="public")
            .first()
        )
        if row is None:
            raise NotFound(
                "there is no such contribution", next_step="Choose one that stands in a theme."
            )
        _relink(row, into, event=writing.event, at=at)
        row.theme, row.why, row.sure = into, "", 1.0
        row.by, row.placed_by, row.since = PERSON, actor.pseudonym, at
        row.save(update_fields=["theme", "why", "sure", "by", "placed_by", "since"])


def _relink(row: ThemeMembership, into: Theme, *, event: UUID, at: datetime) -> None:
    if row.theme_id == into.id:
        return
    said = Node("contribution", row.contribution_id)
    if row.theme_id is not None:
        unlink_all([(said, Node("theme", row.theme_id))], PLACED, event=event, at=at)
    link(
        [(said, Node("theme", into.id))],
        PLACED,
        consultation=row.consultation_id,
        event=event,
        at=at,
    )

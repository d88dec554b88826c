"""What the acts of people on themes share: which theme, why, and that a running run is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import F

from assises.lib.errors import Invalid, NotFound
from assises.rooms.chain.linking import Node, link, unlink_all
from assises.rooms.consultations.models import Consultation
from assises.rooms.insights.models import CURRENT, Theme, ThemeLabel, ThemeMembership, Theming
from assises.rooms.insights.themes.placing import PLACED
from assises.rooms.texts.writing import clean

LONGEST_REASON: Final = 400


def reason_of(reason: str) -> str:
    """Why, in one line.

    Raises:
        Invalid: nothing is said, or too much.
    """
    said = clean(reason, longest=LONGEST_REASON, field="reason", required=False)
    if not any(c.isalnum() for c in said):
        raise Invalid(
            "a change of themes needs its reason",
            next_step="Say in a sentence why; it is kept in the journal.",
            fields={"reason": "no reason"},
        )
    return " ".join(said.split())


def theme_here(place: Consultation, uid: UUID) -> Theme:
    """A theme that stands, locked for this act.

    Raises:
        NotFound: there is none, or no longer.
    """
    row = Theme.objects.select_for_update(no_key=True)
    found = row.filter(id=uid, consultation=place, state=CURRENT).first()
    if found is None:
        raise NotFound("there is no such theme", next_step="Choose it in the list.")
    return found


def touched(place: Consultation) -> None:
    """Themes are another than a run that is under way began with: call it first in every act."""
    Theming.objects.get_or_create(consultation=place)
    Theming.objects.filter(consultation=place).update(revision=F("revision") + 1)


def move_all(theme: Theme, into: Theme, *, event: UUID, at: datetime) -> int:
    """Everything that is in one theme into another, with its links; how many there were."""
    rows = ThemeMembership.objects.filter(theme=theme)
    uids = list(rows.values_list("contribution_id", flat=True))
    unlink_all(_nodes(uids, theme.id), PLACED, event=event, at=at)
    link(_nodes(uids, into.id), PLACED, consultation=theme.consultation_id, event=event, at=at)
    return rows.update(theme=into, since=at)


def leave(contributions: Iterable[UUID], *, event: UUID, at: datetime) -> None:
    """These contributions are public no more: they stand nowhere, and nobody quotes them."""
    rows = ThemeMembership.objects.filter(contribution__in=list(contributions))
    pairs = list(rows.values_list("contribution_id", "theme_id"))
    ended = [
        (Node("contribution", uid), Node("theme", theme))
        for uid, theme in pairs
        if theme is not None
    ]
    unlink_all(ended, PLACED, event=event, at=at)
    ThemeLabel.objects.filter(quote__in=[uid for uid, _ in pairs]).update(quote=None)
    rows.delete()


def _nodes(contributions: Iterable[UUID], theme: UUID) -> list[tuple[Node, Node]]:
    return [(Node("contribution", uid), Node("theme", theme)) for uid in contributions]

"""A person says what a theme is called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from assises.rooms.consultations.models import Consultation
from assises.rooms.insights.themes.shaping import reason_of, theme_here
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.texts.writing import rewrite_in, write_in

LONGEST: Final = 80


def rename_theme(
    actor: Actor,
    place: Consultation,
    theme: UUID,
    languages: Mapping[str, str],
    *,
    reason: str,
    key: str,
    at: datetime,
) -> None:
    """By page language; of a language that is left empty the name stays what it was.

    The name is a text with its versions, as other titles are. It changes nothing that is in the
    theme, and stays with it when contributions arrive.

    Raises:
        NotFound: there is no such theme here.
        Invalid: no reason, no name in any language, or one that is too long.
    """
    why = reason_of(reason)
    with acting(
        "insights.rename",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"theme:{theme}"],
        payload={"names": dict(languages), "reason": why},
    ) as writing:
        if writing.repeated:
            return
        row = theme_here(place, theme)
        said = {"author": actor.pseudonym, "at": at, "longest": LONGEST, "field": "name"}
        if row.title is None:
            row.title = write_in(languages, **said)  # type: ignore[arg-type]
        elif not rewrite_in(row.title, languages, **said):  # type: ignore[arg-type]
            return
        row.named_by, row.named_on = actor.pseudonym, place.day_of(at)
        row.save(update_fields=["title", "named_by", "named_on"])

"""Translate what a consultation says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from assises.lib.errors import NotFound
from assises.rooms.consultations.acts.create import LONGEST, Languages
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.texts.translating import Translated, write_translations


def translate(
    actor: Actor,
    place: Consultation,
    texts: Mapping[str, Languages],
    *,
    key: str,
    at: datetime,
) -> None:
    """Texts by name (``title``, ``charter``, ...), then by page language.

    Raises:
        NotFound: a text that nobody has written yet.
        Conflict: the original's own language.
        Invalid: too long.
    """
    given = []
    for name, languages in texts.items():
        text = getattr(place, name)
        if text is None:
            raise NotFound("there is nothing to translate yet", next_step="Write the original.")
        given.append(Translated(text, languages, LONGEST[name], name))
    with acting(
        "texts.translate",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"consultation:{place.id}"],
        payload={"translations": {one.field: dict(one.languages) for one in given}},
    ) as writing:
        if not writing.repeated:
            for one in given:
                write_translations(one, author=actor.pseudonym, at=at)

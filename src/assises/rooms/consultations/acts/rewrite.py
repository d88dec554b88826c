"""Correct or translate what a consultation says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from assises.lib.errors import Invalid
from assises.rooms.consultations.acts.create import LONGEST, TEXTS, Languages, clean_all
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.texts.writing import rewrite_in, write_in


def rewrite(
    actor: Actor,
    place: Consultation,
    texts: Mapping[str, Languages],
    *,
    starts_on: date | None,
    ends_on: date | None,
    key: str,
    at: datetime,
) -> None:
    """New versions of the texts that changed, and its days.

    Args:
        texts: by name (``title``, ``summary``, ...), then by page language; what is empty is left
            as it was.
    """
    unknown = texts.keys() - set(TEXTS)
    if unknown:
        raise Invalid(f"there is no text {sorted(unknown)[0]!r} here", next_step="Leave it out.")
    if starts_on and ends_on and ends_on < starts_on:
        raise Invalid(
            "it would end before it begins",
            next_step="Correct one of the two days.",
            fields={"ends_on": "before the first day"},
        )
    cleaned = {name: clean_all(name, texts[name]) for name in TEXTS if name in texts}
    payload = {
        "texts": cleaned,
        "starts_on": starts_on and starts_on.isoformat(),
        "ends_on": ends_on and ends_on.isoformat(),
    }
    with acting(
        "consultations.rewrite",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"consultation:{place.id}"],
        payload=payload,
    ) as writing:
        if writing.repeated:
            return
        # Read again under lock: two editors must not each start a text of their own.
        locked = Consultation.objects.select_for_update().get(id=place.id)
        for name, said in cleaned.items():
            _say(locked, name, said, actor.pseudonym, at)
        locked.starts_on, locked.ends_on = starts_on, ends_on
        locked.save()


def _say(place: Consultation, name: str, said: Languages, author: str, at: datetime) -> None:
    current = getattr(place, name)
    if current is not None:
        rewrite_in(current, said, author=author, at=at, longest=LONGEST[name], field=name)
    elif any(words.strip() for words in said.values()):
        setattr(
            place, name, write_in(said, author=author, at=at, longest=LONGEST[name], field=name)
        )

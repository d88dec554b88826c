"""Translate a statement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from assises.lib.errors import NotFound
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.state import LONGEST
from assises.rooms.contributions.finding import find_again
from assises.rooms.contributions.models import WITHDRAWN, Statement
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.texts.translating import Translated, write_translations


def translate_statement(
    actor: Actor,
    place: Consultation,
    statement: UUID,
    languages: Mapping[str, str],
    *,
    key: str,
    at: datetime,
) -> None:
    """By page language; where the statement is shown it is also found by these words.

    Raises:
        NotFound: there is no such statement here.
        Conflict: the original's own language.
        Invalid: too long.
    """
    row = _there(place, statement)
    with acting(
        "texts.translate",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"statement:{statement}"],
        payload={"translations": {"words": dict(languages)}},
        # A participant may take these words back, and nothing of them may stay then.
        keep=row.voice is None,
    ) as writing:
        if writing.repeated:
            return
        row = _there(place, statement, lock=True)
        one = Translated(row.words, languages, LONGEST, "words")
        write_translations(one, author=actor.pseudonym, at=at)
        if row.moderation == "accepted":
            find_again("statement", row.uid, place.id, row.words)


def _there(place: Consultation, statement: UUID, *, lock: bool = False) -> Statement:
    rows = Statement.objects.filter(uid=statement, consultation=place)
    row = (rows.select_for_update() if lock else rows).exclude(moderation=WITHDRAWN).first()
    if row is None:
        raise NotFound("there is no such statement", next_step="Choose it in the list.")
    return row

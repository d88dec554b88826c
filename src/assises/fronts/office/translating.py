"""Translate what others wrote: the act ``texts.translate``, for an edition's texts and a statement.

The original is never touched here: people agreed with those words, or their author stands by them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assises.lib.errors import Conflict, NotFound
from assises.rooms.consultations.acts.create import LONGEST, Languages
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.state import LONGEST as LONGEST_STATEMENT
from assises.rooms.contributions.models import Statement
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.search.indexing import Found, forget, index
from assises.rooms.texts.models import Text, Version
from assises.rooms.texts.writing import rewrite_in

_PAGE_LANGUAGES = {"zgh-Tfng": "zgh"}


@dataclass(frozen=True, slots=True)
class Translated:
    """One text in other languages than its own; ``field`` names it where something is wrong."""

    text: UUID
    languages: Languages
    longest: int
    field: str


def translate(
    actor: Actor,
    place: Consultation,
    texts: Mapping[str, Languages],
    *,
    key: str,
    at: datetime,
) -> None:
    """Translate what a consultation says of itself: texts by name, then by page language.

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
    _act(actor, place, given, f"consultation:{place.id}", key, at)


def translate_statement(
    actor: Actor,
    place: Consultation,
    statement: UUID,
    languages: Languages,
    *,
    key: str,
    at: datetime,
) -> None:
    """Translate a statement, by page language; where it is shown it is also found by these words.

    Raises:
        NotFound: there is no such statement here.
        Conflict, Invalid: as :func:`translate`.
    """
    row = Statement.objects.filter(uid=statement, consultation=place).first()
    if row is None:
        raise NotFound("there is no such statement", next_step="Choose it in the list.")
    given = [Translated(row.words, languages, LONGEST_STATEMENT, "words")]
    if _act(actor, place, given, f"statement:{statement}", key, at):
        _find_again(row)


def _act(
    actor: Actor,
    place: Consultation,
    given: Sequence[Translated],
    subject: str,
    key: str,
    at: datetime,
) -> bool:
    with acting(
        "texts.translate",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[subject],
        payload={"translations": {one.field: dict(one.languages) for one in given}},
    ) as writing:
        if writing.repeated:
            return False
        for one in given:
            _write(one, actor.pseudonym, at)
    return True


def _write(one: Translated, author: str, at: datetime) -> None:
    # Locked, so that two translators do not give one number to two versions.
    original = Text.objects.select_for_update().get(id=one.text).original
    if _PAGE_LANGUAGES.get(original, original) in one.languages:
        raise Conflict(
            "these are the original words", next_step="Translate them; do not change them here."
        )
    rewrite_in(
        one.text,
        one.languages,
        author=author,
        at=at,
        longest=one.longest,
        field=one.field,
    )


def _find_again(row: Statement) -> None:
    if row.moderation != "accepted":
        return
    forget("statement", [row.uid])
    versions = Version.objects.filter(text_id=row.words, current=True)
    index(Found("statement", row.uid, row.consultation_id, v.language, v.words) for v in versions)

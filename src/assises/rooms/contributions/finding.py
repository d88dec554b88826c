"""Make found again what may be shown again."""

from __future__ import annotations

from uuid import UUID

from assises.rooms.search.indexing import Found, forget, index
from assises.rooms.texts.models import Version


def find_again(kind: str, uid: UUID, consultation: UUID, text: UUID) -> None:
    """Index what pages show of a text in each language: of what is masked, its masked edition.

    Whatever was known of the same thing is replaced.
    """
    forget(kind, [uid])
    versions = Version.objects.filter(text_id=text, current=True).exclude(state="withdrawn")
    index(
        Found(kind, uid, consultation, v.language, v.words if v.shown is None else v.shown)
        for v in versions
    )

"""A second person has read a translation, and it says the same as the original."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from assises.lib.errors import Conflict, NotFound
from assises.rooms.journal.acting import Place, acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.texts.models import Version


def review(actor: Actor, place: Place, versions: Sequence[int], *, key: str, at: datetime) -> int:
    """How many were marked as reviewed; each by its row's id, so that a later version is not.

    The caller has checked that they are texts of ``place``.

    Raises:
        Conflict: one's own translation, or one that someone replaced meanwhile.
        NotFound: no such version.
    """
    with acting(
        "texts.review", actor, place=place, key=key, at=at, payload={"versions": list(versions)}
    ) as writing:
        if writing.repeated:
            return int(writing.outcome["reviewed"])
        rows = list(Version.objects.select_for_update().filter(pk__in=versions))
        if len(rows) != len(set(versions)):
            raise NotFound("there is no such translation", next_step="Reload the page.")
        if any(row.author == actor.pseudonym for row in rows):
            raise Conflict(
                "nobody reviews their own translation", next_step="Ask a second person to read it."
            )
        if not all(row.current for row in rows):
            raise Conflict(
                "someone has changed it meanwhile", next_step="Reload the page and read it again."
            )
        done = Version.objects.filter(pk__in=versions).update(
            state="reviewed", reviewer=actor.pseudonym
        )
        writing.outcome = {"reviewed": done}
    return done

"""By whom and when a translation was written and reviewed, in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from assises.fronts.office import reading
from assises.fronts.office.forms import isolated
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.permissions import Actor
from assises.rooms.texts.models import Version
from assises.rooms.texts.queries import is_reviewed

# Addresses of colleagues are for those who see them on the page of the roles.
_NAMED: Final = "people.roles"


def told(
    s: Speech, reader: Actor, place: Consultation, versions: Iterable[Version]
) -> dict[int, str]:
    """For each translation, by its id: who wrote it and who read it as a second person."""
    rows = [version for version in versions if version.translates_id is not None]
    reviewed = [row for row in rows if is_reviewed(row)]
    people = {row.author for row in rows} | {row.reviewer for row in reviewed}
    names = reading.names(people) if reader.may(_NAMED, place.id) else {}
    found = {}
    for row in rows:
        who, day = _who(s, row.author, reader, names), s.day(place.day_of(row.written_at))
        found[row.pk] = s.say("Translated by {who} on {day}.", who=who, day=day)
    days = reading.reviewed_on(place, [row.pk for row in reviewed])
    for row in reviewed:
        who, at = _who(s, row.reviewer, reader, names), days.get(row.pk)
        found[row.pk] += " " + (
            # The journal may have been relieved of what was asked; the row still says by whom.
            s.say("Reviewed by {who}.", who=who)
            if at is None
            else s.say("Reviewed by {who} on {day}.", who=who, day=s.day(place.day_of(at)))
        )
    return found


def _who(s: Speech, pseudonym: str, reader: Actor, names: Mapping[str, str]) -> str:
    if pseudonym == reader.pseudonym:
        return s.say("you")
    kind = pseudonym.partition(":")[0]
    if kind == "account":
        known = names.get(pseudonym)
        return isolated(known) if known else s.say("a colleague")
    return {
        "voice": s.say("its author"),
        "model": s.say("a machine"),
    }.get(kind, s.say("the software"))

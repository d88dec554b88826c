"""An account may speak for a body, from a day to a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from assises.lib.errors import Conflict, Invalid, NotFound
from assises.rooms.journal.acting import Place, acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.people.handles import pseudonym_of_account
from assises.rooms.people.models import Mandate, Organisation

_LONGEST_REFERENCE: Final = 200


def give(
    actor: Actor,
    place: Place | None,
    organisation: UUID,
    account: UUID,
    *,
    since: date,
    until: date | None = None,
    reference: str = "",
    key: str,
    at: datetime,
) -> int:
    """The mandate's number.

    Args:
        account: who speaks; kept as a pseudonym, since this table is read beside the voices.
        until: its last day, None while it runs.
        reference: of the letter or decision that gives it.

    Raises:
        NotFound: there is no such body here.
        Invalid: it would end before it begins.
        Conflict: this account speaks for it already.
    """
    _check_days(since, until)
    holder = pseudonym_of_account(account)
    payload = {
        "holder": holder,
        "reference": reference[:_LONGEST_REFERENCE],
        "since": since.isoformat(),
        "until": until and until.isoformat(),
    }
    with acting(
        "people.mandate",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"organisation:{organisation}", holder],
        payload=payload,
    ) as writing:
        if writing.repeated:
            return int(writing.outcome)
        body = _body(place, organisation)
        if body.mandates.filter(holder=holder, until=None).exists():
            raise Conflict(
                "this account speaks for it already", next_step="End that mandate first."
            )
        made = body.mandates.create(
            holder=holder, since=since, until=until, reference=reference[:_LONGEST_REFERENCE]
        )
        writing.outcome = int(made.pk)
    return int(writing.outcome)


def end(
    actor: Actor, place: Place | None, mandate: int, *, until: date, key: str, at: datetime
) -> None:
    """The mandate's last day; what was said in its name stays.

    Raises:
        NotFound: there is no such mandate here.
        Invalid: the day is before its first.
        Conflict: it has ended already.
    """
    with acting(
        "people.end_mandate",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"mandate:{mandate}"],
        payload={"until": until.isoformat()},
    ) as writing:
        if writing.repeated:
            return
        found = (
            Mandate.objects.select_for_update(of=("self",))
            .filter(id=mandate, organisation__consultation=None if place is None else place.id)
            .first()
        )
        if found is None:
            raise NotFound("there is no such mandate here", next_step="Reload the page.")
        if found.until is not None:
            raise Conflict("this mandate has ended already", next_step="Nothing is left to do.")
        _check_days(found.since, until)
        Mandate.objects.filter(id=mandate).update(until=until)


def _body(place: Place | None, organisation: UUID) -> Organisation:
    # Locked, so that two mandates of one person are given one after the other.
    found = (
        Organisation.objects.select_for_update()
        .filter(id=organisation, consultation=None if place is None else place.id)
        .first()
    )
    if found is None:
        raise NotFound("there is no such body here", next_step="Choose one of the list.")
    return found


def _check_days(since: date, until: date | None) -> None:
    if until is not None and until < since:
        raise Invalid(
            "it would end before it begins",
            next_step="Correct one of the two days.",
            fields={"until": "before the first day"},
        )

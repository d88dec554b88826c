"""A person decides whether a statement or a contribution is shown, and says why if not."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from assises.lib.errors import Invalid, NotFound
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.finding import find_again
from assises.rooms.contributions.models import Contribution, Statement
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.search.indexing import forget
from assises.rooms.texts.writing import clean

_DECISIONS: Final = {"accept": "accepted", "refuse": "refused"}
_LONGEST_REASON: Final = 400


def moderate_statement(
    actor: Actor,
    place: Consultation,
    statement: UUID,
    *,
    decision: str,
    reason: str,
    key: str,
    at: datetime,
) -> None:
    """Accept or refuse one statement; a refusal needs a reason, which is public.

    Raises:
        Invalid: an unknown decision, or a refusal without a reason.
        NotFound: there is no such statement here.
    """
    said = _reason(decision, reason)
    with acting(
        "contributions.moderate",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"statement:{statement}"],
        payload={"decision": decision, "reason": said},
    ) as writing:
        if writing.repeated:
            return
        changed = Statement.objects.filter(uid=statement, consultation=place).update(
            moderation=_DECISIONS[decision], reason=said
        )
        if not changed:
            raise NotFound("there is no such statement", next_step="Reload the list.")
        _show(statement, place.id, shown=decision == "accept")


def hide_contribution(
    actor: Actor,
    place: Consultation,
    contribution: UUID,
    *,
    decision: str,
    reason: str,
    key: str,
    at: datetime,
) -> None:
    """Hide a contribution (``refuse``) or show it again (``accept``). Withdrawn ones stay so."""
    said = _reason(decision, reason)
    with acting(
        "contributions.moderate",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=[f"contribution:{contribution}"],
        payload={"decision": decision, "reason": said},
    ) as writing:
        if writing.repeated:
            return
        # Locked: its author may be taking it back at this moment, and withdrawal wins.
        row = (
            Contribution.objects.select_for_update()
            .filter(id=contribution, consultation=place)
            .exclude(state="withdrawn")
            .first()
        )
        if row is None:
            raise NotFound("there is no such contribution", next_step="Reload the list.")
        row.state = "public" if decision == "accept" else "hidden"
        row.save(update_fields=["state"])
        if row.state == "public":
            find_again("contribution", row.id, place.id, row.words)
        else:
            forget("contribution", [row.id])


def _show(statement: UUID, consultation: UUID, *, shown: bool) -> None:
    if shown:
        words = Statement.objects.values_list("words", flat=True).get(uid=statement)
        find_again("statement", statement, consultation, words)
    else:
        forget("statement", [statement])


def _reason(decision: str, reason: str) -> str:
    if decision not in _DECISIONS:
        raise Invalid("there is no such decision", next_step="Accept or refuse.")
    kept = clean(reason, longest=len(reason) * 4, field="reason", required=False)
    said = " ".join(kept.split())[:_LONGEST_REASON]
    if decision == "refuse" and not said:
        raise Invalid(
            "a refusal needs its reason",
            next_step="Say in a sentence why; it is shown to the author.",
            fields={"reason": "empty"},
        )
    return said

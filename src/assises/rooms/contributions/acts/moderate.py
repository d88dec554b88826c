"""A person decides whether a statement or a contribution is shown, and says why if not."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from assises.lib.errors import Invalid, NotFound
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.finding import find_again
from assises.rooms.contributions.models import WITHDRAWN, Contribution, Statement
from assises.rooms.journal.acting import Writing, acting
from assises.rooms.journal.permissions import Actor
from assises.rooms.notices.telling import tell_voice
from assises.rooms.search.indexing import forget
from assises.rooms.texts.writing import clean

_DECISIONS: Final = {"accept": "accepted", "refuse": "refused"}
_LONGEST_REASON: Final = 400


def _(sentence: str) -> str:
    return sentence  # marks it for the catalogues; it is said when it is read


ACCEPTED: Final = _("Someone has read a statement that you proposed: everyone sees it now.")
REFUSED: Final = _("A statement that you proposed is not shown. The reason given: {reason}")
HIDDEN: Final = _("Something that you said was hidden. The reason given: {reason}")
SHOWN: Final = _("Something that you said is shown again.")


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
        # Locked: its author may be taking it back at this moment, and withdrawal wins.
        row = (
            Statement.objects.select_for_update()
            .filter(uid=statement, consultation=place)
            .exclude(moderation=WITHDRAWN)
            .first()
        )
        if row is None:
            raise NotFound("there is no such statement", next_step="Reload the list.")
        before = row.moderation, row.reason
        row.moderation, row.reason = _DECISIONS[decision], said
        row.save(update_fields=["moderation", "reason"])
        if decision == "accept":
            find_again("statement", row.uid, place.id, row.words)
        else:
            forget("statement", [row.uid])
        if row.voice is not None and before != (row.moderation, row.reason):
            where = f"statements/{row.short}" if decision == "accept" else ""
            sentence = ACCEPTED if decision == "accept" else REFUSED
            _tell(row.voice, sentence, said, where, writing)


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
        before, row.state = row.state, "public" if decision == "accept" else "hidden"
        row.save(update_fields=["state"])
        if row.state == "public":
            find_again("contribution", row.id, place.id, row.words)
        else:
            forget("contribution", [row.id])
        if before != row.state:
            where = f"contributions/{row.short}" if decision == "accept" else ""
            _tell(row.voice, SHOWN if decision == "accept" else HIDDEN, said, where, writing)


def _tell(voice: UUID, sentence: str, reason: str, address: str, writing: Writing) -> None:
    """On the author's own page: nobody knows another way to them."""
    values = {"reason": reason} if "{reason}" in sentence else {}
    tell_voice(voice, sentence, values, address, writing.event, writing.at)


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

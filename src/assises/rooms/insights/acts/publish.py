"""Show results to everyone: the journal keeps which they are, so that they are sealed."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from assises.lib.canonical import canonical_json, sha256_hex
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.models import Statement
from assises.rooms.insights.limits import TOLD
from assises.rooms.insights.models import Snapshot, StatementResult
from assises.rooms.insights.queries import by_group
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import system
from assises.rooms.votes.queries import Tally


def publish(snapshot: Snapshot, place: Consultation, file: Path, *, at: datetime) -> None:
    """Write the counts as everyone sees them, and seal their hash with the id of the bundle.

    ``file`` holds no words and nobody's votes; its SHA-256 is what the event was asked.
    """
    content = canonical_json(_counts(snapshot, place))
    asked = {"bundle": snapshot.id, "counts": sha256_hex(content)}
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".draft")
    draft.write_bytes(content)
    draft.replace(file)
    with acting(
        "insights.publish",
        system("insights"),
        place=place,
        # The same results may be computed twice: they are shown once.
        key=hashlib.sha256(f"{place.id}:{asked}".encode()).hexdigest(),
        at=at,
        subjects=[f"snapshot:{snapshot.id}"],
        payload=asked,
    ):
        pass


def _counts(snapshot: Snapshot, place: Consultation) -> dict[str, Any]:
    shown = Statement.objects.filter(consultation=place, moderation="accepted")
    rows = {r.statement: r for r in StatementResult.objects.filter(snapshot=snapshot)}
    return {
        "bundle": snapshot.id,
        "edition": place.short,
        "simulated": place.simulated,
        "statements": [
            {"statement": number, **_told(rows[uid])}
            for uid, number in shown.order_by("number").values_list("id", "number")
            if uid in rows
        ],
    }


def _told(row: StatementResult) -> dict[str, Any]:
    whole = {"agrees": row.agrees, "disagrees": row.disagrees, "passes": row.passes}
    answered = sum(whole.values())
    if answered < TOLD:
        return {"withheld": f"fewer than {TOLD}"}
    parts = by_group(row)
    return whole if not parts else {**whole, "groups": [_part(*each) for each in parts.items()]}


def _part(letter: str, tally: Tally) -> dict[str, Any]:
    agrees, disagrees, passes = tally.agrees, tally.disagrees, tally.passes
    return {"letter": letter, "agrees": agrees, "disagrees": disagrees, "passes": passes}

"""What the sealed log receives for an event: a commitment that says nothing by itself.

It is made in three parts, each under a salt of its own, so that an act of an office can be opened
for everyone without telling who of the office did it, nor at which second: what was done (the
``event``), who and when to the microsecond (``who``), and what was asked (``asked``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from assises.lib.canonical import canonical_json, salted_digest
from assises.lib.clock import instant
from assises.lib.ids import short_id

_PEOPLE: Final = ("account", "voice")


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a commitment, part by part; whoever holds one part cannot tell the others.

    Attributes:
        event: what was done, in which hour, to which things; ``who`` and ``asked`` are hashes.
        salt: of ``event``: ``SHA-256(salt + canonical JSON)`` is the commitment.
        asked_salt: of ``event["asked"]``: SHA-256 over it and the digest of what was asked.
    """

    event: dict[str, Any]
    salt: bytes
    asked_salt: bytes


def payload_digest(payload: Any) -> bytes:
    """SHA-256 of the canonical JSON of what an act was asked: 32 bytes."""
    return hashlib.sha256(canonical_json(payload)).digest()


def opening_of(
    *,
    salt: bytes,
    uid: UUID,
    stream: str,
    act: str,
    actor: str,
    subjects: Sequence[str],
    occurred_at: datetime,
    recorded_at: datetime,
    payload: bytes,
) -> Opening:
    """The parts of an event's commitment. ``salt`` (32 bytes) gives each its own, and is kept."""
    people = [each for each in subjects if _is_someone(each)]
    who = {
        "actor": actor,
        "id": str(uid),
        "occurred_at": instant(occurred_at),
        "recorded_at": instant(recorded_at),
        "subjects": people,
    }
    asked_salt = _salt_of(salt, "asked")
    event = {
        "act": act,
        "asked": hashlib.sha256(asked_salt + payload).hexdigest(),
        "by": actor.partition(":")[0],
        "hour": instant(recorded_at.replace(minute=0, second=0, microsecond=0)),
        "stream": stream,
        "subjects": [_by_address(each) for each in subjects if not _is_someone(each)],
        "version": 1,
        "who": salted_digest(_salt_of(salt, "who"), who).hex(),
    }
    return Opening(event, _salt_of(salt, "event"), asked_salt)


def commitment_of(
    *,
    salt: bytes,
    uid: UUID,
    stream: str,
    act: str,
    actor: str,
    subjects: Sequence[str],
    occurred_at: datetime,
    recorded_at: datetime,
    payload: bytes,
) -> bytes:
    """SHA-256 over a salt and the canonical JSON of the event: 32 bytes.

    The salt keeps what is short (a vote has three values) from being guessed; without it nobody can
    tell what was committed to, and with it anybody can check.
    """
    opening = opening_of(
        salt=salt,
        uid=uid,
        stream=stream,
        act=act,
        actor=actor,
        subjects=subjects,
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        payload=payload,
    )
    return salted_digest(opening.salt, opening.event)


def leaf_of(stream: str, sequence: int, commitment: bytes) -> bytes:
    """The entry of the log: canonical JSON of stream, sequence and commitment, under 64 KiB."""
    return canonical_json(
        {"commitment": commitment.hex(), "sequence": sequence, "stream": stream, "version": 1}
    )


def _salt_of(salt: bytes, part: str) -> bytes:
    """One way: who is given the salt of a part finds neither the whole nor another part's."""
    return hashlib.sha256(salt + part.encode()).digest()


def _is_someone(subject: str) -> bool:
    return subject.partition(":")[0] in _PEOPLE


def _by_address(subject: str) -> str:
    """A thing by the id of its address: of the whole, the first bits tell when it was made."""
    kind, _, uid = subject.partition(":")
    try:
        return f"{kind}:{short_id(UUID(uid))}"
    except ValueError:
        return subject

"""What the sealed log receives for an event: a commitment that says nothing by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from assises.lib.canonical import canonical_json
from assises.lib.clock import instant


def payload_digest(payload: Any) -> bytes:
    """SHA-256 of the canonical JSON of what an act was asked: 32 bytes."""
    return hashlib.sha256(canonical_json(payload)).digest()


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
    """SHA-256 over 32 bytes of salt and the canonical JSON of the event: 32 bytes.

    The salt keeps a short payload (a vote has three values) from being guessed; without it nobody
    can tell what was committed to, and with it anybody can check.
    """
    body = {
        "act": act,
        "actor": actor,
        "id": str(uid),
        "occurred_at": instant(occurred_at),
        "payload": payload.hex(),
        "recorded_at": instant(recorded_at),
        "stream": stream,
        "subjects": list(subjects),
        "version": 1,
    }
    return hashlib.sha256(salt + canonical_json(body)).digest()


def leaf_of(stream: str, sequence: int, commitment: bytes) -> bytes:
    """The entry of the log: canonical JSON of stream, sequence and commitment, under 64 KiB."""
    return canonical_json(
        {"commitment": commitment.hex(), "sequence": sequence, "stream": stream, "version": 1}
    )

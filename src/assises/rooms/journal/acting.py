"""How an act is done: permission, key, one transaction of rows, an event and what follows."""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from django.db import connections, transaction

from assises.lib import clock
from assises.lib.errors import Invalid, KeyUsed
from assises.lib.ids import uuid7
from assises.rooms.journal.commitment import commitment_of, payload_digest
from assises.rooms.journal.permissions import Actor, demand

OFFICIAL: Final = "official"
SIMULATION: Final = "simulation"
INSTALLATION: Final = "installation"
"""The stream of what is done outside of every consultation."""
_LONGEST_KEY: Final = 80


class Place(Protocol):
    """Where an act happens: a consultation. Simulated ones have a log of their own."""

    @property
    def id(self) -> UUID: ...

    @property
    def log(self) -> str: ...


@dataclass
class Writing:
    """An act under way. The body fills ``outcome``; a repeated one finds it filled."""

    event: UUID
    act: str
    actor: str
    at: datetime
    place: Place | None
    subjects: Sequence[str]
    repeated: bool = False
    outcome: Any = None
    using: str = "default"
    notes: dict[str, Any] = field(default_factory=dict)


Listener = Callable[[Writing], None]
_LISTENERS: defaultdict[str, list[Listener]] = defaultdict(list)


def on(*acts: str) -> Callable[[Listener], Listener]:
    """Be called after these acts, inside their transaction. Must be quick: defer what is long."""

    def subscribe(listener: Listener) -> Listener:
        for act in acts:
            _LISTENERS[act].append(listener)
        return listener

    return subscribe


@contextmanager
def acting(
    act: str,
    actor: Actor,
    *,
    place: Place | None,
    key: str,
    at: datetime,
    subjects: Sequence[str] = (),
    payload: Any = None,
    keep: bool = True,
    occurred_at: datetime | None = None,
    using: str = "default",
) -> Iterator[Writing]:
    """The transaction of one act.

    Args:
        act: dotted name, declared in a room's ``rules.py``.
        place: the consultation it happens in, None for the installation.
        key: idempotency key; the same actor's same key answers what it answered before.
        subjects: ``kind:id`` of everything concerned.
        payload: what was asked, as JSON; its digest is committed to.
        keep: store the payload (False where the act's own rows already tell it).
        occurred_at: when it happened, if not at the moment of recording (a paper form).

    Raises:
        NotAllowed: by the table, before anything is read or written.
        KeyUsed: the key was used before for something else.
    """
    demand(actor, act, None if place is None else place.id)
    _check_key(key)
    # ``at`` may be the same for all acts of one load; the journal keeps their order.
    recorded = max(at, clock.now())
    writing = Writing(uuid7(recorded), act, actor.pseudonym, at, place, subjects, using=using)
    with transaction.atomic(using=using):
        digest = payload_digest(payload)
        if not _record(writing, key, digest, occurred_at or at, recorded):
            _recall(writing, key, digest)
            yield writing
            return
        yield writing
        for listener in _LISTENERS[act]:
            listener(writing)
        _keep(writing, payload if keep else None)


def _check_key(key: str) -> None:
    if not 0 < len(key) <= _LONGEST_KEY or not key.isprintable() or not key.isascii():
        raise Invalid(
            "the idempotency key cannot be taken",
            next_step=f"Send 1 to {_LONGEST_KEY} printable ASCII characters.",
            fields={"key": "length"},
        )


_INSERT: Final = """
INSERT INTO journal_event (id, log, stream, act, actor, subjects, occurred_at, recorded_at,
                           payload, salt, commitment, key)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (actor, key) DO NOTHING"""


def _record(
    writing: Writing, key: str, digest: bytes, occurred_at: datetime, recorded_at: datetime
) -> bool:
    """Put the event down; False where this actor's key is already there."""
    place, salt = writing.place, secrets.token_bytes(32)
    log = OFFICIAL if place is None else place.log
    stream = INSTALLATION if place is None else f"consultation:{place.id}"
    commitment = commitment_of(
        salt=salt,
        uid=writing.event,
        stream=stream,
        act=writing.act,
        actor=writing.actor,
        subjects=writing.subjects,
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        payload=digest,
    )
    with connections[writing.using].cursor() as cursor:
        cursor.execute(
            _INSERT,
            (
                writing.event,
                log,
                stream,
                writing.act,
                writing.actor,
                json.dumps(list(writing.subjects)),
                occurred_at,
                recorded_at,
                digest,
                salt,
                commitment,
                key,
            ),
        )
        return bool(cursor.rowcount)


def _recall(writing: Writing, key: str, digest: bytes) -> None:
    """What this key answered the first time."""
    with connections[writing.using].cursor() as cursor:
        cursor.execute(
            "SELECT e.id, e.act, e.payload, p.outcome FROM journal_event e"
            " LEFT JOIN journal_payload p ON p.event_id = e.id WHERE e.actor = %s AND e.key = %s",
            (writing.actor, key),
        )
        uid, act, earlier, outcome = cursor.fetchone()
    if act != writing.act or bytes(earlier) != digest:
        raise KeyUsed(
            "this key was already used for something else",
            next_step="What came first is kept. Send this under a new key if you want both.",
        )
    writing.event, writing.repeated = uid, True
    writing.outcome = json.loads(outcome) if isinstance(outcome, str) else outcome


def _keep(writing: Writing, payload: Any) -> None:
    if payload is None and writing.outcome is None and not writing.subjects:
        return
    with connections[writing.using].cursor() as cursor:
        if payload is not None or writing.outcome is not None:
            cursor.execute(
                "INSERT INTO journal_payload (event_id, body, outcome) VALUES (%s, %s, %s)",
                (writing.event, _json(payload), _json(writing.outcome)),
            )
        if payload is not None and writing.subjects:
            cursor.executemany(
                "INSERT INTO journal_subject (event_id, kind, object) VALUES (%s, %s, %s)",
                [(writing.event, *subject.split(":", 1)) for subject in writing.subjects],
            )


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)

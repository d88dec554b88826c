"""The sealer: gives each committed event its number in its stream and its place in the log.

The log is written first and decides; the database follows. A crash between the two leaves events
in the log whose rows do not know it yet, and the next start tells them (:func:`recover`).
"""

from __future__ import annotations

import json
import logging
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.db import Error, connections, transaction

from assises.engines.ledger.log import Log
from assises.engines.ledger.tiles import WIDTH
from assises.lib.errors import InputError, SetupError
from assises.rooms.journal.commitment import leaf_of
from assises.rooms.journal.logs import second_sealer, writing

MOST: Final = 4096
_ALIAS: Final = "sealer"
_BETWEEN_TRIES: Final = 0.1
_LOG: Final = logging.getLogger("assises.sealer")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an event stands: its number in its stream, its leaf in the log."""

    event: UUID
    sequence: int
    leaf: int


@contextmanager
def sealer_of(name: str, *, patience: float = 5) -> Iterator[Log]:
    """Be the one sealer of a log, brought to where the log and the database agree.

    Two locks hold it: on the folder, until the process ends, and in the database, until its
    session ends; a session that a dead sealer left is waited for ``patience`` seconds.

    Raises:
        SetupError: there is another sealer, the key or folder of the log is gone, the server does
            not keep what it confirms, or :func:`recover` refuses.
    """
    with writing(name) as log:
        _lock(name, patience)
        try:
            _demand_durable()
            recover(log, name)
            yield log
        finally:
            # If the session is gone, so is its lock.
            with suppress(Error):
                _ask("SELECT pg_advisory_unlock(%s)", _lock_number(name))


def seal(log: Log, name: str, *, limit: int = MOST) -> int:
    """Seal the oldest committed events of a log that are not sealed yet; how many were.

    If it raises, open the log again with :func:`sealer_of`: what it holds may be ahead of what
    ``log`` believes.
    """
    with transaction.atomic(using=_ALIAS), connections[_ALIAS].cursor() as cursor:
        cursor.execute(_UNSEALED, (name, limit))
        events = cursor.fetchall()
        if not events:
            return 0
        first = _leaves(cursor, name)
        if first != log.size:
            raise _disagree(name, first, log.size)
        following = _following(cursor, {stream for _, stream, _ in events})
        places, entries = [], []
        for leaf, (event, stream, commitment) in enumerate(events, first):
            places.append(_Place(event, following[stream], leaf))
            entries.append(leaf_of(stream, following[stream], bytes(commitment)))
            following[stream] += 1
        # Rows are locked only after this, so that nobody waits for a disk.
        log.append(entries)
        _write(cursor, places)
    return len(places)


def recover(log: Log, name: str) -> int:
    """Tell the database the places of events that the log holds beyond what it knows; how many.

    Raises:
        SetupError: the two contradict each other. Nothing was changed.
    """
    with transaction.atomic(using=_ALIAS), connections[_ALIAS].cursor() as cursor:
        known = _leaves(cursor, name)
        if known > log.size:
            raise SetupError(
                f"the database knows {known:,} events of the log {name}, which holds {log.size:,}",
                next_step="An older log was put in place: restore the newest copy of its folder.",
            )
        _check_last(cursor, log, name, known)
        for first, entries in _entries(log, known):
            _write(cursor, _found(cursor, name, first, entries))
    if log.size > known:
        _LOG.info("%s: told the database of %d sealed events", name, log.size - known)
    return log.size - known


_UNSEALED: Final = """
SELECT id, stream, commitment FROM journal_event WHERE log = %s AND leaf IS NULL
ORDER BY recorded_at, id LIMIT %s"""
_LEAVES: Final = """
SELECT leaf + 1 FROM journal_event WHERE log = %s AND leaf IS NOT NULL ORDER BY leaf DESC LIMIT 1"""
# One step down the index for each stream, however many events it has.
_FOLLOWING: Final = """
SELECT s, coalesce((SELECT sequence + 1 FROM journal_event
                    WHERE stream = s AND sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1), 0)
FROM unnest(%s::text[]) s"""
_WRITE: Final = """
UPDATE journal_event e SET sequence = p.sequence, leaf = p.leaf
FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) p (id, sequence, leaf)
WHERE e.id = p.id AND e.leaf IS NULL"""
_LAST: Final = "SELECT stream, sequence, commitment FROM journal_event WHERE log = %s AND leaf = %s"
_BY_COMMITMENT: Final = """
SELECT commitment, id FROM journal_event
WHERE commitment = ANY(%s) AND log = %s AND leaf IS NULL"""


def _leaves(cursor: Any, name: str) -> int:
    """How many events of the log have a place, as far as the database knows."""
    cursor.execute(_LEAVES, (name,))
    return int((cursor.fetchone() or (0,))[0])


def _following(cursor: Any, streams: set[str]) -> defaultdict[str, int]:
    cursor.execute(_FOLLOWING, (sorted(streams),))
    return defaultdict(int, cursor.fetchall())


def _write(cursor: Any, places: Sequence[_Place]) -> None:
    columns = ([p.event for p in places], [p.sequence for p in places], [p.leaf for p in places])
    cursor.execute(_WRITE, columns)
    if cursor.rowcount != len(places):
        raise SetupError(
            f"{len(places) - cursor.rowcount} events were sealed or removed by someone else",
            next_step="Start the sealer again; if it stays so, restore the database.",
        )


def _check_last(cursor: Any, log: Log, name: str, known: int) -> None:
    """The last place that both know must hold the same event, or it is the log of another past."""
    if not known:
        return
    cursor.execute(_LAST, (name, known - 1))
    stream, sequence, commitment = cursor.fetchone()
    bundle, at = divmod(known - 1, WIDTH)
    if log.reader().entries(bundle)[at] != leaf_of(stream, sequence, bytes(commitment)):
        raise SetupError(
            f"leaf {known - 1:,} of the log {name} is not the event that the database has there",
            next_step="Restore the database and the folder of the logs from the same backup.",
        )


def _entries(log: Log, first: int) -> Iterator[tuple[int, list[bytes]]]:
    reader = log.reader()
    while first < log.size:
        entries = reader.entries(first // WIDTH)[first % WIDTH :]
        yield first, entries
        first += len(entries)


def _found(cursor: Any, name: str, first: int, entries: Sequence[bytes]) -> list[_Place]:
    """The events of these entries, which the database must have, unsealed and next in turn."""
    parts = [_parsed(name, leaf, entry) for leaf, entry in enumerate(entries, first)]
    cursor.execute(_BY_COMMITMENT, ([commitment for _, _, commitment in parts], name))
    events = {bytes(commitment): event for commitment, event in cursor.fetchall()}
    following = _following(cursor, {stream for stream, _, _ in parts})
    places = []
    for leaf, (stream, sequence, commitment) in enumerate(parts, first):
        if commitment not in events or sequence != following[stream]:
            raise SetupError(
                f"leaf {leaf:,} of the log {name} is of an event that the database does not know",
                next_step="An older database was put in place: restore its newest copy.",
            )
        places.append(_Place(events.pop(commitment), sequence, leaf))
        following[stream] += 1
    return places


def _parsed(name: str, leaf: int, entry: bytes) -> tuple[str, int, bytes]:
    with suppress(ValueError, KeyError, TypeError, RecursionError, InputError):
        body = json.loads(entry)
        stream, sequence = body["stream"], body["sequence"]
        commitment = bytes.fromhex(body["commitment"])
        if leaf_of(stream, sequence, commitment) == entry:
            return stream, sequence, commitment
    raise SetupError(
        f"leaf {leaf:,} of the log {name} was not written by this sealer",
        next_step="Upgrade assises, or restore the folder of the logs.",
    )


def _lock(name: str, patience: float) -> None:
    deadline = time.monotonic() + patience
    while not _ask("SELECT pg_try_advisory_lock(%s)", _lock_number(name)):
        if time.monotonic() > deadline:
            raise second_sealer(name)
        time.sleep(_BETWEEN_TRIES)


def _lock_number(name: str) -> int:
    digest = sha256(f"assises.journal.sealing/{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _demand_durable() -> None:
    """An event that a power cut takes back after it entered the log would stop the log for good."""
    if _ask("SELECT current_setting('synchronous_commit')") == "off":
        raise SetupError(
            "the database confirms what is not on its disk yet (synchronous_commit is off)",
            next_step="Set synchronous_commit = on in postgresql.conf, and reload.",
        )
    if _ask("SELECT current_setting('fsync')") == "off":
        _LOG.warning("fsync is off: fit for tests only, a power cut would stop the log for good")


def _ask(question: str, *values: int) -> Any:
    with connections[_ALIAS].cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchone()[0]


def _disagree(name: str, known: int, size: int) -> SetupError:
    return SetupError(
        f"the database knows {known:,} events of the log {name}, which holds {size:,}",
        next_step="Start the sealer again: it brings the two together or says why it cannot.",
    )

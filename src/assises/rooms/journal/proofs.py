"""The proof that an event is in its log, for whoever wants to check it without us."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict
from uuid import UUID

from assises.engines.ledger import hash_leaf, verify_inclusion
from assises.engines.ledger.tiles import TileReader
from assises.engines.ledger.tree import inclusion_proof
from assises.lib.canonical import salted_digest
from assises.lib.errors import SetupError
from assises.rooms.journal.acting import INSTALLATION
from assises.rooms.journal.commitment import leaf_of, opening_of
from assises.rooms.journal.logs import checkpoint_of, key_of, read_tile
from assises.rooms.journal.models import Event, Payload


class Opened(TypedDict):
    """What lies behind the commitment: ``SHA-256(salt + canonical JSON of event)`` is it.

    ``asked`` is what the act was asked, where it may be told: ``event["asked"]`` is SHA-256 over
    ``asked_salt`` and SHA-256 of the canonical JSON of ``asked``.
    """

    salt: str
    event: dict[str, Any]
    asked: NotRequired[Any]
    asked_salt: NotRequired[str]


class Proof(TypedDict):
    """All that it takes: hash ``entry`` as a leaf, climb with ``proof``, compare the root.

    ``hash``, ``proof`` and ``commitment`` are SHA-256 in hex; ``entry`` is what the log holds at
    ``leaf``; ``checkpoint`` is a signed note over ``size`` and root, ``key`` the one that signs it.
    ``opening`` is None for what participants do: their commitment stays closed.
    """

    log: str
    leaf: int
    size: int
    stream: str
    sequence: int
    commitment: str
    entry: str
    hash: str
    proof: list[str]
    checkpoint: str
    key: str
    opening: Opened | None


def is_of_the_house(event: Event) -> bool:
    """Whether an office or the software did it, in a consultation: its proof may be opened.

    What a participant does stays closed, and so does who of the staff came and went.
    """
    return event.actor.startswith(("account:", "system:")) and event.stream != INSTALLATION


def proof_of(event_id: UUID, *, opened: bool = False, asked: bool = False) -> Proof | None:
    """The proof of one event against the checkpoint of now; None while it is not sealed.

    Args:
        opened: with what it says, if it is of the house.
        asked: and with what it was asked.

    Raises:
        SetupError: it is sealed, but the log does not hold it, or says something else.
    """
    event = Event.objects.filter(id=event_id, leaf__isnull=False).first()
    if event is None or event.leaf is None or event.sequence is None:
        return None
    name, leaf = event.log, event.leaf
    entry = leaf_of(event.stream, event.sequence, bytes(event.commitment))
    told, key = checkpoint_of(name), key_of(name)
    if told is None or key is None or leaf >= told[0].size:
        raise _not_there(name, leaf)
    checkpoint, text = told
    reader = TileReader(lambda path: read_tile(name, path), checkpoint.size)
    proof = inclusion_proof(leaf, checkpoint.size, reader.node_at)
    if not verify_inclusion(
        leaf_hash=hash_leaf(entry),
        index=leaf,
        size=checkpoint.size,
        proof=proof,
        root=checkpoint.root,
    ):
        raise _not_there(name, leaf)
    return Proof(
        log=name,
        leaf=leaf,
        size=checkpoint.size,
        stream=event.stream,
        sequence=event.sequence,
        commitment=bytes(event.commitment).hex(),
        entry=entry.decode(),
        hash=hash_leaf(entry).hex(),
        proof=[node.hex() for node in proof],
        checkpoint=text,
        key=key.strip(),
        opening=_opened(event, asked=asked) if opened and is_of_the_house(event) else None,
    )


def payload_of(event: Event) -> Any:
    """What the act was asked, if it was kept and not erased."""
    return Payload.objects.filter(event=event).values_list("body", flat=True).first()


def _opened(event: Event, *, asked: bool) -> Opened:
    opening = opening_of(
        salt=bytes(event.salt),
        uid=event.id,
        stream=event.stream,
        act=event.act,
        actor=event.actor,
        subjects=event.subjects,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        payload=bytes(event.payload),
    )
    if salted_digest(opening.salt, opening.event) != bytes(event.commitment):
        raise _not_there(event.log, event.leaf or 0)
    told = Opened(salt=opening.salt.hex(), event=opening.event)
    body = payload_of(event) if asked else None
    if body is not None:
        told |= {"asked": body, "asked_salt": opening.asked_salt.hex()}
    return told


def _not_there(name: str, leaf: int) -> SetupError:
    return SetupError(
        f"the log {name} does not hold, at leaf {leaf:,}, what the database says it does",
        next_step="Tell whoever keeps this installation; do not rely on either until it is known.",
    )

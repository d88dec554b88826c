"""The proof that an event is in its log, for whoever wants to check it without us."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from assises.engines.ledger import hash_leaf, verify_inclusion
from assises.engines.ledger.tiles import TileReader
from assises.engines.ledger.tree import inclusion_proof
from assises.lib.errors import SetupError
from assises.rooms.journal.commitment import leaf_of
from assises.rooms.journal.logs import checkpoint_of, key_of, read_tile
from assises.rooms.journal.models import Event


class Proof(TypedDict):
    """All that it takes: hash ``entry`` as a leaf, climb with ``proof``, compare the root.

    ``hash``, ``proof`` and ``commitment`` are SHA-256 in hex; ``entry`` is what the log holds at
    ``leaf``; ``checkpoint`` is a signed note over ``size`` and root, ``key`` the one that signs it.
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


def proof_of(event_id: UUID) -> Proof | None:
    """The proof of one event against the checkpoint of now; None while it is not sealed.

    Raises:
        SetupError: it is sealed, but the log does not hold it.
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
    )


def _not_there(name: str, leaf: int) -> SetupError:
    return SetupError(
        f"the log {name} does not hold, at leaf {leaf:,}, what the database says it does",
        next_step="Tell whoever keeps this installation; do not rely on either until it is known.",
    )

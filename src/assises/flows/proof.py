"""Check a proof of the sealed log, without the house that gave it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assises.engines.ledger import hash_leaf, verify_inclusion
from assises.engines.ledger.checkpoint import VerifierKey, read_checkpoint
from assises.lib.errors import InputError


@dataclass(frozen=True, slots=True)
class Held:
    """What a proof shows: this entry is that leaf of the log of that name and size."""

    log: str
    leaf: int
    size: int
    entry: str


def check_proof(file: Path, key: str | None = None) -> Held:
    """Hold the entry, the path and the signed checkpoint of a proof against each other.

    Args:
        file: JSON as ``/log/NAME/proof/LEAF`` gives it.
        key: the log's verifier key as one kept it oneself; else the one in the file.

    Raises:
        InputError: the file is no proof, or it does not hold.
    """
    told = _read(file)
    try:
        entry, leaf = str(told["entry"]), int(told["leaf"])
        path = [bytes.fromhex(node) for node in told["proof"]]
        verifier = VerifierKey.parse((key or str(told["key"])).strip())
        note = str(told["checkpoint"]).encode()
    except (KeyError, TypeError, ValueError) as error:
        raise _no_proof(file) from error
    checkpoint = read_checkpoint(note, [verifier])
    holds = verify_inclusion(
        leaf_hash=hash_leaf(entry.encode()),
        index=leaf,
        size=checkpoint.size,
        proof=path,
        root=checkpoint.root,
    )
    if not holds:
        raise InputError(
            "the proof does not hold: this entry is not in that log",
            file=file,
            next_step="Keep the file, take it again from the log, and tell whoever keeps the log.",
        )
    return Held(checkpoint.origin, leaf, checkpoint.size, entry)


def _read(file: Path) -> dict[str, Any]:
    try:
        told = json.loads(file.read_bytes())
    except OSError as error:
        raise InputError(
            f"it cannot be read: {error.strerror}", file=file, next_step="Name the file of a proof."
        ) from error
    except ValueError as error:
        raise _no_proof(file) from error
    if not isinstance(told, dict):
        raise _no_proof(file)
    return told


def _no_proof(file: Path) -> InputError:
    return InputError(
        "this is not a proof of a sealed log",
        file=file,
        next_step="Take it from /log/NAME/proof/LEAF of the site.",
    )

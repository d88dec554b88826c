"""Check a proof of the sealed log, without the house that gave it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assises.engines.ledger import hash_leaf, verify_inclusion
from assises.engines.ledger.checkpoint import VerifierKey, read_checkpoint
from assises.lib.canonical import canonical_json, salted_digest
from assises.lib.errors import InputError


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, as the sealed entry commits to it.

    Attributes:
        by: kind of actor: ``account`` (an office) or ``system`` (the software).
        hour: the hour in which it was recorded, in UTC.
        subjects: ``kind:id`` of what it concerns; the id is that of its address.
        asked: what the act was asked, where the proof tells it; None where it does not.
    """

    act: str
    by: str
    hour: datetime
    stream: str
    subjects: tuple[str, ...]
    asked: Any


@dataclass(frozen=True, slots=True)
class Held:
    """What a proof shows: this entry is that leaf of the log of that name and size.

    ``done`` is what lies behind the entry; None where the proof keeps it closed.
    """

    log: str
    leaf: int
    size: int
    entry: str
    done: Done | None


def check_proof(file: Path, key: str | None = None) -> Held:
    """Hold the entry, the path and the signed checkpoint of a proof against each other.

    Args:
        file: JSON as ``/log/NAME/proof/LEAF`` gives it.
        key: the log's verifier key as one kept it oneself, or the path of a file that holds it;
            else the one in the proof.

    Raises:
        InputError: the file is no proof, or it does not hold.
    """
    told = _read(file)
    try:
        entry, leaf = str(told["entry"]), int(told["leaf"])
        path = [bytes.fromhex(node) for node in told["proof"]]
        note = str(told["checkpoint"]).encode()
        given = str(told["key"])
    except (KeyError, TypeError, ValueError) as error:
        raise _no_proof(file) from error
    checkpoint = read_checkpoint(note, [_verifier(given if key is None else key)])
    holds = verify_inclusion(
        leaf_hash=hash_leaf(entry.encode()),
        index=leaf,
        size=checkpoint.size,
        proof=path,
        root=checkpoint.root,
    )
    if not holds:
        raise _broken(file, "this entry is not in that log")
    opening = told.get("opening")
    done = None if opening is None else _opened(file, entry, opening)
    return Held(checkpoint.origin, leaf, checkpoint.size, entry, done)


def _verifier(key: str) -> VerifierKey:
    """The key from its own text or from the file it was kept in."""
    try:
        text = Path(key).read_text("utf-8") if Path(key).is_file() else key
    except (OSError, ValueError):  # too long for a path, or no text in it
        text = key
    return VerifierKey.parse(text.strip())


def _opened(file: Path, entry: str, opening: Any) -> Done:
    """What the entry commits to, held against it."""
    try:
        event, salt = opening["event"], bytes.fromhex(opening["salt"])
        sealed = json.loads(entry)
        said = Done(
            str(event["act"]),
            str(event["by"]),
            datetime.fromisoformat(event["hour"]),
            str(event["stream"]),
            tuple(map(str, event["subjects"])),
            opening.get("asked"),
        )
        commitment, stream, asked = sealed["commitment"], sealed["stream"], str(event["asked"])
        asked_salt = bytes.fromhex(opening.get("asked_salt", ""))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _no_proof(file) from error
    if salted_digest(salt, event).hex() != commitment or stream != said.stream:
        raise _broken(file, "what it says was done is not what was sealed")
    if said.asked is not None:
        digest = hashlib.sha256(canonical_json(said.asked)).digest()
        if hashlib.sha256(asked_salt + digest).hexdigest() != asked:
            raise _broken(file, "what it says was asked is not what was sealed")
    return said


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


def _broken(file: Path, why: str) -> InputError:
    return InputError(
        f"the proof does not hold: {why}",
        file=file,
        next_step="Keep the file, take it again from the log, and tell whoever keeps the log.",
    )


def _no_proof(file: Path) -> InputError:
    return InputError(
        "this is not a proof of a sealed log",
        file=file,
        next_step="Take it from /log/NAME/proof/LEAF of the site.",
    )

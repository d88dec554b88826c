"""Signed checkpoints: what a log says of itself, in C2SP tlog-checkpoint and signed-note form.

    example.org/log
    1234
    base64 of the root

    — example.org/log base64 of key id and signature

Signatures are Ed25519 (RFC 8032). A verifier key is a line of text: ``name+id+base64``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from assises.engines.ledger.tree import HASH_SIZE
from assises.lib.errors import InputError

_ED25519: Final = b"\1"
_SIGNATURE: Final = re.compile(r"\u2014 (\S+) ([A-Za-z0-9+/]+=*)")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_MOST_BYTES: Final = 1_000_000
_AGAIN: Final = "Fetch the checkpoint again from its source."


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The size and root of a log at one moment."""

    origin: str
    """Name of the log, as a schemeless address."""
    size: int
    root: bytes
    """32 bytes."""
    extensions: tuple[str, ...] = ()
    """Further lines of the body, not interpreted."""

    @property
    def body(self) -> str:
        """The text that is signed, with its final line feed."""
        root = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, self.size, root, *self.extensions))


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name it signs under."""

    name: str
    public: bytes
    """Ed25519, 32 bytes."""

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys of one name apart; they are no secret and no proof."""
        return hashlib.sha256(f"{self.name}\n".encode() + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_b64(_ED25519 + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read ``name+id+base64``.

        Raises:
            InputError: if it is not one, or its id does not belong to it.
        """
        # A name has no plus, but base64 may.
        name, _, rest = text.strip().partition("+")
        identity, _, encoded = rest.partition("+")
        key = _decode(encoded) or b""
        if not _is_name(name) or key[:1] != _ED25519 or len(key) != 33:
            raise InputError(
                "this is not an Ed25519 verifier key",
                value=text,
                next_step="It reads name+id+base64, on one line.",
            )
        found = cls(name, key[1:])
        if found.id.hex() != identity:
            raise InputError(
                "the id of the verifier key does not belong to it",
                value=text,
                next_step="Ask the log for its key again, on another way.",
            )
        return found

    def verifies(self, body: str, signature: bytes) -> bool:
        """Whether the signature is this key's over the body."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, body.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key with the name it signs under."""

    name: str
    seed: bytes
    """Ed25519, 32 bytes; kept out of every dump, log and message."""

    def __repr__(self) -> str:
        return f"Signer({self.name!r})"

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self._key().public_key().public_bytes_raw())

    def sign(self, checkpoint: Checkpoint) -> str:
        """The checkpoint as a signed note."""
        return f"{checkpoint.body}\n{self.line(checkpoint.body)}"

    def line(self, body: str) -> str:
        """One signature line over a body, to be added to a note."""
        signature = self._key().sign(body.encode())
        return f"\u2014 {self.name} {_b64(self.verifier.id + signature)}\n"

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def read_checkpoint(note: bytes, keys: Iterable[VerifierKey]) -> Checkpoint:
    """Read a signed checkpoint and require a valid signature of one of the keys.

    Signatures of unknown keys are left alone; a wrong one of a known key refuses the note.

    Raises:
        InputError: if it is malformed, or none of the keys signed it.
    """
    text = _text(note)
    body, separator, signatures = text.rpartition("\n\n")
    if not separator or not signatures.endswith("\n"):
        raise _malformed("it has no signature lines")
    body += "\n"
    known = {(key.name, key.id): key for key in keys}
    signed = False
    for line in signatures.splitlines():
        found = _SIGNATURE.fullmatch(line)
        data = None if found is None else _decode(found.group(2))
        if found is None or data is None or len(data) < 5:
            raise _malformed("a signature line cannot be read")
        key = known.get((found.group(1), data[:4]))
        if key is None:
            continue
        if not key.verifies(body, data[4:]):
            raise InputError(
                f"the signature of {key.name} is wrong",
                next_step="Do not rely on this checkpoint; fetch it again and compare.",
            )
        signed = True
    if not signed:
        raise InputError(
            "none of the keys signed this checkpoint",
            next_step="Check that it comes from the log whose key you hold.",
        )
    return _parse(body)


def _parse(body: str) -> Checkpoint:
    lines = body.split("\n")[:-1]
    if len(lines) < 3 or not lines[0] or not all(lines):
        raise _malformed("it needs an origin, a size and a root, without blank lines")
    root = _decode(lines[2])
    if not _SIZE.fullmatch(lines[1]) or int(lines[1]) >= 2**63:
        raise _malformed("its size is not a number")
    if root is None or len(root) != HASH_SIZE:
        raise _malformed("its root is not a hash")
    return Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:]))


def _text(note: bytes) -> str:
    if len(note) > _MOST_BYTES:
        raise _malformed("it is too long")
    try:
        text = note.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed("it is not UTF-8") from None
    if any(character < " " and character != "\n" for character in text):
        raise _malformed("it holds a control character")
    return text


def _malformed(why: str) -> InputError:
    return InputError(f"this is not a signed checkpoint: {why}", next_step=_AGAIN)


def _is_name(name: str) -> bool:
    return bool(name) and not any(c.isspace() or c == "+" for c in name)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decode(text: str) -> bytes | None:
    """Base64 in its one canonical spelling, else None."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if _b64(data) == text else None

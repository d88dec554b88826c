"""Where a page goes on, without telling when anything happened."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.utils.crypto import salted_hmac

_CURSOR: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


def hide(uid: UUID) -> str:
    """An id as a cursor, 32 hex digits: the id of an event tells the millisecond it happened."""
    encryptor = _cipher().encryptor()
    return (encryptor.update(uid.bytes) + encryptor.finalize()).hex()


def show(cursor: str | None) -> UUID | None:
    """The id that a cursor hides; one that was made up hides an id that nothing has."""
    if cursor is None or not _CURSOR.fullmatch(cursor):
        return None
    decryptor = _cipher().decryptor()
    return UUID(bytes=decryptor.update(bytes.fromhex(cursor)) + decryptor.finalize())


def _cipher() -> Cipher[modes.ECB]:
    # One block, which is all that an id is: nothing is chained, so there is no mode to speak of.
    key = salted_hmac("assises.cursor", "", algorithm="sha256").digest()
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305

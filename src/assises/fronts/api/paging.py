"""Pages: at most a hundred things, and a cursor that tells nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from ninja import Query

MOST: Final = 100
USUAL: Final = 50
_CURSOR: Final = "From a page's `next`."
Limit = Annotated[int, Query(USUAL, ge=1, le=MOST, description="How many at most.")]
Offset = Annotated[str | None, Query(None, pattern=r"^[0-9]{1,9}$", description=_CURSOR)]
Hidden = Annotated[str | None, Query(None, pattern=r"^[0-9a-f]{32}$", description=_CURSOR)]


def following(request: HttpRequest, cursor: str, **asked: object) -> str:
    """The address of the page that begins after ``cursor``, with what was asked of this one."""
    kept: Mapping[str, object] = {k: v for k, v in asked.items() if v is not None}
    return f"{request.path}?{urlencode({**kept, 'cursor': cursor})}"


def hide(uid: UUID) -> str:
    """An id as a cursor, 32 hex digits: the id of an event tells the millisecond it happened."""
    encryptor = _cipher().encryptor()
    return (encryptor.update(uid.bytes) + encryptor.finalize()).hex()


def show(cursor: str | None) -> UUID | None:
    """The id that a cursor hides; one that was made up hides an id that nothing has."""
    if cursor is None:
        return None
    decryptor = _cipher().decryptor()
    return UUID(bytes=decryptor.update(bytes.fromhex(cursor)) + decryptor.finalize())


def _cipher() -> Cipher[modes.ECB]:
    # One block, which is all that an id is: nothing is chained, so there is no mode to speak of.
    key = salted_hmac("assises.api.cursor", "", algorithm="sha256").digest()
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305

"""Canonical JSON (RFC 8785) and the hashes that are taken of it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

import rfc8785

from assises.lib.errors import InputError

PUBLISHED_DIGITS = 6
"""Decimals kept of every published float; ``verify`` compares floats to this precision."""

_BLOCK = 1 << 20


def canonical_json(value: object) -> bytes:
    """The one byte string that stands for ``value`` (RFC 8785: sorted keys, no spaces).

    Raises:
        InputError: for NaN, infinity, integers beyond 2**53 and anything JSON cannot hold.
    """
    try:
        return rfc8785.dumps(_plain(value))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, TypeError) as error:
        raise InputError(
            f"this value has no canonical JSON form: {error}",
            value=value,
            next_step="Use finite numbers, integers below 2**53, strings, lists and objects.",
        ) from error


def sha256_hex(data: bytes) -> str:
    """SHA-256 as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def salted_digest(salt: bytes, value: object) -> bytes:
    """SHA-256 over a salt and the canonical JSON of ``value``: 32 bytes.

    Whoever has both can check it; without the salt a short value cannot be guessed from it.
    """
    return hashlib.sha256(salt + canonical_json(value)).digest()


def sha256_of_file(path: str | PathLike[str]) -> str:
    """SHA-256 of a file's bytes, read in blocks so that its size does not matter."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def published(value: float) -> float:
    """``value`` at the published precision, with no negative zero.

    Raises:
        InputError: if it is not finite; an unknown figure is published as ``None``, never NaN.
    """
    number = float(value)
    if not math.isfinite(number):
        raise InputError(
            "a figure that is not finite cannot be published",
            value=number,
            next_step="Publish None and say why it cannot be said.",
        )
    return round(number, PUBLISHED_DIGITS) + 0.0


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(inner) for inner in value]
    return value

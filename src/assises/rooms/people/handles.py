"""From a secret to a pseudonym: keyed hashes whose keys never enter the database."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from django.conf import settings


def handle_of(consultation: UUID, secret: str) -> bytes:
    """Where the voice that holds ``secret`` is kept in one consultation: 32 bytes."""
    return _mac(settings.SECRETS.voice_key, "voice", str(consultation), secret)


def secret_of_account(account: UUID) -> str:
    """The secret by which an account finds its voice: only the server can derive it."""
    return _mac(settings.SECRETS.account_key, "account", str(account)).hex()


def pseudonym_of_account(account: UUID) -> str:
    """How the journal names an account that acts in an office."""
    return "account:" + _mac(settings.SECRETS.journal_key, "journal", str(account)).hex()[:24]


def pseudonym_of_voice(voice: UUID) -> str:
    """How the journal names a voice."""
    return f"voice:{voice}"


def _mac(key: str, *parts: str) -> bytes:
    # Each part carries its length: no two lists of parts give the same message.
    message = b"".join(f"{len(p.encode())}:".encode() + p.encode() for p in parts)
    return hmac.new(bytes.fromhex(key), message, hashlib.sha256).digest()

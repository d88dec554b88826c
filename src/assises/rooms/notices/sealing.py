"""What waits in a table that others read is written so that only this installation reads it.

AES-256-GCM under keys derived from the secrets, which never enter the database. Not Fernet: its
tokens say in clear at which second they were made.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE: Final = 12


class NotOurs(ValueError):
    """It was not sealed here for this purpose, or it was changed since."""


def sealed(purpose: str, words: str) -> str:
    """Words that only this installation can read again, for the same purpose; ASCII."""
    nonce = secrets.token_bytes(_NONCE)
    body = AESGCM(_key(purpose)).encrypt(nonce, words.encode(), purpose.encode())
    return base64.urlsafe_b64encode(nonce + body).decode()


def opened(purpose: str, token: str) -> str:
    """What was sealed for that purpose.

    Raises:
        NotOurs: for anything else.
    """
    try:
        raw = base64.urlsafe_b64decode(token)
        body = AESGCM(_key(purpose)).decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode())
    except (ValueError, InvalidTag):
        raise NotOurs(f"not sealed here for {purpose}") from None
    return body.decode()


def _key(purpose: str) -> bytes:
    root = bytes.fromhex(settings.SECRETS.django_key)
    return hmac.new(root, b"seal:" + purpose.encode(), hashlib.sha256).digest()

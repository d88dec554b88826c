"""How much one address on the network may do in an hour without an account.

Nothing of it is written anywhere: addresses are hashed with a key that lives and dies with the
process, and the counts stand in its memory until the hour is over. Each worker counts for itself.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from typing import Final

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from assises.lib.clock import now
from assises.lib.errors import TooMany

HOUR: Final = 3600
CASTS: Final = 100
"""Times that someone votes for each voice that may be made: a whole ballot, one at a time."""
_KEY: Final = secrets.token_bytes(32)
_NETWORK: Final = 64
"""Bits of an IPv6 address that are its subscriber's; who has one has all that begin like it."""


def demand_few_voices(request: HttpRequest) -> None:
    """Count one more voice made from where this comes from.

    Raises:
        TooMany: as many as may be have been made in this hour.
    """
    _demand(request, "voice", settings.VOICES_PER_HOUR)


def demand_few_casts(request: HttpRequest) -> None:
    """Count one more time that someone votes from where this comes from.

    Raises:
        TooMany: as often as may be it was done in this hour.
    """
    _demand(request, "cast", settings.VOICES_PER_HOUR * CASTS)


def _demand(request: HttpRequest, what: str, most: int) -> None:
    user = getattr(request, "user", None)
    if not most or (user is not None and user.is_authenticated):
        return
    hour, since = divmod(int(now().timestamp()), HOUR)
    key = _hashed(f"{what}:{hour}:{_network(request)}")
    counts, left = caches["limits"], HOUR - since
    counts.add(key, 0, timeout=left)
    try:
        made = counts.incr(key)
    except ValueError:  # it went in between, with the hour
        made = 1
    if made > most:
        raise TooMany(
            "too much came from this address on the network within the hour",
            next_step="Try again a little later; what was taken before is kept.",
            retry_after=left,
        )


def _network(request: HttpRequest) -> str:
    try:
        address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    except (PermissionDenied, ValueError):
        return ""
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, _NETWORK), strict=False))


def _hashed(words: str) -> str:
    return hmac.new(_KEY, words.encode(), hashlib.sha256).hexdigest()

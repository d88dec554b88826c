"""What is carried later: letters, and notices of acts that the accounts' tables do not see."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from typing import Final

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from assises.rooms.notices import letters
from assises.rooms.notices.mail import Refused
from assises.rooms.notices.models import AccountNotice
from assises.rooms.notices.sealing import NotOurs, opened

_LOG = logging.getLogger("assises.notices")
NOTICE: Final = "notice"
# About a day in all: a mail server that is down overnight loses nothing.
_PATIENCE: Final = RetryStrategy(max_attempts=10, exponential_wait=3)


@app.task(name="notices.send", retry=_PATIENCE)
def send(letter: str) -> None:
    """Carry one letter. Twice is harmless: a second copy of the same words."""
    try:
        letters.carry(letters.unsealed(letter))
    except Refused:
        return  # there is no such mailbox: another try would say the same
    except NotOurs:
        _LOG.error("a waiting letter cannot be read: the secrets were changed since")


@app.task(name="notices.tell", retry=_PATIENCE)
def tell(notice: str) -> None:
    """Put one notice down; twice is once, by its event."""
    try:
        told = json.loads(opened(NOTICE, notice))
    except NotOurs:
        _LOG.error("a waiting notice cannot be read: the secrets were changed since")
        return
    told["told_at"] = datetime.fromisoformat(told["told_at"])
    same = {name: told.pop(name) for name in ("account", "sentence", "event")}
    AccountNotice.objects.get_or_create(**same, defaults=told)

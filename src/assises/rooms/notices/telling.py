"""Tell someone something, inside the act that made it so.

A sentence is an English message of the catalogues with ``{names}``, written where it is told as
``_("…")``; it is said in the reader's language when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connections

from assises.rooms.notices.models import AccountNotice, VoiceNotice
from assises.rooms.notices.sealing import sealed
from assises.rooms.notices.tasks import NOTICE, tell

_LONGEST: Final = 200


def tell_account(
    account: UUID,
    sentence: str,
    values: Mapping[str, str | int],
    address: str,
    event: UUID | None,
    at: datetime,
) -> None:
    """A notice for someone in an office; what concerns a voice is told to the voice.

    Args:
        values: what fills the sentence's ``{names}``.
        address: where it leads, without its language: ``editions/…``; may be empty.
        event: of the journal.

    An act on the accounts' tables writes the row itself. One on the domain's tables cannot see
    them: it defers a sealed job in its own transaction.
    """
    _check(sentence, values, address)
    if not connections["default"].in_atomic_block:
        AccountNotice.objects.create(
            account=account,
            sentence=sentence,
            values=dict(values),
            address=address,
            event=event,
            told_at=at,
        )
        return
    told = {
        "account": str(account),
        "sentence": sentence,
        "values": dict(values),
        "address": address,
        "event": None if event is None else str(event),
        "told_at": at.isoformat(),
    }
    tell.defer(notice=sealed(NOTICE, json.dumps(told)))


def tell_voice(
    voice: UUID,
    sentence: str,
    values: Mapping[str, str | int],
    address: str,
    event: UUID | None,
    at: datetime,
) -> None:
    """A notice for a voice, shown on its own page."""
    _check(sentence, values, address)
    VoiceNotice.objects.create(
        voice=voice,
        sentence=sentence,
        values=dict(values),
        address=address,
        event=event,
        told_on=at.date(),
    )


def _check(sentence: str, values: Mapping[str, str | int], address: str) -> None:
    if len(sentence) > _LONGEST or len(address) > _LONGEST:
        raise ValueError(f"a notice has at most {_LONGEST} characters: {sentence[:40]}…")
    sentence.format(**values)  # a name without its value is found here, not when it is read

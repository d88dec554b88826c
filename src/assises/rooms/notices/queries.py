"""What the fronts read of notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from assises.lib.errors import NotFound
from assises.look.speech import Speech, speech
from assises.rooms.notices.letters import must_be_kept_here
from assises.rooms.notices.models import AccountNotice, Letter, VoiceNotice

MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Told:
    """One notice in the reader's words; ``address`` is a path of this site or empty."""

    id: int
    words: str
    address: str
    on: date
    unread: bool = False


def told_to_account(account: UUID, language: str, *, limit: int = MOST) -> list[Told]:
    """An account's notices, the newest first."""
    s = speech(language)
    rows = AccountNotice.objects.filter(account=account).order_by("-id")[:limit]
    return [_told(s, row, row.told_at.date(), unread=row.read_on is None) for row in rows]


def unread(account: UUID) -> int:
    """How many an account has not read."""
    return AccountNotice.objects.filter(account=account, read_on=None).count()


def told_to_voice(voice: UUID, language: str, *, limit: int = MOST) -> list[Told]:
    """A voice's notices, the newest first."""
    s = speech(language)
    rows = VoiceNotice.objects.filter(voice=voice).order_by("-id")[:limit]
    return [_told(s, row, row.told_on) for row in rows]


def mailbox(*, limit: int = MOST) -> list[Letter]:
    """The letters that this demonstration kept, the newest first.

    Raises:
        NotFound: outside a demonstration.
    """
    must_be_kept_here()
    return list(Letter.objects.order_by("-id")[:limit])


def letter(number: int) -> Letter:
    """One of them.

    Raises:
        NotFound: there is no such letter.
    """
    must_be_kept_here()
    found = Letter.objects.filter(id=number).first()
    if found is None:
        raise NotFound("there is no such letter", next_step="Go back to the mailbox.")
    return found


def _told(s: Speech, row: AccountNotice | VoiceNotice, on: date, *, unread: bool = False) -> Told:
    address = f"/{s.language}/{row.address}" if row.address else ""
    return Told(int(row.pk), s.say(row.sentence, **row.values), address, on, unread)

"""Letters: written once, carried without making anyone wait, and unreadable while they wait."""

from __future__ import annotations

import json
from email.utils import make_msgid
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connections, transaction

from assises.lib.errors import NotFound
from assises.rooms.notices.sealing import opened, sealed

PURPOSE = "letter"


def send(recipient: str, subject: str, body: str) -> None:
    """Send a plain letter to one address.

    Inside an act on the domain's tables the job that carries it is part of the act's transaction:
    no act, no letter, and no letter lost. Inside an act on the accounts' tables, which are another
    connection, it is ordered the moment the act is done. The job stands in tables of the role that
    reads votes, so what it carries is sealed: who was written to is not there.

    A demonstration without a mail server puts it into its mailbox at once.
    """
    words = {"to": recipient, "subject": subject, "body": body}
    if settings.ENVIRONMENT.smtp is None:
        transaction.on_commit(partial(carry, words))
        return
    job = partial(_order, sealed(PURPOSE, json.dumps(words)))
    if connections["default"].in_atomic_block:
        job()
    else:
        transaction.on_commit(job, using="accounts")


def carry(words: dict[str, str]) -> None:
    """Hand one letter to the mail server, or to the mailbox.

    Raises:
        OutputError: it was not taken.
    """
    address = settings.DEFAULT_FROM_EMAIL.rstrip(">").rpartition("@")[2]
    EmailMessage(
        words["subject"],
        words["body"],
        to=[words["to"]],
        # Django's own id would tell the name of this machine.
        headers={"Message-ID": make_msgid(domain=address), "Auto-Submitted": "auto-generated"},
    ).send()


def unsealed(letter: str) -> dict[str, str]:
    """What a waiting job carries."""
    words: dict[str, str] = json.loads(opened(PURPOSE, letter))
    return words


def must_be_kept_here() -> None:
    """Refuse the mailbox where letters go to people.

    Raises:
        NotFound: outside a demonstration.
    """
    if not settings.DEMONSTRATION:
        raise NotFound("there is no mailbox here", next_step="Letters go to your own address.")


def _order(letter: str) -> None:
    from assises.rooms.notices.tasks import send as job

    job.defer(letter=letter)

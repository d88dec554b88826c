"""How a letter leaves: by SMTP, or, in a demonstration, into the mailbox on this machine."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.utils import DNS_NAME

from assises.lib.clock import now
from assises.lib.errors import OutputError, SetupError
from assises.rooms.notices.models import Letter

_LOG = logging.getLogger("assises.notices")
_SECONDS: Final = 20
_FOR_GOOD: Final = range(500, 600)


class Refused(OutputError):
    """The mail server will never take this letter: there is no such address, or not for us."""


class Backend(BaseEmailBackend):
    """Django's e-mail backend of the house. Neither addresses nor words are ever logged."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many were taken over.

        Raises:
            Refused: the server refuses one for good.
            OutputError: it cannot be reached, or asks to come back later.
        """
        check()
        server = settings.ENVIRONMENT.smtp
        if server is None:
            _keep(email_messages)
            return len(email_messages)
        return _by_smtp(_carrier(server), email_messages)


def check() -> None:
    """Asked at the start: letters must have a way out.

    Raises:
        SetupError: a service without a mail server, where nobody could enter.
    """
    if settings.ENVIRONMENT.smtp is None and not settings.DEMONSTRATION:
        raise SetupError(
            "no mail server is named, and people enter by a letter",
            next_step="Set ASSISES_SMTP_URL, such as smtps://USER:PASSWORD@HOST:465, and "
            "ASSISES_FROM_ADDRESS.",
        )


def _keep(messages: Sequence[EmailMessage]) -> None:
    Letter.objects.bulk_create(
        [
            Letter(
                recipient=recipient,
                subject=message.subject[:200],
                body=str(message.body),
                written_on=now().date(),
            )
            for message in messages
            for recipient in message.recipients()
        ]
    )


def _carrier(server: Any) -> EmailBackend:
    # Django would greet the server by the name of this machine, and ask the network for it.
    DNS_NAME._fqdn = settings.DEFAULT_FROM_EMAIL.rstrip(">").rpartition("@")[2]
    # The floor below the site does not know its types; this is environment.Smtp.
    return EmailBackend(
        host=server.host,
        port=server.port,
        username=server.user or "",
        password=server.password or "",
        use_tls=server.security == "starttls",
        use_ssl=server.security == "tls",
        timeout=_SECONDS,
    )


def _by_smtp(carrier: EmailBackend, messages: Sequence[EmailMessage]) -> int:
    try:
        return carrier.send_messages(list(messages)) or 0
    except (OSError, smtplib.SMTPException) as error:
        # What the library says repeats the address, so that it is neither chained nor shown.
        raise _failure(error) from None


def _failure(error: Exception) -> OutputError:
    refused = _refused_for_good(error)
    _LOG.warning("a letter was not taken: %s", type(error).__name__)
    return (Refused if refused else OutputError)(
        f"the mail server did not take a letter ({type(error).__name__})",
        next_step="Nothing: there is no such mailbox."
        if refused
        else "It is tried again by itself; see that ASSISES_SMTP_URL is right.",
    )


def _refused_for_good(error: Exception) -> bool:
    # Only a word about the recipient is final; every other refusal may be a setting of ours.
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        code in _FOR_GOOD for code, _ in error.recipients.values()
    )

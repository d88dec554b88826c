"""Sessions that end at midnight: their expiry must not tell the second at which someone came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Django's sessions, in the accounts' tables, with expiries rounded up to the end of a day."""

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """The end of the day on which the session would have ended."""
        exact = super().get_expiry_date(**kwargs).astimezone(UTC)
        midnight = exact.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + timedelta(days=1)

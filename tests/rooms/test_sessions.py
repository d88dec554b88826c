"""A session ends at midnight: its row does not tell the second at which someone came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from assises.lib.clock import now
from assises.rooms.people.sessions import SessionStore


@pytest.mark.parametrize(
    ("came", "ends"),
    [
        (datetime(2026, 3, 2, 10, 30, 15, 123456, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)),
        (datetime(2026, 3, 2, 0, 0, 0, 1, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)),
        (datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)),
        (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)),
    ],
)
def test_whoever_comes_on_one_day_leaves_at_one_midnight(came: datetime, ends: datetime) -> None:
    assert SessionStore().get_expiry_date(modification=came, expiry=24 * 3600) == ends


@pytest.mark.usefixtures("db")
def test_the_row_of_a_session_tells_a_day_and_is_never_shorter_than_it_should() -> None:
    for seconds in (None, 0, 60, 86_400):
        store = SessionStore()
        store["of"] = "someone"
        if seconds is not None:
            store.set_expiry(seconds)
        store.save()
        row = Session.objects.using("accounts").get(session_key=store.session_key)
        assert row.expire_date.time() == datetime.min.time()
        lasts = timedelta(seconds=seconds or settings.SESSION_COOKIE_AGE)
        assert now() + lasts - timedelta(minutes=1) < row.expire_date
        assert row.expire_date < now() + lasts + timedelta(days=1, minutes=1)
        assert SessionStore(store.session_key)["of"] == "someone"

"""From one address only so many voices, and so many votes, can be made in an hour."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from assises.lib.clock import now
from assises.rooms.people.models import Voice
from assises.rooms.votes.models import Cast
from assises.web import limits
from tests.rooms.making import an_edition, key, some_statements

pytestmark = pytest.mark.usefixtures("db")
MOST = 3


@pytest.fixture
def place(settings_of_three: None) -> Any:
    made = an_edition(moderated=False)
    some_statements(made, 6)
    return made


@pytest.fixture
def settings_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    caches["limits"].clear()
    monkeypatch.setattr(settings, "VOICES_PER_HOUR", MOST)


def answer(client: Client, place: Any, number: int = 0, **come: Any) -> Any:
    form = {"statement": number, "answer": "agree", "key": key()}
    return client.post(f"/en/editions/{place.short}/vote", form, **come)


def cast(place: Any, **come: Any) -> Any:
    body = json.dumps({"votes": [{"statement": 0, "vote": 1}]})
    where = f"/api/v1/editions/{place.short}/votes"
    return Client().post(where, body, content_type="application/json", **come)


def test_one_more_voice_than_may_be_is_refused_kindly_and_makes_nothing(place: Any) -> None:
    assert [answer(Client(), place).status_code for _ in range(MOST)] == [303] * MOST
    late = Client()
    refused = answer(late, place)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert "A little later, please" in refused.content.decode()
    assert "voice" not in late.cookies
    assert (Voice.objects.count(), Cast.objects.count()) == (MOST, MOST)


def test_a_program_is_told_as_a_problem(place: Any) -> None:
    assert [cast(place).status_code for _ in range(MOST)] == [200] * MOST
    refused = cast(place)
    assert refused.status_code == 429
    assert refused["Content-Type"] == "application/problem+json"
    assert (refused.json()["code"], refused.json()["status"]) == ("too-many", 429)
    assert 0 < int(refused["Retry-After"]) <= 3600


def test_who_has_a_voice_goes_on_when_no_more_can_be_made(place: Any) -> None:
    client = Client()
    answer(client, place)
    for _ in range(MOST):
        answer(Client(), place)
    assert answer(client, place, 1).status_code == 303


def test_votes_of_one_address_are_counted_too_and_taking_back_is_not(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CASTS", 1)
    client = Client()
    assert [answer(client, place, n).status_code for n in range(4)] == [303] * 3 + [429]
    form = {"what": "answer", "number": "0", "key": key()}
    assert client.post(f"/en/editions/{place.short}/me/withdraw", form).status_code == 303


def test_another_address_has_its_own_count(place: Any) -> None:
    for _ in range(MOST + 1):
        answer(Client(), place, REMOTE_ADDR="192.0.2.1")
    assert answer(Client(), place, REMOTE_ADDR="192.0.2.1").status_code == 429
    assert answer(Client(), place, REMOTE_ADDR="192.0.2.2").status_code == 303


def test_all_addresses_of_one_ipv6_subscriber_are_one(place: Any) -> None:
    for at in range(MOST):
        assert cast(place, REMOTE_ADDR=f"2001:db8:1:1::{at}").status_code == 200
    assert cast(place, REMOTE_ADDR="2001:db8:1:1:ffff::1").status_code == 429
    assert cast(place, REMOTE_ADDR="2001:db8:1:2::1").status_code == 200


def test_the_count_begins_again_with_the_hour(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(MOST + 1):
        answer(Client(), place)
    monkeypatch.setattr(limits, "now", lambda: now() + timedelta(hours=1))
    assert answer(Client(), place).status_code == 303


def test_nothing_is_limited_where_the_setting_is_nought(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "VOICES_PER_HOUR", 0)
    assert {answer(Client(), place).status_code for _ in range(3 * MOST)} == {303}


def test_no_address_is_kept_not_even_in_memory(place: Any) -> None:
    answer(Client(), place, REMOTE_ADDR="192.0.2.77")
    kept = vars(caches["limits"])["_cache"]  # what the memory of this process holds
    assert kept
    assert not any("192.0.2.77" in str(entry) for entry in kept.items())

"""While the database is away, everybody is told to come back in a moment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connections
from django.test import Client

from assises.look.speech import LANGUAGES
from assises.rooms.journal.permissions import Role
from assises.rooms.votes.models import Cast
from assises.site import worker
from tests.clients import a_member
from tests.rooms.making import an_edition, some_statements

pytestmark = pytest.mark.usefixtures("db")


@contextmanager
def the_database_away() -> Iterator[None]:
    """Every connection is refused."""

    def refuse() -> None:
        raise OperationalError("connection failed: the database system is starting up\nDETAIL: x")

    with pytest.MonkeyPatch.context() as patch:
        for alias in ("default", "accounts"):
            connections[alias].close()
            patch.setattr(connections[alias], "connect", refuse)
        yield


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_it_in_its_language(language: str) -> None:
    with the_database_away():
        answer = Client().get(f"/{language}/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer["Cache-Control"] == "no-store"
    page = answer.content.decode()
    assert f'lang="{language}' in page
    assert "starting up" not in page
    assert "Traceback" not in page


def test_a_program_is_told_in_its_own_way() -> None:
    with the_database_away():
        answer = Client().get("/api/v1/editions")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Content-Type"] == "application/problem+json"
    told = json.loads(answer.content)
    assert (told["code"], told["type"]) == ("away", "/problems/away")
    assert "key" in told["next_step"]


def test_someone_inside_is_told_too_and_stays_inside() -> None:
    client = a_member(Role.SECRETARIAT)
    with the_database_away():
        assert client.get("/fr/office/").status_code == 503
        assert client.get("/fr/").status_code == 503
    assert client.get("/fr/office/").status_code == 200


def test_a_session_that_cannot_be_kept_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("terminating connection due to administrator command")

    client = Client(raise_request_exception=False)
    with monkeypatch.context() as patch:
        patch.setattr("assises.rooms.people.sessions.SessionStore.save", fail)
        answer = client.post("/fr/enter", {"email": "someone@example.org"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_session_that_is_cut_in_the_middle_keeps_nothing_and_the_same_form_counts_once(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = an_edition(moderated=False)
    some_statements(place, 2)
    client = Client()
    form = {"s-0": "agree", "key": "one"}
    path = f"/fr/editions/{place.short}/votes"
    client.post(path, {"s-1": "pass", "key": "zero"})

    def cut(*_: Any, **__: Any) -> None:
        raise error("the server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr("assises.rooms.votes.acts.cast._write", cut)
        assert client.post(path, form).status_code == 503
    assert Cast.objects.count() == 1
    assert [client.post(path, form).status_code for _ in range(2)] == [303, 303]
    assert Cast.objects.count() == 2


def test_the_worker_waits_for_it_longer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    with the_database_away():

        def sleep(seconds: float) -> None:
            waited.append(seconds)
            if len(waited) == 8:
                raise KeyboardInterrupt

        monkeypatch.setattr("time.sleep", sleep)
        with pytest.raises(KeyboardInterrupt):
            worker.await_database()
    assert waited == [0.5, 1, 2, 4, 8, 16, 30, 30]
    worker.await_database()
    assert len(waited) == 8

"""Refusals: a page in the reader's language, a problem for programs, never a trace."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.test import Client, RequestFactory

from assises.lib.errors import (
    AssisesError,
    Conflict,
    InputError,
    Invalid,
    NotAllowed,
    NotFound,
    NotNow,
)
from assises.look.speech import LANGUAGES, speech
from assises.rooms.people.models import Voice
from assises.rooms.votes.models import Cast
from assises.web.middleware import POLICY
from assises.web.refusals import problem, refusal, wants_json
from tests.rooms.making import an_edition, key, some_statements

pytestmark = pytest.mark.usefixtures("db")

ERRORS: tuple[tuple[AssisesError, int, str], ...] = (
    (NotAllowed("p", next_step="n"), 403, "not-allowed"),
    (NotFound("p", next_step="n"), 404, "not-found"),
    (NotNow("p", next_step="n"), 409, "not-now"),
    (Conflict("p", next_step="n"), 409, "conflict"),
    (Invalid("p", next_step="n", fields={"words": "empty"}), 422, "invalid"),
    (InputError("p", next_step="n", file="votes.csv", line=3), 400, "refused"),
)
NOWHERE = "There is nothing here"


def raising(error: BaseException) -> Callable[..., Any]:
    def view(*_: object, **__: object) -> Any:
        raise error

    return view


def quiet() -> Client:
    return Client(raise_request_exception=False)


def said(language: str, english: str) -> str:
    return speech(language).say(english)


def heading(content: bytes) -> str:
    found = re.search(r"<h1>(.*?)</h1>", content.decode())
    assert found is not None
    return found[1]


# --- For people ------------------------------------------------------------------------------


def test_each_refusal_is_said_in_each_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    titles: dict[str, set[str]] = {}
    for error, status, code in ERRORS:
        monkeypatch.setattr("assises.fronts.portal.home.editions", raising(error))
        for language in LANGUAGES:
            response = quiet().get(f"/{language}/")
            assert response.status_code == status, (code, language)
            page = response.content.decode()
            assert response["Content-Language"] == speech(language).tag
            assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in page.split(">")[1]
            assert response["Cache-Control"] == "no-store"
            assert f'href="/{language}/"' in page
            titles.setdefault(code, set()).add(heading(response.content))
    assert all(len(each) == len(LANGUAGES) for each in titles.values()), titles
    assert len(set.union(*titles.values())) == len(ERRORS) * len(LANGUAGES)


def test_what_is_nowhere_is_told_in_the_language_of_the_path_or_of_the_browser() -> None:
    for language in LANGUAGES:
        title = heading(quiet().get(f"/{language}/nowhere").content)
        assert title == said(language, NOWHERE)
    for asked, language in (
        ("ar-MA,fr;q=0.8", "ar"),
        ("de,en;q=0.5", "en"),
        ("ary", "ar"),
        ("", "fr"),
        ("xx, *;q=0.1", "fr"),
        ("\x00;;q=,,", "fr"),
        ("e" * 10_000, "fr"),
    ):
        response = quiet().get("/nowhere", headers={"accept-language": asked})
        assert heading(response.content) == said(language, NOWHERE), asked
    # The language of the path goes before that of the browser.
    response = quiet().get("/en/nowhere", headers={"accept-language": "ar"})
    assert heading(response.content) == NOWHERE


def test_what_someone_wrote_never_becomes_part_of_the_page_of_a_refusal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hostile = "<script>alert(1)</script>\"'><b>{{ 7*7 }}"
    error = NotFound(hostile, next_step=hostile)
    monkeypatch.setattr("assises.fronts.portal.home.editions", raising(error))
    for path in ("/fr/", f"/fr/?q={hostile}", f"/fr/{hostile}", f"/{hostile}"):
        response = quiet().get(path)
        assert response.status_code == 404
        page = response.content.decode()
        assert "<script>alert" not in page, path
        assert "'><b>" not in page, path
        assert "<b>49" not in page, path


def test_a_defect_of_ours_is_a_page_that_says_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    defect = raising(RuntimeError("the secret is 12345"))
    monkeypatch.setattr("assises.fronts.portal.home.editions", defect)
    for language in LANGUAGES:
        response = quiet().get(f"/{language}/")
        assert response.status_code == 500
        page = response.content.decode()
        for told in ("12345", "RuntimeError", "Traceback", ".py", "site-packages"):
            assert told not in page, told
        assert response["Content-Security-Policy"] == POLICY


def test_what_the_framework_refuses_is_a_page_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for error, status in (
        (SuspiciousOperation("no"), 400),
        (PermissionDenied("no"), 403),
        (OperationalError("the database restarts\nDETAIL: 12345"), 503),
        (InterfaceError("connection already closed"), 503),
    ):
        monkeypatch.setattr("assises.fronts.portal.home.editions", raising(error))
        response = quiet().get("/ar/")
        assert response.status_code == status
        assert response["Content-Language"] == "ar"
        assert b"12345" not in response.content
        assert ("Retry-After" in response) is (status == 503)
    assert quiet().get("/fr/", headers={"host": "evil.example"}).status_code == 400
    too_many = "&".join(f"s-{i}=agree" for i in range(3_000))
    place = an_edition()
    response = quiet().post(
        f"/fr/editions/{place.short}/votes",
        too_many,
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 400
    assert heading(response.content) == said("fr", "This was refused")


def test_a_refused_act_leaves_its_voice_the_code_that_it_was_given() -> None:
    """A voice was made for what was then refused: without its cookie nobody would find it again."""
    place, client = an_edition(), quiet()
    some_statements(place, 1)
    form = {"statement": "9", "answer": "agree", "key": key()}
    response = client.post(f"/fr/editions/{place.short}/vote", form)
    assert response.status_code == 404
    assert not Cast.objects.exists()
    if Voice.objects.exists():
        assert response.cookies["voice"].value
        assert response.cookies["voice"]["httponly"]
        form["statement"] = "0"
        assert client.post(f"/fr/editions/{place.short}/vote", form).status_code == 303
        assert Voice.objects.count() == 1


def test_every_answer_carries_the_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    client = quiet()
    for path in ("/", "/fr/", "/nowhere", "/api/v1/nowhere", "/log/official/checkpoint",
                 "/static/nothing.css"):  # fmt: skip
        response = client.get(path)
        assert response["Content-Security-Policy"] == POLICY, path
        assert response["X-Content-Type-Options"] == "nosniff", path
        assert response["Referrer-Policy"] == "same-origin", path
        assert "camera=()" in response["Permissions-Policy"], path
    assert "Strict-Transport-Security" not in client.get("/fr/")
    monkeypatch.setattr("django.conf.settings.SECURE_TLS", True)
    assert "max-age=31536000" in client.get("/fr/")["Strict-Transport-Security"]


# --- For programs ----------------------------------------------------------------------------


def told(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = json.loads(response.content)
    assert body["status"] == status
    assert (body["code"], body["type"]) == (code, f"/problems/{code}")
    assert body["title"]
    return body


def test_a_program_is_told_a_problem_with_a_stable_code() -> None:
    def asked(path: str) -> HttpRequest:
        return RequestFactory().get(path)

    for error, status, code in ERRORS:
        body = told(refusal(asked("/api/v1/anything"), error), status, code)
        assert (body["detail"], body["next_step"]) == ("p", "n")
        assert body.get("fields") == ({"words": "empty"} if code == "invalid" else None)
    for path in ("/api/v1/nowhere", "/api/v1/editions/0000000000", "/api/v1/%00"):
        told(quiet().get(path), 404, "not-found")


def test_a_program_is_told_of_a_defect_without_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    for error, status, code in (
        (RuntimeError("the secret is 12345"), 500, "failed"),
        (OperationalError("terminating connection"), 503, "away"),
    ):
        monkeypatch.setattr("assises.rooms.consultations.queries._editions", raising(error))
        response = quiet().get("/api/v1/editions")
        told(response, status, code)
        assert b"12345" not in response.content
        assert b"Traceback" not in response.content


def test_only_what_stands_under_api_is_for_programs() -> None:
    for path, program in (
        ("/api/", True),
        ("/api/v1/editions", True),
        ("/api", False),
        ("/apis/", False),
        ("/fr/api/", False),
        ("/", False),
    ):
        assert wants_json(RequestFactory().get(path)) is program, path
    page = quiet().get("/apis/", headers={"accept": "application/json"})
    assert page["Content-Type"].startswith("text/html")


def test_what_is_not_known_of_a_problem_is_left_out() -> None:
    body = json.loads(problem(404, "not-found", "d", fields=None, number=0).content)
    assert "fields" not in body
    assert body["number"] == 0

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from assises.fronts.api import said
from assises.fronts.api.document import BASE
from assises.rooms.consultations.models import Consultation
from assises.rooms.people.models import Voice
from tests.fronts.programs import Caller, inside, refused, url
from tests.rooms.making import an_edition, some_statements

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def place() -> Consultation:
    """An open edition with five statements, two verticals and nobody."""
    edition = an_edition()
    some_statements(edition)
    return edition


def test_a_refusal_says_which_values_and_where(place: Consultation) -> None:
    votes: list[Any] = [
        {"statement": 0, "vote": 1},
        {"statement": -1, "vote": 2},
        {"statement": True, "vote": "1"},
        {"statement": 1.5, "vote": 1, "weight": 9},
    ]
    told = refused(Caller()("POST", inside(place, "/votes"), {"votes": votes}), 422, "invalid")
    assert [f["pointer"] for f in told["fields"]] == [
        "/votes/1/statement",
        "/votes/1/vote",
        "/votes/2/statement",
        "/votes/2/vote",
        "/votes/3/statement",
        "/votes/3/weight",
    ]
    assert {f["part"] for f in told["fields"]} == {"body"}
    many = {"votes": [{"statement": 0, "vote": 7}] * 400}
    assert (
        len(refused(Caller()("POST", inside(place, "/votes"), many), 422, "invalid")["fields"])
        == 20
    )


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"votes": []}, "/votes"),
        ({"votes": [{"statement": 0, "vote": 1}] * 501}, "/votes"),
        ({"votes": [{"statement": 0, "vote": 1}], "key": ""}, "/key"),
        ({"votes": [{"statement": 0, "vote": 1}], "key": "clé"}, "/key"),
        ({"votes": [{"statement": 0, "vote": True}]}, "/votes/0/vote"),
        ({"votes": [{"statement": 2**31, "vote": 1}]}, "/votes/0/statement"),
        ({}, "/votes"),
        ([], ""),
        ("votes", ""),
        (None, ""),
    ],
)
def test_a_batch_that_cannot_be_taken(place: Consultation, body: Any, pointer: str) -> None:
    response = Client().post(
        url(inside(place, "/votes")), json.dumps(body), content_type="application/json"
    )
    assert refused(response, 422, "invalid")["fields"][0]["pointer"] == pointer
    assert not Voice.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"words": ""}, "/words"),
        ({"words": "?! …"}, "/words"),
        ({"words": "\u202e\u0000\u200b"}, "/words"),
        ({"words": "a" * 5_001}, "/words"),
        ({"words": "क़" * 4_000}, "/words"),
        ({"words": 7}, "/words"),
        ({"words": "Oui", "language": "de"}, "/language"),
        ({"words": "Oui", "language": "fr\u0000"}, "/language"),
        ({"words": "Oui", "vertical": "0000000000"}, "/vertical"),
        ({"words": "Oui", "vertical": "\u0000"}, "/vertical"),
        ({"words": "Oui", "voice": "x"}, "/voice"),
    ],
)
def test_words_that_cannot_be_taken(place: Consultation, body: Any, pointer: str) -> None:
    response = Caller()("POST", inside(place, "/contributions"), body)
    assert refused(response, 422, "invalid")["fields"][0]["pointer"] == pointer
    assert not Voice.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        '{"words": "Oui"}'.encode("utf-16"),
        b"\xef\xbb\xbf{}",
        rb'{"words": "\ud800"}',
        rb'{"\udfff": 1}',
        b'{"words": NaN}',
        b'{"words": "a", "words": "b"}',
        b"[" * 60_000,
        b'{"words": ' + b"9" * 5_000 + b"}",
        b'{"words": "\x00"}',
        b"words=Oui",
    ],
)
def test_what_is_not_json_is_malformed(place: Consultation, body: bytes) -> None:
    response = Client().post(
        url(inside(place, "/contributions")), body, content_type="application/json"
    )
    refused(response, 400, "malformed")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "application/jsonp",
        "",
    ],
)
def test_another_site_cannot_send_what_its_forms_can_send(place: Consultation, kind: str) -> None:
    response = Client().post(url(inside(place, "/votes")), b"{}", content_type=kind)
    refused(response, 415, "wrong-type")


def test_a_body_is_small_and_as_it_is(place: Consultation) -> None:
    path = url(inside(place, "/contributions"))
    large = json.dumps({"words": "a" * 1_000_000})
    refused(Client().post(path, large, content_type="application/json"), 413, "too-large")
    headers = {"Content-Encoding": "gzip"}
    packed = Client().post(path, b"{}", content_type="application/json", headers=headers)
    refused(packed, 415, "wrong-type")
    chunked = Client().post(
        path, b"{}", content_type="application/json", headers={"Transfer-Encoding": "chunked"}
    )
    refused(chunked, 411, "length-needed")
    escaped = {"words": "😀" * 4_990 + "oui"}  # twelve bytes each, written as escapes
    assert Caller()("POST", inside(place, "/contributions"), escaped).status_code == 201


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "cursor=-1",
        "cursor=%00",
        "cursor=1e3",
        "vertcal=x",
        "limit=",
    ],
)
def test_a_question_that_is_not_one(place: Consultation, query: str) -> None:
    told = refused(Caller()("GET", inside(place, f"/statements?{query}")), 422, "invalid")
    assert told["fields"][0] == {
        "part": "query",
        "pointer": f"/{query.split('=', maxsplit=1)[0]}",
        "message": told["fields"][0]["message"],
    }


@pytest.mark.parametrize("short", ["0000000000", "x", "%00", "%2e%2e", "A" * 10, "'--", "é" * 10])
def test_an_edition_that_is_not_there(short: str) -> None:
    refused(Client().get(f"{BASE}/editions/{short}"), 404, "not-found")


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v2/editions", "/api/v1/editions/"])
def test_an_address_that_is_not_there(path: str) -> None:
    refused(Client().get(path), 404, "not-found")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/editions", "GET, HEAD, OPTIONS"),
        ("/editions/{}/votes", "DELETE, OPTIONS, POST"),
        ("/editions/{}/contributions", "GET, HEAD, OPTIONS, POST"),
        ("/editions/{}/me", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_method_that_is_not_there(place: Consultation, path: str, allowed: str) -> None:
    where = path.format(place.short)
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - {
        *allowed.split(", ")
    }:
        response = Caller()(method, where)
        refused(response, 405, "method-not-allowed")
        assert response["Allow"] == allowed
    asked = Caller()("OPTIONS", where)
    assert (asked.status_code, asked["Allow"], asked.content) == (204, allowed, b"")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(OperationalError("gone"), 503, "away"), (RuntimeError("a secret"), 500, "failed")],
)
def test_what_fails_on_our_side_tells_nothing_of_it(
    place: Consultation,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    code: str,
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise error

    monkeypatch.setattr(said.queries, "statements", fail)
    client = Client(raise_request_exception=False)
    told = refused(client.get(url(inside(place, "/statements"))), status, code)
    assert str(error) not in json.dumps(told)


def test_head_is_get_without_its_body(place: Consultation) -> None:
    response = Client().head(url(inside(place, "/statements")))
    assert (response.status_code, response.content) == (200, b"")
    refused_head = Client().head(url(inside(place, "/me")))
    assert refused_head.status_code == 401

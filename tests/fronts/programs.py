"""Programs that call the API in the tests, and what they look at."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.test import Client

from assises.fronts.api.document import BASE
from assises.fronts.api.refusing import CODES
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.say import Saying, say
from assises.rooms.contributions.models import Contribution
from tests.rooms.making import AT, a_voice, key


class Caller:
    """A program: no cookies, JSON both ways."""

    def __init__(self, code: str = "", **headers: str) -> None:
        self.headers = headers | ({"Authorization": f"Voice {code}"} if code else {})

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent: dict[str, Any] = {"headers": self.headers | headers}
        if body is not None:
            sent |= {"data": json.dumps(body), "content_type": "application/json"}
        return Client().generic(method, url(path), **sent)


def url(path: str) -> str:
    return path if path.startswith("/api") else f"{BASE}{path}"


def get(path: str) -> Any:
    response = Client().get(url(path))
    assert response.status_code == 200, response.content
    return response.json()


def everything(path: str) -> list[Any]:
    """The items of all pages."""
    found: list[Any] = []
    while path:
        page = get(path)
        found += page["items"]
        path = page["next"]
    return found


def refused(response: Any, status: int, code: str) -> Any:
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    told = response.json()
    assert (told["status"], told["code"], told["type"]) == (status, code, f"/problems/{code}")
    assert told["detail"]
    assert CODES[code] == status
    return told


def inside(place: Consultation, rest: str = "") -> str:
    return f"/editions/{place.short}{rest}"


def begin(place: Consultation, *answers: tuple[int, int]) -> Caller:
    """Someone whose first votes made a voice."""
    votes = [{"statement": n, "vote": v} for n, v in answers or [(0, 1)]]
    response = Caller()("POST", inside(place, "/votes"), {"votes": votes})
    assert response.status_code == 200, response.content
    return Caller(response.json()["code"])


def said_by(place: Consultation, words: str, *, at: datetime = AT) -> Contribution:
    actor, voice = a_voice(place)
    uid = say(actor, place, Saying(voice, words, "fr"), key=key(), at=at)
    return Contribution.objects.get(id=uid)

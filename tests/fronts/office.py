"""How the tests of the office read its pages and send its forms."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from assises.rooms.journal.models import Event
from assises.rooms.people.signals import BY_ROLE_BAR
from assises.rooms.texts.queries import in_every_language
from tests.rooms.making import key


def base(place: Any, language: str = "fr") -> str:
    return f"/{language}/office/{place.short}/"


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, (address, response.status_code)
    return str(response.content.decode())


def hidden(html: str) -> dict[str, str]:
    """Every hidden answer of a page, as a browser would send it back; keys are made anew."""
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html))
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


def words(place: Any, text: str) -> dict[str, str]:
    place.refresh_from_db()
    return {tag: said.words for tag, said in in_every_language(getattr(place, text)).items()}


def acts(place: Any) -> list[str]:
    return list(
        Event.objects.filter(stream=f"consultation:{place.id}")
        .order_by("id")
        .values_list("act", flat=True)
    )


def a_new_form(**more: Any) -> dict[str, Any]:
    return {
        "key": key(),
        "original": "ar",
        "title_ar": "مناظرة حول الماء",
        "title_fr": "Assises de l’eau",
        "verticals": "thirteen",
        "colleges": ["citizen", "academia"],
        "moderated": "on",
        "starts_on": "2027-03-01",
        "ends_on": "2027-03-02",
        **more,
    }


def add(client: Client, place: Any, lines: str, **more: str) -> Any:
    form = {"lines": lines, "language": "fr", "key": key(), **more}
    return client.post(f"{base(place)}statements", form)


def decide(client: Client, place: Any, what: str, uid: Any, decision: str, **more: str) -> Any:
    form = {"what": what, "id": str(uid), "decision": decision, "key": key(), **more}
    return client.post(f"{base(place)}moderation?list=waiting", form)


def by_the_bar(client: Client) -> Client:
    """The same session, as if the role bar of a demonstration had opened it."""
    session = client.session
    session[BY_ROLE_BAR] = session["_auth_user_id"]
    session.save()
    return client

"""Who makes an edition, and what the role bar of a demonstration makes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Role
from tests.clients import a_member
from tests.fronts.office import a_new_form, add, base, page
from tests.rooms.making import an_edition, key


@pytest.fixture
def place(db: None) -> Any:
    return an_edition()


def test_who_may_not_make_an_edition_is_told_who_can(place: Any) -> None:
    told = "A new edition is made by an administrator"
    for role in (Role.SECRETARIAT, Role.MODERATOR, Role.RAPPORTEUR):
        client = a_member(role, place.id)
        assert told in page(client, "/en/office/"), role
        assert client.get("/en/office/new").status_code == 403, role
    for client in (a_member(Role.ADMINISTRATOR), a_member(Role.SECRETARIAT)):
        html = page(client, "/en/office/")
        assert told not in html
        assert 'href="/en/office/new"' in html


def test_what_the_role_bar_makes_is_a_simulation_that_its_role_keeps(db: None) -> None:
    client = Client(headers={"host": "localhost"})
    client.post("/en/enter/as", {"role": "administrator"})
    assert "what you make here is a simulation" in page(client, "/en/office/new")
    # Whatever the form says.
    made = client.post("/en/office/new", a_new_form(kind="own"))
    place = Consultation.objects.get()
    assert (place.kind, place.log) == ("simulated", "simulation")
    assert set(Event.objects.filter(stream=f"consultation:{place.id}").values_list("log")) == {
        ("simulation",)
    }
    desk = page(client, made["Location"])
    assert "The authority’s reference" not in desk
    for screen in ("texts", "phases", "statements", "moderation", "roles", "log"):
        page(client, f"{base(place, 'en')}{screen}")
    form = {"do": "open", "seen": "draft", "key": key()}
    assert client.post(base(place), form)["Location"].endswith("done=opened")
    assert add(client, place, "Un car par jour.", at_once="on").status_code == 303
    for role, screen in (("secretariat", "texts"), ("moderator", "moderation")):
        client.post("/en/enter/as", {"role": role})
        page(client, f"{base(place, 'en')}{screen}")
    assert client.get("/en/office/new").status_code == 403


def test_whoever_proved_who_they_are_makes_a_real_edition(db: None) -> None:
    client = a_member(Role.ADMINISTRATOR)
    assert "what you make here is a simulation" not in page(client, "/en/office/new")
    client.post("/en/office/new", a_new_form(kind="simulated"))
    assert Consultation.objects.get().kind == "own"

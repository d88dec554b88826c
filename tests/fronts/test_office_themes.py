"""The rapporteur's themes: each form does its act, says what is wrong, and keeps who may."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from assises.rooms.contributions.models import Contribution
from assises.rooms.insights.models import Theme, ThemeMembership, Theming
from assises.rooms.journal.models import Event, Payload
from assises.rooms.journal.permissions import Role
from tests.clients import a_member
from tests.fronts.office import base, page
from tests.rooms.making import an_edition, key
from tests.rooms.talking import found, talk, theme_of

pytestmark = pytest.mark.usefixtures("db")
WHY = "Pour que ce soit plus clair"


@pytest.fixture
def place() -> Any:
    return an_edition()


@pytest.fixture
def said(place: Any) -> dict[str, list[UUID]]:
    told = {subject: talk(place, subject, 11) for subject in ("puits", "école", "طريق")}
    found(place)
    return told


@pytest.fixture
def rapporteur(place: Any) -> Client:
    return a_member(Role.RAPPORTEUR, place.id)


def the(said: dict[str, list[UUID]], subject: str) -> Theme:
    return Theme.objects.get(id=theme_of(said[subject][0]))


def send(client: Client, place: Any, theme: Theme | None, do: str, **more: str) -> Any:
    where = f"{base(place)}themes" + ("" if theme is None else f"/{theme.short}")
    return client.post(where, {"do": do, "reason": WHY, "key": key(), **more})


def test_the_tree_says_what_is_there_and_what_changed(
    place: Any, said: dict[str, list[UUID]], rapporteur: Client
) -> None:
    told = page(rapporteur, f"{base(place)}themes")
    for subject in said:
        assert f"themes/{the(said, subject).short}" in told
    assert "hears-subjects@1" in told
    assert "3 thèmes sont nouveaux" in told


def test_each_form_does_its_act(
    place: Any, said: dict[str, list[UUID]], rapporteur: Client
) -> None:
    wells, schools = the(said, "puits"), the(said, "école")
    uid = said["طريق"][0]
    names = {"name_fr": "Les puits", "name_ar": "الآبار"}
    assert send(rapporteur, place, wells, "rename", **names).status_code == 303
    assert "Les puits" in page(rapporteur, f"{base(place)}themes/{wells.short}")
    moved = {"contribution": str(uid), "into": str(schools.id)}
    assert send(rapporteur, place, wells, "move", **moved).status_code == 303
    assert theme_of(uid) == schools.id
    for do, locked in (("lock", True), ("unlock", False)):
        assert send(rapporteur, place, wells, do).status_code == 303
        wells.refresh_from_db()
        assert wells.locked is locked
    assert send(rapporteur, place, wells, "split").status_code == 303
    assert send(rapporteur, place, None, "anew").status_code == 303
    assert Theming.objects.get().anew
    assert send(rapporteur, place, wells, "merge", into=str(schools.id)).status_code == 303
    wells.refresh_from_db()
    assert wells.state == "merged"
    page(rapporteur, f"{base(place)}themes/{wells.short}", 404)
    acts = Event.objects.filter(act__startswith="insights.", actor__startswith="account:")
    assert sorted(acts.values_list("act", flat=True)) == sorted(
        f"insights.{act}" for act in ("rename", "move", "lock", "unlock", "split", "anew", "merge")
    )
    reasons = Payload.objects.filter(event__in=acts).values_list("body__reason", flat=True)
    assert set(reasons) == {WHY}


def test_without_a_reason_nothing_is_done_and_the_form_comes_back(
    place: Any, said: dict[str, list[UUID]], rapporteur: Client
) -> None:
    theme = the(said, "puits")
    for do in ("rename", "lock", "split"):
        response = send(rapporteur, place, theme, do, reason=" ", name_fr="Les puits")
        told = response.content.decode()
        assert response.status_code == 422
        assert "Dites pourquoi en une phrase" in told
        assert re.search(r"<details open>.*Pourquoi", told, re.DOTALL)
    assert (
        'value="Les puits"'
        in send(rapporteur, place, theme, "rename", reason="", name_fr="Les puits").content.decode()
    )
    theme.refresh_from_db()
    assert (theme.title, theme.locked, theme.split) == (None, False, "")


def test_nonsense_is_refused(place: Any, said: dict[str, list[UUID]], rapporteur: Client) -> None:
    theme = the(said, "puits")
    for form in (
        {"do": "fly"},
        {"do": "merge", "into": "x"},
        {"do": "merge", "into": str(theme.id)},
        {"do": "merge", "into": str(UUID(int=0))},
        {"do": "move", "contribution": str(UUID(int=0)), "into": str(theme.id)},
        {"do": "rename"},
        {"do": "rename", "name_fr": "x" * 81},
    ):
        assert send(rapporteur, place, theme, **form).status_code in (404, 422), form
    assert send(rapporteur, place, None, "lock").status_code == 422


def test_what_stands_in_no_theme_is_listed_and_can_be_placed(
    place: Any, said: dict[str, list[UUID]], rapporteur: Client
) -> None:
    uid = said["puits"][0]
    ThemeMembership.objects.filter(contribution=uid).update(theme=None)
    short = Contribution.objects.get(id=uid).short
    assert f"contributions/{short}" in page(rapporteur, f"{base(place)}themes")
    there = {"contribution": str(uid), "into": str(the(said, "école").id)}
    assert send(rapporteur, place, None, "move", **there).status_code == 303
    assert f"contributions/{short}" not in page(rapporteur, f"{base(place)}themes")


def test_only_who_shapes_themes_comes_in(place: Any, said: dict[str, list[UUID]]) -> None:
    theme = the(said, "puits")
    for role, status in ((Role.MODERATOR, 403), (Role.SECRETARIAT, 200)):
        client = a_member(role, place.id)
        page(client, f"{base(place)}themes", status)
        page(client, f"{base(place)}themes/{theme.short}", status)
    other = an_edition()
    page(a_member(Role.RAPPORTEUR, other.id), f"{base(other)}themes/{theme.short}", 404)

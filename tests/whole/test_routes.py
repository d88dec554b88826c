"""Every route stands in the permission table, answers who it names and refuses everybody else."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from assises.rooms.journal import permissions
from assises.rooms.journal.permissions import Role, Scope, table
from assises.web import routes as web_routes
from tests.clients import a_member
from tests.rooms.making import an_edition
from tests.whole.walking import TABLE, Stop, World, a_world, before, stops, walk, walk_of_programs

pytestmark = pytest.mark.usefixtures("db")
SNAPSHOT: Final = Path(__file__).with_name("routes.txt")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    named = replace(settings.ENVIRONMENT, security_contact="mailto:security@example.ma")
    monkeypatch.setattr(settings, "ENVIRONMENT", named)
    return a_world()


def test_no_route_stands_outside_the_table() -> None:
    known = table()
    for stop in stops():
        assert stop.permissions, stop.where
        for method, permission in stop.permissions.items():
            assert permission in known, f"{method} {stop.where} names {permission}"


def test_every_line_of_the_table_names_roles_that_there_are() -> None:
    roles, scopes = {str(r) for r in Role}, {str(s) for s in Scope}
    for act, line in table().items():
        assert line.keys() <= roles and set(line.values()) <= scopes, act


def test_what_each_route_demands_is_as_it_is_in_git() -> None:
    lines = sorted(
        f"{method:6} /{stop.where}  {permission}\n"
        for stop in stops()
        for method, permission in stop.permissions.items()
    )
    if os.environ.get("ASSISES_ACCEPT"):
        SNAPSHOT.write_text("".join(lines), "utf-8")
    assert SNAPSHOT.read_text("utf-8") == "".join(lines)


def test_every_route_answers_who_it_names_and_refuses_everybody_else(world: World) -> None:
    wrong, seen = walk(world)
    assert not wrong, "\n".join(map(str, wrong))
    cells = [(s, m) for s in stops() if not s.by_programs for m in s.permissions]
    assert seen == sum(len(before(*cell, world.people)) for cell in cells) > 800
    assert {role for person in world.people for role, _ in person.roles} == {*Role} - {Role.SYSTEM}


def test_every_operation_of_the_api_answers_who_it_names_and_refuses_everybody_else(
    world: World,
) -> None:
    wrong, seen = walk_of_programs(world)
    assert not wrong, "\n".join(map(str, wrong))
    assert seen == 5 * sum(len(stop.permissions) for stop in stops() if stop.by_programs)


def test_a_draft_is_nobodys_but_its_keepers() -> None:
    place, other = an_edition(opened=False), an_edition(opened=False)
    for role in (Role.VISITOR, Role.RAPPORTEUR, Role.SECRETARIAT, Role.REGULATOR):
        for held in (None, place.id, other.id):
            client = Client() if role is Role.VISITOR else a_member(role, held)
            keeper = role in TABLE["consultations.keep"] and held != other.id
            status = client.get(f"/fr/editions/{place.short}/").status_code
            assert status == (200 if keeper else 404), (role, held)


# --- The walk itself ------------------------------------------------------------------------------


def named(name: str) -> Stop:
    return next(stop for stop in stops() if stop.name == name)


def exchange(monkeypatch: pytest.MonkeyPatch, name: str, view: Callable[..., HttpResponse]) -> None:
    """Put another view behind an address, which says the same of itself."""
    pattern = named(name).pattern
    for mark in ("permission", "place", "methods", "kept"):
        setattr(view, mark, getattr(pattern.callback, mark))
    monkeypatch.setattr(pattern, "callback", view)


@pytest.mark.parametrize(
    ("name", "status"), [("office-desk", 404), ("office-desk", 500), ("opinion", 403)]
)
def test_a_view_that_answers_nobody_ends_the_walk(
    name: str, status: int, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert walk(world, name)[0] == []
    exchange(monkeypatch, name, lambda *_, **__: HttpResponse(status=status))
    wrong, _ = walk(world, name)
    assert {each.answered for each in wrong} == {status}
    assert {each.method for each in wrong} == set(named(name).permissions)


def test_a_view_that_asks_nobody_what_they_may_ends_the_walk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_routes, "demand", lambda *_: None)
    wrong, _ = walk(world, "office-log", "office-roles")
    found = {(each.who, each.expected) for each in wrong}
    assert {("a visitor", (403,)), ("a voice here", (403,)), ("secretariat elsewhere", (403,))} <= (
        found
    )
    assert "secretariat here" not in {each.who for each in wrong}


def test_a_view_that_forgets_where_a_role_was_given_ends_the_walk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def anywhere(actor: Any, act: str, consultation: Any = None) -> None:
        if not any(grant.role in table()[act] for grant in actor.grants):
            permissions.demand(actor, act, consultation)

    monkeypatch.setattr(web_routes, "demand", anywhere)
    wrong, _ = walk(world, "office-roles")
    assert {each.who for each in wrong} == {"secretariat elsewhere", "administrator elsewhere"}


def test_a_line_that_is_lost_from_the_table_ends_the_walk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = permissions._TABLE["people.roles"]
    without = {role: scope for role, scope in line.items() if role is not Role.SECRETARIAT}
    monkeypatch.setitem(permissions._TABLE, "people.roles", without)
    wrong, _ = walk(world, "office-roles")
    assert {each.who for each in wrong} == {"secretariat here", "secretariat everywhere"}
    assert {each.answered for each in wrong} == {403}

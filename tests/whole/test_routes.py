"""Every route stands in the permission table, and is refused to the roles it does not name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from assises.rooms.contributions.models import Contribution
from assises.rooms.journal.permissions import Role, Scope, table
from tests.clients import a_member
from tests.rooms.making import AT, a_voice, an_edition, some_statements

pytestmark = pytest.mark.usefixtures("db")

STAFF = (
    Role.RAPPORTEUR,
    Role.MODERATOR,
    Role.SECRETARIAT,
    Role.ADMINISTRATOR,
    Role.REGULATOR,
    Role.OPERATOR,
)
LIBRARIES = ("ninja",)
CHANGE_WHO_ASKS = ("/leave", "/enter/as")


def routes(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every address of the house with its view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield here, pattern.callback


def ours() -> list[tuple[str, Any]]:
    return [
        (where, view)
        for where, view in routes()
        if not view.__module__.startswith(LIBRARIES) and not where.startswith("api/")
    ]


def test_no_route_stands_outside_the_table() -> None:
    known = table()
    for where, view in ours():
        permission = getattr(view, "permission", None)
        assert permission in known, (
            f"{where} ({view.__module__}.{view.__name__}) names {permission}"
        )


def test_every_line_of_the_table_names_roles_that_there_are() -> None:
    roles, scopes = {str(r) for r in Role}, {str(s) for s in Scope}
    for act, line in table().items():
        assert line.keys() <= roles and set(line.values()) <= scopes, act


def test_every_route_answers_who_it_names_and_refuses_everybody_else() -> None:
    place = an_edition()
    statement = some_statements(place, 1)[0]
    contribution = _contribution(place)
    vertical = place.verticals.first()
    assert vertical is not None
    given = {
        "language": "fr",
        "edition": place.short,
        "statement": statement.short,
        "vertical": vertical.short,
        "contribution": contribution.short,
    }
    clients = {role: a_member(role) for role in STAFF} | {Role.VISITOR: Client()}
    seen = 0
    for where, view in ours():
        path = _filled(where, given)
        if path is None or path.endswith(CHANGE_WHO_ASKS):
            continue
        for role, client in clients.items():
            allowed = _may(role, view)
            response = client.get(path) if "GET" in view.methods else client.post(path)
            assert response.status_code != 500, (path, role)
            if allowed:
                assert response.status_code not in (403,), (path, role, response.status_code)
            else:
                assert response.status_code in (403, 404, 302), (path, role, response.status_code)
            seen += 1
    assert seen > 150


def test_a_draft_is_nobodys_but_its_keepers() -> None:
    place = an_edition(opened=False)
    for role in (Role.VISITOR, Role.RAPPORTEUR, Role.SECRETARIAT):
        client = Client() if role is Role.VISITOR else a_member(role)
        keeper = role is not Role.VISITOR
        status = client.get(f"/fr/editions/{place.short}/").status_code
        assert status == (200 if keeper else 404), role


def _may(role: Role, view: Any) -> bool:
    return str(role) in table()[view.permission] or "visitor" in table()[view.permission]


def _contribution(place: Any) -> Contribution:
    from assises.rooms.contributions.acts.say import Saying, say

    actor, voice = a_voice(place)
    uid = say(actor, place, Saying(voice, "Un mot", "fr"), key="one", at=AT)
    return Contribution.objects.get(id=uid)


def _filled(where: str, given: dict[str, str]) -> str | None:
    path = where
    for name, value in given.items():
        for kind in ("tongue", "address", "str", "slug"):
            path = path.replace(f"<{kind}:{name}>", value)
    return None if "<" in path else f"/{path}"

"""What a statement came from: contributions linked to it and unlinked by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from assises.rooms.chain.models import Link
from assises.rooms.contributions.acts.say import Saying, say
from assises.rooms.contributions.acts.withdraw import withdraw
from assises.rooms.contributions.models import Contribution, Statement
from assises.rooms.journal.permissions import Role
from tests.clients import a_member
from tests.fronts.office import acts, base, page
from tests.rooms.making import AT, a_voice, an_edition, key, some_statements


@pytest.fixture
def place(db: None) -> Any:
    made = an_edition()
    some_statements(made, 3)
    return made


def spoken(place: Any, words: str = "Le car ne passe plus") -> Contribution:
    actor, voice = a_voice(place)
    return Contribution.objects.get(
        id=say(actor, place, Saying(voice, words, "fr"), key=key(), at=AT)
    )


def linked(statement: Statement) -> set[UUID]:
    rows = Link.objects.filter(target=statement.uid, kind="inspired", until=None)
    return set(rows.values_list("source", flat=True))


def naming(client: Client, place: Any, statement: Statement, names: str, **more: str) -> Any:
    form = {"do": "link", "sources": names, "key": key()} | more
    return client.post(f"{base(place, 'en')}statements/{statement.short}", form)


def test_a_statement_is_linked_to_the_contributions_it_came_from(place: Any) -> None:
    client = a_member(Role.RAPPORTEUR, place.id)
    statement = Statement.objects.get(consultation=place, number=0)
    rows = [spoken(place) for _ in range(3)]
    names = (
        f"{rows[0].short[:4].upper()}, https://example.org/fr/contributions/{rows[1].short}-le-car"
        f" {rows[2].short}"
    )
    form = {"key": "the-same"}
    for _ in range(2):
        sent = naming(client, place, statement, names, **form)
        assert sent["Location"].endswith(f"{statement.short}?done=linked")
    assert linked(statement) == {row.id for row in rows}
    assert acts(place).count("chain.link") == 3
    html = page(client, f"{base(place, 'en')}statements/{statement.short}")
    assert html.count("linked since") == 3
    assert html.count("Le car ne passe plus") == 3
    # What is linked already is not linked again.
    assert naming(client, place, statement, rows[0].short)["Location"].endswith("done=same")
    assert acts(place).count("chain.link") == 3
    log = page(a_member(Role.SECRETARIAT), f"{base(place, 'en')}log")
    assert log.count("Statement 0 was linked to a contribution it came from.") == 3


def test_a_link_ends_on_a_day_and_stays_known(place: Any) -> None:
    client = a_member(Role.SECRETARIAT, place.id)
    statement = Statement.objects.get(consultation=place, number=0)
    row = spoken(place)
    naming(client, place, statement, row.short)
    address = f"{base(place, 'en')}statements/{statement.short}"
    form = {"do": "unlink", "source": str(row.id), "key": key()}
    for _ in range(2):
        assert client.post(address, form)["Location"] == f"{address}?done=unlinked"
    assert linked(statement) == set()
    html = page(client, address)
    assert "linked from " in html
    assert 'value="unlink"' not in html
    again = client.post(address, form | {"key": key()})
    assert again.status_code == 404
    assert "They are not linked, or no longer." in again.content.decode()
    assert client.post(address, form | {"source": "x", "key": key()}).status_code == 422
    # It can be linked anew, and both spans are told.
    assert naming(client, place, statement, row.short)["Location"].endswith("done=linked")
    html = page(client, address)
    assert (html.count("linked since"), html.count("linked from ")) == (1, 1)


def test_contributions_that_are_not_there_are_named_and_nothing_is_linked(place: Any) -> None:
    client = a_member(Role.SECRETARIAT, place.id)
    statement = Statement.objects.get(consultation=place, number=0)
    good, other = spoken(place), spoken(an_edition())
    gone, hidden_ = spoken(place), spoken(place)
    Contribution.objects.filter(id=gone.id).update(state="withdrawn")
    Contribution.objects.filter(id=hidden_.id).update(state="hidden")
    twin = spoken(place)
    Contribution.objects.filter(id=twin.id).update(short=good.short[:4] + "zzzzzz")
    for name, says in (
        ("", "Name at least one contribution."),
        ("abc", "there is no such contribution"),
        (other.short, "there is no such contribution"),
        ("<b>\x00\u202e", "there is no such contribution"),
        (gone.short, "its author withdrew it"),
        (hidden_.short, "it is hidden"),
        (good.short[:4], "several begin like this"),
        (" ".join(["aaaa" + str(i) for i in range(30)]), "at most 20"),
        ("x" * 100_000, "there is no such contribution"),
    ):
        sent = naming(client, place, statement, f"{name} {good.short}" if name else "")
        html = sent.content.decode()
        assert sent.status_code == 422, name[:20]
        assert says in html, name[:20]
        assert 'id="f-sources-error"' in html
        assert linked(statement) == set()
    assert "chain.link" not in acts(place)


def test_what_is_hidden_or_withdrawn_stays_in_the_list_without_its_words(place: Any) -> None:
    client = a_member(Role.SECRETARIAT, place.id)
    statement = Statement.objects.get(consultation=place, number=0)
    actor, voice = a_voice(place)
    uid = say(actor, place, Saying(voice, "Je le regrette", "fr"), key=key(), at=AT)
    naming(client, place, statement, Contribution.objects.get(id=uid).short)
    withdraw(actor, place, voice, uid, key=key(), at=AT)
    html = page(client, f"{base(place, 'en')}statements/{statement.short}")
    assert "Je le regrette" not in html
    assert "Withdrawn by its author" in html
    assert 'value="unlink"' in html


def test_a_moderator_links_nothing(place: Any) -> None:
    statement = Statement.objects.get(consultation=place, number=0)
    client = a_member(Role.MODERATOR, place.id)
    assert naming(client, place, statement, spoken(place).short).status_code == 403

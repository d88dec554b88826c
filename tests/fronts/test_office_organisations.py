"""Organisations and who speaks for them; verticals tied to those of another edition."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client, override_settings

from assises.look.speech import LANGUAGES
from assises.rooms.consultations.models import Consultation, Vertical, VerticalMapping
from assises.rooms.consultations.queries import elsewhere
from assises.rooms.journal.permissions import Role
from assises.rooms.people.acts.found import NewOrganisation, found
from assises.rooms.people.handles import pseudonym_of_account
from assises.rooms.people.models import Account, Mandate, Organisation
from assises.rooms.texts.queries import in_every_language
from tests.clients import a_member
from tests.fronts.office import acts, base, by_the_bar, page
from tests.look.test_pages import balanced
from tests.rooms.making import AT, BUILDER, an_edition, key


@pytest.fixture
def place(db: None) -> Any:
    return an_edition()


def a_body(place: Any, name: str = "Association d’essai") -> Organisation:
    new = NewOrganisation({"fr": name}, "civil-society")
    return Organisation.objects.get(id=found(BUILDER, place, new, key=key(), at=AT))


def founding(**typed: str) -> dict[str, str]:
    form = {"key": key(), "original": "ar", "college": "academia", "country": "ma"}
    return form | {"name_ar": "مدرسة الماء", "name_fr": "École de l’eau"} | typed


def mandating(account: Any, **typed: str) -> dict[str, str]:
    return {"do": "give", "key": key(), "person": str(account), "since": "2026-03-01"} | typed


# ---- organisations ----


def test_an_organisation_is_founded_once_and_stands_in_the_list(place: Any) -> None:
    client = a_member(Role.SECRETARIAT, place.id)
    form = founding()
    for _ in range(2):
        sent = client.post(f"{base(place)}organisations", form)
        assert sent["Location"] == f"{base(place)}organisations?done=founded"
    row = Organisation.objects.get()
    assert (row.college, row.country, row.consultation) == ("academia", "MA", place.id)
    assert row.fictional
    said = {tag: one.words for tag, one in in_every_language(row.name).items()}
    assert said == {"ar": "مدرسة الماء", "fr": "École de l’eau"}
    html = page(client, f"{base(place, 'en')}organisations")
    for shown in ("مدرسة الماء", "Academia", "Fictional", "Nobody speaks for it yet"):
        assert shown in html
    assert "École de l’eau" in page(client, f"{base(place)}organisations")
    assert acts(place)[-1] == "people.found"
    log = page(client, f"{base(place, 'fr')}log")
    assert "École de l’eau" in log


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name_ar": " ", "name_fr": "…"}, "name_fr"),
        ({"name_ar": "", "name_fr": ""}, "name_ar"),
        ({"name_fr": "x" * 161}, "name_fr"),
        ({"college": "citizen"}, "college"),
        ({"college": "pirates"}, "college"),
        ({"college": ""}, "college"),
        ({"country": "Maroc"}, "country"),
        ({"country": "م"}, "country"),
        ({"original": "tlh"}, "original"),
    ],
)
def test_a_refused_organisation_says_why_and_keeps_what_was_typed(
    place: Any, typed: dict[str, str], field: str
) -> None:
    client = a_member(Role.SECRETARIAT, place.id)
    sent = client.post(f"{base(place)}organisations", founding(**typed))
    html = sent.content.decode()
    assert sent.status_code == 422
    assert f'href="#f-{field}"' in html
    assert f'id="f-{field}-error"' in html
    assert "name_fr" in typed or "École de l’eau" in html
    balanced(html)
    assert not Organisation.objects.exists()


def test_someone_is_mandated_from_a_day_and_the_mandate_ends_on_a_day(place: Any) -> None:
    client = a_member(Role.SECRETARIAT, place.id)
    a_member(Role.RAPPORTEUR, place.id)
    account = Account.objects.get(email__startswith="rapporteur")
    body = a_body(place)
    address = f"{base(place)}organisations/{body.short}"
    form = mandating(account.id, reference=" Lettre 12/2026\u202e ")
    for _ in range(2):
        assert client.post(address, form)["Location"] == f"{address}?done=mandated"
    (row,) = Mandate.objects.all()
    assert (row.holder, row.since, row.until) == (
        pseudonym_of_account(account.id),
        date(2026, 3, 1),
        None,
    )
    assert row.reference == "Lettre 12/2026"
    html = page(client, address)
    assert account.email in html
    assert "Lettre 12/2026" in html
    assert "1 " in page(client, f"{base(place)}organisations").split('class="list"')[1]
    twice = client.post(address, mandating(account.id))
    assert twice.status_code == 409
    end = {"do": "end", "mandate": str(row.pk), "key": key()}
    early = client.post(address, end | {f"until_{row.pk}": "2026-02-28"})
    assert early.status_code == 422
    assert f'id="f-until_{row.pk}-error"' in early.content.decode()
    for _ in range(2):
        done = client.post(address, end | {f"until_{row.pk}": "2026-03-31"})
        assert done["Location"].endswith("?done=ended")
    row.refresh_from_db()
    assert row.until == date(2026, 3, 31)
    assert 'name="mandate"' not in page(client, address)
    assert acts(place)[-2:] == ["people.mandate", "people.end_mandate"]
    log = page(client, f"{base(place, 'en')}log")
    assert f"{account.email}" in log
    assert "Association d’essai" in log
    assert "its last day is 31 March 2026" in log


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"person": "nobody"}, "person"),
        ({"person": "00000000-0000-4000-8000-000000000000"}, "person"),
        ({"since": ""}, "since"),
        ({"since": "demain"}, "since"),
        ({"until": "2026-02-01"}, "until"),
        ({"until": "x\x00"}, "until"),
        ({"reference": "x" * 201}, "reference"),
    ],
)
def test_a_refused_mandate_says_why(place: Any, typed: dict[str, str], field: str) -> None:
    client = a_member(Role.SECRETARIAT, place.id)
    body = a_body(place)
    form = mandating(Account.objects.get().id) | typed
    sent = client.post(f"{base(place)}organisations/{body.short}", form)
    html = sent.content.decode()
    assert sent.status_code == 422
    assert f'id="f-{field}-error"' in html
    balanced(html)
    assert not Mandate.objects.exists()


def test_only_those_who_hold_a_role_here_can_be_chosen(place: Any) -> None:
    client, other = a_member(Role.SECRETARIAT, place.id), an_edition()
    a_member(Role.RAPPORTEUR, other.id)
    elsewhere_ = Account.objects.get(email__startswith="rapporteur")
    Account.objects.create_user("participant@example.org")
    html = page(client, f"{base(place)}organisations/{a_body(place).short}")
    assert "rapporteur-1@example.org" not in html
    assert "participant@example.org" not in html
    form = mandating(elsewhere_.id)
    sent = client.post(f"{base(place)}organisations/{a_body(place, 'Une autre').short}", form)
    assert sent.status_code == 422


def test_an_organisation_is_only_in_its_own_edition(place: Any) -> None:
    other = an_edition()
    body, row = a_body(other), None
    client = a_member(Role.ADMINISTRATOR)
    assert client.get(f"{base(place)}organisations/{body.short}").status_code == 404
    assert client.get(f"/fr/office/organisations/{body.short}").status_code == 404
    given = client.post(
        f"{base(other)}organisations/{body.short}", mandating(Account.objects.get().id)
    )
    assert given.status_code == 303
    row = Mandate.objects.get()
    mine = a_body(place)
    end = {"do": "end", "mandate": str(row.pk), f"until_{row.pk}": "2026-04-01", "key": key()}
    assert client.post(f"{base(place)}organisations/{mine.short}", end).status_code == 404
    row.refresh_from_db()
    assert row.until is None
    for strange in ("", "x", "²", "9" * 30):
        form = {"do": "end", "mandate": strange, "key": key()}
        assert client.post(f"{base(place)}organisations/{mine.short}", form).status_code == 404


def test_an_organisation_of_the_whole_site_belongs_to_no_edition(db: None) -> None:
    client = a_member(Role.ADMINISTRATOR)
    sent = client.post("/fr/office/organisations", founding())
    assert sent["Location"] == "/fr/office/organisations?done=founded"
    row = Organisation.objects.get()
    assert (row.consultation, row.fictional) == (None, False)
    address = f"/fr/office/organisations/{row.short}"
    given = client.post(address, mandating(Account.objects.get().id))
    assert given["Location"] == f"{address}?done=mandated"
    log = page(client, "/en/office/log")
    assert "was added" in log
    assert "speaks for" in log
    for role in (Role.SECRETARIAT, Role.REGULATOR):
        assert a_member(role).get("/fr/office/organisations").status_code == 403


@override_settings(DEMONSTRATION=True)
def test_the_role_bar_founds_fictional_bodies_only(place: Any) -> None:
    client = by_the_bar(a_member(Role.ADMINISTRATOR))
    sent = client.post("/fr/office/organisations", founding())
    assert sent.status_code == 403
    assert 'name="college"' not in page(client, "/fr/office/organisations")
    press = an_edition(kind="press")
    assert client.post(f"{base(press)}organisations", founding()).status_code == 403
    assert not Organisation.objects.exists()
    assert client.post(f"{base(place)}organisations", founding()).status_code == 303
    assert Organisation.objects.get().fictional


# ---- verticals ----


def tie(client: Client, place: Any, other: Any, pairs: dict[str, str], **typed: str) -> Any:
    """Tie verticals by their codes."""
    codes = dict(Vertical.objects.filter(consultation=other).values_list("code", "id"))
    mine = dict(Vertical.objects.filter(consultation=place).values_list("code", "short"))
    form = {f"for_{mine[one]}": str(codes.get(two, two)) for one, two in pairs.items()}
    form |= {"with": other.short, "source": "Décision 4", "key": key()} | typed
    return client.post(f"{base(place)}verticals", form)


def test_verticals_are_tied_to_those_of_another_edition(place: Any) -> None:
    client, other = a_member(Role.SECRETARIAT), an_edition()
    html = page(client, f"{base(place)}verticals?with={other.short}")
    # The same code of one list is proposed.
    assert html.count(" selected") >= 2
    first = tie(client, place, other, {"health": "health", "school": "health"})
    assert first["Location"] == f"{base(place)}verticals?with={other.short}&done=tied"
    health = Vertical.objects.get(consultation=place, code="health")
    ((sector, owner, source),) = elsewhere(health.id, "fr")
    assert (sector.code, owner, source) == ("health", other.id, "Décision 4")
    html = page(client, f"{base(place)}verticals?with={other.short}")
    assert html.count("Décision 4") == 2
    # The other side sees the same, and what is tied is not tied a second time.
    back = tie(client, other, place, {"health": "health"})
    assert back["Location"].endswith("done=same")
    assert VerticalMapping.objects.count() == 2
    log = page(client, f"{base(place, 'en')}log")
    assert (
        "2 verticals were tied to those of another edition. Source: \u2068Décision 4\u2069" in log
    )


def test_a_tie_needs_its_source_and_real_verticals(place: Any) -> None:
    client, other, third = a_member(Role.SECRETARIAT), an_edition(), an_edition()
    without = tie(client, place, other, {"health": "health"}, source=" ")
    assert without.status_code == 422
    assert 'id="f-source-error"' in without.content.decode()
    elsewhere_ = Vertical.objects.get(consultation=third, code="health")
    for wrong in (str(elsewhere_.id), "x", "health"):
        pairs = {"health": wrong} if wrong != "health" else {"health": str(place.id)}
        sent = tie(client, place, other, pairs)
        assert sent.status_code == 422, wrong
        assert 'class="fault"' in sent.content.decode()
        balanced(sent.content.decode())
    assert tie(client, place, other, {})["Location"].endswith("done=same")
    assert not VerticalMapping.objects.exists()


def test_the_draft_of_others_is_not_offered(place: Any) -> None:
    draft = an_edition(kind="own", opened=False)
    html = page(a_member(Role.SECRETARIAT, place.id), f"{base(place)}verticals")
    assert draft.short not in html
    assert "Aucune autre édition" in html or "No other edition" in html
    assert draft.short in page(a_member(Role.ADMINISTRATOR), f"{base(place)}verticals")


def test_an_edition_without_verticals_has_nothing_to_tie(db: None) -> None:
    client = a_member(Role.ADMINISTRATOR)
    an_edition()
    client.post(
        "/fr/office/new",
        {"key": key(), "original": "fr", "title_fr": "Sans", "verticals": "none"},
    )
    bare = Consultation.objects.get(kind="own")
    for language in LANGUAGES:
        html = page(client, f"{base(bare, language)}verticals")
        assert not re.findall(r'name="for_', html)

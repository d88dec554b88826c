"""What concerns no single edition: the log of the whole site, and its roles."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from assises.look.speech import LANGUAGES, speech
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Role
from assises.rooms.people.acts.grant import OFFICES, create_first_administrator
from assises.rooms.people.models import Account
from assises.rooms.people.queries import holders
from assises.rooms.people.signals import factor_rejected, logged_in
from assises.web.acts import names_of_site_acts
from tests.clients import a_member
from tests.fronts.office import base, by_the_bar, page
from tests.rooms.making import an_edition, key

pytestmark = pytest.mark.usefixtures("db")
ROLES = "/fr/office/roles"


def giving(email: str, role: str) -> dict[str, str]:
    return {"do": "grant", "email": email, "role": role, "key": key()}


def test_the_first_administrator_stands_in_the_log_of_the_site() -> None:
    create_first_administrator("amina@example.ma")
    html = page(a_member(Role.ADMINISTRATOR), "/en/office/log")
    assert "A role was given to \u2068amina@example.ma\u2069: Administrator." in html
    assert "The software" in html


def test_who_entered_and_how_stands_in_the_log_of_the_site() -> None:
    administrator, regulator = a_member(Role.ADMINISTRATOR), a_member(Role.REGULATOR)
    account = Account.objects.get(email__startswith="administrator")
    logged_in(user=account)
    factor_rejected(user=account)
    html = page(administrator, "/en/office/log")
    assert f"\u2068{account.email}\u2069 entered." in html
    assert f"Someone tried to enter as \u2068{account.email}\u2069 with a wrong second" in html
    # Addresses are for those who see them on the page of the roles.
    told = page(regulator, "/en/office/log")
    assert account.email not in told
    assert " entered." in told
    only = page(administrator, "/en/office/log?act=people.login_failed")
    assert only.count('<li class="entry">') == 1


def test_the_log_of_the_site_holds_nothing_of_an_edition() -> None:
    place = an_edition()
    html = page(a_member(Role.ADMINISTRATOR), "/fr/office/log")
    assert 'class="entry"' not in html
    assert Event.objects.exclude(stream="installation").exists()
    a_member(Role.ADMINISTRATOR).post(ROLES, giving("x@example.org", "operator"))
    inside = page(a_member(Role.ADMINISTRATOR), f"{base(place)}log")
    assert Event.objects.filter(stream="installation").count() == 1
    assert inside.count('class="entry"') == Event.objects.count() - 1


def test_the_log_of_the_site_is_for_administrators_and_the_regulator() -> None:
    for role in OFFICES:
        status = a_member(role).get("/fr/office/log").status_code
        assert status == (200 if role in (Role.ADMINISTRATOR, Role.REGULATOR) else 403), role
    place = an_edition()
    for role in (Role.ADMINISTRATOR, Role.REGULATOR, Role.SECRETARIAT):
        assert a_member(role, place.id).get("/fr/office/log").status_code == 403, role
    assert Client().get("/fr/office/log").status_code == 403


def test_those_who_may_read_it_are_led_to_it() -> None:
    for role in (Role.ADMINISTRATOR, Role.REGULATOR):
        assert 'href="/fr/office/log"' in page(a_member(role), "/fr/office/")
    place = an_edition()
    assert 'href="/fr/office/log"' not in page(a_member(Role.SECRETARIAT, place.id), "/fr/office/")


def test_the_log_of_the_site_leads_to_the_proof_of_each_line() -> None:
    client = a_member(Role.ADMINISTRATOR)
    client.post(ROLES, giving("x@example.org", "operator"))
    event = Event.objects.get()
    Event.objects.using("owner").filter(id=event.id).update(leaf=7, sequence=0)
    assert 'href="/log/official/proof/7"' in page(client, "/fr/office/log")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_outside_of_the_editions_has_its_name(language: str) -> None:
    named = names_of_site_acts(speech(language))
    assert {"people.grant", "people.logged_in", "people.second_factor_removed"} <= named.keys()
    assert all(named.values())


# ---- roles ----


def test_an_administrator_gives_and_ends_a_role_for_the_whole_site() -> None:
    client = a_member(Role.ADMINISTRATOR)
    for role in OFFICES:
        form = giving(f"{role}@example.org", role)
        for _ in range(2):
            assert client.post(ROLES, form)["Location"] == f"{ROLES}?done=granted"
    html = page(client, ROLES)
    held = {h.email: h for h in holders(None)}
    for role in OFFICES:
        assert f"{role}@example.org" in html
        assert held[f"{role}@example.org"].consultation is None
    again = client.post(ROLES, giving("regulator@example.org", "regulator"))
    assert again.status_code == 409
    account = str(held["regulator@example.org"].account)
    back = {"do": "revoke", "account": account, "role": "regulator", "key": key()}
    for _ in range(2):
        assert client.post(ROLES, back)["Location"] == f"{ROLES}?done=revoked"
    assert "regulator@example.org" not in {h.email for h in holders(None)}
    log = page(client, "/en/office/log")
    assert "A role was taken back: Regulator." in log


def test_what_is_no_address_or_no_role_is_refused_beside_its_field() -> None:
    client = a_member(Role.ADMINISTRATOR)
    for email, role, field in (
        ("", "regulator", "email"),
        ("a@b", "regulator", "email"),
        ("a@example.org", "voice", "role"),
        ("a@example.org", "king", "role"),
    ):
        sent = client.post(ROLES, giving(email, role))
        assert sent.status_code == 422
        assert f'id="f-{field}-error"' in sent.content.decode()
    assert Account.objects.count() == 1


def test_the_last_administrator_cannot_be_taken_away() -> None:
    client = a_member(Role.ADMINISTRATOR)
    account = Account.objects.get()
    back = {"do": "revoke", "account": str(account.id), "role": "administrator", "key": key()}
    sent = client.post(ROLES.replace("fr", "en"), back)
    assert sent.status_code == 409
    assert "This is the last administrator." in sent.content.decode()
    client.post(ROLES, giving("second@example.org", "administrator"))
    # One who gives up their own role is led out.
    assert client.post(ROLES, back | {"key": key()})["Location"] == "/fr/office/?done=revoked"
    assert client.get(ROLES).status_code == 403


def test_only_an_administrator_of_the_whole_site_sees_its_roles() -> None:
    place = an_edition()
    for client in (
        a_member(Role.ADMINISTRATOR, place.id),
        a_member(Role.SECRETARIAT),
        a_member(Role.REGULATOR),
        Client(),
    ):
        assert client.get(ROLES).status_code == 403
        assert client.post(ROLES, giving("x@example.org", "regulator")).status_code == 403
    assert not Event.objects.filter(act="people.grant").exists()


def test_a_role_of_the_whole_site_is_ended_there_and_not_in_an_edition() -> None:
    place = an_edition()
    client = a_member(Role.ADMINISTRATOR)
    assert 'value="revoke"' not in page(client, f"{base(place)}roles")
    assert 'value="revoke"' in page(client, ROLES)


@override_settings(DEMONSTRATION=True)
def test_the_role_bar_gives_no_role_that_would_outlive_the_demonstration() -> None:
    client = by_the_bar(a_member(Role.ADMINISTRATOR))
    html = page(client, ROLES.replace("fr", "en"))
    assert 'name="email"' not in html
    assert "You came by the bar of roles" in html
    assert client.post(ROLES, giving("x@example.org", "administrator")).status_code == 403
    press = an_edition(kind="press")
    form = giving("x@example.org", "administrator")
    assert client.post(f"{base(press)}roles", form).status_code == 403
    assert not Account.objects.filter(email="x@example.org").exists()
    place = an_edition()
    assert client.post(f"{base(place)}roles", form | {"key": key()}).status_code == 303

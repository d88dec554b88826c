"""In a demonstration, on its own machine, anyone is anyone; and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, override_settings

from assises.rooms.journal.permissions import Grant, Role
from assises.rooms.notices.models import Letter
from assises.rooms.people import queries
from assises.rooms.people.models import Account
from tests.rooms.making import an_edition
from tests.web import doorway
from tests.web.doorway import asked, code_in_letter, events, inside

house, browser = doorway.house, doorway.browser


def as_role(browser: Client, role: str, **more: Any) -> Any:
    return browser.post("/fr/enter/as", {"role": role}, **more)


def test_in_a_demonstration_anyone_is_any_role_in_the_simulated_editions_only(
    browser: Client,
) -> None:
    simulated, own = an_edition(), an_edition("own", opened=False)
    for role in ("rapporteur", "moderator", "secretariat", "regulator", "operator"):
        assert as_role(browser, role).status_code == 302
        account = queries.account_of(f"{role}@demonstration.example")
        assert account is not None
        assert queries.grants_of(account) == {Grant(Role(role), simulated.id)}
    as_role(browser, "secretariat")
    assert browser.get(f"/fr/editions/{own.short}/").status_code == 404
    assert {e.log for e in events("people.grant")} == {"simulation"}
    assert not events("people.logged_in", "people.logged_out")
    assert not Letter.objects.exists()


def test_a_new_simulated_edition_is_open_to_the_role_bar_at_once(browser: Client) -> None:
    an_edition()
    as_role(browser, "moderator")
    draft = an_edition(opened=False)
    assert browser.get(f"/fr/editions/{draft.short}/").status_code == 404
    as_role(browser, "moderator")
    assert browser.get(f"/fr/editions/{draft.short}/").status_code == 200


def test_the_administrator_of_a_demonstration_administers_all_of_it(browser: Client) -> None:
    as_role(browser, "administrator")
    assert browser.get("/fr/an-office").status_code == 200
    assert queries.administrators() == []
    shown = browser.get("/fr/enter").content.decode()
    assert '<option value="administrator" selected>' in shown


def test_the_visitor_of_the_role_bar_is_nobody(browser: Client) -> None:
    as_role(browser, "administrator")
    as_role(browser, "visitor")
    assert inside(browser) is None
    assert browser.get("/fr/an-office").status_code == 403


def test_the_role_bar_goes_back_to_its_page_on_this_site_only(browser: Client) -> None:
    for referer, back in (
        ("http://localhost/fr/search?q=eau", "/fr/search?q=eau"),
        ("http://evil.example/fr/search", "/fr/"),
        ("", "/fr/"),
    ):
        done = as_role(browser, "administrator", headers={"referer": referer})
        assert done["Location"] == back


def test_the_role_bar_has_no_other_roles(browser: Client) -> None:
    for role in ("voice", "system", "root", ""):
        assert as_role(browser, role).status_code == 422
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    "from_elsewhere",
    [
        {"REMOTE_ADDR": "192.168.1.7"},
        {"REMOTE_ADDR": ""},
        {"headers": {"x-forwarded-for": "192.168.1.7"}},
        {"headers": {"forwarded": "for=192.168.1.7"}},
    ],
)
def test_from_another_machine_there_is_no_role_bar_and_no_mailbox(
    browser: Client, from_elsewhere: dict[str, Any]
) -> None:
    assert as_role(browser, "administrator", **from_elsewhere).status_code == 403
    assert browser.get("/fr/mailbox", **from_elsewhere).status_code == 404
    as_role(browser, "administrator")
    assert browser.get("/fr/an-office").status_code == 200
    assert browser.get("/fr/an-office", **from_elsewhere).status_code == 302


def test_a_session_of_the_role_bar_is_worth_nothing_in_a_service(browser: Client) -> None:
    as_role(browser, "administrator")
    with override_settings(DEMONSTRATION=False):
        assert browser.get("/fr/an-office").status_code == 302


def test_the_mailbox_shows_letters_whose_links_can_be_followed(browser: Client) -> None:
    assert browser.get("/fr/mailbox").status_code == 200
    asked(browser)
    number = Letter.objects.get().pk
    assert f"/fr/mailbox/{number}" in browser.get("/fr/mailbox").content.decode()
    shown = browser.get(f"/fr/mailbox/{number}").content.decode()
    assert f'href="/fr/enter/confirm?code={code_in_letter()}"' in shown
    assert browser.get(f"/fr/mailbox/{number + 1}").status_code == 404

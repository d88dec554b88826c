"""An office opens with two things: the letter, and a code of one's own device."""

from __future__ import annotations

import json
import re
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from assises.rooms.journal.permissions import Role
from assises.rooms.people.acts.revoke import revoke
from tests.rooms.making import AT, BUILDER, an_edition, key
from tests.web import doorway
from tests.web.doorway import HERE, entered, inside, officer, set_up, totp

house, browser = doorway.house, doorway.browser


def test_staff_without_a_second_factor_is_sent_to_set_one_up(browser: Client) -> None:
    officer()
    assert entered(browser, next="/fr/an-office")["Location"] == (
        "/fr/second-factor?next=/fr/an-office"
    )
    assert browser.get("/fr/an-office")["Location"] == "/fr/second-factor?next=/fr/an-office"
    assert browser.post("/fr/an-office")["Location"] == "/fr/second-factor"
    assert browser.get("/fr/search").status_code == 200


def test_a_draft_is_not_shown_to_staff_that_proved_only_its_address(browser: Client) -> None:
    draft = an_edition(opened=False)
    officer(Role.SECRETARIAT, draft)
    entered(browser)
    address = f"/fr/editions/{draft.short}/"
    assert browser.get(address)["Location"].startswith("/fr/second-factor")
    assert Client(headers=HERE).get(address).status_code == 404


def test_with_a_second_factor_the_office_is_open(browser: Client) -> None:
    officer()
    _, codes = set_up(browser)
    assert len(codes) == 10
    assert browser.get("/fr/an-office").content == b"office, GET"
    assert "0000 0000" not in browser.get("/fr/second-factor").content.decode()
    for code in codes:
        assert code not in browser.get("/fr/second-factor").content.decode()


def test_the_next_time_both_are_asked_for(browser: Client) -> None:
    officer()
    secret, _ = set_up(browser)
    other = Client(headers=HERE)
    assert entered(other, next="/fr/an-office")["Location"] == "/fr/second-factor"
    assert inside(other) is None
    assert other.get("/fr/an-office").status_code == 403
    assert other.post("/fr/second-factor", {"code": "000000"}).status_code == 422
    done = other.post("/fr/second-factor", {"code": totp(secret, 1)})
    assert (done.status_code, done["Location"]) == (302, "/fr/an-office")
    assert other.get("/fr/an-office").status_code == 200


def test_a_code_of_the_second_factor_is_good_once_whichever_worker_sees_it(
    browser: Client,
) -> None:
    officer()
    secret, _ = set_up(browser)
    code = totp(secret, 1)
    for status in (302, 422):
        cache.clear()  # what one worker remembers, another never knew
        other = Client(headers=HERE)
        entered(other)
        assert other.post("/fr/second-factor", {"code": code}).status_code == status


def test_the_code_that_set_it_up_does_not_open_it(browser: Client) -> None:
    officer()
    entered(browser)
    browser.get("/fr/second-factor")
    code = totp(browser.session["mfa.totp.secret"])
    browser.post("/fr/second-factor", {"code": code})
    other = Client(headers=HERE)
    entered(other)
    assert other.post("/fr/second-factor", {"code": code}).status_code == 422


def test_a_recovery_code_opens_once(browser: Client) -> None:
    officer()
    _, codes = set_up(browser)
    for status in (302, 422):
        other = Client(headers=HERE)
        entered(other)
        assert other.post("/fr/second-factor", {"code": codes[3]}).status_code == status


def test_after_five_wrong_codes_one_waits(browser: Client) -> None:
    officer()
    secret, _ = set_up(browser)
    other = Client(headers=HERE)
    entered(other)
    answers = [other.post("/fr/second-factor", {"code": "000000"}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert other.post("/fr/second-factor", {"code": totp(secret, 1)}).status_code == 429


def test_a_session_from_before_the_second_factor_has_to_give_it(browser: Client) -> None:
    officer()
    early = Client(headers=HERE)
    entered(early)
    secret, _ = set_up(browser)
    assert early.get("/fr/an-office").status_code == 302
    done = early.post("/fr/second-factor", {"code": totp(secret, 1), "next": "/fr/an-office"})
    assert done["Location"] == "/fr/an-office"
    assert early.get("/fr/an-office").status_code == 200


def test_changes_to_the_second_factor_ask_for_a_code(browser: Client) -> None:
    officer()
    secret, codes = set_up(browser)
    wrong = {"code": "000000", "action": "remove"}
    assert browser.post("/fr/second-factor", wrong).status_code == 422
    renewed = browser.post("/fr/second-factor", {"code": totp(secret, 1), "action": "codes"})
    new = re.findall(r"<code>(\d{4} \d{4})</code>", renewed.content.decode())
    assert len(new) == 10
    assert not set(new) & set(codes)
    done = browser.post("/fr/second-factor", {"code": new[0], "action": "remove"})
    assert done["Location"] == "/fr/second-factor"
    assert not Authenticator.objects.exists()
    assert browser.get("/fr/an-office").status_code == 302


def test_participants_are_not_asked_for_a_second_factor(browser: Client) -> None:
    entered(browser)
    assert browser.get("/fr/second-factor").status_code == 403
    assert browser.get("/fr/an-office").status_code == 403


def test_a_stranger_finds_no_second_factor_to_give(browser: Client) -> None:
    assert browser.get("/fr/second-factor?next=/fr/search")["Location"] == (
        "/fr/enter?next=/fr/search"
    )


def test_secrets_of_second_factors_are_of_no_use_to_a_reader_of_the_database(
    browser: Client,
) -> None:
    officer()
    secret, codes = set_up(browser)
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert codes[0].replace(" ", "") not in kept
    for row in Authenticator.objects.all():
        assert row.created_at.time() == datetime.min.time()


def test_a_role_that_is_taken_is_gone_with_the_next_page(browser: Client) -> None:
    place = an_edition()
    account = officer(Role.MODERATOR, place)
    set_up(browser)
    revoke(BUILDER, place, account, Role.MODERATOR, key=key(), at=AT)
    assert browser.get("/fr/second-factor").status_code == 403


def test_no_page_of_allauth_is_within_reach(browser: Client) -> None:
    for name in ("login", "signup", "password/reset", "email", "2fa", "accounts/login", "logout"):
        for head in ("", "fr/", "accounts/", "fr/accounts/"):
            assert browser.get(f"/{head}{name}/").status_code == 404

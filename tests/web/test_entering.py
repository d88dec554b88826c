"""Entering as a person does it: a letter, a code, and out again."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.test import Client, override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from assises.look.speech import LANGUAGES
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Role
from assises.rooms.notices.letters import unsealed
from assises.rooms.notices.models import AccountNotice, Letter
from assises.rooms.people.acts.enter import enter
from assises.rooms.people.acts.grant import account_at
from assises.rooms.people.handles import pseudonym_of_account, secret_of_account
from assises.rooms.people.models import Account
from assises.rooms.people.sessions import SessionStore
from tests.rooms.making import AT, an_edition, some_statements, speaking, vote
from tests.web import doorway
from tests.web.doorway import (
    HERE,
    WHO,
    asked,
    code_in_letter,
    entered,
    inside,
    officer,
    set_up,
    totp,
)

house, browser, service = doorway.house, doorway.browser, doorway.service


# --- The letter -----------------------------------------------------------------------------------


def test_a_letter_brings_a_code_and_the_code_lets_in(browser: Client) -> None:
    sent = asked(browser)
    assert (sent.status_code, sent["Location"]) == (302, "/fr/enter/confirm")
    assert Letter.objects.get().recipient == WHO
    assert WHO in browser.get("/fr/enter/confirm").content.decode()
    assert not Account.objects.exists()
    done = browser.post("/fr/enter/confirm", {"code": code_in_letter().lower().replace("-", " ")})
    assert (done.status_code, done["Location"]) == (302, "/fr/")
    account = Account.objects.get()
    assert (account.email, account.has_usable_password()) == (WHO, False)
    assert inside(browser) == str(account.id)
    assert WHO in browser.get("/fr/enter").content.decode()


def test_the_link_only_fills_the_code_in(browser: Client) -> None:
    asked(browser)
    link = re.search(r"http://localhost(/\S+)", Letter.objects.get().body)[1]  # type: ignore[index]
    for _ in range(5):
        shown = browser.get(link)
        assert f'value="{code_in_letter()}"' in shown.content.decode()
        assert shown["Cache-Control"] == "no-store"
        assert browser.head(link).status_code == 200
    assert inside(browser) is None
    assert not Account.objects.exists()
    browser.post("/fr/enter/confirm", {"code": code_in_letter()})
    assert inside(browser)


def test_a_scanner_of_mail_that_opens_the_link_gets_nothing(browser: Client) -> None:
    asked(browser)
    link = f"/fr/enter/confirm?code={code_in_letter()}"
    scanner = Client(headers=HERE)
    assert "/fr/enter" in scanner.get(link).content.decode()
    assert scanner.post("/fr/enter/confirm", {"code": code_in_letter()}).status_code == 409
    assert inside(scanner) is None
    browser.post("/fr/enter/confirm", {"code": code_in_letter()})
    assert inside(browser)


def test_a_code_is_good_once(browser: Client) -> None:
    entered(browser)
    code = code_in_letter()
    browser.post("/fr/leave")
    assert browser.post("/fr/enter/confirm", {"code": code}).status_code == 409
    assert inside(browser) is None


def test_a_wrong_code_is_refused_and_the_third_one_ends_it(browser: Client) -> None:
    asked(browser)
    for status in (422, 422, 422):
        assert browser.post("/fr/enter/confirm", {"code": "BBBB-BBBB"}).status_code == status
    assert browser.post("/fr/enter/confirm", {"code": code_in_letter()}).status_code == 409
    assert inside(browser) is None


def test_what_is_no_code_is_refused(browser: Client) -> None:
    for code in ("", "é", "\0", "B" * 5000):
        asked(browser, f"p{len(code)}{len(code.encode())}@example.ma")
        assert browser.post("/fr/enter/confirm", {"code": code}).status_code == 422


def test_a_code_grows_old(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(browser)
    later = time.time() + 15 * 60 + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert browser.post("/fr/enter/confirm", {"code": code_in_letter()}).status_code == 409
    assert inside(browser) is None


def test_a_new_letter_voids_the_one_before(browser: Client) -> None:
    asked(browser)
    first = code_in_letter()
    asked(browser)
    assert browser.post("/fr/enter/confirm", {"code": first}).status_code == 422
    browser.post("/fr/enter/confirm", {"code": code_in_letter()})
    assert inside(browser)


def test_known_and_unknown_addresses_are_answered_alike(browser: Client) -> None:
    account_at("known@example.ma")
    answers = []
    for email in ("known@example.ma", "nobody@example.ma"):
        other = Client(headers=HERE)
        sent = asked(other, email)
        shown = other.get("/fr/enter/confirm").content.decode().replace(email, "…")
        shown = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", shown)
        letter = Letter.objects.order_by("-id")[0].body.replace(code_in_letter(), "…")
        answers.append((sent.status_code, sent["Location"], shown, letter))
    assert answers[0] == answers[1]


def test_what_is_no_address_is_said_and_kept_in_the_form(browser: Client) -> None:
    shown = asked(browser, 'amina"@<b>')
    assert shown.status_code == 422
    assert "amina&#34;@&lt;b&gt;" in shown.content.decode()
    assert not Letter.objects.exists()


def test_one_address_gets_three_letters_a_minute_and_one_place_twenty(browser: Client) -> None:
    assert [asked(browser).status_code for _ in range(4)] == [302, 302, 302, 429]
    others = [asked(browser, f"p{i}@example.ma").status_code for i in range(20)]
    assert others[0] == 302
    assert others[-1] == 429


def test_a_closed_account_does_not_open(browser: Client) -> None:
    account = account_at(WHO)
    Account.objects.filter(id=account.id).update(is_active=False)
    assert entered(browser).status_code == 403
    assert inside(browser) is None


def test_one_goes_on_to_where_one_was_going_and_never_to_another_site(browser: Client) -> None:
    assert entered(browser, next="/fr/search?q=eau")["Location"] == "/fr/search?q=eau"
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"):
        other = Client(headers=HERE)
        assert entered(other, f"{len(elsewhere)}@example.ma", next=elsewhere)["Location"] == "/fr/"


def test_forms_need_their_token(browser: Client) -> None:
    strict = Client(headers=HERE, enforce_csrf_checks=True)
    for address in ("enter", "enter/confirm", "enter/as", "leave", "second-factor", "notices"):
        assert strict.post(f"/fr/{address}", {"email": WHO}).status_code == 403
    assert not Letter.objects.exists()
    token = re.search(r'token" value="(\w+)"', strict.get("/fr/enter").content.decode())[1]  # type: ignore[index]
    assert strict.post("/fr/enter", {"email": WHO, "csrfmiddlewaretoken": token}).status_code == 302


def test_leaving_is_a_button_and_not_a_link(browser: Client) -> None:
    entered(browser)
    assert browser.get("/fr/leave").status_code == 200
    assert inside(browser)
    assert browser.post("/fr/leave")["Location"] == "/fr/"
    assert inside(browser) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_and_letter_speaks_each_language(browser: Client, language: str) -> None:
    place = an_edition()
    officer(Role.SECRETARIAT, place)
    pages = ["enter", "enter/confirm", "mailbox", "leave"]
    asked(browser, language=language)
    pages += [f"enter/confirm?code={code_in_letter()}", f"mailbox/{Letter.objects.get().pk}"]
    for name in pages:
        page = browser.get(f"/{language}/{name}")
        assert (page.status_code, page["Content-Language"]) == (
            200,
            "zgh-Tfng" if language == "zgh" else language,
        )
    browser.post(f"/{language}/enter/confirm", {"code": code_in_letter()})
    assert Account.objects.get(email=WHO).language == language
    for name in ("second-factor", "enter", "notices"):
        assert browser.get(f"/{language}/{name}").status_code == 200
    secret = browser.session["mfa.totp.secret"]
    assert browser.post(f"/{language}/second-factor", {"code": "0"}).status_code == 422
    assert browser.post(f"/{language}/second-factor", {"code": totp(secret)}).status_code == 200
    assert browser.get(f"/{language}/second-factor").status_code == 200
    other = Client(headers=HERE)
    asked(other, language=language)
    other.post(f"/{language}/enter/confirm", {"code": code_in_letter()})
    assert other.get(f"/{language}/second-factor").status_code == 200


def test_no_page_has_anything_inline_that_the_policy_forbids(browser: Client) -> None:
    officer()
    entered(browser)
    shown = browser.get("/ar/second-factor").content.decode()
    assert "<svg" in shown
    assert 'dir="rtl"' in shown
    assert not re.search(r"<style|<script(?! src)| style=| on\w+=", shown)


# --- In a service ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("service")
def test_in_a_service_the_letter_is_carried_by_a_job_that_says_nothing(browser: Client) -> None:
    assert asked(browser).status_code == 302
    job = ProcrastinateJob.objects.get()
    assert WHO not in str(job.args)
    letter = unsealed(job.args["letter"])
    assert letter["to"] == WHO
    assert not Letter.objects.exists()
    browser.post("/fr/enter/confirm", {"code": letter["body"].split("\n\n")[1]})
    assert inside(browser)


@pytest.mark.usefixtures("service")
def test_in_a_service_there_is_neither_mailbox_nor_role_bar(browser: Client) -> None:
    assert browser.get("/fr/mailbox").status_code == 404
    assert browser.get("/fr/mailbox/1").status_code == 404
    assert browser.post("/fr/enter/as", {"role": "administrator"}).status_code == 403
    assert "/enter/as" not in browser.get("/fr/enter").content.decode()
    assert not Account.objects.exists()


def test_behind_a_proxy_the_limits_count_people_and_not_the_proxy(browser: Client) -> None:
    def at(address: str, email: str) -> int:
        # The first word is whatever the sender invented; the last is the proxy's.
        said = {"x-forwarded-for": f"6.6.6.6, {address}"}
        return browser.post("/fr/enter", {"email": email}, headers=said).status_code

    with override_settings(SECURE_TLS=True):
        first = [at("10.0.0.1", f"a{i}@example.ma") for i in range(21)]
        assert (first[-2], first[-1]) == (302, 429)
        assert at("10.0.0.2", "b@example.ma") == 302


# --- The journal ----------------------------------------------------------------------------------


def test_the_journal_keeps_how_staff_came_and_went_by_pseudonym(browser: Client) -> None:
    account = officer()
    secret, _ = set_up(browser)
    browser.post("/fr/leave")
    asked(browser)
    browser.post("/fr/enter/confirm", {"code": "BBBB-BBBB"})
    browser.post("/fr/enter/confirm", {"code": code_in_letter()})
    browser.post("/fr/second-factor", {"code": "000000"})
    browser.post("/fr/second-factor", {"code": totp(secret, 1)})
    acts = [event.act for event in Event.objects.exclude(act="people.grant").order_by("id")]
    assert acts == [
        "people.logged_in",
        "people.second_factor_set",
        "people.logged_out",
        "people.login_failed",
        "people.login_failed",
        "people.logged_in",
    ]
    for event in Event.objects.all():
        assert event.subjects == [pseudonym_of_account(account)]
    told = set(AccountNotice.objects.values_list("sentence", flat=True))
    assert len(told) == 3


def readable_by_accounts() -> dict[str, list[tuple[Any, ...]]]:
    with connections["accounts"].cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.table_privileges"
            " WHERE grantee = current_user AND privilege_type = 'SELECT'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        rows = {}
        for name in tables:
            cursor.execute(f'SELECT * FROM "{name}"')
            rows[name] = cursor.fetchall()
    return rows


def test_a_participant_leaves_no_instant_in_any_table_of_the_accounts(browser: Client) -> None:
    place = an_edition()
    some_statements(place, 1)
    before = set(Event.objects.values_list("id", flat=True))
    entered(browser)
    account = Account.objects.get()
    voice = enter(place, secret_of_account(account.id), at=AT, assurance=1)
    vote(place, (speaking(place, voice), voice), {0: 1})
    entered(Client(headers=HERE), "wrong@example.ma")
    waiting = Client(headers=HERE)
    asked(waiting, "waiting@example.ma")
    waiting.post("/fr/enter/confirm", {"code": "BBBB-BBBB"})
    tables = readable_by_accounts()
    assert {"people_account", "django_session", "mfa_authenticator"} <= set(tables)
    told = Event.objects.exclude(id__in=before)
    assert {event.act for event in told} == {"people.enter", "votes.cast"}
    assert pseudonym_of_account(account.id) not in str(list(told.values()))
    # Of the journal they see what voices did; of the editions and migrations nobody's doing.
    for name in ("journal_event", "journal_payload", "journal_subject"):
        del tables[name]
    del tables["consultations_consultation"], tables["django_migrations"]
    assert any(tables.values())
    for name, rows in tables.items():
        for cell in (cell for row in rows for cell in row):
            if isinstance(cell, datetime):
                assert cell.time() == datetime.min.time(), name
    for row in tables["django_session"]:
        kept = json.dumps(SessionStore().decode(row[1]))
        seconds = re.findall(r"(?<!\w)1\d{9}(?:\.\d+)?(?!\w)", kept)
        assert all(float(second) % 86400 == 0 for second in seconds), kept
        assert "waiting@" not in kept


def test_a_participant_who_leaves_is_not_journalled(browser: Client) -> None:
    entered(browser)
    browser.post("/fr/leave")
    asked(browser)
    browser.post("/fr/enter/confirm", {"code": "BBBB-BBBB"})
    assert not Event.objects.exists()


# --- Notices --------------------------------------------------------------------------------------


def test_notices_are_shown_to_their_own_account_and_marked_as_read(browser: Client) -> None:
    account = officer()
    assert browser.get("/fr/notices")["Location"] == "/fr/enter?next=/fr/notices"
    set_up(browser)
    shown = browser.get("/fr/notices").content.decode()
    numbers = re.findall(r'name="notice" value="(\d+)"', shown)
    assert len(numbers) == queries_unread(account) == 2
    browser.post("/fr/notices", {"notice": numbers, "key": "k"})
    assert queries_unread(account) == 0
    assert 'name="notice"' not in browser.get("/fr/notices").content.decode()


def queries_unread(account: UUID) -> int:
    return AccountNotice.objects.filter(account=account, read_on=None).count()

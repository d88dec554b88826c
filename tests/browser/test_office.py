"""The office as its people see it: on a desk and a phone, in both directions, without scripts."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections

from assises.look.speech import LANGUAGES
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.journal.permissions import Role
from tests.clients import a_member
from tests.rooms.making import AT, a_voice, an_edition, key, some_statements

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PHONE = (320, 640)
DESK = (1280, 900)
SCREENS = ("", "texts", "phases", "statements", "moderation?list=waiting", "roles", "log")


class Quiet(WSGIRequestHandler):
    """Says nothing."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def site(cluster: Any) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)

    def serve() -> None:
        server.serve_forever()
        connections.close_all()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def place(db: None) -> Any:
    made = an_edition()
    some_statements(made, 3)
    actor, voice = a_voice(made)
    state(actor, made, [Stated("خاص الطريق", "ary-Arab", voice=voice)], key=key(), at=AT)
    return made


def entered(
    browser: Browser, site: str, role: Role, size: tuple[int, int], *, scripts: bool = False
) -> BrowserContext:
    """A window of someone in an office; with scripts only where a test measures with one."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, java_script_enabled=scripts
    )
    session = a_member(role).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    return context


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_screen_overflows_and_axe_finds_nothing(
    browser: Browser, site: str, place: Any, language: str
) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="input absent: axe-playwright-python"
    )
    for size in (PHONE, DESK):
        context = entered(browser, site, Role.ADMINISTRATOR, size, scripts=True)
        page = context.new_page()
        inside = [f"{place.short}/{screen}" for screen in SCREENS]
        for path in ("", "new", *inside):
            page.goto(f"{site}/{language}/office/{path}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            if size == DESK and language in ("fr", "ar"):
                found = axe.Axe().run(page)
                assert found.violations_count == 0, (path, found.generate_report())
        context.close()


def test_a_secretariat_makes_an_edition_in_arabic_on_a_phone(
    browser: Browser, site: str, db: None
) -> None:
    context = entered(browser, site, Role.ADMINISTRATOR, PHONE)
    page = context.new_page()
    page.goto(f"{site}/ar/office/new")
    page.fill("#f-title_ar", "مناظرة حول الماء")
    page.locator("main form button.button").click()
    place = Consultation.objects.get()
    assert page.url == f"{site}/ar/office/{place.short}/?done=created"
    assert page.locator('.notice.success[role="status"]').is_visible()

    page.fill("#f-reference", "D-EX-2026/118")
    page.locator("#reference button.button").click()
    page.locator('form:has(input[value="open"]) button').click()
    assert page.url.endswith("?done=opened")
    place.refresh_from_db()
    assert place.state == "open"

    page.goto(f"{site}/ar/office/{place.short}/statements")
    page.fill("#f-lines", "يجب تحليل ماء كل بئر.\nالماء للجميع.")
    page.locator("#add button.button").click()
    assert page.locator(".list article").count() == 2
    context.close()


def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    browser: Browser, site: str, db: None
) -> None:
    context = entered(browser, site, Role.SECRETARIAT, DESK)
    page = context.new_page()
    page.goto(f"{site}/en/office/new")
    page.fill("#f-title_fr", "Essai")
    page.fill("#f-starts_on", "2027-03-05")
    page.fill("#f-ends_on", "2027-03-01")
    press(page, "Make the draft")
    assert page.locator('.notice.error[role="alert"]').is_visible()
    page.get_by_role("link", name="The last day is before the first one.").click()
    assert page.url.endswith("#f-ends_on")
    assert page.input_value("#f-title_fr") == "Essai"
    assert not Consultation.objects.exists()
    context.close()


def test_a_moderator_refuses_with_a_reason(browser: Browser, site: str, place: Any) -> None:
    context = entered(browser, site, Role.MODERATOR, PHONE)
    page = context.new_page()
    page.goto(f"{site}/en/office/{place.short}/moderation")
    page.locator("details summary").first.click()
    page.locator('details input[name="reason"]').first.fill("Too vague.")
    page.get_by_role("button", name=re.compile("^Refuse")).first.click()
    assert page.url.endswith("?list=waiting&done=refused")
    page.goto(f"{site}/en/office/{place.short}/moderation?list=refused")
    assert "Too vague." in page.content()
    context.close()

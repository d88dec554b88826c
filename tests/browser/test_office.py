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
from assises.rooms.chain.acts.link import link
from assises.rooms.chain.linking import Node
from assises.rooms.consultations.acts.map_verticals import map_verticals
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.say import Saying, say
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.models import Statement
from assises.rooms.insights.models import Theme
from assises.rooms.journal.permissions import Role
from assises.rooms.people.acts.found import NewOrganisation, found
from assises.rooms.people.acts.grant import create_first_administrator, grant
from assises.rooms.people.acts.mandate import give
from assises.rooms.people.models import Mandate, Organisation
from tests.clients import a_member
from tests.rooms.making import (
    AT,
    BUILDER,
    a_voice,
    an_edition,
    key,
    some_statements,
    staff,
)
from tests.rooms.talking import found as themes_found
from tests.rooms.talking import talk

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PHONE = (320, 640)
DESK = (1280, 900)
SCREENS = (
    "",
    "texts",
    "verticals",
    "organisations",
    "phases",
    "statements",
    "moderation?list=waiting",
    "themes",
    "roles",
    "log",
)


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
    said = say(actor, made, Saying(voice, "الما بعيد على الدوار", "ary-Arab"), key=key(), at=AT)
    first = Statement.objects.get(consultation=made, number=0)
    ends = Node("contribution", said), Node("statement", first.uid)
    link(staff(Role.SECRETARIAT), made, *ends, "inspired", key=key(), at=AT)
    _represented(made)
    for subject in ("puits", "طريق"):
        talk(made, subject, 11)
    themes_found(made)
    return made


def _represented(place: Any) -> None:
    """Bodies of the edition, one with people who speak for it; an earlier edition beside it."""
    long = "Association fictive des usagères et des usagers de l’administration électronique"
    names = ({"fr": long}, {"ar": "شركة النخلات السبع (متخيلة)"})
    bodies = [
        found(BUILDER, place, NewOrganisation(name, "civil-society"), key=key(), at=AT)
        for name in names
    ]
    who = grant(BUILDER, place, "rapporteuse@example.org", Role.RAPPORTEUR, key=key(), at=AT)
    for until in (AT.date(), None):
        give(BUILDER, place, bodies[0], who, since=AT.date(), until=until, key=key(), at=AT)
    earlier = an_edition()
    pairs = [(mine.id, earlier.verticals.get(code=mine.code).id) for mine in place.verticals.all()]
    map_verticals(BUILDER, place, pairs[:1], "Décision 4 du comité", key=key(), at=AT)
    create_first_administrator("premiere@example.org")


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
        first = Statement.objects.get(consultation=place, number=0)
        body = Organisation.objects.filter(mandates__isnull=False).first()
        assert body is not None
        inside = [f"{place.short}/{screen}" for screen in SCREENS]
        theme = Theme.objects.latest("level")
        deeper = [f"{place.short}/statements/{first.short}", f"{place.short}/themes/{theme.short}"]
        deeper.append(f"{place.short}/organisations/{body.short}")
        for path in ("", "new", "organisations", "roles", "log", *inside, *deeper):
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


def test_an_organisation_is_founded_and_someone_mandated_in_arabic_on_a_phone(
    browser: Browser, site: str, place: Any
) -> None:
    context = entered(browser, site, Role.SECRETARIAT, PHONE)
    page = context.new_page()
    page.goto(f"{site}/ar/office/{place.short}/organisations")
    page.fill("#f-name_ar", "جمعية الماء (متخيلة)")
    page.select_option("#f-college", "civil-society")
    page.locator("#add button.button").click()
    assert page.url.endswith("?done=founded")
    page.locator(".list a", has_text="جمعية الماء").click()
    page.select_option("#f-person", label="rapporteuse@example.org")
    page.fill("#f-reference", "رسالة 12")
    before = Mandate.objects.count()
    page.locator("#mandate button.button").click()
    assert page.url.endswith("?done=mandated")
    assert Mandate.objects.count() == before + 1
    page.locator(".list details summary").click()
    page.locator(".list details button.danger").click()
    assert page.url.endswith("?done=ended")
    context.close()


def test_verticals_are_tied_without_scripts(browser: Browser, site: str, place: Any) -> None:
    context = entered(browser, site, Role.SECRETARIAT, PHONE)
    page = context.new_page()
    page.goto(f"{site}/en/office/{place.short}/verticals")
    page.fill("#f-source", "Report of the committee")
    press(page, "Tie these verticals")
    assert page.url.endswith("&done=tied")
    assert "Report of the committee" in page.content()
    context.close()


def test_a_statement_is_linked_and_unlinked_without_scripts(
    browser: Browser, site: str, place: Any
) -> None:
    context = entered(browser, site, Role.RAPPORTEUR, PHONE)
    page = context.new_page()
    first = Statement.objects.get(consultation=place, number=0)
    page.goto(f"{site}/en/office/{place.short}/statements/{first.short}")
    page.locator("#sources details summary").click()
    page.locator("#sources details button.danger").click()
    assert page.url.endswith("?done=unlinked")
    page.fill("#f-sources", "nowhere")
    press(page, "Link them")
    assert page.locator("#f-sources-error").is_visible()
    assert page.input_value("#f-sources") == "nowhere"
    context.close()

"""The portal as people see it: whole visits, every page, paper, keyboards, slow lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from assises.look.speech import LANGUAGES, speech
from tests.browser.house import DESK, PHONE, House, Window, too_wide
from tests.web.doorway import totp

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

VOTES = 20
SAID = {
    "fr": "Le car scolaire doit passer par notre douar.",
    "ar": "نريد أن يصل النقل المدرسي إلى الدوار.",
    "zgh": "ⵔⵉⵖ ⴰⴷ ⵢⴰⵡⴹ ⵓⵎⵓⴷⴷⵓ ⴰⵙⵉⵏⵎⵍ ⴰⴷⵡⵡⴰⵔ ⵏⵏⵖ.",
    "en": "The school bus must reach our village.",
}
# Every pair of language, screen and scripts at least once.
VISITS = [
    ("fr", PHONE, True),
    ("fr", DESK, False),
    ("ar", PHONE, False),
    ("ar", DESK, True),
    ("zgh", PHONE, True),
    ("zgh", DESK, False),
    ("en", PHONE, False),
    ("en", DESK, True),
]
PAGES = (
    "",
    "say",
    "follow",
    "check",
    "search?q=ecole",
    "promises",
    "about",
    "method",
    "data",
    "source",
    "me",
    "E/",
    "E/say",
    "E/propose",
    "E/contributions",
    "E/statements",
    "E/themes",
    "E/vote",
    "E/vote?statement=3",
    "E/votes",
    "E/opinion",
    "E/journal",
    "E/me",
    "P/",
    "P/vote",
)
THINGS = (
    ("E/", ".vertical a"),
    ("E/statements", "a.whole"),
    ("E/statements?after=6", "a.whole"),
    ("E/contributions", ".contribution .source a"),
    ("E/themes", ".list .title a"),
    ("P/", ".vertical a"),
)
_KINDS = {".vertical a": "verticals", "a.whole": "statements", ".list .title a": "themes"}


def path_of(house: House, language: str, page: str) -> str:
    """``E`` is the open edition, ``P`` the one of the press."""
    if page[:2] in ("E/", "P/"):
        short = house.place.short if page[0] == "E" else house.press
        return f"/{language}/editions/{short}/{page[2:]}"
    return f"/{language}/{page}"


@pytest.fixture(scope="module")
def pages(house: House) -> list[str]:
    """The paths of every public page in French, those of single things among them."""
    from django.test import Client

    found = [path_of(house, "fr", page) for page in PAGES]
    client = Client(headers={"host": "127.0.0.1"})
    for where, link in THINGS:
        html = client.get(path_of(house, "fr", where)).content.decode()
        kind = _KINDS.get(link, "contributions")
        found.append(re.findall(rf'href="(/fr/{kind}/[^"]+)"', html)[0])
    return found


# --- Whole visits ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "size", "scripts"), VISITS)
def test_someone_comes_speaks_finds_herself_and_leaves(
    browser: Browser, house: House, language: str, size: tuple[int, int], scripts: bool
) -> None:
    window = Window(browser, house, size, scripts=scripts)
    s, page, base = speech(language), window.page, house.edition(language)

    window.go(f"/{language}/")
    page.click(".doors .door.say a")
    assert page.locator("main h1").inner_text() == s.say("Say something")
    page.click(".brand")
    page.click(".verticals .vertical a")
    sector = page.locator("main h1").inner_text()
    assert page.locator(".thread").is_visible()

    page.click(".actions .button:not(.quiet)")
    chosen = page.locator("#f-vertical option:checked").inner_text()
    assert chosen == sector
    page.fill("#f-words", SAID[language])
    page.click("main form .button")
    page.wait_for_selector(".notice.success")
    assert SAID[language] in page.locator(".contribution .words").inner_text()

    window.go(f"{base}vote")
    answered = vote_often(page, VOTES, scripts=scripts)
    assert len(set(answered)) == VOTES
    assert s.number(VOTES) in page.locator("#progress").inner_text()

    house.count_again()
    window.go(f"{base}opinion")
    assert page.locator(".map .self").is_visible()

    window.go(f"{base}me")
    assert answers_of(page) == VOTES
    code = page.locator("#code ~ p code").inner_text()
    change_and_take_back(page, answered)
    assert answers_of(page) == VOTES - 1

    other = Window(browser, house, size, scripts=scripts)
    other.go(f"/{language}/me")
    other.page.fill("#f-code", code.replace("-", " ").upper())
    other.page.click("main form .button")
    # There is one edition where this code has spoken: one is there at once.
    other.page.wait_for_selector("#code")
    assert other.page.locator("#code ~ p code").inner_text() == code
    assert SAID[language] in other.page.locator("#said ~ .list").inner_text()
    everything = other.page.locator('[name="what"][value="everything"]')
    assert not everything.is_visible()
    other.page.click("details.sure:has([value=everything]) summary")
    everything.click()
    other.page.wait_for_selector(".notice.success")
    other.close()

    page.reload()
    assert answers_of(page) == 0
    assert page.locator("#said ~ .list .tombstone").is_visible()
    window.close()


def vote_often(page: Page, times: int, *, scripts: bool) -> list[str]:
    """Answer what comes; returns which statements. With scripts the page stays where it is."""
    answered = []
    page.evaluate("document.documentElement.dataset.stays = 'yes'")
    for n in range(times):
        number = page.input_value('.vote [name="statement"]')
        page.click(f".answers .{('agree', 'disagree', 'pass')[n % 3]}")
        page.wait_for_selector(
            f'.vote [name="statement"]:not([value="{number}"])', state="attached"
        )
        answered.append(number)
    stays = page.evaluate("document.documentElement.dataset.stays === 'yes'")
    assert stays is scripts
    return answered


def answers_of(page: Page) -> int:
    return page.locator("#answers ~ .list > li").count()


def change_and_take_back(page: Page, answered: list[str]) -> None:
    first = page.locator("#answers ~ .list > li").first
    before = first.locator("> p").inner_text()
    first.get_by_role("link").click()
    assert page.locator('.answers [aria-pressed="true"] span').inner_text() == before
    page.locator('.answers [aria-pressed="false"]').first.click()
    page.wait_for_selector(".notice.success")
    assert page.locator("#answers ~ .list > li > p").first.inner_text() != before
    page.click(f'.actions button[name="number"][value="{answered[-1]}"]')
    page.wait_for_selector(".notice.success")


# --- Every page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_is_wider_than_the_screen_or_asks_for_anything_from_elsewhere(
    browser: Browser, house: House, pages: list[str], language: str
) -> None:
    window = Window(browser, house, PHONE)
    page = window.page
    for path in [language.join(p.split("fr", 1)) for p in pages]:
        window.go(path)
        direction = page.evaluate("document.documentElement.dir")
        assert direction == ("rtl" if language == "ar" else "ltr"), path
        for width, height in ((320, 640), PHONE, DESK):
            page.set_viewport_size({"width": width, "height": height})
            assert too_wide(page) == [], (path, width)
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    window.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    browser: Browser, house: House, pages: list[str], scheme: str
) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="input absent: axe-playwright-python"
    ).Axe()
    window = Window(browser, house, PHONE, scheme=scheme)
    speak(window)
    for n, path in enumerate(pages):
        language = LANGUAGES[(n + (scheme == "dark")) % len(LANGUAGES)]
        if n == len(pages) // 2:
            window.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        page = window.go(language.join(path.split("fr", 1)))
        found = axe.run(page)
        assert found.violations_count == 0, (path, language, found.generate_report())
    window.close()


# --- The doors, and what is refused ---------------------------------------------------------------


def send(page: Page) -> None:
    """Send the one form of the page itself, not that of the role bar."""
    page.locator("main form button.button").first.click()
    page.wait_for_load_state()


def doors(window: Window, house: House, language: str) -> Iterator[str]:
    """Through every door and back, a page at a time; what the page is."""
    from assises.rooms.notices.models import Letter

    page, home = window.page, f"/{language}/"
    window.go(f"{home}enter")
    yield "enter"
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.fill("[name=email]", "nobody")
    send(page)
    yield "enter, no address"
    window.go(f"{home}enter/confirm")
    yield "confirm, nothing asked for"
    window.go(f"{home}enter")
    page.fill("[name=email]", f"visitor-{language}@example.ma")
    send(page)
    yield "confirm"
    page.fill("[name=code]", "BBBB-BBBB")
    send(page)
    yield "confirm, a wrong code"
    window.go(f"{home}mailbox")
    yield "mailbox"
    window.go(f"{home}mailbox/{Letter.objects.latest('id').id}")
    yield "letter"
    page.locator("main a[href*='enter/confirm']").click()
    page.wait_for_load_state()
    yield "confirm, filled in by the letter"
    send(page)
    window.go(f"{home}notices")
    yield "notices, none"
    window.go(f"{home}enter")
    yield "inside"
    window.go(f"{home}leave")
    yield "leave"
    send(page)


def offices(window: Window, house: House, language: str) -> Iterator[str]:
    """The second factor of someone in an office, and what they are told."""
    from assises.rooms.journal.permissions import Role
    from assises.rooms.people.acts.grant import grant
    from assises.rooms.people.models import Account
    from tests.rooms.making import AT, BUILDER, key

    page, address = window.page, f"/{language}/second-factor"
    email = f"office-{language}@example.ma"
    account = grant(BUILDER, house.place, email, Role.MODERATOR, key=key(), at=AT)
    come_in(window, Account.objects.get(id=account))
    window.go(address)
    yield "second factor, set up"
    page.fill("[name=code]", "000000")
    send(page)
    yield "second factor, a wrong code"
    secret = page.locator("main code").first.inner_text().replace(" ", "")
    page.fill("[name=code]", totp(secret))
    send(page)
    yield "recovery codes"
    window.go(f"/{language}/notices")
    yield "notices"
    window.go(address)
    yield "second factor, keep"
    come_in(window, Account.objects.get(id=account))
    window.go(address)
    yield "second factor, give"
    window.context.clear_cookies()


def come_in(window: Window, account: Any) -> None:
    """A new session of an account, in which no second factor was given."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(account)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    name, url = settings.SESSION_COOKIE_NAME, window.house.address
    window.context.add_cookies([{"name": name, "value": value, "url": url}])


def refusals(window: Window, house: House, language: str) -> Iterator[str]:
    """Pages that say no."""
    page, base = window.page, house.edition(language)
    for path, status in (
        (f"/{language}/nowhere", 404),
        (f"/{language}/statements/zzzzzzzzzz", 404),
        (f"/{language}/office/{house.place.short}/", 403),
        (f"/{language}/office/new", 403),
        (f"{base}vote?statement=99999", 404),
    ):
        response = page.goto(house.address + path)
        assert response is not None
        assert response.status == status, path
        yield f"{status} {path}"
    window.go(f"{base}say")
    page.evaluate("document.querySelector('main form').noValidate = true")
    send(page)
    yield "422, nothing said"
    window.go(f"{base}say")
    page.fill("[name=words]", "Un mot")
    page.evaluate("document.querySelector('main [name=csrfmiddlewaretoken]').value = 'x'")
    send(page)
    yield "403, a form that is not ours"


@pytest.mark.parametrize(
    ("language", "size", "scheme"),
    [("fr", PHONE, "light"), ("ar", DESK, "dark"), ("zgh", PHONE, "dark"), ("en", DESK, "light")],
)
def test_axe_finds_nothing_at_the_doors_nor_on_a_page_that_refuses(
    browser: Browser, house: House, language: str, size: tuple[int, int], scheme: str
) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="input absent: axe-playwright-python"
    ).Axe()
    window = Window(browser, house, size, scheme=scheme)
    seen = 0
    for visit in (doors, offices, refusals):
        for what in visit(window, house, language):
            found = axe.run(window.page)
            assert found.violations_count == 0, (what, language, found.generate_report())
            assert too_wide(window.page) == [], what
            seen += 1
    assert seen == 24
    # The browser itself says of each page that refuses that it does.
    window.complaints[:] = [c for c in window.complaints if "status of 4" not in c]
    window.close()


def speak(window: Window) -> None:
    """Three answers, so that one's own page has something on it."""
    window.go(f"{window.house.edition('en')}vote")
    vote_often(window.page, 3, scripts=True)


@pytest.mark.parametrize("language", ["fr", "zgh"])
def test_the_first_view_of_each_main_page_is_light(
    browser: Browser, house: House, pages: list[str], language: str
) -> None:
    first = ("", "E/", "E/vote", "E/opinion", "E/statements", "P/")
    main = [*(path_of(house, "fr", page) for page in first), *pages[-5:-3]]
    for path in [language.join(p.split("fr", 1)) for p in main]:
        window = Window(browser, house, PHONE)
        line = window.context.new_cdp_session(window.page)
        line.send("Network.enable")
        loaded: list[int] = []
        line.on("Network.loadingFinished", lambda event, to=loaded: to.append(event))
        window.page.goto(house.address + path, wait_until="networkidle")
        weight = sum(event["encodedDataLength"] for event in loaded)  # type: ignore[index]
        assert 5_000 < weight < 100_000, (path, weight)
        window.close()


def test_tifinagh_is_drawn_letter_by_letter(browser: Browser, house: House) -> None:
    window = Window(browser, house, PHONE)
    page = window.go("/zgh/")
    drawn = page.evaluate(
        """async () => {
            await document.fonts.load('20px "Assises Tifinagh"', 'ⵜ');
            const draw = (font, letter) => {
                const c = Object.assign(document.createElement('canvas'), {width: 40, height: 40});
                const pen = c.getContext('2d');
                pen.font = `30px ${font}`; pen.fillText(letter, 4, 32);
                return c.toDataURL(); };
            const family = getComputedStyle(document.querySelector('main p')).fontFamily;
            return ['"Assises Tifinagh"', family].map(font =>
                [...'ⵜⵎⵣⵖⴰ'].map(letter => draw(font, letter))); }"""
    )
    # Boxes for what a font lacks would all look alike.
    assert [len(set(letters)) for letters in drawn] == [5, 5]
    window.close()


# --- Paper, keyboard, refusals --------------------------------------------------------------------


@pytest.mark.parametrize(("language", "arrow"), [("fr", "→"), ("ar", "←")])
def test_on_paper_the_thread_is_a_sentence_and_no_way_leads_anywhere(
    browser: Browser, house: House, pages: list[str], language: str, arrow: str, tmp_path: Any
) -> None:
    window = Window(browser, house, DESK)
    page = window.go(language.join(pages[-4].split("fr", 1)))
    page.emulate_media(media="print")
    between = page.evaluate(
        """() => [...document.querySelectorAll('.thread li')].map(li =>
            [getComputedStyle(li).display, getComputedStyle(li, '::before').content])"""
    )
    assert [shown for shown, _ in between] == ["inline"] * 8
    assert between[0][1] == "none"
    assert all(arrow in said for _, said in between[1:])
    assert page.locator(".thread .knot:visible").count() == 0
    for way in (".tongues", ".ways", ".crumbs", ".button", ".foot nav", ".skip", ".enter"):
        assert page.locator(f"{way}:visible").count() == 0, way
    assert page.locator("main h1").is_visible()
    assert page.pdf(path=tmp_path / "page.pdf", format="A4").startswith(b"%PDF")
    window.close()


def test_one_votes_with_the_keyboard_alone_and_never_loses_the_place(
    browser: Browser, house: House
) -> None:
    window = Window(browser, house, DESK)
    page = window.go(f"{house.edition('fr')}vote")
    tab_to(page, "BUTTON.agree")
    for n in range(1, 4):
        number = page.input_value('.vote [name="statement"]')
        page.keyboard.press("Enter")
        page.wait_for_selector(
            f'.vote [name="statement"]:not([value="{number}"])', state="attached"
        )
        page.wait_for_selector(".answers:focus")
        assert is_outlined(page)
        said = page.locator("#progress[aria-live=polite]").inner_text()
        assert re.search(rf"\b{n}\b", said), said
        page.keyboard.press("Tab")
        assert focused(page) == "BUTTON.agree"
        assert is_outlined(page)
    window.close()


def test_after_the_last_statement_the_focus_is_on_what_follows(
    browser: Browser, house: House
) -> None:
    window = Window(browser, house, PHONE)
    page = window.go(f"{house.edition('ar')}votes")
    for group in page.locator("fieldset").all():
        group.locator("input").first.check()
    page.click("main form .button")
    page.wait_for_load_state()
    left = page.locator("fieldset").count()
    window.go(f"{house.edition('ar')}vote")
    vote_often(page, left - 1, scripts=True)
    page.click(".answers .pass")
    page.wait_for_selector("#ballot .notice.success")
    page.wait_for_selector("#ballot a:focus")
    window.close()


def test_a_refusal_is_read_where_one_was_voting(browser: Browser, house: House) -> None:
    from assises.lib.clock import now
    from assises.rooms.consultations.acts.open import close, open_to_all
    from tests.rooms.making import BUILDER, key

    window = Window(browser, house, PHONE)
    page = window.go(f"{house.edition('en')}vote")
    close(BUILDER, house.place, key=key(), at=now())
    try:
        page.click(".answers .agree")
        page.wait_for_selector("main h1:has-text('Not now')")
        assert page.locator("main").count() == 1
    finally:
        open_to_all(BUILDER, house.place, key=key(), at=now())
    # The browser itself notes the refusal as an error of the line.
    assert all("409" in line for line in window.complaints), window.complaints
    window.complaints.clear()
    window.close()


def tab_to(page: Page, wanted: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page) == wanted:
            return
    pytest.fail(f"the keyboard does not reach {wanted}")


def focused(page: Page) -> str:
    return str(
        page.evaluate("document.activeElement.tagName + '.' + document.activeElement.className")
    )


def is_outlined(page: Page) -> bool:
    return bool(
        page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2")
    )

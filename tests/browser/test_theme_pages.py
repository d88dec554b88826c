"""The report of themes as people see it: four languages, a phone, a desk, paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assises.formats import bundle
from assises.look.speech import LANGUAGES
from tests import themed
from tests.browser.test_report_pages import DESK, shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SMALLEST = (320, 640)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of the report of the contributions of the tests, by language."""
    folder = tmp_path_factory.mktemp("themes")
    content = themed.content(folder, LANGUAGES)
    bundle.write(folder / "b", content)
    return {
        language: (folder / "b" / name).as_uri()
        for language, name in zip(LANGUAGES, content.pages, strict=True)
    }


def unfolded(page: Page) -> None:
    """Everything that can be opened is open."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


@pytest.mark.parametrize(
    ("language", "size"),
    [*((language, SMALLEST) for language in LANGUAGES), ("ar", DESK)],
)
def test_nothing_overflows_the_screen(
    browser: Browser, told: dict[str, str], language: str, size: tuple[int, int]
) -> None:
    page = shown(browser, told[language], size)
    unfolded(page)
    wide = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(e => {
            if (e.closest('.scroll, .hidden, pre, .skip')) return false;
            const box = e.getBoundingClientRect();
            return box.width && (box.right > innerWidth + 1 || box.left < -1);
        }).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


@pytest.mark.parametrize(
    ("language", "scheme", "size"),
    [
        ("fr", "light", SMALLEST),
        ("ar", "dark", SMALLEST),
        ("ar", "light", DESK),
        ("zgh", "dark", DESK),
        ("en", "dark", DESK),
    ],
)
def test_axe_finds_nothing(
    browser: Browser, told: dict[str, str], language: str, scheme: str, size: tuple[int, int]
) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="input absent: axe-playwright-python"
    )
    page = shown(browser, told[language], size, color_scheme=scheme)
    unfolded(page)
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.context.close()


def test_arabic_is_mirrored_and_quotations_stand_as_they_are_read(
    browser: Browser, told: dict[str, str]
) -> None:
    found = {}
    for language in ("fr", "ar"):
        page = shown(browser, told[language], DESK)
        boxes = [page.locator(what).first.bounding_box() for what in (".star", ".bar .columns")]
        found[language] = [box["x"] for box in boxes if box is not None]
        ways = page.evaluate(
            """() => [...document.querySelectorAll('q')].map(q =>
                [q.lang, getComputedStyle(q).direction, getComputedStyle(q).textAlign])"""
        )
        page.context.close()
        assert ways
        for tag, way, align in ways:
            assert way == ("rtl" if tag in ("ar", "ary-Arab") else "ltr")
            assert align == "start"
    assert found["fr"][0] < DESK[0] / 2 < found["ar"][0]
    # Bars fill from where reading begins.
    assert found["fr"][1] < found["ar"][1]


def test_it_is_read_without_scripts_and_by_keyboard(
    browser: Browser, told: dict[str, str], tmp_path: Path
) -> None:
    page = shown(browser, told["en"], DESK, java_script_enabled=False)
    assert page.locator("h2").count() == 6
    part = page.locator(".tree .tree li").first
    assert not part.is_visible()
    page.locator("summary", has_text="Its 2 parts").first.focus()
    page.keyboard.press("Enter")
    assert part.is_visible()
    page.context.close()


def test_on_paper_the_parts_are_unfolded(
    browser: Browser, told: dict[str, str], tmp_path: Path
) -> None:
    page = shown(browser, told["ar"], DESK)
    page.emulate_media(media="print")
    assert not page.locator(".contents").is_visible()
    assert page.locator(".tree .tree li").first.is_visible()
    assert page.pdf(path=tmp_path / "page.pdf", format="A4").startswith(b"%PDF")
    page.context.close()

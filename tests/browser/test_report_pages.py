"""The report as people see it: four languages, a phone, a desk, paper."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assises.look.speech import LANGUAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE = (360, 740)
DESK = (1280, 900)
VIEWS = list(itertools.product(LANGUAGES, (PHONE, DESK)))
NAMES = [f"{language}-{size[0]}" for language, size in VIEWS]


def shown(browser: Browser, address: str, size: tuple[int, int], **options: object) -> Page:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)  # type: ignore[arg-type]
    page = context.new_page()
    outside: list[str] = []
    page.on("request", lambda request: outside.append(request.url))
    page.goto(address)
    assert [url for url in outside if not url.startswith(("file:", "data:"))] == []
    return page


@pytest.mark.parametrize(("language", "size"), VIEWS, ids=NAMES)
def test_nothing_overflows_the_screen(
    browser: Browser, pages: dict[str, str], language: str, size: tuple[int, int]
) -> None:
    page = shown(browser, pages[language], size, java_script_enabled=True)
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


@pytest.mark.parametrize(("language", "size"), VIEWS, ids=NAMES)
def test_axe_finds_nothing(
    browser: Browser, pages: dict[str, str], language: str, size: tuple[int, int]
) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="input absent: axe-playwright-python"
    )
    for scheme in ("light", "dark"):
        page = shown(browser, pages[language], size, color_scheme=scheme)
        found = axe.Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_read_without_scripts(
    browser: Browser, pages: dict[str, str], language: str
) -> None:
    page = shown(browser, pages[language], PHONE, java_script_enabled=False)
    assert page.locator("h2").count() == 10
    assert page.locator("svg.map").is_visible()
    page.context.close()


def test_arabic_is_mirrored(browser: Browser, pages: dict[str, str]) -> None:
    def left(language: str) -> tuple[float, float]:
        page = shown(browser, pages[language], DESK)
        star = page.locator(".star").bounding_box()
        bar = page.locator(".bar .agree").first.bounding_box()
        page.context.close()
        assert star is not None
        assert bar is not None
        return star["x"], bar["x"]

    french, arabic = left("fr"), left("ar")
    assert french[0] < DESK[0] / 2 < arabic[0]
    # The agreements begin where reading begins.
    assert french[1] < arabic[1]


def test_tifinagh_is_drawn_though_the_machine_has_no_font_for_it(
    browser: Browser, pages: dict[str, str]
) -> None:
    page = shown(browser, pages["zgh"], PHONE)
    loaded = page.evaluate(
        "async () => { await document.fonts.ready;"
        " return [...document.fonts].filter(f => f.family.includes('Assises')).length }"
    )
    assert loaded == 1
    widths = page.evaluate(
        """async () => {
            await document.fonts.load('20px "Assises Tifinagh"', 'ⵜ');
            const measure = font => { const c = document.createElement('canvas').getContext('2d');
              c.font = `20px ${font}`; return c.measureText('ⵜⴰⵎⴰⵣⵉⵖⵜ').width; };
            return [measure('"Assises Tifinagh"'), measure('monospace')];
        }"""
    )
    assert widths[0] > 0
    assert widths[0] != widths[1]
    page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_prints(browser: Browser, pages: dict[str, str], language: str, tmp_path: Path) -> None:
    page = shown(browser, pages[language], DESK)
    page.emulate_media(media="print")
    assert not page.locator(".contents").is_visible()
    data = page.pdf(path=tmp_path / "page.pdf", format="A4", print_background=True)
    assert data.startswith(b"%PDF")
    assert 4 <= len(re.findall(rb"/Type\s*/Page\b", data)) <= 25
    page.context.close()


def test_the_keyboard_reaches_every_link_and_table(browser: Browser, pages: dict[str, str]) -> None:
    page = shown(browser, pages["en"], DESK)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.tagName + document.activeElement.className")
        )
    assert {"A", "SUMMARY", "DIVscroll"} <= reached
    page.context.close()

"""The house as people find it on the net: the server we ship, a small edition, real commits."""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests import database

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from assises.rooms.consultations.models import Consultation

PHONE = (360, 740)
DESK = (1280, 900)
# What the shelf of the simulation lacks, and what no sheet expects: a word without an end.
ALSO_SAID = {
    "en": "Put the source code of every public algorithm where anyone can read it.",
    "zgh-Tfng": "ⵔⵉⵖ ⴰⴷ ⵙⵙⵏⵖ ⵎⴰⵏⵉ ⴷⴷⴰⵏⵜ ⵜⵡⵍⴰⴼⵉⵏ ⵉⵏⵓ.",
    "und": "https://example.org/" + "essai" * 60,
}


@dataclass
class House:
    """The address at which it answers, its open edition and the press's, and what it logged."""

    address: str
    place: Consultation
    press: str
    log: Path

    def edition(self, language: str) -> str:
        """The path of the open edition."""
        return f"/{language}/editions/{self.place.short}/"

    def count_again(self) -> None:
        """What the worker does a moment after a vote: the map, anew."""
        from assises.lib.clock import now
        from assises.rooms.insights.computing import compute_now

        assert compute_now(self.place, at=now()) is not None

    def broke(self) -> str:
        """The last traceback of the server, if there is one."""
        return self.log.read_text("utf-8", "replace").partition("Traceback")[2]


@pytest.fixture(scope="module")
def house(cluster: Any) -> Iterator[House]:
    """A house whose edition was made by acts and stays committed while the module's tests run."""
    place, press = _furnished()
    with tempfile.TemporaryDirectory(prefix="assises-web-") as folder:
        log = Path(folder) / "web.log"
        with _served(log) as address:
            yield House(address, place, press, log)
    database.empty()


def _furnished() -> tuple[Consultation, str]:
    from assises.demo.edition.build import fill, finish
    from assises.demo.press import build_press, join
    from assises.lib.clock import now
    from assises.rooms.consultations.models import place_of
    from assises.rooms.contributions.acts.say import Saying, say
    from assises.rooms.insights.themes.running import Reader, find_now
    from tests.rooms.making import a_voice, key
    from tests.rooms.talking import Hears

    at = now()
    press = build_press(at)
    place = fill("tiny", at=at)
    join(press, place.id, at)
    for language, words in ALSO_SAID.items():
        actor, voice = a_voice(place)
        say(actor, place, Saying(voice, words, language), key=key(), at=at)
    finish(place, at=at)
    assert find_now(place, at=at, reader=Reader(Hears("ai", "é", "ا", "a"))) is not None
    return place, place_of(press).short


@contextmanager
def _served(log: Path) -> Iterator[str]:
    """The web program of the installation, on a free port of its own."""
    from django.conf import settings

    from assises.site.up import programs

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    (web,) = (p for p in programs(settings.ENVIRONMENT, None, port) if p.name == "web")
    with log.open("wb") as out:
        process = subprocess.Popen(web.argv, env=web.env, stdout=out, stderr=out)
    try:
        until = time.monotonic() + 60
        while not _answers(port):
            assert process.poll() is None and time.monotonic() < until, log.read_text("utf-8")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as asking:
        asking.settimeout(1)
        return asking.connect_ex(("127.0.0.1", port)) == 0


# --- Someone at a window --------------------------------------------------------------------------


class Window:
    """A person's browser, from whose first moment all that it asks for and complains of is kept."""

    def __init__(
        self,
        browser: Browser,
        house: House,
        size: tuple[int, int],
        *,
        scripts: bool = True,
        scheme: Any = "light",
    ) -> None:
        self.house = house
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=scripts,
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        self.context.on("request", lambda request: self._outside(request.url))
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        # The content policy's refusals are errors of the console too.
        self.page.on("console", lambda message: self._said(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> Page:
        """Open a path of the house."""
        response = self.page.goto(self.house.address + path)
        assert response is not None and response.status == 200, path
        return self.page

    def close(self) -> None:
        """Leave; nothing may have been asked of anyone else, nothing may have gone wrong."""
        self.context.close()
        assert self.complaints == []
        assert not self.house.broke(), self.house.broke()

    def _outside(self, url: str) -> None:
        here = urlsplit(self.house.address).netloc
        if urlsplit(url).netloc != here and not url.startswith("data:"):
            self.complaints.append(f"asked for {url}")

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)


def too_wide(page: Page) -> list[str]:
    """What reaches beyond the screen, unless it is meant to be scrolled."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(e => {
            if (e.closest('.scroll, .hidden, pre, .skip, svg *')) return false;
            const box = e.getBoundingClientRect();
            return box.width && (box.right > innerWidth + 1 || box.left < -1);
        }).map(e => e.outerHTML.slice(0, 120))"""
    )
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found if wide <= 0 else [*found, f"the page by {wide} px"]

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assises.flows.opinion import content_of
from assises.formats import bundle, polis
from assises.look.speech import LANGUAGES
from tests.browser import house as found

if TYPE_CHECKING:
    from playwright.sync_api import Browser

house = found.house
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, gone before the tests of other folders: Playwright keeps a loop in their thread."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="input absent: playwright, of requirements-test.lock"
    )
    chromium = shutil.which("chromium") or os.environ.get("ASSISES_CHROMIUM")
    if chromium is None:
        pytest.skip("input absent: /usr/bin/chromium")
    with pytest.MonkeyPatch.context() as patch, playwright.sync_playwright() as driver:
        # Django sees that loop and would refuse to ask the database; nothing runs beside us in it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory, example: Path) -> dict[str, str]:
    """Addresses of the report of the shipped example, by language."""
    folder = tmp_path_factory.mktemp("pages") / "b"
    content = content_of(polis.read(example), LANGUAGES)
    bundle.write(folder, content)
    return {
        language: (folder / name).as_uri()
        for language, name in zip(LANGUAGES, content.pages, strict=True)
    }

"""Take the picture of the README: the first page in French and a statement in Arabic.

    python tools/picture.py http://127.0.0.1:8000

Needs chromium, the test environment and a demonstration that runs at that address. Run it when the
pages have changed their looks.
"""

from __future__ import annotations

import base64
import shutil
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

TARGET: Final = Path(__file__).resolve().parent.parent / "docs" / "portal.png"
_SHEET: Final = """<!doctype html><style>
body{{margin:0;background:#e9e2d3;display:flex;gap:28px;padding:28px;width:1144px;height:844px}}
img{{height:844px;box-shadow:0 2px 18px #0003;border-radius:6px}}
</style><img src="data:image/png;base64,{desk}"><img src="data:image/png;base64,{phone}">"""


def main() -> None:
    """Write ``docs/portal.png``."""
    home = sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        desk = _shot(chromium, f"{home}/fr/", 1000, 1116)
        phone = _shot(chromium, _a_statement(chromium, home), 480, 1125)
        page = chromium.new_page(viewport={"width": 1200, "height": 900})
        page.set_content(_SHEET.format(desk=desk, phone=phone))
        page.wait_for_timeout(500)
        page.screenshot(path=TARGET)
        chromium.close()


def _a_statement(chromium: Browser, home: str) -> str:
    """A statement that contributions led to, in Arabic."""
    page = chromium.new_page()
    page.goto(f"{home}/ar/")
    edition = page.locator("a[href*='/editions/']").first.get_attribute("href")
    inside = "/".join(str(edition).split("/")[:4])
    page.goto(f"{home}{inside}/statements")
    found = page.locator("article.statement a.whole").nth(4).get_attribute("href")
    page.close()
    return f"{home}{found}"


def _shot(chromium: Browser, address: str, width: int, height: int) -> str:
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.goto(address)
    page.wait_for_timeout(300)
    image = page.screenshot()
    page.close()
    return base64.b64encode(image).decode()


if __name__ == "__main__":
    main()

"""Take the picture of the README: the report of the shipped example, in French and in Arabic.

    python tools/picture.py

Needs chromium and the test environment. Run it when the report has changed its looks.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from assises.flows.opinion import content_of
from assises.formats import bundle, polis

ROOT: Final = Path(__file__).resolve().parent.parent
_PAGE: Final = """<!doctype html><style>
body{{margin:0;background:#e9e2d3;display:flex;gap:28px;padding:28px;width:1144px;height:844px}}
iframe{{border:0;background:#fbf7ef;height:844px;box-shadow:0 2px 18px #0003;border-radius:6px}}
</style><iframe src="{french}" width="756"></iframe><iframe src="{arabic}" width="360"></iframe>"""


def main() -> None:
    """Write ``docs/report.png``."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder = Path(name)
        export = polis.read(ROOT / "examples" / "simulation")
        bundle.write(folder / "b", content_of(export, ["fr", "ar"]))
        page_file = folder / "page.html"
        page_file.write_text(
            _PAGE.format(french="b/report.html", arabic="b/report.ar.html#map"), "utf-8"
        )
        chromium = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page(viewport={"width": 1200, "height": 900})
        page.goto(page_file.as_uri())
        page.wait_for_timeout(500)
        page.screenshot(path=ROOT / "docs" / "report.png")
        chromium.close()


if __name__ == "__main__":
    main()

"""A chart that was kept as a page, in a browser: it moves, and asks for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from assises.engines.opinion import VoteMatrix, analyse

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

for needed in ("altair", "vl_convert"):
    pytest.importorskip(needed, reason=f"input absent: {needed}, of requirements-test.lock")

from assises.flows import notebook  # noqa: E402

EVIL = '</script><script>window.broken=1</script><img src=x onerror="window.broken=1">'


def few_votes() -> VoteMatrix:
    rng = np.random.default_rng(2)
    rows, columns = np.nonzero(np.ones((40, 8)))
    return VoteMatrix.from_arrays(rows, columns, np.where(rng.random(320) < 0.5, 1, -1))


def opened(browser: Browser, path: Path) -> tuple[Page, list[str]]:
    """The page, and whatever went out of it or wrong in it."""
    page, heard = browser.new_page(), list[str]()
    page.on("request", lambda asked: heard.append(asked.url))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda message: heard.append(message.text))
    page.goto(path.as_uri())
    page.wait_for_selector("#chart.vega-embed")
    return page, heard


def test_pointing_at_someone_tells_how_sure_their_place_is(
    browser: Browser, tmp_path: Path
) -> None:
    opinion = analyse(few_votes(), cuts=0, threads=1)
    kept = notebook.save(notebook.map(opinion), tmp_path / "map.html")
    page, heard = opened(browser, kept)
    marks = page.locator("#chart g.mark-symbol path[aria-roledescription=point]")
    assert marks.count() >= 40
    rules = page.locator("#chart g.mark-rule line")
    assert rules.count() == 0
    marks.first.hover(force=True)
    told = page.locator("#vg-tooltip-element.visible")
    told.wait_for()
    assert "Across, 95 % from" in told.inner_text()
    assert rules.count() == 2
    page.locator("#chart summary").click()
    menu = page.locator("#chart .vega-actions").inner_text()
    assert "PNG" in menu
    assert "Editor" not in menu
    assert heard == [kept.as_uri()]
    page.close()


def test_a_statement_is_told_as_text(browser: Browser, tmp_path: Path) -> None:
    opinion = analyse(few_votes(), "polis", threads=1)
    kept = notebook.save(notebook.statements(opinion, {3: EVIL}), tmp_path / "statements.html")
    page, heard = opened(browser, kept)
    marks = page.locator("#chart g.mark-symbol path[aria-roledescription=point]")
    labels = page.locator("#chart text", has_text="3 · ")
    assert labels.count() == 1
    for at in range(marks.count()):
        marks.nth(at).hover(force=True)
        page.locator("#vg-tooltip-element.visible").wait_for()
        if "onerror" in page.locator("#vg-tooltip-element").inner_text():
            break
    else:
        pytest.fail("the text was not told")
    assert page.evaluate("window.broken") is None
    assert heard == [kept.as_uri()]
    page.close()

"""Each promise leads to its screen, its object and its tests; what nothing keeps says so."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from django.test import Client

from assises.fronts.portal.promises import promises
from assises.look.speech import LANGUAGES, speech

ROOT = Path(__file__).resolve().parents[2]
ALL = promises(speech("en"))


def test_the_page_in_the_docs_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    written = importlib.import_module("promises").page()
    assert (ROOT / "docs" / "promises.md").read_text("utf-8") == written


@pytest.mark.parametrize("code", [p.code for p in ALL])
def test_what_is_kept_can_be_followed_to_the_end(code: str) -> None:
    one = next(p for p in ALL if p.code == code)
    if one.state == "not yet":
        assert not (one.screen)
        assert not (one.objects)
        assert not (one.tests)
        return
    assert one.objects
    assert one.tests
    for name in one.objects:
        assert (ROOT / "src" / name).exists(), name
    for name in one.tests:
        text = (ROOT / name).read_text("utf-8")
        assert "def test_" in text, name


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_of_the_promises_opens(language: str) -> None:
    import re

    client = Client()
    page = client.get(f"/{language}/promises").content.decode()
    links = set(re.findall(r'href="(/[^"#]*)"', page))
    assert len(links) > 10
    for link in links:
        response = client.get(link)
        assert response.status_code in (200, 302), link
        response.close()


def test_the_thirteen_of_the_design_are_all_there() -> None:
    assert [p.code for p in ALL] == [
        "convene",
        "voices",
        "verticals",
        "opinion",
        "strategy",
        "recommendations",
        "protocols",
        "transparency",
        "objection",
        "equity",
        "sovereignty",
        "inclusion",
        "roadmap",
    ]

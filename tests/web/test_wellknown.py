"""Fixed addresses that programs look for, and pages that explain a refusal."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client

from assises.lib.clock import now
from assises.look.speech import LANGUAGES, speech
from assises.web.problems import CODES, explained

pytestmark = pytest.mark.usefixtures("db")


def test_robots_the_star_and_the_api_are_where_programs_look() -> None:
    client = Client()
    robots = client.get("/robots.txt")
    assert robots["Content-Type"].startswith("text/plain")
    assert b"Disallow: /*/office/" in robots.content
    star = client.get("/favicon.ico")
    assert star["Content-Type"] == "image/svg+xml"
    assert star.content.startswith(b"<svg")
    for path in ("/api", "/api/"):
        response = client.get(path, headers={"accept-language": "ar"})
        assert (response.status_code, response["Location"]) == (302, "/ar/data#api")
        assert b'id="api"' in client.get("/ar/data").content


def test_every_page_leads_to_the_open_data_and_the_api() -> None:
    assert "Open data and API" in Client().get("/en/").content.decode()
    assert "/en/data" in Client().get("/en/about").content.decode()


def test_whom_to_tell_of_a_defect_is_said_or_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = Client().get("/.well-known/security.txt")
    assert absent.status_code == 404
    told = replace(settings.ENVIRONMENT, security_contact="mailto:security@example.ma")
    monkeypatch.setattr(settings, "ENVIRONMENT", told)
    text = Client().get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:security@example.ma\n" in text
    expires = re.search(r"Expires: (\S+)\n", text)
    assert expires is not None
    assert datetime.fromisoformat(expires[1]) > now()


def test_the_type_of_every_problem_leads_to_its_explanation() -> None:
    for code in CODES:
        response = Client().get(f"/problems/{code}", headers={"accept-language": "en"})
        assert response.status_code == 200
        page = response.content.decode()
        assert f"<code>{code}</code>" in page.split("</h1>")[0]
        assert explained(speech("en"))[code][1] in page
    assert Client().get("/problems/nothing").status_code == 404


def test_each_code_is_explained_in_each_language() -> None:
    for language in LANGUAGES:
        assert explained(speech(language)).keys() == CODES.keys()


def test_no_problem_leaves_one_without_a_next_step() -> None:
    for path in ("/api/v1/nowhere", "/api/v1/editions/0000000000", "/log/official/checkpoint"):
        assert Client(raise_request_exception=False).get(path).json()["next_step"], path

"""What the opinion page says hangs on one college, one channel, on voices nobody vouches for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from assises.lib.clock import now
from assises.rooms.contributions.models import Statement
from assises.rooms.insights.computing import compute_now
from assises.rooms.insights.models import Snapshot
from assises.rooms.people.acts.enter import Portrait, enter
from tests.rooms.making import AT, an_edition, key, some_statements, speaking, vote

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def place() -> Any:
    cache.clear()
    made = an_edition(moderated=False)
    some_statements(made, 4)
    return made


def come(place: Any, people: int, college: str, answers: dict[int, int], **how: Any) -> None:
    for _ in range(people):
        voice = enter(place, key(), Portrait(college, ""), at=AT, **how)
        vote(place, (speaking(place, voice), voice), answers)


def section(place: Any, language: str = "en") -> str:
    cache.clear()
    page = Client().get(f"/{language}/editions/{place.short}/opinion").content.decode()
    found = re.search(r'<section aria-labelledby="hangs">(.*?)</section>', page, re.S)
    return found[1] if found else ""


def rows(place: Any) -> dict[str, list[int]]:
    """The statements that each row names, in whatever column."""
    table = section(place).partition("<tbody>")[2]
    return {
        re.sub("<[^>]+>", "", row.split("</th>")[0]): [
            int(n) for n in re.findall(r"<a [^>]*>(\d+)</a>", row)
        ]
        for row in re.findall("<tr>(.*?)</tr>", table, re.S)
    }


def test_the_page_says_what_would_change_without_a_college(place: Any) -> None:
    come(place, 25, "citizen", {0: 1, 1: 1, 2: 1, 3: 1}, channel="paper", assurance=1)
    come(place, 24, "academia", {0: -1, 1: 1, 2: 1, 3: 1}, assurance=1)
    compute_now(place, at=now())
    found = rows(place)
    # Half agree with the first; of either college alone all are at one.
    assert {"College: Academia", "College: Citizens"} <= set(found)
    assert 0 in found["College: Citizens"]
    assert 0 in found["Way of taking part: On paper"]
    assert "Assurance" not in section(place)  # somebody vouches for all
    short = Statement.objects.get(consultation=place, number=0).short
    assert f'href="/en/statements/{short}' in section(place)
    assert "Sans" in section(place, "fr")
    assert "من دون" in section(place, "ar")


def test_where_nothing_hangs_on_anyone_the_page_says_so(place: Any) -> None:
    come(place, 30, "citizen", {0: 1, 1: 1})
    come(place, 30, "academia", {0: 1, 1: 1}, assurance=1)
    compute_now(place, at=now())
    said = section(place)
    assert "<table" not in said
    assert "Without any single one of these nothing would change: College: Academia" in said
    assert "nobody vouches for them" in said


def test_a_college_of_nine_is_not_named(place: Any) -> None:
    come(place, 9, "citizen", {0: -1, 1: 1})
    come(place, 14, "academia", {0: 1, 1: 1})
    come(place, 14, "", {0: 1, 1: 1})
    compute_now(place, at=now())
    assert "Citizens" not in section(place)
    assert "Academia" in section(place)


def test_statements_whose_counts_stand_still_are_not_named(place: Any) -> None:
    come(place, 25, "citizen", {0: 1, 1: 1})
    come(place, 24, "academia", {0: -1, 1: 1})
    compute_now(place, at=now())
    assert rows(place)["College: Citizens"] == [0]
    # Ten more voices came, and three of them answered the first.
    come(place, 3, "citizen", {0: 1, 1: 1})
    come(place, 7, "citizen", {1: 1})
    compute_now(place, at=now())
    assert rows(place).get("College: Citizens", []) == []


def test_results_of_before_say_nothing_of_it(place: Any) -> None:
    come(place, 25, "citizen", {0: 1, 1: 1})
    come(place, 24, "academia", {0: -1, 1: 1})
    compute_now(place, at=now())
    shot = Snapshot.objects.get()
    del shot.results["hangs"]
    shot.save()
    assert section(place) == ""

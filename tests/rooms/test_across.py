"""What colleges and regions agree on, and shares weighted by the census: by declared portraits."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from assises.countries.ma.census import census
from assises.rooms.insights.across import across, hangs
from assises.rooms.insights.weighing import weighed
from assises.rooms.people.acts.enter import Portrait, enter
from assises.rooms.votes.queries import current_votes
from tests.rooms.making import AT, an_edition, key, some_statements, speaking, vote

pytestmark = pytest.mark.usefixtures("db")
LISTED = {0, 1, 2, 3}


def come(place: Any, people: int, portrait: Portrait, answers: dict[int, int], **how: Any) -> None:
    for _ in range(people):
        voice = enter(place, key(), portrait, at=AT, **how)
        vote(place, (speaking(place, voice), voice), answers)


@pytest.fixture
def place() -> Any:
    made = an_edition(moderated=False)
    some_statements(made, 4)
    return made


def told(place: Any) -> tuple[dict[str, Any], dict[str, Any] | None]:
    votes = current_votes(place.id)
    return across(place.id, votes, LISTED), weighed(place, votes, LISTED)


def test_what_every_college_answers_alike_is_found_and_what_one_refuses_is_not(place: Any) -> None:
    come(place, 20, Portrait("citizen", ""), {0: 1, 1: 1, 2: -1, 3: 1})
    come(place, 30, Portrait("academia", ""), {0: 1, 1: -1, 2: -1, 3: 1})
    found, _ = told(place)
    (college,) = found.values()
    assert sorted(college["counted"]) == ["academia", "citizen"]
    assert [row["statement"] for row in college["agree"]] == [0, 3]
    assert [row["statement"] for row in college["disagree"]] == [2]
    # Twenty of twenty: the one-sided bound at 95 % is .05 to the power of 1 / 20.
    assert college["agree"][0]["bound"] == pytest.approx(0.05 ** (1 / 20), abs=1e-3)


def test_a_college_of_nine_is_not_counted_and_one_alone_is_no_comparison(place: Any) -> None:
    come(place, 9, Portrait("citizen", ""), {0: -1})
    come(place, 30, Portrait("academia", ""), {0: 1})
    assert told(place)[0] == {}
    come(place, 12, Portrait("private-sector", ""), {0: 1})
    (college,) = told(place)[0].values()
    assert sorted(college["counted"]) == ["academia", "private-sector"]
    assert [row["statement"] for row in college["agree"]] == [0]


def test_of_what_nine_of_a_college_have_seen_nothing_is_said(place: Any) -> None:
    come(place, 9, Portrait("citizen", ""), {0: 1, 1: 1})
    come(place, 9, Portrait("citizen", ""), {1: 1})
    come(place, 30, Portrait("academia", ""), {0: 1, 1: 1})
    come(place, 30, Portrait("private-sector", ""), {1: 1})
    (college,) = told(place)[0].values()
    # The first was answered by nine citizens, thirty of academia and nobody else.
    assert [(row["statement"], row["of"]) for row in college["agree"]] == [(1, 3)]


def test_a_statement_that_is_not_listed_is_not_named(place: Any) -> None:
    come(place, 20, Portrait("citizen", ""), {0: 1, 1: 1})
    come(place, 20, Portrait("academia", ""), {0: 1, 1: 1})
    found = across(place.id, current_votes(place.id), {1})
    assert [row["statement"] for row in found["college"]["agree"]] == [1]


def test_regions_count_by_their_people(place: Any) -> None:
    come(place, 60, Portrait("", "MA-01"), {0: 1, 1: 1})
    come(place, 40, Portrait("", "MA-06"), {0: -1, 1: 1})
    come(place, 15, Portrait("", "abroad"), {0: 1})
    come(place, 5, Portrait("", ""), {0: 1})
    _, found = told(place)
    assert found is not None
    assert found["by"] == ["region"]
    assert found["counts"] == {
        "inside": 100,
        # Five did not say: with how many live abroad they could be told apart from the others.
        "abroad": None,
        "uncounted": None,
        "not_said": None,
    }
    people = next(m for m in census(["region"]).margins).people
    north, casablanca = people[("MA-01",)], people[("MA-06",)]
    value, low, high = found["statements"]["0"]["weighted"]
    assert value == pytest.approx(north / (north + casablanca), abs=1e-3)
    assert low < value < high
    assert found["statements"]["0"]["plain"][0] == pytest.approx(80 / 120, abs=1e-3)
    assert found["statements"]["1"]["weighted"][0] == pytest.approx(1.0)
    rest = 1 - (north + casablanca) / sum(people.values())
    assert found["unrepresented"]["region"] == pytest.approx(rest, abs=1e-3)
    assert found["effective"] < 100


def test_town_and_country_count_too_where_half_told(place: Any) -> None:
    for region in ("MA-01", "MA-06"):
        for area, answer in (("urban", 1), ("rural", -1)):
            come(place, 10, Portrait("", region, area), {0: answer})
    _, found = told(place)
    assert found is not None
    assert found["by"] == ["region", "area"]
    plain, heavy = (found["statements"]["0"][way][0] for way in ("plain", "weighted"))
    assert plain == pytest.approx(0.5)
    town = {m.name: m.people for m in census(["area"]).margins}["area"]
    share = town[("urban",)] / sum(town.values())
    assert heavy == pytest.approx(share, abs=1e-3)


def test_nothing_is_weighed_where_fewer_than_ten_told_where_they_live(place: Any) -> None:
    come(place, 9, Portrait("", "MA-01"), {0: 1})
    come(place, 50, Portrait("", ""), {0: 1})
    assert told(place)[1] is None


def test_who_was_told_nothing_of_another_consultation_counts_for_nothing(place: Any) -> None:
    come(place, 20, Portrait("citizen", ""), {0: 1})
    come(place, 20, Portrait("academia", ""), {0: 1})
    votes = current_votes(place.id)
    assert across(uuid4(), votes, LISTED) == {}
    assert not np.isnan(across(place.id, votes, LISTED)["college"]["agree"][0]["bound"])


def by_kind(found: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, list[int]]]:
    return {(one["attribute"], one["value"]): one["changes"] for one in found}


def test_what_hangs_on_a_college_a_channel_and_the_unassured(place: Any) -> None:
    come(place, 25, Portrait("citizen", ""), {0: 1, 1: 1, 2: 1}, channel="paper")
    come(place, 20, Portrait("academia", ""), {0: -1, 1: 1}, assurance=1)
    votes = current_votes(place.id)
    nobody = np.full(len(votes.voices), -1)
    found = by_kind(hangs(place.id, votes, nobody, LISTED))
    # Who came on paper, who is a citizen and who is vouched for by nobody are the same here.
    assert set(found) == {
        ("assurance", ""),
        ("channel", "paper"),
        ("channel", "web"),
        ("college", "academia"),
        ("college", "citizen"),
    }
    # 25 of 45 agree with the first: neither most nor few for sure. Of either alone all are at one.
    # The third nobody but citizens answered: without them there is nobody to speak of.
    assert found["college", "citizen"]["majority"] == [0]
    assert found["college", "academia"]["majority"] == [0]
    assert found["assurance", ""] == found["channel", "paper"] == found["college", "citizen"]
    assert hangs(place.id, votes, nobody, {1, 2})[0]["changes"]["majority"] == []


def test_nine_of_a_channel_hang_on_nothing_that_is_told(place: Any) -> None:
    come(place, 9, Portrait("", ""), {0: -1}, channel="paper", assurance=1)
    come(place, 13, Portrait("", ""), {0: 1}, assurance=1)
    votes = current_votes(place.id)
    nobody = np.full(len(votes.voices), -1)
    # Without the thirteen only nine are left: of them nothing is told either.
    assert hangs(place.id, votes, nobody, LISTED) == []

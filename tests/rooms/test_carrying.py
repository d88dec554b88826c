"""A group keeps its letter and its colour, and the map its axes, from one result to the next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.rooms.insights.carrying import Names, Standing, carried, renamed, turn


def standing(group: list[int], points: np.ndarray | None = None, begin: int = 0) -> Standing:
    voices = [UUID(int=begin + i) for i in range(len(group))]
    where = np.zeros((len(group), 2)) if points is None else points
    return Standing(voices, where, np.array(group, dtype=np.int64))


NOBODY = standing([])
FIRST = Names(["A", "B", "C"], [0, 1, 2], 3)


def test_the_first_result_is_named_as_the_bundle_names_it() -> None:
    found = carried(NOBODY, Names(), standing([0, 0, 1, 2]), 3)
    assert (found.letters, found.hues, found.used) == (["A", "B", "C"], [0, 1, 2], 3)


def test_groups_that_exchange_their_sizes_keep_their_letters_and_colours() -> None:
    before = standing([0] * 10 + [1] * 9 + [2] * 8)
    now = standing([0] * 10 + [2] * 9 + [1] * 8)
    found = carried(before, FIRST, now, 3)
    assert (found.letters, found.hues, found.used) == (["A", "C", "B"], [0, 2, 1], 3)


def test_a_new_group_has_a_letter_that_was_never_used() -> None:
    before = standing([0] * 10 + [1] * 9)
    names = Names(["A", "D"], [0, 3], 4)
    split = standing([0] * 10 + [1] * 6 + [2] * 3)
    found = carried(before, names, split, 3)
    assert (found.letters, found.used) == (["A", "D", "E"], 5)
    assert len(set(found.hues)) == 3


def test_of_groups_that_join_the_larger_gives_its_letter_and_the_other_is_gone() -> None:
    before = standing([0] * 10 + [1] * 9 + [2] * 3)
    joined = standing([0] * 10 + [1] * 12)
    found = carried(before, FIRST, joined, 2)
    assert (found.letters, found.used) == (["A", "B"], 3)
    # It parts again: the letter C spoke of other people, and stays theirs.
    again = carried(joined, found, before, 3)
    assert (again.letters, again.used) == (["A", "B", "D"], 4)


def test_where_everyone_is_mixed_anew_no_letter_goes_on() -> None:
    before = standing([0, 0, 0, 0, 1, 1, 1, 1])
    now = standing([0, 0, 1, 1, 0, 0, 1, 1])
    found = carried(before, Names(["A", "B"], [0, 1], 2), now, 2)
    assert (found.letters, found.used) == (["C", "D"], 4)


def test_who_came_and_who_left_hand_on_nothing() -> None:
    before, strangers = standing([0, 0, 1]), standing([0, 1, 1], begin=100)
    found = carried(before, Names(["A", "B"], [0, 1], 2), strangers, 2)
    assert found.letters == ["C", "D"]


def test_two_groups_never_wear_the_same_colour() -> None:
    # F is the sixth letter and would wear the colour of A, who is still there.
    before = standing([0] * 5)
    found = carried(before, Names(["A"], [0], 5), standing([0] * 5 + [1] * 3), 2)
    assert found.letters == ["A", "F"]
    assert len(set(found.hues)) == 2


@given(st.lists(st.integers(-1, 4), max_size=60), st.lists(st.integers(-1, 4), max_size=60))
def test_letters_are_never_given_twice(one: list[int], two: list[int]) -> None:
    first = carried(NOBODY, Names(), standing(one), 5)
    second = carried(standing(one), first, standing(two), 5)
    assert len(set(second.letters)) == len(set(second.hues)) == 5
    new = set(second.letters) - set(first.letters)
    assert second.used == first.used + len(new)


@pytest.mark.parametrize("mirror", [(1, 1), (-1, 1), (1, -1), (-1, -1)])
@pytest.mark.parametrize("swapped", [False, True])
def test_the_map_is_laid_down_as_it_lay_before(mirror: tuple[int, int], swapped: bool) -> None:
    points = np.random.default_rng(5).normal(size=(40, 2)) * [3, 1]
    turned = points * mirror
    now = turned[:, ::-1] if swapped else turned
    way = turn(standing([0] * 40, points), standing([0] * 40, now))
    assert now @ way.T == pytest.approx(points)


def test_without_anyone_who_was_there_before_the_map_lies_as_the_engine_lays_it() -> None:
    way = turn(NOBODY, standing([0, 1], np.array([[1.0, 2.0], [3.0, 4.0]])))
    assert (way == np.eye(2)).all()


def test_only_letters_of_groups_are_renamed() -> None:
    results: dict[str, Any] = {
        "title": "A",
        "groups": [{"letter": "A", "statements": [{"by_group": [{"letter": "B", "agrees": 1}]}]}],
        "published": {"partition": {"our_groups": ["A", "B"]}},
    }
    found = renamed(results, {"A": "B", "B": "A"})
    assert found["title"] == "A"
    assert found["groups"][0]["letter"] == "B"
    assert found["groups"][0]["statements"][0]["by_group"] == [{"letter": "A", "agrees": 1}]
    assert found["published"]["partition"]["our_groups"] == ["B", "A"]
    assert results["groups"][0]["letter"] == "A"

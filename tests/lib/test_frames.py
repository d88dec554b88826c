from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.lib.errors import InputError
from assises.lib.frames import Frame, Margin, nearest

JOINT = Frame(
    (
        Margin(
            ("region", "age"),
            {
                ("north", "young"): 10,
                ("north", "old"): 20,
                ("south", "young"): 30,
                ("south", "old"): 40,
            },
            frozenset({("south", "old")}),
        ),
    ),
    counted="everyone",
    source="a count",
)


def people(frame: Frame) -> dict[str, dict[tuple[str, ...], float]]:
    return {m.name: dict(m.people) for m in frame.margins}


def test_margins_are_summed_from_the_joint_one() -> None:
    frame = JOINT.on("region", ("age",), "age x region")
    assert people(frame) == {
        "region": {("north",): 30, ("south",): 70},
        "age": {("young",): 40, ("old",): 60},
        "age x region": {
            ("young", "north"): 10,
            ("old", "north"): 20,
            ("young", "south"): 30,
            ("old", "south"): 40,
        },
    }
    assert (frame.total, frame.counted, frame.source) == (100, "everyone", "a count")
    assert frame.variables == ("region", "age")


def test_what_is_summed_from_an_estimate_is_estimated() -> None:
    region, age = JOINT.on("region", "age").margins
    assert region.estimated == {("south",)}
    assert age.estimated == {("old",)}


def test_the_narrowest_margin_is_summed_from_because_it_was_counted() -> None:
    counted = Margin(("region",), {("north",): 30, ("south",): 70})
    assert not Frame((*JOINT.margins, counted)).on("region").margins[0].estimated


def test_a_part_of_the_population_keeps_its_margins() -> None:
    both = Frame((*JOINT.margins, *JOINT.on("region").margins))
    assert people(both.only("age", ["old"])) == {
        "region x age": {("north", "old"): 20, ("south", "old"): 40},
        "region": {("north",): 20, ("south",): 40},
    }


def test_a_margin_that_does_not_tell_who_is_of_a_part_is_refused() -> None:
    with pytest.raises(InputError, match=r"column region: .*how many .* are of these"):
        JOINT.on("region", "age").only("age", ["old"])


def test_categories_are_joined_into_wider_ones() -> None:
    wide = JOINT.on("region", "age").merged("region", {"country": ["north", "south"]})
    assert people(wide)["region"] == {("country",): 100}
    assert people(wide)["age"] == {("young",): 40, ("old",): 60}


@pytest.mark.parametrize(
    ("groups", "part"),
    [
        ({"x": ["norht"]}, "Did you mean north"),
        ({"x": ["north"], "y": ["north"]}, "two groups, x and y"),
        ({"south": ["north"]}, "name of a category that is not in it"),
    ],
)
def test_groups_that_make_no_sense_are_refused(groups: dict[str, list[str]], part: str) -> None:
    with pytest.raises(InputError, match=part):
        JOINT.merged("region", groups)


@pytest.mark.parametrize(
    ("margins", "part"),
    [
        ((), "no margin"),
        ((Margin(("a",), {("x",): 1}), Margin(("a",), {("x",): 1})), "stands twice"),
        ((Margin(("a",), {("x",): -1}),), "counted from 0"),
        ((Margin(("a",), {("x",): float("nan")}),), "counted from 0"),
        ((Margin(("a",), {("x",): 0}),), "population is empty"),
        ((Margin(("a",), {}),), "population is empty"),
        ((Margin(("a",), {("x", "y"): 1}),), "one category of each variable"),
        ((Margin(("a",), {("abroad",): 1}),), "no part of a frame"),
        ((Margin(("a",), {("",): 1}),), "none of them empty"),
        ((Margin(("a",), {("x",): 1}), Margin(("b",), {("y",): 2})), "same population as a, 1 "),
    ],
)
def test_a_frame_that_counts_nothing_sound_is_refused(
    margins: tuple[Margin, ...], part: str
) -> None:
    with pytest.raises(InputError, match=part):
        Frame(margins)


@pytest.mark.parametrize("margin", ["", "regoin", "region x region", ()])
def test_a_margin_of_nothing_known_is_refused(margin: str) -> None:
    with pytest.raises(InputError):
        JOINT.on(margin)


def test_a_misspelled_variable_is_told_the_near_one() -> None:
    with pytest.raises(InputError, match="Did you mean region"):
        JOINT.on("regoin")


@given(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=5))
def test_the_nearest_word_is_a_known_one(word: str, known: list[str]) -> None:
    assert nearest(word, known) in {*known, None}
    assert nearest("urbain", ["urban", "rural"]) == "urban"
    assert nearest("MA–01 ", ["MA-10", "MA-01"]) == "MA-01"
    assert nearest("MA-1", ["MA-02", "MA-01"]) == "MA-01"
    assert nearest("MA-13", ["MA-10", "MA-11"]) is None

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.engines.weighting import (
    IS_ABROAD,
    NOT_SAID,
    UNCOUNTED,
    Frame,
    Margin,
    Side,
    rake,
    weigh,
)
from assises.lib.errors import InputError

REGION = Margin(("region",), {("north",): 30, ("south",): 70})
SEX = Margin(("sex",), {("female",): 51, ("male",): 49})
FRAME = Frame((REGION, SEX))
JOINT = Frame(
    (
        Margin(
            ("region", "sex"),
            {
                ("south", "male"): 30,
                ("north", "female"): 11,
                ("south", "female"): 40,
                ("north", "male"): 19,
            },
            frozenset({("north", "male")}),
        ),
    )
)


def test_a_frame_gives_the_weights_of_raking_by_hand() -> None:
    region = ["north", "north", "south", "south", "north"]
    sex = ["male", "female", "male", "female", "male"]
    by_hand = rake(
        {"region": np.array([0, 0, 1, 1, 0]), "sex": np.array([1, 0, 1, 0, 1])},
        {"region": [30, 70], "sex": [51, 49]},
    )
    weighting = weigh({"region": region, "sex": sex}, FRAME)
    np.testing.assert_array_equal(weighting.weight, by_hand.weight)
    assert weighting.counts == {"inside": 5, "abroad": 0, "uncounted": 0, "not said": 0}


def test_whoever_is_outside_has_no_weight_and_is_told_apart() -> None:
    weighting = weigh(
        {
            "region": ["north", "abroad", "south", "", "south", "north", "abroad"],
            "sex": ["male", "", "female", "male", None, "another", "another"],
        },
        JOINT,
        uncounted={"sex": ["another"]},
    )
    assert weighting.abroad.tolist() == [False, True, False, False, False, False, True]
    assert weighting.not_said.tolist() == [False, False, False, True, True, False, False]
    assert weighting.uncounted.tolist() == [False, False, False, False, False, True, False]
    assert (weighting.weight > 0).tolist() == [True, False, True, False, False, False, False]
    assert weighting.counts == {"inside": 2, "abroad": 2, "uncounted": 1, "not said": 2}


def test_a_joint_margin_is_met_in_whatever_order_its_cells_stand() -> None:
    region = np.repeat(["north", "north", "south", "south"], [5, 1, 2, 8])
    sex = np.repeat(["male", "female", "male", "female"], [5, 1, 2, 8])
    weighting = weigh({"region": region, "sex": sex}, JOINT)
    expected = np.repeat([0.19 / 5, 0.11, 0.30 / 2, 0.40 / 8], [5, 1, 2, 8]) * 16
    np.testing.assert_allclose(weighting.weight, expected)


def test_raw_and_weighted_stand_side_by_side() -> None:
    people = {"region": ["north", "north", "south", "north"], "sex": ["male"] * 3 + ["female"]}
    sides = weigh(people, JOINT).sides
    assert sides[0] == Side(
        "region x sex", ("south", "male"), 1, 0.25, pytest.approx(0.5), 0.3, False
    )
    assert sides[2] == Side("region x sex", ("south", "female"), 0, 0.0, 0.0, 0.4, False)
    assert [side.estimated for side in sides] == [False, False, False, True]


def test_those_of_whom_nothing_can_be_said_are_named() -> None:
    weighting = weigh({"region": ["north", "north"], "sex": ["male", "female"]}, FRAME)
    assert [(s.margin, s.cell, s.population) for s in weighting.unrepresented] == [
        ("region", ("south",), 0.7)
    ]
    assert weighting.weights.unrepresented_share["region"] == pytest.approx(0.7)


def test_codes_are_places_among_the_categories() -> None:
    codes = {
        "region": np.array([0, 1, IS_ABROAD, 1, NOT_SAID, 1]),
        "sex": np.array([0, 1, NOT_SAID, 0, 0, UNCOUNTED], dtype=np.int8),
    }
    labels = {
        "region": ["north", "south", "abroad", "south", None, "south"],
        "sex": ["female", "male", "", "female", "female", "another"],
    }
    ours = weigh(codes, FRAME)
    theirs = weigh(labels, FRAME, uncounted={"sex": ["another"]})
    np.testing.assert_array_equal(ours.weight, theirs.weight)
    assert ours.counts == theirs.counts
    assert ours.sides == theirs.sides


def test_a_cap_bounds_the_weights() -> None:
    people = {"region": ["north"] * 50 + ["south"] * 2, "sex": ["male", "female"] * 26}
    weighting = weigh(people, FRAME, cap=3)
    assert weighting.weight.max() == pytest.approx(3)
    assert weighting.weights.trimming is not None


@pytest.mark.parametrize(
    ("people", "parts"),
    [
        ({"region": ["north"]}, ["column sex", "frame.on"]),
        ({"region": ["north"], "sex": ["male", "male"]}, ["column sex", "same people"]),
        ({"region": ["nroth"], "sex": ["male"]}, ["line 1, column region", "mean north?"]),
        ({"region": np.array([2]), "sex": ["male"]}, ["line 1, column region", "no place among"]),
        ({"region": np.array([-4]), "sex": ["male"]}, ["no place among", "found -4"]),
        ({"region": ["abroad", ""], "sex": ["male"] * 2}, ["nobody is inside", "1 are abroad"]),
        ({"region": [], "sex": []}, ["nobody is inside", "of 0 people"]),
    ],
)
def test_a_sample_that_does_not_fit_is_refused(people: dict, parts: list[str]) -> None:
    with pytest.raises(InputError) as refused:
        weigh(people, FRAME)
    assert [part for part in parts if part not in str(refused.value)] == [], str(refused.value)


@pytest.mark.parametrize("men_of_the_north", [{("north", "male"): 0}, {}])
def test_people_where_the_population_has_none_are_named(
    men_of_the_north: dict[tuple[str, ...], float],
) -> None:
    cells = {("north", "female"): 1, ("south", "male"): 1, **men_of_the_north}
    frame = Frame((Margin(("region", "sex"), cells),))
    with pytest.raises(InputError, match=r"line 2, column region x sex.*'north x male'"):
        weigh({"region": ["south", "north"], "sex": ["male", "male"]}, frame)


@given(st.data())
def test_every_joint_frame_finds_the_cell_of_each_person(data: st.DataObject) -> None:
    widths = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    names = tuple(f"v{at}" for at in range(len(widths)))
    cells = list(np.ndindex(*widths))
    order = data.draw(st.permutations(cells))
    people = {tuple(f"c{c}" for c in cell): 1 + at for at, cell in enumerate(order)}
    frame = Frame((Margin(names, people),))
    sample = data.draw(st.lists(st.sampled_from(cells), min_size=1, max_size=30))
    answers = {n: [f"c{cell[at]}" for cell in sample] for at, n in enumerate(names)}
    weighting = weigh(answers, frame)
    for side in weighting.sides:
        there = [tuple(f"c{c}" for c in cell) == side.cell for cell in sample]
        assert side.people == sum(there)
        shares = weighting.weight[there].sum() / weighting.weight.sum()
        assert shares == pytest.approx(side.weighted)
    inside = sum(people[tuple(f"c{c}" for c in cell)] for cell in set(sample))
    for person, cell in enumerate(sample):
        target = people[tuple(f"c{c}" for c in cell)] / inside * len(sample) / sample.count(cell)
        assert weighting.weight[person] == pytest.approx(target)

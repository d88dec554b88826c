from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from assises.look import charts

points = st.lists(
    st.tuples(st.floats(-9, 9, allow_nan=False), st.floats(-9, 9, allow_nan=False)),
    min_size=1,
    max_size=40,
)


@given(st.lists(points, min_size=1, max_size=7))
@example([[(0.0, 0.0), (5e-324, 0.0)]])
@example([[(0.0, 9.0), (9.0, 9.0), (9.0, -5e-324)], [(1e-309, 0.0)]])
@example([[(0.0, 1e-309), (0.0, 0.0), (0.0, 9.0)]])
def test_everyone_is_drawn_once_and_within_the_picture(
    groups: list[list[tuple[float, float]]],
) -> None:
    drawing = {"kind": "points", "points": [[list(p) for p in group] for group in groups]}
    svg = str(charts.opinion_map(drawing, [chr(65 + g) for g in range(len(groups))], "map"))
    (height,) = map(int, re.findall(r'viewBox="0 0 640 (\d+)"', svg))
    paths = re.findall(r'<path class="p\d" d="([^"]*)"', svg)
    assert len(paths) == len(groups)
    marks = ("h0", "h6v6h-6z", "l4 7h-8z", "l4 4-4 4-4-4z", "v6m-3-3h6m-3-3")
    for at, (path, group) in enumerate(zip(paths, groups, strict=True)):
        assert path.count(marks[at % 5]) == len(group)
        x = y = 0
        # Only the steps between people, not those inside a mark.
        for dx, dy in re.findall(r"m(-?\d+)[ ]?(-?\d+)", path.replace(marks[at % 5], "")):
            x, y = x + int(dx), y + int(dy)
            assert 0 <= x <= 640
            assert 0 <= y <= height


def test_no_mark_is_without_length_but_the_round_one() -> None:
    # PDF draws no square end on a line of no length.
    drawing = {"kind": "points", "points": [[[0.0, 0.0]]] * 5}
    svg = str(charts.opinion_map(drawing, list("ABCDE"), "map"))
    assert svg.count("h0") == 1


@given(st.integers(0, 999), st.integers(0, 999), st.integers(0, 999))
def test_a_bar_is_as_wide_as_its_people(agrees: int, disagrees: int, passes: int) -> None:
    svg = str(charts.shares(agrees, disagrees, passes, "label"))
    widths = [float(w) for w in re.findall(r"h-?([\d.]+)v", svg)]
    total = agrees + disagrees + passes
    if total == 0:
        assert widths == []
        return
    assert abs(widths[0] - 200 * agrees / total) <= 0.05
    assert abs(widths[1] - 200 * disagrees / total) <= 0.05


@given(st.lists(st.integers(0, 500), min_size=1, max_size=130))
def test_a_mirrored_histogram_is_the_other_one_from_the_right(heights: list[int]) -> None:
    def columns(mirrored: bool) -> list[tuple[float, float]]:
        svg = str(charts.histogram(heights, "label", mirrored=mirrored))
        found = re.findall(r"M([\d.]+) [\d.]+v-([\d.]+)", svg)
        return [(float(x), float(tall)) for x, tall in found]

    plain, mirrored = columns(False), columns(True)
    assert [tall for _, tall in plain] == [tall for _, tall in mirrored]
    assert all(a[0] < b[0] for a, b in pairwise(plain))
    assert all(a[0] > b[0] for a, b in pairwise(mirrored))
    assert len(plain) == sum(1 for height in heights if height)


def drawn(svg: str) -> list[tuple[int, int]]:
    """Where the round marks of the first group stand."""
    (path,) = re.findall(r'<path class="p0" d="([^"]*)"', svg)
    places, x, y = [], 0, 0
    for dx, dy in re.findall(r"m(-?\d+)[ ]?(-?\d+)", path):
        x, y = x + int(dx), y + int(dy)
        places.append((x, y))
    return places


def test_a_few_far_from_all_others_do_not_make_everyone_small() -> None:
    crowd = [[x / 20, y / 20] for x in range(20) for y in range(20)]
    drawing = {"kind": "points", "points": [[*crowd, [40.0, 0.0]]]}
    places = drawn(str(charts.opinion_map(drawing, ["A"], "map")))
    inside = sorted(places)[:-1]
    assert max(x for x, _ in inside) - min(x for x, _ in inside) > 400
    assert max(places)[0] > max(x for x, _ in inside)


def test_a_picture_is_as_high_as_its_people_stand() -> None:
    def height(points: list[list[float]]) -> int:
        svg = str(charts.opinion_map({"kind": "points", "points": [points]}, ["A"], "map"))
        (found,) = re.findall(r'viewBox="0 0 640 (\d+)"', svg)
        return int(found)

    assert height([[0.0, 0.0], [10.0, 1.0]]) < height([[0.0, 0.0], [10.0, 9.0]])


def test_groups_wear_the_colours_they_are_given() -> None:
    drawing = {"kind": "points", "points": [[[0.0, 0.0]], [[1.0, 1.0]]]}
    svg = str(charts.opinion_map(drawing, ["C", "F"], "map", hues=[2, 0]))
    assert re.findall(r'<path class="(p\d)"', svg) == ["p2", "p0"]
    assert re.findall(r'<g class="(l\d)">.*?<text[^>]*>(\w)<', svg) == [("l2", "C"), ("l0", "F")]


def test_every_picture_of_a_simulation_says_so_to_eyes_and_to_screen_readers() -> None:
    drawing = {"kind": "points", "points": [[[0.0, 0.0]]]}
    word = "Simulation"
    pictures = (
        str(charts.opinion_map(drawing, ["A"], "map", simulation=word)),
        str(charts.histogram([1, 2], "map", mirrored=False, simulation=word)),
        str(charts.shares(1, 2, 3, "map", simulation=word)),
    )
    for svg in pictures:
        assert 'aria-label="Simulation. map"' in svg
        assert "<title>Simulation</title>" in svg
    assert all(">Simulation</text>" in svg for svg in pictures[:2])
    plain = (
        charts.opinion_map(drawing, ["A"], "map"),
        charts.histogram([1, 2], "map", mirrored=False),
        charts.shares(1, 2, 3, "map"),
    )
    assert not any("imulation" in str(svg) for svg in plain)

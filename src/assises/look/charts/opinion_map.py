"""The opinion map: everyone as a point, or how many people stand where."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from assises.look.charts.labels import marked, said, titled

Point = tuple[float, float]

_WIDTH: Final = 640
_LOWEST: Final = 360
_HIGHEST: Final = 560
_EDGE: Final = 26
_STRIP: Final = 26
"""Below the picture, for the word that it is a simulation."""
_OUTSIDE: Final = 0.005
"""Of the people, how many on each side may stand at the edge of the picture."""
_LETTER: Final = 12
# Around a point: group A is round, B square, C a triangle, D a diamond, E a cross; then again.
# Where it begins from the person's place, and a path that comes back to where it began. A square
# of zero length with square ends would be shorter, and vanishes in PDF.
_SHAPES: Final = (
    (0, 0, "h0"),
    (-3, -3, "h6v6h-6z"),
    (0, -4, "l4 7h-8z"),
    (0, -4, "l4 4-4 4-4-4z"),
    (0, -3, "v6m-3-3h6m-3-3"),
)
HUES: Final = len(_SHAPES)
"""Shapes, each with its colour, that tell groups apart."""
_LEVELS: Final = 4
_CLOSEST: Final = 1e12
"""Dots a unit at most: people who stand nearer than that stand at one place, and no product of a
place and the scale leaves the numbers."""


def opinion_map(
    drawing: Mapping[str, Any],
    letters: Sequence[str],
    label: str,
    *,
    hues: Sequence[int] | None = None,
    oneself: Point | None = None,
    simulation: str = "",
) -> Markup:
    """The map of ``results.json``.

    The axes have no name and no scale: the machine does not say what left and right mean.

    Args:
        drawing: ``results["map"]``.
        letters: of the groups, in the order of the drawing.
        label: what a screen reader says instead.
        hues: which of the shapes and colours each group wears; by default one after the other.
        oneself: where the reader stands, drawn as the star.
        simulation: the word for it, where nobody ever said this; it goes wherever the picture goes.
    """
    groups = _groups(drawing)
    worn = [shape_of(g) for g in (range(len(groups)) if hues is None else hues)]
    place = _frame([person for group in groups for person in group])
    placed = [[(place(point), weight) for point, weight in group] for group in groups]
    parts = [
        _region(points, hue)
        for hue, points in zip(worn, placed, strict=False)
        if len({p for p, _ in points}) > 2
    ]
    if drawing["kind"] == "points":
        parts += [
            _points([p for p, _ in points], hue) for hue, points in zip(worn, placed, strict=False)
        ]
    else:
        parts += _density(drawing, place, worn)
    parts += [
        _letter(points, name, hue)
        for name, hue, points in zip(letters, worn, placed, strict=False)
        if points
    ]
    if oneself is not None:
        parts.append(_oneself(place(oneself)))
    height = place.height + (_STRIP if simulation else 0)
    parts.append(marked(simulation, _WIDTH // 2, height - 9))
    return Markup(
        '<svg class="map" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>'
    ).format(_WIDTH, height, said(label, simulation), titled(simulation), Markup("").join(parts))


def _oneself(at: Point) -> Markup:
    x, y = at
    # The mark of the house: two squares, on a disc of paper so that it is seen over any group.
    return Markup(
        '<g class="self" transform="translate({:.0f} {:.0f})"><circle r="15"/>'
        '<path d="M-7-7h14v14h-14z"/><path d="M0-10 10 0 0 10-10 0z"/></g>'
    ).format(x, y)


def shape_of(group: int) -> int:
    """Which of the five shapes and hues a group wears."""
    return group % HUES


def shape_of_letter(letter: str) -> int:
    """The same for a name: A is group 0, Z group 25, AA group 26."""
    group = 0
    for character in letter:
        group = 26 * group + ord(character) - ord("A") + 1
    return shape_of(group - 1)


def _groups(drawing: Mapping[str, Any]) -> list[list[tuple[Point, int]]]:
    if drawing["kind"] == "points":
        return [[((x, y), 1) for x, y in group] for group in drawing["points"]]
    size = max((len(cell["people"]) for cell in drawing["cells"]), default=0)
    groups: list[list[tuple[Point, int]]] = [[] for _ in range(size)]
    for cell in drawing["cells"]:
        leading = max(range(size), key=lambda g: cell["people"][g])
        groups[leading].append(((cell["x"], cell["y"]), sum(cell["people"])))
    return groups


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the picture shows of the plane: its middle, how large a unit is, how high it is."""

    middle: Point
    scale: float
    height: int

    def __call__(self, point: Point) -> Point:
        """Where a point is drawn; whoever stands outside stands at the edge."""
        x = _WIDTH / 2 + (point[0] - self.middle[0]) * self.scale
        # The second axis points up, as on paper.
        y = self.height / 2 - (point[1] - self.middle[1]) * self.scale
        return (
            float(round(min(max(x, _EDGE / 2), _WIDTH - _EDGE / 2))),
            float(round(min(max(y, _EDGE / 2), self.height - _EDGE / 2))),
        )


def _frame(people: Sequence[tuple[Point, int]]) -> _Frame:
    """The frame that the people fill: a few far from all others would make everyone small."""
    (left, right), (low, high) = (
        _span([(point[axis], weight) for point, weight in people]) for axis in (0, 1)
    )
    wide, tall = right - left, high - low
    if wide > 0 and tall > 0:
        height = min(max((_WIDTH - 2 * _EDGE) * tall / wide + 2 * _EDGE, _LOWEST), _HIGHEST)
    else:
        height = _LOWEST
    rooms = [
        room / size
        for room, size in ((_WIDTH - 2 * _EDGE, wide), (height - 2 * _EDGE, tall))
        if size > 0
    ]
    scale = min([*rooms, _CLOSEST]) if rooms else 1.0
    return _Frame(((left + right) / 2, (low + high) / 2), scale, round(height))


def _span(along: Sequence[tuple[float, int]]) -> Point:
    """From where to where along one axis 99 in 100 stand."""
    if not along:
        return 0.0, 0.0
    ordered = sorted(along)
    spare = int(_OUTSIDE * sum(weight for _, weight in ordered))
    return _beyond(ordered, spare), _beyond(ordered[::-1], spare)


def _beyond(ordered: Sequence[tuple[float, int]], spare: int) -> float:
    passed = 0
    for value, weight in ordered:
        passed += weight
        if passed > spare:
            return value
    return ordered[-1][0]


def _points(points: Sequence[Point], hue: int) -> Markup:
    right, down, shape = _SHAPES[hue]
    path, at = [], (0.0, 0.0)
    for x, y in sorted((x + right, y + down) for x, y in points):
        # Steps from one to the next are shorter to write than places.
        step = f"m{x - at[0]:.0f} {y - at[1]:.0f}".replace(" -", "-")
        path.append(step + shape)
        at = (x, y)
    return Markup('<path class="p{}" d="{}"/>').format(hue, "".join(path))


def _region(points: Sequence[tuple[Point, int]], hue: int) -> Markup:
    outline = _hull(_heart(points))
    path = "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in outline) + "z"
    return Markup('<path class="r{}" d="{}"/>').format(hue, path)


def _heart(points: Sequence[tuple[Point, int]]) -> list[Point]:
    """The places nearest the middle that hold nine people in ten: outliers draw no borders."""
    middle = _middle(points)
    ordered = sorted(points, key=lambda item: math.dist(item[0], middle))
    wanted, held = 0.9 * sum(weight for _, weight in points), 0
    kept: list[Point] = []
    for place, weight in ordered:
        if held >= wanted and len(set(kept)) > 2:
            break
        kept.append(place)
        held += weight
    return kept


def _middle(points: Sequence[tuple[Point, int]]) -> Point:
    mass = sum(weight for _, weight in points)
    return (
        sum(p[0] * weight for p, weight in points) / mass,
        sum(p[1] * weight for p, weight in points) / mass,
    )


def _letter(points: Sequence[tuple[Point, int]], letter: str, hue: int) -> Markup:
    x, y = _middle(points)
    return Markup(
        '<g class="l{}"><circle cx="{:.0f}" cy="{:.0f}" r="{}"/>'
        '<text x="{:.0f}" y="{:.0f}">{}</text></g>'
    ).format(hue, x, y, _LETTER, x, y + 5, letter)


def _density(drawing: Mapping[str, Any], place: _Frame, worn: Sequence[int]) -> list[Markup]:
    radius = drawing["radius"] * place.scale
    half, quarter = round(radius * 3**0.5 / 2), round(radius / 2)
    side = round(radius)
    hexagon = f"l{half} {quarter}v{side}l-{half} {quarter}-{half}-{quarter}v-{side}z"
    most = max((sum(cell["people"]) for cell in drawing["cells"]), default=1)
    layers: dict[tuple[int, int], list[str]] = {}
    for cell in drawing["cells"]:
        leading = max(range(len(cell["people"])), key=lambda g: cell["people"][g])
        share = (sum(cell["people"]) / most) ** 0.5
        level = min(_LEVELS, 1 + int(share * _LEVELS))
        x, y = place((cell["x"], cell["y"]))
        layers.setdefault((leading, level), []).append(f"M{x:.0f} {y - side:.0f}{hexagon}")
    return [
        Markup('<path class="h{} d{}" d="{}"/>').format(worn[group], level, "".join(path))
        for (group, level), path in sorted(layers.items())
    ]


def _hull(points: Sequence[Point]) -> list[Point]:
    """Convex hull, counter-clockwise (Andrew 1979)."""
    ordered = sorted(set(points))
    lower, upper = _chain(ordered), _chain(ordered[::-1])
    return lower[:-1] + upper[:-1]


def _chain(points: Sequence[Point]) -> list[Point]:
    chain: list[Point] = []
    for point in points:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

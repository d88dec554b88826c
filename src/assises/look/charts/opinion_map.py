"""The opinion map: everyone as a point, or how many people stand where."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

Point = tuple[float, float]

_WIDTH: Final = 640
_HEIGHT: Final = 440
_EDGE: Final = 26
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
_LEVELS: Final = 4


def opinion_map(
    drawing: Mapping[str, Any],
    letters: Sequence[str],
    label: str,
    *,
    oneself: Point | None = None,
) -> Markup:
    """The map of ``results.json``.

    The axes have no name and no scale: the machine does not say what left and right mean.

    Args:
        drawing: ``results["map"]``.
        letters: of the groups, largest first.
        label: what a screen reader says instead.
        oneself: where the reader stands, drawn as the star.
    """
    groups = _groups(drawing)
    everyone = [point for group in groups for point, _ in group]
    place = _placement(everyone if oneself is None else [*everyone, oneself])
    placed = [[(place(point), weight) for point, weight in group] for group in groups]
    parts = [
        _region(points, g) for g, points in enumerate(placed) if len({p for p, _ in points}) > 2
    ]
    if drawing["kind"] == "points":
        parts += [_points([p for p, _ in points], g) for g, points in enumerate(placed)]
    else:
        parts += _density(drawing, place)
    parts += [_letter(points, letters[g], g) for g, points in enumerate(placed) if points]
    if oneself is not None:
        parts.append(_oneself(place(oneself)))
    return Markup(
        '<svg class="map" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(_WIDTH, _HEIGHT, label, Markup("").join(parts))


def _oneself(at: Point) -> Markup:
    x, y = at
    # The mark of the house: two squares, on a disc of paper so that it is seen over any group.
    return Markup(
        '<g class="self" transform="translate({:.0f} {:.0f})"><circle r="15"/>'
        '<path d="M-7-7h14v14h-14z"/><path d="M0-10 10 0 0 10-10 0z"/></g>'
    ).format(x, y)


def shape_of(group: int) -> int:
    """Which of the five shapes and hues a group wears."""
    return group % len(_SHAPES)


def _groups(drawing: Mapping[str, Any]) -> list[list[tuple[Point, int]]]:
    if drawing["kind"] == "points":
        return [[((x, y), 1) for x, y in group] for group in drawing["points"]]
    size = max((len(cell["people"]) for cell in drawing["cells"]), default=0)
    groups: list[list[tuple[Point, int]]] = [[] for _ in range(size)]
    for cell in drawing["cells"]:
        leading = max(range(size), key=lambda g: cell["people"][g])
        groups[leading].append(((cell["x"], cell["y"]), sum(cell["people"])))
    return groups


def _placement(points: Sequence[Point]) -> Any:
    xs, ys = [x for x, _ in points] or [0.0], [y for _, y in points] or [0.0]
    width, height = max(xs) - min(xs), max(ys) - min(ys)
    room_x, room_y = _WIDTH - 2 * _EDGE, _HEIGHT - 2 * _EDGE
    scale = min(
        room_x / width if width > 0 else float("inf"),
        room_y / height if height > 0 else float("inf"),
    )
    scale = scale if scale != float("inf") else 1.0
    middle_x, middle_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2

    def place(point: Point) -> Point:
        # The second axis points up, as on paper.
        return (
            round(_WIDTH / 2 + (point[0] - middle_x) * scale, 0),
            round(_HEIGHT / 2 - (point[1] - middle_y) * scale, 0),
        )

    place.scale = scale  # type: ignore[attr-defined]
    return place


def _points(points: Sequence[Point], group: int) -> Markup:
    right, down, shape = _SHAPES[shape_of(group)]
    path, at = [], (0.0, 0.0)
    for x, y in sorted((x + right, y + down) for x, y in points):
        # Steps from one to the next are shorter to write than places.
        step = f"m{x - at[0]:.0f} {y - at[1]:.0f}".replace(" -", "-")
        path.append(step + shape)
        at = (x, y)
    return Markup('<path class="p{}" d="{}"/>').format(shape_of(group), "".join(path))


def _region(points: Sequence[tuple[Point, int]], group: int) -> Markup:
    outline = _hull(_heart(points))
    path = "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in outline) + "z"
    return Markup('<path class="r{}" d="{}"/>').format(shape_of(group), path)


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


def _letter(points: Sequence[tuple[Point, int]], letter: str, group: int) -> Markup:
    x, y = _middle(points)
    return Markup(
        '<g class="l{}"><circle cx="{:.0f}" cy="{:.0f}" r="{}"/>'
        '<text x="{:.0f}" y="{:.0f}">{}</text></g>'
    ).format(shape_of(group), x, y, _LETTER, x, y + 5, letter)


def _density(drawing: Mapping[str, Any], place: Any) -> list[Markup]:
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
        Markup('<path class="h{} d{}" d="{}"/>').format(shape_of(group), level, "".join(path))
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

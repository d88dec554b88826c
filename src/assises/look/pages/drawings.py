"""Small drawings of pages: knots of the thread, shapes of answers, motifs of doors, tile grids.

Colours are classes of ``site.css``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from assises.look.pages.shapes import Tile

_STAR: Final = "M-7.5-7.5h15v15h-15z", "M0-10.6 10.6 0 0 10.6-10.6 0z"
_TILE, _GAP = 100, 6

# An answer is told by its outline too: round with a check, flat with a dash, pointed with a cross.
_SHAPES: Final = {
    "agree": ("M16 2a14 14 0 1 1-.01 0z", "M9.5 16.5l4.5 4.5 8.5-9.5"),
    "pass": (
        "M6 8h20a4 4 0 0 1 4 4v8a4 4 0 0 1-4 4H6a4 4 0 0 1-4-4v-8a4 4 0 0 1 4-4z",
        "M10 16h12",
    ),
    "disagree": ("M16 1l15 15-15 15L1 16z", "M11.5 11.5l9 9m0-9l-9 9"),
}
# A door is an arch, thin; what stands in it says where it leads.
_ARCH: Final = ("M10 62V36C6 31 5 27 5 23a19 19 0 0 1 38 0c0 4-1 8-5 13v26", "M2 62h44")
_MOTIFS: Final = {
    "say": ("M14 17h20v15h-11l-5 5v-5h-4z", "M18.5 22h11M18.5 27h7"),
    "follow": ("M24 14v40", "M24 14m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0",
               "M19.5 29.5h9v9h-9zM24 27.600l6.400 6.400-6.400 6.400-6.400-6.400z",
               "M24 54m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0"),
    "check": ("M15 25l6.5 6.5L33 18", "M16 42h16M16 48h16M16 54h10"),
}  # fmt: skip


def _svg(name: str, box: str, paths: Sequence[str]) -> Markup:
    inner = Markup("").join(Markup('<path d="{}"/>').format(path) for path in paths)
    return Markup(
        '<svg class="{}" viewBox="{}" aria-hidden="true" focusable="false">{}</svg>'
    ).format(name, box, inner)


def knot(state: str) -> Markup:
    """A place on the thread: a star where one stands, a ring elsewhere. Decorative."""
    ring = ("M0-6a6 6 0 1 1-.01 0z",)
    return _svg("knot", "-12 -12 24 24", _STAR if state == "here" else ring)


def shape(answer: str) -> Markup:
    """The sign of an answer: a disc with a check, a bar with a dash, a diamond with a cross."""
    return _svg(f"shape {answer}", "0 0 32 32", _SHAPES[answer])


def motif(name: str) -> Markup:
    """The drawing above a door: ``say``, ``follow`` or ``check``."""
    return _svg("motif", "0 0 48 64", (*_ARCH, *_MOTIFS[name]))


def rosette() -> Markup:
    """The mark, large: in the heart of the star of two squares stands another, and another."""
    squares: list[str] = []
    size, turn = 100.0, 0.0
    for _ in range(3):
        squares += (_square(size, turn), _square(size, turn + math.pi / 4))
        # The next star's points are the corners where these two squares cross.
        size, turn = size * math.cos(math.pi / 4) / math.cos(math.pi / 8), turn + math.pi / 8
    return _svg("rosette", "-102 -102 204 204", squares)


def _square(size: float, turn: float) -> str:
    angles = (turn + math.pi / 2 * k for k in range(4))
    return (
        "M" + "L".join(f"{size * math.cos(a):.1f} {size * math.sin(a):.1f}" for a in angles) + "z"
    )


def tiles(regions: Sequence[Tile], label: str) -> Markup:
    """Regions as equal squares near where they are; no borders are drawn.

    Never mirrored: west stays west in every language.

    Args:
        regions: their places need not touch.
        label: what a screen reader says instead.
    """
    step = _TILE + _GAP
    width = (max(t.column for t in regions) + 1) * step - _GAP
    height = (max(t.row for t in regions) + 1) * step - _GAP
    return Markup(
        '<svg class="tiles" viewBox="-2 -2 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(width + 4, height + 4, label, Markup("").join(_tile(t) for t in regions))


def _tile(t: Tile) -> Markup:
    x, y = t.column * (_TILE + _GAP), t.row * (_TILE + _GAP)
    level = "x" if t.level is None else str(t.level)
    middle = x + _TILE // 2
    return Markup(
        '<g class="tile t{}"><title>{}: {}</title><rect x="{}" y="{}" width="{}" height="{}"/>'
        '<text x="{}" y="{}">{}</text><text class="v" x="{}" y="{}">{}</text></g>'
    ).format(
        *(level, t.name, t.value, x, y, _TILE, _TILE),
        *(middle, y + 46, t.short, middle, y + 76, t.value),
    )

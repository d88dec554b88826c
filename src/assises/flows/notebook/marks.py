"""What charts are made of: axes, marks, what is told on hover, and the colours of the house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt

from assises.engines.opinion import OpinionMap
from assises.flows.notebook.rows import Rows, Texts, label_of

# Tokens of look/pages/site.css by day; tests/flows/test_notebook.py holds these to them.
HUES: Final = ("#0a5c68", "#a34700", "#6d3a86", "#566100", "#8a1c43")
INK: Final = "#1e1b16"
SOFT: Final = "#544e44"
CARD: Final = "#fffdf8"
LINE: Final = "#d9cfbd"
TINT: Final = "#93b4d0"
SHAPES: Final = ("circle", "square", "triangle-up", "diamond", "cross")
"""As on the map of the report: a group is told by colour, shape and name."""

_FONT: Final = "system-ui, 'Noto Sans', 'Noto Sans Arabic', sans-serif"
_WIDTH: Final = 560
_LOWEST: Final = 240
_HIGHEST: Final = 560
_ROOM: Final = 0.06
"""Of the longer side, left free around the people."""
_LINE_HEIGHT: Final = 22
_GROUP_HEIGHT: Final = 11


@dataclass(frozen=True, slots=True)
class Frame:
    """What the picture shows of the plane, one unit as long in both directions."""

    x: tuple[float, float]
    y: tuple[float, float]
    height: int


def frame(rows: Rows) -> Frame:
    """What to show so that everyone is seen."""
    (left, right), (low, high) = (
        (min(row[axis] for row in rows), max(row[axis] for row in rows)) for axis in ("x", "y")
    )
    free = _ROOM * max(right - left, high - low) or 1.0
    wide, tall = right - left + 2 * free, high - low + 2 * free
    height = round(min(max(_WIDTH * tall / wide, _LOWEST), _HIGHEST))
    # Whichever direction has room to spare shows more of the plane.
    unit = max(wide / _WIDTH, tall / height)
    return Frame(
        _around((left + right) / 2, unit * _WIDTH), _around((low + high) / 2, unit * height), height
    )


def _around(middle: float, length: float) -> tuple[float, float]:
    return middle - length / 2, middle + length / 2


def over(rows: Rows, frame: Frame, x: str = "x", y: str = "y") -> alt.Chart:
    """Marks on the plane."""
    across, up = (alt.Scale(domain=list(d), nice=False, zero=False) for d in (frame.x, frame.y))
    return alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(f"{x}:Q", scale=across, axis=None), y=alt.Y(f"{y}:Q", scale=up, axis=None)
    )


def individuals(rows: Rows, called: Sequence[str], frame: Frame) -> list[alt.Chart]:
    """Everyone as a mark; while one is pointed at, how far to either side they may stand."""
    pointed = alt.selection_point(
        name="pointed", on="pointerover", clear="pointerout", fields=["person"], empty=False
    )
    points = (
        over(rows, frame)
        .mark_point(filled=True, size=38, opacity=0.7)
        .encode(
            color=hue(called),
            shape=shape(called),
            tooltip=[
                tip("person:Q", "Person"),
                tip("group", "Likeliest group"),
                tip("probability:Q", "How likely", ".0%"),
                tip("again:Q", "Again in it, of the halves of people", ".0%"),
                tip("x_low:Q", "Across, 95 % from", ".2f"),
                tip("x_high:Q", "to", ".2f"),
                tip("y_low:Q", "Up, 95 % from", ".2f"),
                tip("y_high:Q", "to ", ".2f"),
            ],
        )
        .add_params(pointed)
    )
    # Seen only while someone is pointed at: how far to either side they may stand.
    across, up = (
        over(rows, frame, *low)
        .transform_filter(pointed)
        .mark_rule(strokeWidth=2, clip=True, color=INK)
        .encode(**far)
        for low, far in ((("x_low", "y"), {"x2": "x_high:Q"}), (("x", "y_low"), {"y2": "y_high:Q"}))
    )
    return [points, across, up]


def crowd(rows: Rows, called: Sequence[str], frame: Frame) -> list[alt.Chart]:
    """How many stand where."""
    marks = over(rows, frame).mark_point(filled=True, opacity=0.8)
    return [
        marks.encode(
            color=hue(called),
            shape=shape(called),
            size=alt.Size("people:Q", scale=alt.Scale(range=[6, 160], zero=True), title="people"),
            tooltip=[
                tip("people:Q", "People here", ","),
                tip("group", "Most are of"),
                tip("of", "By group"),
            ],
        )
    ]


def hue(called: Sequence[str]) -> alt.Color:
    """The colour of each group."""
    return alt.Color("group:N", scale=_worn(called, HUES), title="group")


def shape(called: Sequence[str]) -> alt.Shape:
    """The shape of each group: the first 25 differ from each other in colour or in shape."""
    # One step further on in each round, so that the first 25 groups each have a look of their own.
    turned = [SHAPES[(g + g // len(HUES)) % len(SHAPES)] for g in range(len(called))]
    return alt.Shape("group:N", scale=_worn(called, turned), title="group")


def _worn(called: Sequence[str], looks: Sequence[str]) -> alt.Scale:
    return alt.Scale(domain=list(called), range=[looks[g % len(looks)] for g in range(len(called))])


def apart(called: Sequence[str]) -> alt.YOffset:
    """Groups one below the other within the line of a statement."""
    return alt.YOffset("group:N", scale=alt.Scale(domain=list(called)))


def labels(opinion: OpinionMap, texts: Texts | None, shown: Sequence[int]) -> alt.Y:
    """One line for each statement, in the order to be shown."""
    order = [label_of(int(opinion.statements[s]), texts) for s in shown]
    return alt.Y(
        "label:N",
        scale=alt.Scale(domain=order),
        title=None if texts else "statement",
        axis=alt.Axis(labelLimit=0, domain=False, ticks=False, grid=True, gridColor=LINE),
    )


def share(field: str, title: str, format_: str = ".0%") -> alt.X:
    """An axis from 0 to 1."""
    return alt.X(
        f"{field}:Q",
        scale=alt.Scale(domain=[0, 1]),
        title=title,
        axis=alt.Axis(format=format_, grid=False),
    )


def lines(at: Sequence[float]) -> alt.Chart:
    """Dashed lines across, at values that mean something."""
    base = alt.Chart(alt.InlineData(values=[{"at": value} for value in at]))
    drawn: alt.Chart = base.mark_rule(strokeDash=[3, 3], color=SOFT).encode(
        x=alt.X("at:Q", scale=alt.Scale(domain=[0, 1]))
    )
    return drawn


def half() -> alt.Chart:
    """A dashed line at one half."""
    return lines([0.5])


def tip(field: str, title: str, format_: str | None = None) -> alt.Tooltip:
    """One line of what is told on hover; numbers end in ``:Q``."""
    named = field if ":" in field else f"{field}:N"
    if format_ is None:
        return alt.Tooltip(named, title=title)
    return alt.Tooltip(named, title=title, format=format_)


def of_statement() -> list[alt.Tooltip]:
    """Which statement it is."""
    return [tip("statement:Q", "Statement"), tip("text", "Text")]


def tall(shown: Sequence[int], groups: int) -> int:
    """Height of a chart of statements."""
    each = _LINE_HEIGHT if groups == 1 else 8 + _GROUP_HEIGHT * groups
    return max(60, each * len(shown))


def how_many(opinion: OpinionMap, shown: Sequence[int], only: Sequence[int] | None) -> str:
    """How many of the statements are shown, and which."""
    which = "chosen" if only is not None else "the highest first"
    return f"{len(shown)} of {len(opinion.listed)} statements, {which}."


def under_weights(weighted: bool) -> list[str]:
    """That a chart is weighted."""
    return ["Weighted: it speaks of the population of the weights."] if weighted else []


def finished(
    layers: Sequence[alt.Chart], title: str, lines: Sequence[str], simulation: str, height: int
) -> alt.LayerChart:
    """Named, described for who cannot see it, and in the colours of the house."""
    heading = f"{simulation} · {title}" if simulation else title
    settings: dict[str, Any] = {
        # The menu may keep the picture; it may not hand the data to an editor on the web.
        "embedOptions": {
            "actions": {"export": True, "source": False, "compiled": False, "editor": False}
        }
    }
    done: alt.LayerChart = (
        alt.LayerChart(layer=list(layers))
        .properties(
            width=_WIDTH,
            height=height,
            title=alt.TitleParams(heading, subtitle=list(lines)),
            description=f"{heading}. {' '.join(lines)}",
            usermeta=settings,
        )
        .configure(background=CARD, font=_FONT, padding=14)
        .configure_view(stroke=LINE)
        .configure_title(
            anchor="start", frame="bounds", color=INK, subtitleColor=SOFT, fontSize=16, offset=12
        )
        .configure_axis(labelColor=INK, titleColor=SOFT, titleFontWeight="normal", labelFontSize=12)
        .configure_legend(labelColor=INK, titleColor=SOFT, titleFontWeight="normal")
    )
    return done

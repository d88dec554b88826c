"""Draw the Tifinagh font that self-contained reports carry.

Many phones have no Tifinagh font, so a report written in Tamazight must bring its
own. The wheels that ship one weigh some 40 MB or ask for an AGPL package, and the
letters are lines, circles and dots: we draw them here instead. Every contour is
computed from the strokes below; no outline comes from another font.

How a letter is written: `LETTERS` maps its code point to a name, the space it wants
on each side, and its strokes. Coordinates are centre lines on a grid of 1000 units
to the em: the baseline is 0, letters are `HIGH` tall, y grows upwards. Only the
relative x matters, because each letter is slid so that its ink starts at its left
bearing. `line` runs a pen of even width through points (sharp corners are clipped;
an end at y = 0 or y = `HIGH` is cut flat, along the line it stands on), `arc` and
`ring` bend it, `dot` puts it down.

    python tools/tifinagh.py [output.woff]

The same script, fontTools and zlib always give the same bytes. The font is WOFF 1,
which needs zlib only; an output path that ends in .ttf is written uncompressed.
"""

import math
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPointPen
from fontTools.ttLib.tables._g_l_y_f import flagOverlapSimple

OUTPUT = Path(__file__).parents[1] / "src/assises/look/fonts/tifinagh.woff"
FAMILY = "Assises Tifinagh"
VERSION = "1.000"
# 2026-01-01 00:00 UTC in seconds since 1904, the epoch of the head table: a fixed
# date, so that the bytes depend on nothing but this script.
BORN = 3_850_070_400

EM = 1000
ASCENT, DESCENT = 950, -300
HIGH = 720  # height of a letter
PEN = 84  # width of a stroke
FINE = 74  # width inside small shapes, which the full pen would clog
MITRE = 1.5  # corners reach this many half-pens; 1.42 keeps right angles sharp

LOW, MID, TOP = PEN / 2, HIGH / 2, HIGH - PEN / 2  # centre lines of horizontal bars
ROUND_X, ROUND_Y = 300, 328  # radii of the great round letters, which overshoot by 10
DOT = 66  # radius of a dot

# Bearings: how much room a side wants. Straight stems want the most, because two of
# them side by side look closest; points and tips want the least.
STEM, BOW, TIP = 90, 58, 36

Point = tuple[float, float]


class Node(NamedTuple):
    """A point of a contour: on the curve, or a quadratic control point beside it."""

    x: float
    y: float
    on: bool = True


Contour = list[Node]
Stroke = list[Contour]


class Letter(NamedTuple):
    """A letter: its name, its left and right bearings, its strokes."""

    name: str
    left: int
    right: int
    strokes: Sequence[Stroke]


def unit(start: Point, end: Point) -> Point:
    """Return the direction from one point to another."""
    x, y = end[0] - start[0], end[1] - start[1]
    size = math.hypot(x, y)
    return x / size, y / size


def cap(at: Point, way: Point, half: float) -> Node:
    """Return the left corner of a stroke's end at `at`, the stroke heading `way`."""
    x, y = at[0] - way[1] * half, at[1] + way[0] * half
    if at[1] in (0, HIGH) and way[1]:
        slide = (at[1] - y) / way[1]
        return Node(x + way[0] * slide, at[1])
    return Node(x, y)


def corner(at: Point, one: Point, two: Point, half: float) -> Contour:
    """Return the left edge of a stroke that turns at `at` from way `one` to `two`."""
    # The mitre point is where the two left edges meet.
    scale = half / (1 + one[0] * two[0] + one[1] * two[1])
    x, y = -(one[1] + two[1]) * scale, (one[0] + two[0]) * scale
    reach = math.hypot(x, y)
    turns_left = one[0] * two[1] - one[1] * two[0] > 0
    if turns_left or reach <= MITRE * half:
        return [Node(at[0] + x, at[1] + y)]
    # Cut the spike square to its own axis: both edges stop short of the mitre point
    # by as much as brings them back to the limit.
    back = (reach - MITRE * half) / ((x * one[0] + y * one[1]) / reach)
    x, y = at[0] + x, at[1] + y
    return [
        Node(x - one[0] * back, y - one[1] * back),
        Node(x + two[0] * back, y + two[1] * back),
    ]


def side(points: Sequence[Point], half: float) -> Contour:
    """Return the left edge of a stroke through `points`."""
    ways = [unit(a, b) for a, b in pairwise(points)]
    edge = [cap(points[0], ways[0], half)]
    for at, (one, two) in zip(points[1:-1], pairwise(ways), strict=True):
        edge += corner(at, one, two, half)
    return [*edge, cap(points[-1], ways[-1], half)]


def line(*points: Point, pen: float = PEN) -> Stroke:
    """Return a stroke through `points`, with straight sides."""
    # Up one side and down the other: always clockwise, so that strokes which overlap
    # add up under the nonzero rule and never cut each other out.
    return [side(points, pen / 2) + side(points[::-1], pen / 2)]


def bend(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Contour:
    """Return an arc of an ellipse as quadratic curves; angles in degrees."""
    # Control points lie where the tangents meet, and TrueType supplies the points
    # between two of them. At 45 degrees a piece the error is below 0.4 percent.
    pieces = max(1, math.ceil(abs(end - start) / 45))
    step = math.radians(end - start) / pieces
    out = 1 / math.cos(step / 2)
    first = math.radians(start)
    nodes = [Node(x + rx * math.cos(first), y + ry * math.sin(first))]
    for piece in range(pieces):
        angle = first + step * (piece + 0.5)
        nodes.append(Node(x + rx * out * math.cos(angle), y + ry * out * math.sin(angle), False))
    last = math.radians(end)
    return [*nodes, Node(x + rx * math.cos(last), y + ry * math.sin(last))]


def arc(
    x: float, y: float, rx: float, ry: float, start: float, end: float, pen: float = PEN
) -> Stroke:
    """Return a stroke along an ellipse, counterclockwise from `start` to `end`."""
    half = pen / 2
    outer = bend(x, y, rx + half, ry + half, end, start)
    return [outer + bend(x, y, rx - half, ry - half, start, end)]


def ring(x: float, y: float, rx: float, ry: float, pen: float = PEN) -> Stroke:
    """Return a stroke round a whole ellipse: its outline, and its hole reversed."""
    half = pen / 2
    # Each turn ends on the node it began with, which is left out.
    outer = bend(x, y, rx + half, ry + half, 360, 0)[:-1]
    return [outer, bend(x, y, rx - half, ry - half, 0, 360)[:-1]]


def dot(x: float, y: float, radius: float = DOT) -> Stroke:
    """Return a filled circle."""
    return [bend(x, y, radius, radius, 360, 0)[:-1]]


def across(x0: float, x1: float, y: float = MID, pen: float = PEN) -> Stroke:
    """Return a horizontal bar."""
    return line((x0, y), (x1, y), pen=pen)


def upright(x: float, y0: float = 0, y1: float = HIGH) -> Stroke:
    """Return a stem."""
    return line((x, y0), (x, y1))


def bows(depth: float) -> list[Stroke]:
    """Return a stem with two bows across it, back to back."""
    return [upright(0), arc(0, HIGH, 284, depth, 180, 360), arc(0, 0, 284, depth, 0, 180)]


# Strokes that several letters share.
GREAT_O = ring(0, MID, ROUND_X, ROUND_Y)
CURLED_C = [  # the two curls touch the bow from inside, where it ends
    arc(0, MID, ROUND_Y, ROUND_Y, 52, 308),
    ring(146, MID + 187, 93, 93, FINE),
    ring(146, MID - 187, 93, 93, FINE),
]

LETTERS: dict[int, Letter] = {
    0x2D30: Letter("ya", BOW, BOW, [ring(0, 190, 160, 160)]),
    0x2D31: Letter("yab", BOW, BOW, [GREAT_O, across(-ROUND_X, ROUND_X)]),
    0x2D32: Letter("yabh", BOW, BOW, [GREAT_O, across(-ROUND_X, ROUND_X), upright(0, LOW, TOP)]),
    0x2D33: Letter("yag", TIP, TIP, [line((50, 0), (510, TOP), (90, TOP), (550, 0))]),
    0x2D34: Letter("yaghh", TIP, TIP, [line((50, HIGH), (510, LOW), (90, LOW), (550, HIGH))]),
    0x2D35: Letter(
        "berber academy yaj",
        TIP,
        TIP,
        [line((300, MID), (510, TOP), (90, TOP), (510, LOW), (90, LOW), (300, MID))],
    ),
    0x2D36: Letter("yaj", BOW, BOW, [upright(0), dot(-190, 650), dot(190, 650)]),
    0x2D37: Letter("yad", TIP, TIP, [line((0, 0), (265, HIGH)), line((265, HIGH), (530, 0))]),
    0x2D38: Letter("yadh", TIP, TIP, [line((0, HIGH), (265, 0)), line((265, 0), (530, HIGH))]),
    0x2D39: Letter(
        "yadd", STEM, BOW, [line((440, TOP), (40, TOP), (40, LOW), (440, LOW)), across(40, 400)]
    ),
    0x2D3A: Letter(
        "yaddh", BOW, STEM, [line((0, TOP), (400, TOP), (400, LOW), (0, LOW)), across(40, 400)]
    ),
    0x2D3B: Letter(
        "yey",
        TIP,
        TIP,
        [
            ring(0, 602, 94, 94, FINE),
            across(-225, 225, pen=FINE),
            ring(0, 118, 94, 94, FINE),
        ],
    ),
    0x2D3C: Letter(
        "yaf",
        TIP,
        TIP,
        [
            line((0, TOP), (190, TOP), (190, LOW), (0, LOW)),
            line((650, TOP), (460, TOP), (460, LOW), (650, LOW)),
            across(190, 460),
        ],
    ),
    0x2D3D: Letter(
        "yak",
        STEM,
        TIP,
        [line((40, 0), (40, TOP), (500, TOP), (58, 0)), line((279, 340), (530, 0))],
    ),
    0x2D3E: Letter("tuareg yak", BOW, BOW, [dot(0, 600), dot(240, MID), dot(0, 120)]),
    0x2D3F: Letter(
        "yakhh",
        STEM,
        TIP,
        [line((40, HIGH), (40, LOW), (500, LOW), (58, HIGH)), line((279, 380), (530, HIGH))],
    ),
    0x2D40: Letter("yah", BOW, BOW, [GREAT_O, upright(0, LOW, TOP)]),
    0x2D41: Letter("berber academy yah", TIP, TIP, [GREAT_O, line((-330, 30), (330, 690))]),
    0x2D42: Letter("tuareg yah", STEM, STEM, [dot(0, y) for y in (60, 260, 460, 660)]),
    0x2D43: Letter("yahh", TIP, TIP, [line((0, 0), (450, HIGH)), line((252, 380), (480, 0))]),
    0x2D44: Letter(
        "yaa",
        STEM,
        STEM,
        [line((40, 0), (40, MID), (480, MID), (480, 0)), upright(260, MID, HIGH)],
    ),
    0x2D45: Letter(
        "yakh",
        TIP,
        TIP,
        [line((0, 0), (500, HIGH)), line((0, HIGH), (500, 0)), upright(250, MID, HIGH)],
    ),
    0x2D46: Letter(
        "tuareg yakh", BOW, BOW, [dot(x, y) for x in (0, 380) for y in (MID - 190, MID + 190)]
    ),
    0x2D47: Letter(
        "yaq", STEM, TIP, [line((500, LOW), (40, LOW), (40, TOP), (500, TOP), (65, 58))]
    ),
    0x2D48: Letter("tuareg yaq", BOW, BOW, [dot(x, MID) for x in (0, 230, 460)]),
    0x2D49: Letter("yi", TIP, TIP, [line((390, 676), (60, 560), (350, MID), (60, 160), (390, 44))]),
    0x2D4A: Letter("yazh", TIP, TIP, [across(0, 400, TOP), upright(200), across(0, 400, LOW)]),
    0x2D4B: Letter(
        "ahaggar yazh",
        TIP,
        TIP,
        [arc(0, MID, 270, ROUND_Y, -90, 90), arc(540, MID, 270, ROUND_Y, 90, 270)],
    ),
    0x2D4C: Letter(
        "tuareg yazh",
        TIP,
        TIP,
        [across(0, 680, 240), across(0, 680, 480), upright(220), upright(460)],
    ),
    0x2D4D: Letter("yal", STEM, STEM, [upright(0), upright(340), line((0, 130), (340, 590))]),
    0x2D4E: Letter("yam", STEM, BOW, [line((440, TOP), (40, TOP), (40, LOW), (440, LOW))]),
    0x2D4F: Letter("yan", STEM, STEM, [upright(0)]),
    0x2D50: Letter(
        "tuareg yagn", TIP, TIP, [upright(240), across(0, 480, 470), across(0, 480, 250)]
    ),
    0x2D51: Letter("tuareg yang", STEM, STEM, [upright(0, 210, HIGH), dot(0, DOT)]),
    0x2D52: Letter(
        "yap", BOW, BOW, [line((50, TOP), (450, TOP), (110, 346)), ring(240, 219, 188, 188)]
    ),
    0x2D53: Letter("yu", BOW, BOW, [ring(0, 571, 118, 118), ring(0, 149, 118, 118)]),
    0x2D54: Letter("yar", BOW, BOW, [GREAT_O]),
    0x2D55: Letter("yarr", BOW, TIP, [GREAT_O, line((0, MID), (330, 30))]),
    0x2D56: Letter(
        "yagh",
        STEM,
        STEM,
        [line((40, HIGH), (40, MID), (480, MID), (480, HIGH)), upright(260, 0, MID)],
    ),
    0x2D57: Letter("tuareg yagh", STEM, STEM, [dot(0, y) for y in (120, MID, 600)]),
    0x2D58: Letter(
        "ayer yagh",
        BOW,
        BOW,
        [dot(0, MID), *(dot(x, y) for x in (-190, 190) for y in (MID - 190, MID + 190))],
    ),
    0x2D59: Letter("yas", BOW, BOW, [GREAT_O, dot(0, MID, 76)]),
    0x2D5A: Letter("yass", BOW, TIP, [GREAT_O, line((0, MID), (330, 690))]),
    0x2D5B: Letter("yash", BOW, BOW, CURLED_C),
    0x2D5C: Letter("yat", TIP, TIP, [upright(240), across(0, 480)]),
    0x2D5D: Letter("yath", TIP, TIP, [line((0, 0), (500, HIGH)), line((0, HIGH), (500, 0))]),
    0x2D5E: Letter(
        "yach",
        BOW,
        BOW,
        [
            *CURLED_C,
            across(-ROUND_Y, 60, pen=FINE),
            line((-120, MID - 140), (-120, MID + 140), pen=FINE),
        ],
    ),
    0x2D5F: Letter(
        "yatt",
        STEM,
        BOW,
        [
            line((460, TOP), (40, TOP), (40, LOW), (460, LOW)),
            across(40, 430),
            upright(270, 200, 520),
        ],
    ),
    0x2D60: Letter("yav", TIP, TIP, [line((265, HIGH), (35, LOW), (495, LOW), (265, HIGH))]),
    0x2D61: Letter("yaw", STEM, STEM, [line((40, HIGH), (40, LOW), (440, LOW), (440, HIGH))]),
    0x2D62: Letter("yay", TIP, TIP, [line((380, 680), (60, 590), (350, 330), (70, 28))]),
    0x2D63: Letter("yaz", TIP, TIP, bows(272)),
    0x2D64: Letter("tawellemet yaz", STEM, TIP, [line((40, 0), (40, 675), (290, 455))]),
    0x2D65: Letter("yazz", TIP, TIP, [*bows(242), across(-284, 284, pen=FINE)]),
    0x2D66: Letter("ye", TIP, TIP, [line((500, 610), (40, MID), (500, 110))]),
    0x2D67: Letter("yo", TIP, TIP, [across(0, 240), across(330, 570)]),
    0x2D6F: Letter(
        "labialization mark",
        BOW,
        BOW,
        [line((0, HIGH), (0, 530), (190, 530), (190, HIGH), pen=70)],
    ),
    0x2D70: Letter("separator mark", TIP, TIP, [arc(0, HIGH, 640, 920, 286, 360)]),
}

# The joiner takes no room of its own: its dots hang under the two letters it joins.
JOINER = 0x2D7F
JOINER_STROKES = [dot(x, -200, 44) for x in (-250, -125, 0, 125, 250)]

NOTDEF = Letter(
    "nothing",
    STEM,
    STEM,
    [line((180, TOP), (0, TOP), (0, LOW), (360, LOW), (360, TOP), (180, TOP))],
)


def outline(strokes: Sequence[Stroke], left: int | None = None) -> Any:
    """Return the glyph of these strokes, slid so that its ink starts at `left`."""
    contours = [contour for stroke in strokes for contour in stroke]
    slide = 0.0 if left is None else left - min(node.x for c in contours for node in c)
    pen = TTGlyphPointPen(None)
    for contour in contours:
        pen.beginPath()
        for node in contour:
            point = round(node.x + slide), round(node.y)
            pen.addPoint(point, "qcurve" if node.on else None)
        pen.endPath()
    glyph = pen.glyph()
    if contours:
        # Strokes overlap, and some rasterizers would otherwise knock out crossings.
        glyph.flags[0] |= flagOverlapSimple
    return glyph


def build() -> Any:
    """Return the font, ready to be saved."""
    glyphs: dict[str, Any] = {}
    widths: dict[str, int] = {}
    cmap: dict[int, str] = {}

    def add(name: str, letter: Letter) -> None:
        glyph = outline(letter.strokes, letter.left)
        glyphs[name] = glyph
        widths[name] = max(x for x, _ in glyph.coordinates) + letter.right

    add(".notdef", NOTDEF)
    for code, name, width in ((0x20, "space", 280), (0xA0, "nbspace", 280)):
        glyphs[name], widths[name], cmap[code] = outline([]), width, name
    for code, letter in LETTERS.items():
        cmap[code] = f"uni{code:04X}"
        add(cmap[code], letter)
    cmap[JOINER] = f"uni{JOINER:04X}"
    glyphs[cmap[JOINER]], widths[cmap[JOINER]] = outline(JOINER_STROKES), 0

    builder = FontBuilder(EM, isTTF=True)
    builder.font.recalcTimestamp = False
    builder.setupHead(
        unitsPerEm=EM, created=BORN, modified=BORN, fontRevision=float(VERSION), lowestRecPPEM=8
    )
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(cmap)
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(
        {name: (width, getattr(glyphs[name], "xMin", 0)) for name, width in widths.items()}
    )
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    builder.setupNameTable(
        {
            "familyName": FAMILY,
            "styleName": "Regular",
            "uniqueFontIdentifier": f"{FAMILY} {VERSION}",
            "fullName": FAMILY,
            "version": f"Version {VERSION}",
            "psName": "AssisesTifinagh-Regular",
            "licenseDescription": "Apache-2.0",
        },
        mac=False,
    )
    builder.setupOS2(
        sTypoAscender=ASCENT,
        sTypoDescender=DESCENT,
        sTypoLineGap=0,
        usWinAscent=ASCENT,
        usWinDescent=-DESCENT,
        usWeightClass=400,
        fsSelection=1 << 6,  # regular
        fsType=0,  # may be embedded anywhere
        sxHeight=400,
        sCapHeight=HIGH,
        ulUnicodeRange4=1 << (98 - 96),  # Tifinagh
    )
    builder.setupPost(keepGlyphNames=False)
    return builder.font


def main() -> None:
    """Write the font and say how large it is."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    path.parent.mkdir(parents=True, exist_ok=True)
    font = build()
    font.flavor = None if path.suffix == ".ttf" else "woff"
    font.save(path)
    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()

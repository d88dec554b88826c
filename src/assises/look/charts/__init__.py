"""Charts as inline SVG, drawn by us: small, printable, readable without colour.

Each returns markup whose colours are classes of the page's sheet, so that dark and print follow.
"""

from assises.look.charts.bars import histogram, part, shares
from assises.look.charts.opinion_map import HUES, opinion_map
from assises.look.charts.star import star

__all__ = ["HUES", "histogram", "opinion_map", "part", "shares", "star"]

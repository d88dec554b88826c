"""The word that a picture of a simulation carries, wherever it is copied to."""

from __future__ import annotations

from markupsafe import Markup


def said(label: str, simulation: str) -> str:
    """What a screen reader says of a picture: of a simulated one, that first."""
    return f"{simulation}. {label}" if simulation else label


def titled(simulation: str) -> Markup:
    """The title inside a picture of a simulation: it stays in a copy of the picture."""
    return Markup("<title>{}</title>").format(simulation) if simulation else Markup("")


def marked(simulation: str, x: int, y: int) -> Markup:
    """The word in small letters, drawn."""
    if not simulation:
        return Markup("")
    return Markup('<text class="mark" x="{}" y="{}">{}</text>').format(x, y, simulation)

"""From a template and a language to a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined

from assises.look import charts, languages
from assises.look.pages import drawings, words
from assises.look.pages.shapes import Frame
from assises.look.speech import NAMES, speech


def environment(*folders: str | Path, reload: bool = False) -> Environment:
    """The templates of a front on top of ours.

    Everything is escaped, and a name that nobody gave is an error. Keep the result: it holds
    the compiled templates.

    Args:
        folders: where the front keeps its templates; the first that has a name wins.
        reload: look for changed files at each page (while writing templates).
    """
    return Environment(
        loader=ChoiceLoader(
            [FileSystemLoader([str(f) for f in folders]), PackageLoader("assises.look.pages", ".")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=reload,
    )


def static_files() -> dict[str, Traversable]:
    """What the sheet and the frame load, by the name under ``/static/``."""
    pages, fonts = files("assises.look.pages"), files("assises.look.fonts")
    return {
        "site.css": pages / "site.css",
        "star.svg": pages / "star.svg",
        "tifinagh.woff": fonts / "tifinagh.woff",
    }


def speaking(language: str) -> dict[str, Any]:
    """The names that every template may use, in that language.

    ``_, count, number, percent, day`` say things; ``lang, dir`` stand on the page; ``kind,
    so_many, channel, language_name, verdict, shares`` put codes and counts into words; ``star,
    knot, shape, motif, rosette, tiles`` draw. A front gives this dictionary to each render.

    Raises:
        InputError: for a language the house does not speak.
    """
    s = speech(language)
    return {
        "_": s.say,
        "count": s.count,
        "number": s.number,
        "percent": s.percent,
        "day": s.day,
        "moment": s.moment,
        "lang": s.tag,
        "dir": s.direction,
        "names": NAMES,
        "tag": lambda code: speech(code).tag,
        "direction": languages.direction,
        "language_name": partial(languages.language_name, s),
        "chain": words.CHAIN,
        **{
            name: partial(getattr(words, name), s)
            for name in ("kind", "so_many", "channel", "verdict", "shares")
        },
        "star": charts.star,
        "knot": drawings.knot,
        "shape": drawings.shape,
        "motif": drawings.motif,
        "rosette": drawings.rosette,
        "tiles": drawings.tiles,
    }


def render(
    pages: Environment,
    template: str,
    language: str,
    frame: Frame,
    static: Callable[[str], str],
    **given: object,
) -> str:
    """One page.

    Args:
        pages: made once by :func:`environment`.
        template: its name in one of the folders.
        language: ``fr``, ``ar``, ``zgh`` or ``en``.
        frame: what stands around the page.
        static: from the name of a file to its address.
        given: what the template itself asks for.
    """
    page = pages.get_template(template)
    return page.render(**speaking(language), frame=frame, static=static, **given)

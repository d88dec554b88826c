"""What every report shares: its frame, its sheet, how much it may weigh, its languages."""

from __future__ import annotations

import base64
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final, TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from assises import __version__
from assises.look import charts
from assises.look.speech import LANGUAGES, NAMES, Speech, speech

MOST_BYTES: Final = 98_000
"""What a page may weigh: lists grow shorter until it does, down to the fewest."""

_TIFINAGH: Final = re.compile("[\u2d30-\u2d7f]")
L = TypeVar("L")


def drawn(
    template: str,
    s: Speech,
    others: Mapping[str, str],
    given: Mapping[str, Any],
    sheets: Sequence[str] = ("report.css",),
) -> str:
    """A page of this folder.

    Args:
        template: its file name; it extends ``frame.html.j2``.
        s: its language.
        others: the same page in other languages, file name by language.
        given: what it says.
        sheets: file names of its sheets.
    """
    html = (
        _environment()
        .get_template(template)
        .render(
            **given,
            _=s.say,
            count=s.count,
            number=s.number,
            percent=s.percent,
            star=charts.star,
            tag=lambda language: speech(language).tag,
            s=s,
            others=others,
            names=NAMES,
            version=__version__,
            css=Markup("".join(_sheet(name) for name in sheets)),
        )
    )
    if _TIFINAGH.search(html):
        # A phone may lack the script; three kilobytes draw it.
        html = html.replace("<style>", f"<style>{_tifinagh_face()}", 1)
    return html


def fitted(lengths: Sequence[L], draw: Callable[[str, L], str]) -> L:
    """The longest lists with which the page weighs no more than ``MOST_BYTES`` in any language.

    What is shown must not depend on the language: the heaviest one decides for all.

    Args:
        lengths: from the longest to the shortest; the last is taken if none fits.
        draw: the page in a language with such lists.
    """

    def weight(code: str, at: int) -> int:
        return len(draw(code, lengths[at]).encode())

    at, measured = 0, tuple(LANGUAGES)
    while True:
        heaviest = max(measured, key=lambda code: weight(code, at))
        if weight(heaviest, at) <= MOST_BYTES:
            return lengths[at]
        rest = range(at + 1, len(lengths))
        at += 1 + bisect_left(rest, True, key=lambda k: weight(heaviest, k) <= MOST_BYTES)
        if at >= len(lengths):
            return lengths[-1]


def in_languages(
    languages: Sequence[str], draw: Callable[[str, Mapping[str, str]], str]
) -> dict[str, str]:
    """A page in each language by its file name: the first is ``report.html``.

    Args:
        languages: of the pages, each once; none for no page.
        draw: the page in a language, given the names of the others by language.
    """
    names = {
        language: "report.html" if at == 0 else f"report.{language}.html"
        for at, language in enumerate(languages)
    }
    return {
        name: draw(language, {k: v for k, v in names.items() if k != language})
        for language, name in names.items()
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("assises.look.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _sheet(name: str) -> str:
    return resources.files("assises.look.report").joinpath(name).read_text("utf-8")


@cache
def _tifinagh_face() -> str:
    font = resources.files("assises.look.fonts").joinpath("tifinagh.woff").read_bytes()
    data = base64.b64encode(font).decode()
    return (
        '@font-face{font-family:"Assises Tifinagh";unicode-range:U+2D30-2D7F;'
        f'src:url(data:font/woff;base64,{data}) format("woff")}}'
    )

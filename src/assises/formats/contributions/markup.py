"""The text of what was written in a rich text editor."""

from __future__ import annotations

import html
import re
from typing import Final

__all__ = ["text_of"]


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_BLOCKS: Final = _words(
    "address article aside blockquote dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section table tr ul"
)
_UNSEEN: Final = frozenset({"<!--", "script", "style", "template"})
_KNOWN: Final = (
    _BLOCKS
    | _UNSEEN
    | _words(
        "a abbr b big body br button caption center cite code col colgroup del details em embed "
        "font form head html i iframe img input ins kbd label link mark meta object param q s samp "
        "small source span strike strong sub summary sup svg tbody td tfoot th thead time title "
        "tt u var video wbr"
    )
)
# Possessive and never beyond the next "<", so that a text full of unfinished tags is read once and
# not at every tag anew.
_MARK: Final = re.compile(
    r"""<!--|-->|<(/?)([a-zA-Z][a-zA-Z0-9]*+)(?=[\s/>])(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>"""
)
_OPEN, _CLOSE = "<!--", "-->"


def text_of(cell: str) -> str:
    """The text of a cell of HTML: tags taken out, entities decoded, blocks apart.

    Between two blocks is an empty line. Only tags of HTML are taken for tags: ``x <y> z`` stays
    as it is. Comments and what is between ``script`` or ``style`` are left out. Places in the text
    say nothing about places in the cell; a cell without ``<`` and ``&`` is its own text.
    """
    if "<" not in cell and "&" not in cell:
        return cell
    marks = list(_MARK.finditer(cell))
    last = {_end_of(mark): mark.start() for mark in marks}
    parts: list[str] = []
    end, unseen, marked = 0, "", False
    for mark in marks:
        name, closing = _name(mark), bool(mark.group(1))
        if unseen:
            if _end_of(mark) != unseen:
                continue
            unseen = ""
        elif name in _KNOWN:
            # What nobody closes hides nothing.
            hides = name in _UNSEEN and not closing and last.get(name, -1) > mark.start()
            if name == _OPEN and not hides:
                continue
            parts.append(html.unescape(cell[end : mark.start()]))
            parts.append("\n" if name == "br" else "\n\n" if name in _BLOCKS else "")
            unseen = name if hides else ""
        else:
            continue
        marked = True
        end = mark.end()
    parts.append(html.unescape(cell[end:]))
    text = "".join(parts)
    return _tidy(text) if marked else text


def _name(mark: re.Match[str]) -> str:
    return str(mark.group(2)).lower() if mark.group(2) else mark.group()


def _end_of(mark: re.Match[str]) -> str:
    """The name of what ends here; empty where something begins."""
    if mark.group() == _CLOSE:
        return _OPEN
    return _name(mark) if mark.group(1) else ""


def _tidy(text: str) -> str:
    """Lines without spaces around, at most one empty line between two."""
    kept: list[str] = []
    for line in text.split("\n"):
        bare = line.strip()
        if bare or (kept and kept[-1]):
            kept.append(bare)
    return "\n".join(kept).strip()

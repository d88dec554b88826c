"""How a chart is shown and kept without the network.

Altair's own way puts a page in the notebook that loads Vega from a CDN, and JupyterLab (4.6) has no
Vega-Lite 6, in which Altair 6 speaks. What is shown here is both of these, and the front end takes
what it can draw:

* the chart as Vega-Lite 5, drawn by the library that the front end ships (the charts use nothing
  that 6 has and 5 has not), with what is told on hover;
* a picture in SVG, for whatever knows no Vega.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any, Final

import altair as alt
import vl_convert

from assises.lib.errors import InputError, OutputError

Chart = alt.TopLevelMixin
Spec = dict[str, Any]

RENDERER: Final = "assises"
ALTAIRS_OWN: Final = "default"
FIVE: Final = "application/vnd.vegalite.v5+json"
_SCHEMA_FIVE: Final = "https://vega.github.io/schema/vega-lite/v5.json"
_SPEAKS: Final = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
"""The Vega-Lite of this Altair, as vl-convert names it: 6.4."""
_SHARP: Final = 2.0
"""Dots of a PNG for each of the chart."""
# The library makes functions of expressions, hence unsafe-eval. Nothing may be fetched.
_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src data: blob:"
)


def stay_inside() -> None:
    """Have Altair show charts from this machine alone, unless someone chose a way already."""
    alt.renderers.register(RENDERER, _bundle)
    if alt.renderers.active == ALTAIRS_OWN:
        alt.renderers.enable(RENDERER)


def _bundle(spec: Spec, **_: Any) -> dict[str, Any]:
    return {
        FIVE: {**spec, "$schema": _SCHEMA_FIVE},
        "image/svg+xml": _svg(spec),
        "text/plain": str(spec.get("description", "a chart")),
    }


def page(chart: Chart, *, language: str = "en") -> str:
    """A page that holds the chart and all it needs, 0.9 MB; the policy in it forbids the network.

    Without scripts it shows the picture.

    Args:
        chart: any of Altair's.
        language: of its words, as in ``lang``.
    """
    spec = chart.to_dict()
    # Statements are other people's words: none of them may end the script.
    told = json.dumps(spec, allow_nan=False).replace("<", "\\u003c")
    # Without a snippet it is the whole library; its stub forgot that.
    library = vl_convert.javascript_bundle(vl_version=_SPEAKS)  # type: ignore[call-arg]
    title = escape(str(spec.get("description", "")))
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{title}</title>\n<script>{library}</script>\n</head>\n<body>\n"
        f'<div id="chart">{_svg(spec)}</div>\n'
        f'<script>vegaEmbed("#chart",{told},{{mode:"vega-lite"}})</script>\n</body>\n</html>\n'
    )


def save(chart: Chart, path: str | os.PathLike[str], *, language: str = "en") -> Path:
    """Keep a chart as a file that needs no network, whole or not at all.

    Args:
        chart: any of Altair's.
        path: ending in ``.html`` (see :func:`page`), ``.svg``, ``.png`` or ``.json`` (Vega-Lite).
        language: of a page.

    Returns:
        the path.

    Raises:
        InputError: for another ending.
        OutputError: where the file cannot be written.
    """
    to = Path(path)
    makers = {
        ".html": lambda: page(chart, language=language).encode(),
        ".svg": lambda: _svg(chart.to_dict()).encode(),
        ".png": lambda: bytes(
            vl_convert.vegalite_to_png(chart.to_dict(), vl_version=_SPEAKS, scale=_SHARP)
        ),
        ".json": lambda: chart.to_json(indent=None).encode(),
    }
    if to.suffix.lower() not in makers:
        raise InputError(
            "charts are kept under other endings",
            file=to,
            value=to.suffix,
            next_step=f"End the name in one of {', '.join(makers)}.",
        )
    _write(to, makers[to.suffix.lower()]())
    return to


def _svg(spec: Spec) -> str:
    return str(vl_convert.vegalite_to_svg(spec, vl_version=_SPEAKS))


def _write(to: Path, content: bytes) -> None:
    beside = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(to)
    except OSError as error:
        raise OutputError(
            f"the file could not be written: {error.strerror}",
            file=to,
            next_step="Name a folder that exists and may be written to.",
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink()

"""Charts of an opinion map, for a notebook; nothing is fetched to show them.

    from assises.flows import notebook

    notebook.map(opinion)
    notebook.statements(opinion, texts)
    notebook.save(notebook.consensus(opinion, texts), "consensus.html")

Needs ``pip install 'assises[notebook]'``. Each chart is a function of the map, of the texts of the
statements and of what they are called; the numbers are those of the map, unrounded. The way from
votes to charts, step by step: docs/use/opinion.md.

Altair shows a chart by loading its library from a CDN, unless it is told otherwise. Importing this
module tells it: see :mod:`.showing`. Whoever chose a renderer of Altair's before keeps it.
"""

from importlib.util import find_spec

from assises.lib.errors import SetupError

if find_spec("altair") is None or find_spec("vl_convert") is None:
    raise SetupError(
        "charts need Altair and vl-convert, which are not installed",
        next_step="Run: pip install 'assises[notebook]'",
    )

from assises.flows.notebook.charts import consensus, division, map, stability, statements  # noqa: A004 - read as notebook.map
from assises.flows.notebook.showing import page, save, stay_inside

__all__ = ["consensus", "division", "map", "page", "save", "stability", "statements"]

stay_inside()

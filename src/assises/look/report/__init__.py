"""The report of a conversation: one self-contained page without scripts.

    html = render(results, "ar")

``results`` is ``results.json`` of a bundle; the page says nothing that is not in it.
"""

from assises.look.report.frame import in_languages
from assises.look.report.render import Lengths, fitting_lengths, render

__all__ = ["Lengths", "fitting_lengths", "in_languages", "render"]

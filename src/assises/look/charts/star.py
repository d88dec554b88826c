"""The mark: an eight-pointed star of two squares, thin."""

from __future__ import annotations

from markupsafe import Markup


def star() -> Markup:
    """Decorative: hidden from screen readers."""
    return Markup(
        '<svg class="star" viewBox="-12 -12 24 24" aria-hidden="true" focusable="false">'
        '<path d="M-7.5-7.5h15v15h-15z"/><path d="M0-10.6 10.6 0 0 10.6-10.6 0z"/></svg>'
    )

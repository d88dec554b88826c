"""Bars: the three answers to a statement, a part of a whole, and how a number is spread."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from assises.look.charts.labels import marked, said, titled

_WIDTH, _HEIGHT, _FOOT, _STRIP = 640, 150, 4, 22


def shares(agrees: int, disagrees: int, passes: int, label: str, *, simulation: str = "") -> Markup:
    """One bar of three parts: agree full, pass empty, disagree hatched.

    A page holds a hundred of them, so what may go unquoted does.

    Args:
        agrees, disagrees, passes: people.
        label: what a screen reader says instead.
        simulation: the word for it, where nobody ever said this; letters have no room in a bar.
    """
    label = said(label, simulation)
    total = agrees + disagrees + passes
    if total == 0:
        return Markup('<span class="bar none" role="img" aria-label="{}"></span>').format(label)
    a, d = _n(200 * agrees / total), _n(200 * disagrees / total)
    return Markup(
        '<svg class=bar viewBox="0 0 200 9" preserveAspectRatio=none role=img '
        'aria-label="{}">{}<path class=agree d=M0,0h{}v9H0 />'
        "<path class=disagree d=M200,0h-{}v9H200 /></svg>"
    ).format(label, titled(simulation), a, d)


def part(n: int, of: int, label: str, *, simulation: str = "") -> Markup:
    """One bar of which a part is full; the least part can be seen.

    Args:
        n: how much is full, 0 to ``of``.
        of: the whole, above 0.
        label: what a screen reader says instead.
        simulation: the word for it, where nobody ever said this; letters have no room in a bar.
    """
    return Markup(
        '<svg class=bar viewBox="0 0 200 9" preserveAspectRatio=none role=img '
        'aria-label="{}">{}<path class=columns d=M0,0h{}v9H0 /></svg>'
    ).format(said(label, simulation), titled(simulation), _n(max(200 * n / of, 1.0) if n else 0.0))


def histogram(
    heights: Sequence[int], label: str, *, mirrored: bool, simulation: str = ""
) -> Markup:
    """Columns of equal width; the axis labels are the caller's, in text.

    Args:
        heights: one per column.
        label: what a screen reader says instead.
        mirrored: first column on the right, as the page is read.
        simulation: the word for it, where nobody ever did this.
    """
    top = max([*heights, 1])
    step = _WIDTH / len(heights)
    gap = 1.0 if step > 4 else 0.0
    path = []
    for at, height in enumerate(heights):
        if height == 0:
            continue
        x = _WIDTH - (at + 1) * step if mirrored else at * step
        tall = max(1.0, (_HEIGHT - _FOOT) * height / top)
        path.append(
            f"M{_n(x + gap / 2)} {_HEIGHT - _FOOT}v-{_n(tall)}h{_n(step - gap)}v{_n(tall)}z"
        )
    foot = _STRIP if simulation else 0
    return Markup(
        '<svg class="histogram" viewBox="0 0 {} {}" role="img" aria-label="{}">{}'
        '<path class="columns" d="{}"/><path class="axis" d="M0 {}h{}"/>{}</svg>'
    ).format(
        _WIDTH,
        _HEIGHT + foot,
        said(label, simulation),
        titled(simulation),
        "".join(path),
        _HEIGHT - _FOOT,
        _WIDTH,
        marked(simulation, _WIDTH // 2, _HEIGHT + foot - 5),
    )


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")

"""What was declared beside contributions, counted by theme, and nothing told of few.

Two kinds of sums are known of these counts: the values of a theme add up to its contributions, and
the parts of a theme (with what is in the theme itself and in no part) to the theme. Whoever hides
a small count alone gives it away by what is left; so more are hidden until, in every sum, what is
hidden is of at least two counts and of at least ten contributions; and until the bounds of every
hidden count, drawn together over all sums, leave open what it is. This is the secondary
suppression of statistical offices (Hundepool et al., Statistical Disclosure Control, 2012, ch. 4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assises.flows.declared import TOLD
from assises.formats.bundle import MISSING
from assises.formats.bundle.dictionary import Table
from assises.formats.bundle.of_themes.recount import ITSELF, bounds, leaves_few
from assises.formats.bundle.theme_tables import LANGUAGE

__all__ = ["theme_counts"]

Cell = tuple[str, str]
"""A node of the tree and a value."""


def theme_counts(
    themes: Sequence[str],
    parents: Mapping[str, str],
    languages: Sequence[str],
    attributes: Mapping[str, Sequence[str]],
) -> Table:
    """The table ``theme_counts`` of a bundle.

    Args:
        themes: of each contribution the id of the deepest theme; empty for none. Length n.
        parents: of each theme the one that it is part of; empty at the top.
        languages: of each contribution its tag, length n; every count of these is told.
        attributes: by name what was declared of each, length n; empty for nothing. One of which
            everyone declared the same is left out: it tells nothing.

    Returns:
        a row for each theme (and all contributions together), attribute and value, by these; of
        languages only what there is.
    """
    rows: list[tuple[str, str, str, int]] = []
    for name, values in attributes.items():
        counts = _counted(themes, parents, values)
        if len({value for _, value in counts}) > 1:
            told = _told(counts, parents)
            rows += [(theme, name, value, n) for (theme, value), n in told.items()]
    spoken = _counted(themes, parents, languages)
    rows += [
        (theme, LANGUAGE, value, n)
        for (theme, value), n in spoken.items()
        if n and not theme.endswith(ITSELF)
    ]
    rows.sort()
    return {
        "theme_id": [row[0] for row in rows],
        "attribute": [row[1] for row in rows],
        "value": [row[2] for row in rows],
        "n": np.array([row[3] for row in rows], dtype=np.int64),
    }


def _counted(
    themes: Sequence[str], parents: Mapping[str, str], values: Sequence[str]
) -> dict[Cell, int]:
    """Of each node and each value how many, zeros too."""
    counts: Counter[Cell] = Counter()
    own = set(themes)
    above = {*parents.values(), ""}
    for (theme, value), n in Counter(zip(themes, values, strict=True)).items():
        node = theme
        if theme in above:
            counts[theme + ITSELF, value] += n
        while node:
            counts[node, value] += n
            node = parents[node]
        counts["", value] += n
    nodes = ["", *parents, *(theme + ITSELF for theme in above & own)]
    return {(node, value): counts[node, value] for node in nodes for value in set(values)}


def _told(counts: dict[Cell, int], parents: Mapping[str, str]) -> dict[Cell, int]:
    """The counts as they may be told, :data:`MISSING` for those that are hidden."""
    hidden = {cell for cell, n in counts.items() if 0 < n < TOLD}
    sums = list(_sums(counts, parents))
    more: Cell | None = None
    while True:
        _close(sums, counts, hidden)
        more = _against_all_sums(sums, counts, hidden)
        if more is None:
            break
        hidden.add(more)
    return {
        cell: MISSING if cell in hidden else n
        for cell, n in counts.items()
        if not cell[0].endswith(ITSELF)
    }


def _close(sums: list[_Sum], counts: Mapping[Cell, int], hidden: set[Cell]) -> None:
    """Hide until no sum tells anything by itself."""
    before = -1
    while len(hidden) > before:
        before = len(hidden)
        for one in sums:
            while more := one.more(counts, hidden):
                hidden.add(more)


def _against_all_sums(
    sums: list[_Sum], counts: Mapping[Cell, int], hidden: set[Cell]
) -> Cell | None:
    """The next count to hide where all sums together tell a small one; None where they do not."""
    open_ = [cell for cell in counts if cell not in hidden and not cell[0].endswith(ITSELF)]
    told = dict.fromkeys(counts) | {cell: counts[cell] for cell in open_}
    totals = [(one.cells, one.total, sum(counts[c] for c in one.cells)) for one in sums]
    low, high = bounds(told, totals)  # type: ignore[no-untyped-call]  # for Python 3.8
    for one in totals:
        few = any(0 < counts[c] < TOLD and low[c] == high[c] for c in one[0])
        if few or leaves_few(*one, low, high):  # type: ignore[no-untyped-call]
            near = {*one[0], one[1]} & {*open_}
            return min(near or open_, key=lambda c: (counts[c] == 0, counts[c], c), default=None)
    return None


@dataclass(frozen=True, slots=True)
class _Sum:
    """Counts that add up to another one, or to a total that everyone knows."""

    cells: tuple[Cell, ...]
    total: Cell | None

    def more(self, counts: Mapping[Cell, int], hidden: set[Cell]) -> Cell | None:
        """The next count to hide, so that nothing is told by what is left; None if nothing is."""
        unknown = [cell for cell in self.cells if cell in hidden]
        told = [cell for cell in self.cells if cell not in hidden]
        open_total = self.total is not None and self.total not in hidden
        if self.total in hidden:
            safe = bool(unknown)
        else:
            left = sum(counts[cell] for cell in unknown)
            small = self.total is None and sum(counts[cell] for cell in self.cells) < TOLD
            safe = not unknown or (len(unknown) > 1 and (small or left >= TOLD))
        if safe:
            return None
        if told:
            # The smallest that is any: a zero adds nothing to what is left.
            return min(told, key=lambda cell: (counts[cell] == 0, counts[cell], cell))
        return self.total if open_total else None


def _sums(counts: Mapping[Cell, int], parents: Mapping[str, str]) -> Iterator[_Sum]:
    nodes = list(dict.fromkeys(node for node, _ in counts))
    values = sorted({value for _, value in counts})
    for node in nodes:
        yield _Sum(tuple((node, value) for value in values), None)
    for above in {*parents.values()} | ({""} if parents else set()):
        below = [theme for theme, parent in parents.items() if parent == above]
        if above + ITSELF in nodes:
            below.append(above + ITSELF)
        for value in values:
            yield _Sum(tuple((theme, value) for theme in below), (above, value))

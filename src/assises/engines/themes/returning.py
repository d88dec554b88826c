"""A run that follows another: themes stay as they are, and what is new joins them.

Looked for anew, themes would come out a little different each time something arrives, and nobody
could speak of them. So as long as most contributions are known, the tree that people have seen and
shaped is kept as it is, and each newcomer goes where its neighbours are; it is looked for anew when
someone asks for it, or when newcomers are more than one in five.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assises.engines.themes.arranging import Arranged, Before
from assises.engines.themes.discovery.discover import SAMPLE, stranger_of
from assises.engines.themes.discovery.placing import placed
from assises.engines.themes.finding import Compared, Found, central_of_units
from assises.engines.themes.result import By, Int32
from assises.engines.themes.units import Cut
from assises.lib.progress import SILENT, Progress

ENOUGH: Final = 0.8
"""Share of the contributions that are known, from which the others join them."""


@dataclass(frozen=True, slots=True)
class Known:
    """The themes of an earlier run, as far as their contributions are still here."""

    ids: tuple[str, ...]
    parent: Int32
    level: Int32
    """0 at the top."""
    theme: Int32
    """Of each contribution its theme, -1 if it had none; shape (n,)."""

    def tops(self) -> Int32:
        """Of each theme the one at the top."""
        found = np.arange(len(self.ids), dtype=np.int32)
        for theme, above in enumerate(self.parent.tolist()):
            if above >= 0:
                found[theme] = found[above]
        return found


def known_of(parts: Cut, ids: Sequence[str], before: Before | None) -> Known | None:
    """What is known of these contributions; None if it is too little, or not to be used."""
    if before is None or before.anew:
        return None
    paths = [before.paths.get(name, ()) for name in ids]
    said = np.bincount(parts.of, minlength=len(ids)) > 0
    if sum(map(bool, paths)) < ENOUGH * max(int(said.sum()), 1):
        return None
    counts = Counter(path[: depth + 1] for path in paths for depth in range(len(path)))
    # Parents first, then the larger first.
    order = sorted(counts, key=lambda path: (len(path), -counts[path], path))
    place = {path: at for at, path in enumerate(order)}
    return Known(
        tuple(path[-1] for path in order),
        np.array([place.get(path[:-1], -1) for path in order], dtype=np.int32),
        np.array([len(path) - 1 for path in order], dtype=np.int32),
        np.array([place.get(path, -1) for path in paths], dtype=np.int32),
    )


def rejoined(parts: Cut, compared: Compared, known: Known, progress: Progress = SILENT) -> Found:
    """Units among the themes that are known: as their contribution, else as their neighbours."""
    own = _units_of(parts, known)
    theme = np.full(len(parts.words), -1, dtype=np.int32)
    sure, central = np.zeros((2, len(parts.words)), dtype=np.float32)
    by = [By.MEANING] * len(known.ids)
    stranger = -1.0
    for kind, at, steps in compared.kinds():
        voters = np.flatnonzero(own[at] >= 0)[:SAMPLE]
        if not len(voters):
            continue
        progress.step("themes", len(at))
        found = placed(steps, steps[voters], own[at[voters]], progress=progress)
        bound = stranger_of(steps[voters], known.tops()[own[at[voters]]])
        joined = np.where(found.near < bound, np.int32(-1), found.part)
        theme[at] = np.where(own[at] >= 0, own[at], joined)
        sure[at] = found.sure
        tops = np.append(known.tops(), np.int32(-1))[theme[at]]
        central[at] = central_of_units(steps, tops)
        if kind is By.MEANING:
            stranger = bound
        else:
            for one in np.unique(tops[tops >= 0]):
                by[int(one)] = kind
    by = [by[top] for top in known.tops().tolist()]
    return Found(known.parent, known.level, tuple(by), theme, sure, central, compared.why, stranger)


def as_known(found: Found, known: Known) -> Arranged:
    """The themes under the ids that they have; who was in one stays in it."""
    pinned = {at: theme for at, theme in enumerate(known.theme.tolist()) if theme >= 0}
    place = np.arange(len(known.ids), dtype=np.int32)
    return Arranged(known.ids, known.parent, found.by, place, pinned, 1.0)


def _units_of(parts: Cut, known: Known) -> Int32:
    """The theme of each unit that is a known contribution as a whole; of several that say the same,
    the first."""
    own = np.full(len(parts.words), -1, dtype=np.int32)
    whole = np.flatnonzero((parts.whole >= 0) & (known.theme >= 0))[::-1]
    own[parts.whole[whole]] = known.theme[whole]
    return own

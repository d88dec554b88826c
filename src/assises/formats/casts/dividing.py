"""Casts divided by person into files on disk: all of one person are in one part, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assises.formats.casts.reading import Casts, Int64
from assises.formats.casts.store import told

MOST_PARTS: Final = 1 << 16


@dataclass(slots=True)
class Divided:
    """Casts on disk, 17 bytes each or 25 with a time, by part and within it as they came."""

    folder: Path
    parts: int
    """At most 65,536."""
    timed: bool
    statements: Int64 = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Ids that occurred, ascending."""

    def add(self, casts: Casts) -> None:
        """Put a batch behind the earlier ones."""
        self.statements = np.union1d(self.statements, _occurring(casts.statements))
        part = part_of(casts.participants, self.parts)
        order = np.argsort(part, kind="stable")
        ends = np.cumsum(np.bincount(part, minlength=self.parts))
        with told(self.folder):
            for name in self._columns:
                self._append(name, getattr(casts, name)[order], ends)

    def taken(self) -> Iterator[Casts]:
        """The casts of each part that has any; its files are gone once the next is asked for."""
        for at in range(self.parts):
            if not self._path(at, "votes").exists():
                continue
            yield self._read(at)
            for name in self._columns:
                self._path(at, name).unlink()

    def _append(self, name: str, values: npt.NDArray[Any], ends: Int64) -> None:
        begin = 0
        for at, end in enumerate(ends.tolist()):
            if end > begin:
                with open(self._path(at, name), "ab") as file:
                    file.write(values[begin:end].tobytes())
            begin = end

    def _read(self, part: int) -> Casts:
        return Casts(
            np.fromfile(self._path(part, "participants"), dtype=np.int64),
            np.fromfile(self._path(part, "statements"), dtype=np.int64),
            np.fromfile(self._path(part, "votes"), dtype=np.int8),
            np.fromfile(self._path(part, "times"), dtype=np.int64) if self.timed else None,
        )

    @property
    def _columns(self) -> tuple[str, ...]:
        return ("participants", "statements", "votes", *(("times",) if self.timed else ()))

    def _path(self, part: int, name: str) -> Path:
        return self.folder / f"{part:05d}.{name}"


def part_of(participants: Int64, parts: int) -> npt.NDArray[np.uint16]:
    """The part of each person, shape (rows,): a hash of the id, so that parts are about even.

    The finaliser of SplitMix64 (Steele, Lea and Flood 2014), scaled to the number of parts.
    """
    mixed = participants.view(np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return (((mixed >> np.uint64(32)) * np.uint64(parts)) >> np.uint64(32)).astype(np.uint16)


def _occurring(statements: Int64) -> Int64:
    import polars as pl

    # Few ids, many times each: a hash table is ten times as fast as sorting them.
    return pl.Series(statements).unique().to_numpy()

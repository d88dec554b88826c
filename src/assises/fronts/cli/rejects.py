"""The rows that were left out, beside the bundle: they may hold what a bundle must not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assises.formats.polis.model import Reject
from assises.lib.csvio import neutralise, write_rows


def write_rejects(target: Path, rejects: Sequence[Reject]) -> Path:
    """Write ``NAME-rejects.csv`` next to the bundle and return its path."""
    path = target.with_name(f"{target.name.removesuffix('.bundle')}-rejects.csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        write_rows(
            file,
            ("file", "line", "column", "value", "problem"),
            ((r.file, r.line, r.column, neutralise(r.value), r.problem) for r in rejects),
        )
    return path

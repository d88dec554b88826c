"""Checking a bundle of themes: are the files what the manifest says, and do the counts follow?"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from assises.flows.checks import (
    Check,
    companions_checked,
    files_checked,
    parquet_checked,
    recounted,
)
from assises.formats.bundle import Bundle
from assises.formats.bundle.dictionary import Table, TableSpec
from assises.formats.bundle.of_themes.recount import recount
from assises.lib.progress import SILENT, Progress

__all__ = ["verify_themes"]


def verify_themes(held: Bundle, progress: Progress = SILENT) -> list[Check]:
    """Check a bundle of themes against itself.

    Files are those that the manifest lists; Parquet says what CSV says; rows are in order and each
    stands once; every count of themes, families, languages and in all follows from the table of
    contributions; no count tells of fewer than ten. Which contribution belongs in which theme is
    not computed again: texts need not be in the bundle.
    """
    progress.step("files")
    checks = [files_checked(held)]
    progress.step("parquet")
    checks += [parquet_checked(held), _ordered(held), companions_checked(held)]
    progress.step("recount")
    return [*checks, recounted(held, recount)]


def _ordered(held: Bundle) -> Check:
    """Rows by their keys, each once: the same content has then one form only."""
    broken = []
    for name, spec in held.kind.tables.items():
        keys = _keys(spec, held.tables[name])
        at = next((at for at, (one, two) in enumerate(pairwise(keys), 3) if not one < two), None)
        if at is not None:
            broken.append(f"{name}.csv, line {at}: out of the order of {', '.join(spec.key)}")
    return Check("rows in order", len(held.kind.tables) - len(broken), tuple(broken))


def _keys(spec: TableSpec, table: Table) -> list[tuple[Any, ...]]:
    columns = [table[name] for name in spec.key]
    return list(
        zip(*(c.tolist() if isinstance(c, np.ndarray) else c for c in columns), strict=True)
    )

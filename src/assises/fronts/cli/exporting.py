"""Where an export comes from: a bundle, or another Polis export."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assises.flows.tables import texts, to_export
from assises.formats import bundle, polis
from assises.lib.progress import Progress


def source_of(
    source: Path, encoding: str | None, separator: str, progress: Progress
) -> tuple[polis.PolisExport, dict[int, int] | None]:
    """The conversation, and our groups (participant to number) if it comes from a bundle."""
    if not (source / "manifest.json").exists():
        return polis.read(source, encoding=encoding, separator=separator, progress=progress), None
    progress.step("reading")
    held = bundle.read(source)
    order = held.environment.get("row_order", {})
    conversation = to_export(held.tables, order.get("comments"), order.get("participants"))
    positions = held.tables["positions"]
    people: list[int] = np.asarray(positions["participant"]).tolist()
    letters = texts(positions, "group")
    number = {letter: at for at, letter in enumerate(g["letter"] for g in held.results["groups"])}
    groups = {p: number[x] for p, x in zip(people, letters, strict=True) if x}
    return conversation, groups

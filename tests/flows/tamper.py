"""Ways of spoiling a bundle."""

from __future__ import annotations

import json
from pathlib import Path

from assises.formats import bundle


def flip_first_agreement(folder: Path) -> None:
    """Change one counted agreement on statement 0 in votes.csv into a disagreement."""
    path = folder / "tables" / "votes.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    for at, line in enumerate(lines):
        cells = line.rstrip("\n").split(",")
        if cells[0] == "0" and cells[2] == "1" and cells[4] == "true":
            cells[2] = "-1"
            lines[at] = ",".join(cells) + "\n"
            path.write_text("".join(lines), "utf-8")
            return
    raise AssertionError("statement 0 has no agreement")


def renew(folder: Path) -> None:
    """Write the manifest that the changed files deserve, as a careful forger would."""
    path = folder / "manifest.json"
    parameters = json.loads(path.read_text("utf-8"))["parameters"]
    path.write_text(json.dumps(bundle.manifest_of(folder, parameters)), "utf-8")

"""Running a measurement of the source checkout."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from assises.lib.errors import InputError, SetupError


def run(name: str, arguments: Sequence[str]) -> int:
    """Run ``bench/NAME.py`` with this Python; returns its exit status.

    Raises:
        SetupError: outside a source checkout.
        InputError: for an unknown measurement.
    """
    folder = _folder()
    known = sorted(path.stem for path in folder.glob("[a-z]*.py"))
    if name not in known:
        raise InputError(
            "there is no such measurement", value=name, next_step=f"Use one of {', '.join(known)}."
        )
    return subprocess.run(
        [sys.executable, folder / f"{name}.py", *arguments], check=False
    ).returncode


def _folder() -> Path:
    for root in (Path.cwd(), *Path(__file__).resolve().parents):
        if (root / "bench" / "README.md").is_file():
            return root / "bench"
    raise SetupError(
        "the measurements are not part of the installed package",
        next_step="Run it in a checkout of the source: ./run bench opinion.",
    )

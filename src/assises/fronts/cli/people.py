"""Who takes part, from the options of a command."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assises.flows.people import MOROCCO, Asked, asked_of, strangers
from assises.formats.people import read_people
from assises.fronts.cli import terminal
from assises.lib.errors import InputError
from assises.lib.progress import Progress


def asked_in(people: Path | None, frame: str | None, progress: Progress) -> Asked:
    """The people of a file and the frame of that name.

    Raises:
        InputError: for a frame without people, and what :func:`.read_people` and :func:`.asked_of`
            refuse.
    """
    if people is None:
        raise InputError(
            "a population alone weighs nobody",
            value=frame,
            next_step="Give the people too: --people people.csv, with the columns of the frame.",
        )
    total = people.stat().st_size if people.is_file() else None
    progress.step("people", total)
    return asked_of(read_people(people, progress=progress), frame)


def asked_again(
    people: Path | None,
    frame: str | None,
    manifest: Mapping[str, Any],
    folder: Path,
    progress: Progress,
) -> Asked:
    """The same for a bundle: its manifest says which frame it was.

    Raises:
        InputError: as :func:`asked_in`, and where the bundle was made with a frame of a file that
            is not given.
    """
    told = manifest["parameters"].get("people") if "parameters" in manifest else None
    called = told.get("frame") if isinstance(told, Mapping) else None
    if people is not None and frame is None and called not in (None, MOROCCO):
        raise InputError(
            "this bundle was made with a population of a file",
            file=folder,
            value=called,
            next_step="Give that file too: --frame FILE.",
        )
    return asked_in(people, frame or (MOROCCO if called == MOROCCO else None), progress)


def who_is_known(asked: Asked, voters: npt.NDArray[np.int64]) -> str:
    """How many of those who voted the file knows, and how many of the file did not vote."""
    voted = np.unique(voters)
    both, rest = strangers(asked.people, voted)
    line = f"people  {both:,} of the {len(voted):,} who voted are in {Path(asked.people.file).name}"
    if rest:
        line += f"; {terminal.counted(rest, 'person', 'people')} of it did not vote"
    return line

"""What a person sees while they wait, and how errors are told."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from assises.lib.errors import AssisesError

STOPPED = 130
DEFECT = 70

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class Steps:
    """Progress in the terminal: a bar where one is watched, a line per step where not."""

    def __init__(self, bars: Progress | None) -> None:
        self._bars = bars
        self._task: TaskID | None = None
        self._told = ""

    def step(self, name: str, total: int | None = None) -> None:
        """Begin a step."""
        if self._bars is None:
            # What is done again and again is told once.
            if name != self._told:
                err.print(f"{name} …")
            self._told = name
            return
        if self._task is not None:
            self._bars.update(self._task, total=1, completed=1)
        self._task = self._bars.add_task(name, total=total)

    def advance(self, amount: int) -> None:
        """Go on with the step."""
        if self._bars is not None and self._task is not None:
            self._bars.advance(self._task, amount)


@contextmanager
def steps() -> Iterator[Steps]:
    """Progress on standard error, gone when the work is done."""
    if not err.is_terminal:
        yield Steps(None)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bars:
        yield Steps(bars)


def say(line: str = "") -> None:
    """One line of the answer."""
    out.print(line, markup=False)


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 vote``, ``2 votes``, ``1,000 people``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def fail(error: AssisesError) -> int:
    """Tell an error in full sentences; returns the exit status."""
    err.print(f"error: {error}", markup=False)
    return error.exit_code


def stopped() -> int:
    """The person pressed Ctrl-C; whatever was there before is still there."""
    err.print("Stopped. Nothing was half written.", markup=False)
    return STOPPED


def defect(error: Exception) -> int:
    """Something we did not foresee: say so, keep the details one flag away."""
    err.print(
        f"error: this is a defect of assises, not of your files: {type(error).__name__}: {error}",
        markup=False,
    )
    err.print("Run it again with ASSISES_TRACEBACK=1 and send us what it prints.", markup=False)
    return DEFECT


def interactive() -> bool:
    """Whether someone is watching."""
    return sys.stderr.isatty()

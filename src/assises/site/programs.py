"""One program of the installation: what is to be run, and what has become of it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO, Final

from assises.lib.errors import SetupError
from assises.site.processes import leash

_LOG_BYTES: Final = 5_000_000
_OLD_LOGS: Final = 3


@dataclass(frozen=True)
class Program:
    """One program to be kept running.

    Args:
        name: how it is called in messages and in the name of its log.
        argv: what is run.
        env: its whole environment; None for ours.
        ready: asked until it says yes (an OSError is a no); the programs after this one start
            then. None: at once.
        stop_signal: what asks it to stop, from us and, should we be killed, from the kernel.
        grace_seconds: how long it may take to stop before ``last_signal``.
        make: starts it in place of ``argv``, its output into the file given. It has to start a
            session of its own and set its own leash.
        last_signal: what ends it when it does not stop, followed by SIGKILL.
        once: it runs to its end, with status 0, before the programs after it start.
        ready_seconds: how long it may take to be ready before we give up.
    """

    name: str
    argv: Sequence[str] = ()
    env: Mapping[str, str] | None = None
    ready: Callable[[], bool] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10
    make: Callable[[IO[bytes]], subprocess.Popen[bytes]] | None = None
    last_signal: signal.Signals = signal.SIGKILL
    once: bool = False
    ready_seconds: float = 60


class Unit:
    """One program and what has become of it; ``fate`` is how it last ended, in words.

    ``early`` counts deaths soon after the start, in a row; ``spell`` all deaths since it last was
    calm; ``since`` is where in its log the present start begins.
    """

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.name = program.name
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.ready = self.done = False
        self.started = self.due = self.reminder = 0.0
        self.early = self.spell = self.restarts = self.since = 0
        self.fate = ""

    @property
    def pid(self) -> int | None:
        """Its process and process group while it runs."""
        return None if self.process is None else self.process.pid

    def start(self, now: float, reminder: float) -> None:
        """Start it; raises SetupError if it cannot even be started."""
        self.started, self.reminder, self.ready = now, now + reminder, False
        self.restarts += bool(self.fate)
        with open_log(self.log) as out:
            self.since = out.tell()
            make = self.program.make or self._spawn
            self.process = make(out)

    def answers(self) -> bool:
        """Whether it says that it is ready."""
        try:
            return self.program.ready is None or self.program.ready()
        except OSError:
            return False

    def send(self, number: signal.Signals) -> None:
        """To the program itself, which knows how to stop its own; SIGKILL to its whole group."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                os.kill(self.process.pid, number)

    def is_dead(self) -> bool:
        """Whether it has ended or never ran; it is not reaped yet."""
        return self.process is None or _ended(self.process.pid)

    def bury(self) -> int:
        """Kill what is left of its group and reap it; while it is not reaped its number is ours."""
        if self.process is None:
            return 0
        self.send(signal.SIGKILL)
        code = self.process.wait()
        self.process, self.ready = None, False
        return code

    def _spawn(self, out: IO[bytes]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603
                list(self.program.argv),
                env=self.program.env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                # Out of reach of the terminal's Ctrl-C: we decide who stops when.
                start_new_session=True,
                preexec_fn=leash(self.program.stop_signal),  # noqa: PLW1509
            )
        except OSError as error:
            raise SetupError(
                f"{self.name} cannot be started: {error.strerror}",
                value=self.program.argv[0],
                next_step="Run assises doctor; ./run makes the environment anew if need be.",
            ) from error


def open_log(file: Path) -> IO[bytes]:
    """Open a log to go on with it, put aside first if it has grown; only we may read it.

    Raises:
        SetupError: it cannot be written.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _put_aside(file)
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise SetupError(
            f"the log cannot be written: {error.strerror}",
            file=error.filename or file,
            next_step="Run as the user it belongs to, or set ASSISES_DATA to a folder of yours.",
        ) from error
    log = open(handle, "ab", buffering=0)  # noqa: SIM115
    log.seek(0, os.SEEK_END)
    return log


def _put_aside(file: Path) -> None:
    if file.exists() and file.stat().st_size > _LOG_BYTES:
        names = [file, *(file.with_name(f"{file.name}.{age}") for age in range(1, _OLD_LOGS + 1))]
        for newer, older in reversed(list(pairwise(names))):
            if newer.exists():
                newer.replace(older)


def _ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

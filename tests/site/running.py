"""A supervisor in a process of its own, told what to run by a Python text."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PREAMBLE = """
import pathlib, signal, sys
from assises.site.claim import Claim
from assises.site.supervisor import Patience, Program, Supervisor
here = pathlib.Path(sys.argv[1])
def say(line):
    print(line, flush=True)
def shell(name, text, **more):
    script = f'echo $$ >> "{name}.pid"; {text}'
    return Program(name, ["/bin/sh", "-c", f'cd "$0" && {script}', str(here)], **more)
def run(*programs, **more):
    more.setdefault("patience", Patience(first_pause=0.05))
    more.setdefault("when_ready", lambda: say("all ready"))
    code = Supervisor(programs, say, logs=here / "logs", **more).run()
    say(f"ended {code}")
    sys.exit(code)
"""
# Stays alive until asked, notes that it was, and ends: the shell waits, so that it hears.
OBEDIENT = "trap 'echo {name} >> stopped; exit 0' TERM; while :; do sleep 0.05; done"
STUBBORN = "trap '' TERM INT; while :; do sleep 0.05; done"


class Run:
    """One run of a supervisor, in the folder ``here``."""

    def __init__(
        self, here: Path, text: str, *, terminal: int | None = None, preamble: str = PREAMBLE
    ) -> None:
        self.here = here
        self.said_file = here / "said"
        with open(self.said_file, "ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-c", preamble + text, str(here)],
                stdin=subprocess.DEVNULL if terminal is None else terminal,
                stdout=said,
                stderr=said,
                start_new_session=True,
                preexec_fn=None if terminal is None else _take_terminal,  # noqa: PLW1509
            )

    @property
    def said(self) -> str:
        return self.said_file.read_text("utf-8", "replace")

    def until(self, text: str) -> None:
        """Wait until it says so."""
        wait_for(lambda: text in self.said, f"{text!r} in:\n{self.said}", self)

    def pid(self, name: str) -> int:
        """The last one that the program of that name ran under."""
        file = self.here / f"{name}.pid"
        wait_for(lambda: file.exists() and file.read_text().endswith("\n"), f"{file}", self)
        return int(file.read_text().split()[-1])

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self, seconds: float = 20) -> int:
        return self.process.wait(seconds)

    def clean(self) -> None:
        """Leave nothing behind, whatever the test did."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def wait_for(
    found: Callable[[], object], what: str = "", run: Run | None = None, seconds: float = 20
) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, f"waited in vain for {what}\n{run.said if run else ''}"
        time.sleep(0.02)


def state(pid: int) -> str:
    """``S``, ``R``, ``Z`` and so on; empty if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def lives(pid: int) -> bool:
    return state(pid) not in ("", "Z", "X")


def children(pid: int) -> dict[int, str]:
    """The children of a process and their states."""
    found = {}
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                fields = (process / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid:
                found[int(process.name)] = fields[0]
    return found


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    os.kill(pid, number)

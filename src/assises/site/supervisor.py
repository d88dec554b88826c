"""Starts the programs of one installation in order, keeps them running, stops them in reverse.

One thread and no polling where nothing is awaited: signals write to a socket that the loop sleeps
on. It must be the main thread, for signals and for the leash of the children (``processes.py``).
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assises.site.claim import Claim
from assises.site.keeper import Keeper
from assises.site.processes import ending, inherit_orphans, last_lines
from assises.site.programs import Program, Unit

__all__ = ["GAVE_UP", "KILLED", "STOPPED", "Patience", "Program", "Supervisor", "pause_before"]

STOPPED: Final = 0
GAVE_UP: Final = 70
KILLED: Final = 130


@dataclass(frozen=True)
class Patience:
    """When to start again, and when to give up; all in seconds but ``early_deaths``.

    A program that dies is started again after ``first_pause``, doubled each time up to
    ``longest_pause`` until it has lived ``calm``. ``early_deaths`` in a row, each within ``early``
    of its start, and the whole gives up. A second signal within ``double`` of the first is the
    same one told twice, as ``timeout`` and some terminals do.
    """

    first_pause: float = 0.5
    longest_pause: float = 30
    calm: float = 300
    early: float = 10
    early_deaths: int = 5
    double: float = 0.3
    reminder: float = 10


class Supervisor:
    """Runs programs until it is asked to stop or has to give up.

    Args:
        programs: in the order of their start.
        say: takes one line for the person who watches.
        logs: the folder of ``<name>.log``, made if need be and closed to others.
        claim: the claim on the data folder; it then lasts until the last program is gone, even if
            the supervisor is killed.
        when_ready: called once, when all of them are.
        patience: the times to wait.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        say: Callable[[str], None],
        *,
        logs: Path,
        claim: Claim | None = None,
        when_ready: Callable[[], None] | None = None,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._units = [Unit(program, logs / f"{program.name}.log") for program in programs]
        self._say_aloud = say
        self._claim = claim
        self._when_ready = when_ready
        self._patience = patience or Patience()
        self._clock = clock
        self._asked: list[float] = []
        self._failure: str | None = None
        self._keeper: Keeper | None = None

    def run(self) -> int:
        """Run until the end; reaps every child of this process, so let it be its last work.

        Returns:
            0 when stopped by SIGINT, SIGTERM or SIGHUP; 130 when a second one had to kill; 70 when
            a program would not stay alive or could not become ready.

        Raises:
            SetupError: a program could not even be started; the others were stopped.
        """
        inherit_orphans()
        self._keeper = Keeper([] if self._claim is None else [self._claim.fileno()])
        with _awakened(self._ask) as bell:
            try:
                self._watch(bell)
            finally:
                self._stop_all(bell)
                self._keeper.close()
                self._reap()
        if self._failure is not None:
            return GAVE_UP
        return KILLED if self._killing else STOPPED

    # --- Running ------------------------------------------------------------------------------

    def _watch(self, bell: socket.socket) -> None:
        while not self._asked:
            self._reap()
            if self._failure is None:
                self._advance()
            if self._failure is not None:
                for line in self._failure.splitlines():
                    self._say(line)
                return
            _sleep(bell, self._pause())

    def _advance(self) -> None:
        """Start what is due, in order: nothing starts before all that stands before it is ready.

        So a program that dies because the database died waits until the database is back.
        """
        for unit in self._units:
            if unit.process is None and not unit.done and self._clock() >= unit.due:
                self._start(unit)
            if not self._is_ready(unit):
                return
        if self._when_ready is not None:
            tell, self._when_ready = self._when_ready, None
            tell()

    def _start(self, unit: Unit) -> None:
        unit.start(self._clock(), self._patience.reminder)
        self._tell_keeper()
        if unit.fate:
            self._say(f"{unit.name} {unit.fate}; started again ({unit.restarts})")

    def _is_ready(self, unit: Unit) -> bool:
        program, now = unit.program, self._clock()
        if unit.done or unit.process is None or unit.ready:
            return unit.done or unit.ready
        if not program.once and unit.answers():
            unit.ready = True
        elif now - unit.started > program.ready_seconds:
            self._give_up(unit, f"is not ready after {program.ready_seconds:g} s")
        elif now >= unit.reminder:
            unit.reminder = now + self._patience.reminder
            self._say(f"{unit.name} is not ready yet")
        return unit.ready

    def _reap(self) -> None:
        while (pid := _dead_child()) is not None:
            unit = next((unit for unit in self._units if unit.pid == pid), None)
            if unit is not None:
                self._lost(unit)
            elif self._keeper is not None and pid == self._keeper.pid:
                self._keeper.again()  # someone killed it
                self._tell_keeper()
            else:
                os.waitpid(pid, 0)  # an orphan of one of ours

    def _lost(self, unit: Unit) -> None:
        code, lived = unit.bury(), self._clock() - unit.started
        self._tell_keeper()
        if unit.program.once and code == 0:
            unit.done = True
            return
        unit.early = unit.early + 1 if lived < self._patience.early else 0
        unit.spell = unit.spell + 1 if lived < self._patience.calm else 1
        unit.fate = ending(code)
        if unit.program.once or unit.early >= self._patience.early_deaths:
            often = f", {unit.early} times within {self._patience.early:g} s of its start"
            self._give_up(unit, unit.fate + ("" if unit.program.once else often))
            return
        pause = pause_before(unit.spell, self._patience)
        unit.due = self._clock() + pause
        if pause > 2:
            self._say(f"{unit.name} {unit.fate}; it starts again in {pause:g} s")

    def _give_up(self, unit: Unit, why: str) -> None:
        lines = [f"{unit.name} | {line}" for line in last_lines(unit.log, since=unit.since)]
        told = [f"Its last lines ({unit.log}):", *lines] if lines else []
        self._failure = "\n".join([f"{unit.name} {why}; giving up", *told])

    def _pause(self) -> float:
        awaited = next((unit for unit in self._units if not (unit.ready or unit.done)), None)
        if awaited is None:
            return 60
        # One that runs is asked whether it is ready; one that does not has its time to start.
        return 0.1 if awaited.process else max(awaited.due - self._clock(), 0)

    def _tell_keeper(self) -> None:
        if self._keeper is not None:
            wards = ((unit.pid, unit.program.grace_seconds) for unit in self._units)
            self._keeper.keep((pid, grace) for pid, grace in wards if pid is not None)

    # --- Stopping -----------------------------------------------------------------------------

    def _ask(self) -> None:
        now = self._clock()
        if not self._asked or now - self._asked[-1] > self._patience.double:
            self._asked.append(now)

    @property
    def _killing(self) -> bool:
        return len(self._asked) > 1

    def _stop_all(self, bell: socket.socket) -> None:
        if any(unit.process is not None for unit in self._units):
            self._say("stopping" if self._failure else "stopping (Ctrl-C again to kill)")
        for unit in reversed(self._units):
            if unit.process is not None:
                self._stop(unit, bell)
                self._tell_keeper()

    def _stop(self, unit: Unit, bell: socket.socket) -> None:
        unit.send(unit.program.stop_signal)
        if not self._ended(unit, bell, unit.program.grace_seconds, unless=lambda: self._killing):
            if not self._killing:
                self._say(f"{unit.name} did not stop in {unit.program.grace_seconds:g} s; killed")
            unit.send(unit.program.last_signal)
            if not self._ended(unit, bell, 5, unless=lambda: False):
                unit.send(signal.SIGKILL)
        unit.bury()

    def _ended(
        self, unit: Unit, bell: socket.socket, seconds: float, *, unless: Callable[[], bool]
    ) -> bool:
        deadline = self._clock() + seconds
        while not unit.is_dead():
            left = deadline - self._clock()
            if left <= 0 or unless():
                return False
            _sleep(bell, min(left, 0.5))
        return True

    def _say(self, line: str) -> None:
        # The terminal may be gone; that must not keep us from stopping the rest.
        with suppress(OSError, ValueError):
            self._say_aloud(line)


def pause_before(start: int, patience: Patience) -> float:
    """Seconds before the n-th start again in a row."""
    return min(patience.first_pause * 2.0 ** min(start - 1, 60), patience.longest_pause)


def _dead_child() -> int | None:
    """A child that ended, left to be reaped: until then its number belongs to nobody else."""
    try:
        found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return None if found is None else found.si_pid


def _sleep(bell: socket.socket, seconds: float) -> None:
    if select.select([bell], [], [], seconds)[0]:
        with suppress(BlockingIOError):
            bell.recv(4096)


@contextmanager
def _awakened(ask: Callable[[], None]) -> Iterator[socket.socket]:
    """Signals that ask us to stop call ``ask``; those and the end of a child ring the bell."""
    bell, rope = socket.socketpair()
    bell.setblocking(False)
    rope.setblocking(False)
    asking = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # unless started with nohup
        asking.append(signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: ask()) for number in asking}
    before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
    ringing = signal.set_wakeup_fd(rope.fileno(), warn_on_full_buffer=False)
    try:
        yield bell
    finally:
        signal.set_wakeup_fd(ringing)
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        bell.close()
        rope.close()

"""The program that seals: ``python -m assises.site.sealer``.

It says on its output when it starts, what it repaired, what it waits for and when it stops; events
are only counted there. It exits with status 0 when asked to stop, else with that of its error.
"""

from __future__ import annotations

import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

import django
from django.db import InterfaceError, OperationalError, connections

from assises.lib.errors import AssisesError

_IDLE: Final = 0.2
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_LOG: Final = logging.getLogger("assises.sealer")

Stopping = Callable[[], bool]


def run(stopping: Stopping, *, sleep: Callable[[float], None] = time.sleep) -> int:
    """Seal every log until asked to stop; how many events were sealed.

    What passes by itself (a database that restarts, a disk that is full) is waited for, longer each
    time; then everything is opened and repaired again, since nobody knows how far it had come.

    Raises:
        AssisesError: a person has to mend it: another sealer, a key or a log that does not fit.
    """
    sealed, pause = 0, _FIRST_PAUSE
    while not stopping():
        try:
            for count in _batches(stopping, sleep):
                sealed, pause = sealed + count, _FIRST_PAUSE
        except (OperationalError, InterfaceError, OSError) as error:
            connections["sealer"].close()
            _LOG.warning("waiting %.1f s: %s", pause, _first_line(error))
            _wait(pause, stopping, sleep)
            pause = min(pause * 2, _LONGEST_PAUSE)
    return sealed


def _batches(stopping: Stopping, sleep: Callable[[float], None]) -> Iterator[int]:
    from assises.rooms.journal.logs import NAMES, tidy
    from assises.rooms.journal.sealing import MOST, seal, sealer_of

    with ExitStack() as stack:
        logs = {name: stack.enter_context(sealer_of(name)) for name in NAMES}
        for name, log in logs.items():
            _LOG.info("%s: sealing from leaf %d on, as %s", name, log.size, log.checkpoint.origin)
        while not stopping():
            counts = []
            for name, log in logs.items():
                before = log.size
                counts.append(seal(log, name))
                tidy(name, before, log.size)
            yield sum(counts)
            # Waiting gathers events: a batch costs the disk a dozen syncs, whatever its size.
            if max(counts) < MOST:
                sleep(_IDLE)


def _wait(seconds: float, stopping: Stopping, sleep: Callable[[float], None]) -> None:
    until = time.monotonic() + seconds
    while not stopping() and time.monotonic() < until:
        sleep(_IDLE)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


@contextmanager
def _asked() -> Iterator[Stopping]:
    """Whether SIGTERM or SIGINT has come; the batch at hand is finished first."""
    asked = False

    def ask(_number: int, _frame: object) -> None:
        # A flag and no lock: a handler may run while its own thread holds one.
        nonlocal asked
        asked = True

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def main() -> int:
    """Run until asked to stop; the exit status."""
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    with _asked() as stopping:
        try:
            django.setup()
            sealed = run(stopping)
        except AssisesError as error:
            _LOG.error("%s", error)
            return error.exit_code
        finally:
            connections.close_all()
    _LOG.info("stopped; %d events were sealed since the start", sealed)
    return 0


if __name__ == "__main__":
    sys.exit(main())

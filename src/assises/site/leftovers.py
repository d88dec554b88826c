"""What a killed supervisor may have left on a cluster, and its end.

The supervisor holds the claim on the data folder, so whatever still runs on the cluster was ours.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import Final

from assises.lib.errors import SetupError

_BETWEEN_LOOKS: Final = 0.05
_SHUTDOWN: Final = 60.0
_AT_ONCE: Final = 10.0


def stop_what_runs_on(place: Path, sockets: Path) -> None:
    """Stop the server of the cluster at ``place`` as a clean shutdown does, and wait for it.

    Server processes whose master was killed are stopped too. If nothing ran, files that only name
    a process which is another program now are removed: after a restart of a container the small
    numbers come again, and PostgreSQL would take such a file for a running server.

    Raises:
        SetupError: someone works on the cluster by hand, or what runs does not end.
    """
    written = _written(place / "postmaster.pid")
    if written is not None and written < 0 and -written in _running_on(place):
        raise SetupError(
            f"someone works on the database by hand (postgres --single, process {-written})",
            file=place,
            next_step="Let them finish, then start again.",
        )
    if written in _running_on(place):
        for order, seconds in ((signal.SIGINT, _SHUTDOWN), (signal.SIGQUIT, _AT_ONCE)):
            _send(written, order)
            if _gone(place, seconds, only=written):
                break
    for order in (signal.SIGQUIT, signal.SIGKILL):
        for pid in _running_on(place):
            _send(pid, order)
        if _gone(place, _AT_ONCE):
            _forget_strangers(place, sockets)
            return
    raise SetupError(
        "a PostgreSQL server that was left over does not end",
        value=sorted(_running_on(place)),
        file=place,
        next_step="See what holds it (a disk that does not answer?), or start the machine again.",
    )


def _running_on(place: Path) -> set[int]:
    """The processes of PostgreSQL that work in this cluster: each of them stands in its folder."""
    folder = os.path.realpath(place)
    found = set()
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            # Another user's, or gone meanwhile: not one that we could have left.
            with contextlib.suppress(OSError):
                stands = os.readlink(process / "cwd") == folder  # noqa: PTH115
                if stands and (process / "comm").read_text("utf-8", "replace") == "postgres\n":
                    found.add(int(process.name))
    return found


def _gone(place: Path, seconds: float, *, only: int | None = None) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        running = _running_on(place)
        if not running or (only is not None and only not in running):
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(_BETWEEN_LOOKS)


def _forget_strangers(place: Path, sockets: Path) -> None:
    lock = sockets / ".s.PGSQL.5432.lock"
    for file in (place / "postmaster.pid", lock):
        written = _written(file)
        if written is not None and Path(f"/proc/{abs(written)}").exists():
            file.unlink(missing_ok=True)


def _written(file: Path) -> int | None:
    try:
        return int(file.read_text("utf-8", "replace").splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _send(pid: int, order: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, order)

"""The one who stays when the supervisor is killed: makes sure that nothing it started is left.

The kernel has already asked the programs to stop (:func:`assises.site.processes.leash`), but asks
only those that the supervisor started itself, and only once. This small process, beside them and
out of reach of the terminal, notices the supervisor's end by the end of a pipe, gives each group
its grace and kills what remains. It imports nothing but the standard library, being run by path.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_BETWEEN_LOOKS: Final = 0.05


class Keeper:
    """The supervisor's side: starts the keeper and tells it whom to keep."""

    def __init__(self, handles: Iterable[int] = ()) -> None:
        self._handles = tuple(handles)
        self._process, self._pipe = self._begin()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def keep(self, wards: Iterable[tuple[int, float]]) -> None:
        """From now on these: process group and seconds of grace of each."""
        line = json.dumps(list(wards)).encode() + b"\n"
        with contextlib.suppress(BrokenPipeError):
            os.write(self._pipe, line)

    def again(self) -> None:
        """Someone killed it: start another one, which must be told again whom to keep."""
        self.close()
        self._process, self._pipe = self._begin()

    def close(self) -> None:
        """There is nobody left to keep."""
        os.close(self._pipe)
        self._process.wait()

    def _begin(self) -> tuple[subprocess.Popen[bytes], int]:
        theirs, ours = os.pipe()
        try:
            # -I and -S: no folder of ours on the path, no site-packages, ready in milliseconds.
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", __file__],
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                pass_fds=self._handles,
                cwd="/",
            )
        finally:
            os.close(theirs)
        return process, ours


def main() -> None:
    """Listen until the pipe ends, then outlive whoever is left."""
    for deaf in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(deaf, signal.SIG_IGN)
    wards: dict[int, tuple[float, str]] = {}
    for line in sys.stdin:
        with contextlib.suppress(ValueError):
            known = {int(group): float(grace) for group, grace in json.loads(line)}
            births = {
                group: wards[group][1] if group in wards else _birth(group) for group in known
            }
            wards = {group: (known[group], births[group]) for group in known}
    _outlive(wards)


def _outlive(wards: dict[int, tuple[float, str]]) -> None:
    end = time.monotonic()
    left = {group: end + grace for group, (grace, birth) in wards.items() if _ours(group, birth)}
    while left:
        now = time.monotonic()
        for group in [group for group, deadline in left.items() if deadline <= now]:
            _send(group, signal.SIGKILL)
            del left[group]
        left = {group: deadline for group, deadline in left.items() if _send(group, 0)}
        time.sleep(_BETWEEN_LOOKS)


def _send(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _ours(group: int, birth: str) -> bool:
    # A number is used again one day. While its group lives it cannot be, so a leader that is gone
    # (no birth) is no stranger; one that was born at another moment is.
    return _birth(group) in (birth, "")


def _birth(pid: int) -> str:
    """When it was born, in ticks since the machine started; empty if there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return fields[19]


if __name__ == "__main__":
    main()

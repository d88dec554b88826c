"""What Linux offers to one who starts other programs, said once."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
from collections.abc import Callable
from errno import EACCES, EADDRINUSE
from pathlib import Path
from typing import Final

from assises.lib.errors import SetupError

_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_SET_DEATH_SIGNAL: Final = 1
_SET_HEIR_OF_ORPHANS: Final = 36
_PORTS_TRIED: Final = 20


def leash(death_signal: signal.Signals) -> Callable[[], None]:
    """A ``preexec_fn``: the kernel sends ``death_signal`` to the child when its starter is gone.

    It works for every way of going, ``kill -9`` included. Two traps: the signal is sent when the
    *thread* that started the child ends, so start programs from the main thread; and a change of
    user clears it, which is why it is set here, after subprocess has changed the user.
    """
    starter = os.getpid()

    def hold() -> None:
        _LIBC.prctl(_SET_DEATH_SIGNAL, int(death_signal), 0, 0, 0)
        if os.getppid() != starter:  # it went between the fork and the line above
            os._exit(1)

    return hold


def inherit_orphans() -> None:
    """Grandchildren whose parent died become our children, so that we can reap them.

    Without it they go to process 1, which in many containers reaps nothing.
    """
    _LIBC.prctl(_SET_HEIR_OF_ORPHANS, 1, 0, 0, 0)


def ending(returncode: int) -> str:
    """``stopped with signal 9`` or ``stopped with status 1``."""
    if returncode < 0:
        return f"stopped with signal {-returncode}"
    return f"stopped with status {returncode}"


def last_lines(file: Path, *, since: int = 0, most: int = 20) -> list[str]:
    """The last lines of a log from byte ``since`` on; what could steer a terminal is left out."""
    try:
        with open(file, "rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(since, end - 20_000))
            text = log.read().decode("utf-8", "replace")
    except OSError:
        return []
    lines = text.replace("\t", " ").splitlines()[-most:]
    return ["".join(letter for letter in line if letter.isprintable()) for line in lines]


def free_port(host: str, port: int, *, chosen: bool) -> int:
    """``port`` if it is free on ``host``, else the next free one unless a person chose it.

    Raises:
        SetupError: the chosen port, or each of twenty, is taken, or may not be opened.
    """
    tried = [port] if chosen else range(port, min(port + _PORTS_TRIED, 65536))
    for candidate in tried:
        if _can_be_opened(host, candidate):
            return candidate
    raise SetupError(
        "another program already uses this port" if chosen else "no port is free",
        value=f"{host}, {port}" if chosen else f"{host}, {tried[0]} to {tried[-1]}",
        next_step="Stop that program, or set ASSISES_PORT to a free port.",
    )


def _can_be_opened(host: str, port: int) -> bool:
    try:
        family, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(place)
    except OSError as error:
        if error.errno == EADDRINUSE:
            return False
        raise SetupError(
            f"nothing can be opened there: {error.strerror}",
            value=f"{host}, {port}",
            next_step="Set ASSISES_PORT to 1024 or more: those below are for root."
            if error.errno == EACCES
            else "Set ASSISES_HOST to an address of this machine, such as 127.0.0.1.",
        ) from error
    return True

"""One data folder, one assises: a lock that the kernel lets go when its holder dies."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path
from typing import Any, Final

from assises.lib.errors import SetupError

_FILE: Final = "assises.lock"
_BETWEEN_LOOKS: Final = 0.1


class Claim:
    """The right to run on a data folder, held until :meth:`release` or the end of the process.

    The file is never deleted: a second holder could then lock another file of the same name. Its
    handle may be passed on (:meth:`fileno`): the claim then lasts as long as the last of them.
    """

    def __init__(self, folder: Path, handle: int) -> None:
        self._folder = folder
        self._handle = handle
        self.tell(None)

    @classmethod
    def take(cls, folder: Path, *, patience: float = 60) -> Claim:
        """Claim the folder, which is made if it is not there.

        If the last run was killed and what it left is still being stopped, wait for it up to
        ``patience`` seconds.

        Raises:
            SetupError: assises already runs there (says where), or the folder cannot be written.
        """
        handle = _opened(folder)
        deadline = time.monotonic() + patience
        while not _locked(handle):
            told = _told(folder)
            if _alive(told.get("pid")) or time.monotonic() > deadline:
                os.close(handle)
                raise _runs_already(folder, told)
            time.sleep(_BETWEEN_LOOKS)
        return cls(folder, handle)

    def tell(self, address: str | None) -> None:
        """Write down where we can be found, for whoever comes second."""
        content = json.dumps({"pid": os.getpid(), "address": address}).encode()
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, content, 0)

    def fileno(self) -> int:
        """The handle that holds the lock."""
        return self._handle

    def release(self) -> None:
        """Let the folder go."""
        os.ftruncate(self._handle, 0)
        os.close(self._handle)


def _opened(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder / _FILE, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        raise SetupError(
            f"the data folder cannot be written: {error.strerror}",
            file=error.filename or folder,
            next_step="Run as the user it belongs to, or set ASSISES_DATA to a folder of yours.",
        ) from error


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _told(folder: Path) -> dict[str, Any]:
    try:
        told = json.loads((folder / _FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _alive(pid: object) -> bool:
    if not isinstance(pid, int):
        return True  # nothing written yet: the holder took the lock this very moment
    try:
        state = (
            Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
        )
    except OSError:
        return False
    return state not in ("Z", "X")  # killed, though its parent has not looked yet


def _runs_already(folder: Path, told: dict[str, Any]) -> SetupError:
    address, pid = told.get("address"), told.get("pid")
    where = f"at {address}" if address else "and is starting or stopping"
    return SetupError(
        f"assises already runs on this data folder, {where}",
        file=folder,
        next_step=f"Open it there, stop it (kill {pid}), or set ASSISES_DATA to another folder.",
    )

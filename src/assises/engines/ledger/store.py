"""The files of a log on a disk."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from assises.lib.errors import InputError


class FileStore:
    """A folder. A file is whole or absent: written beside its place, synced, renamed.

    The name in a folder is a promise of its own on most file systems, so :meth:`sync` syncs every
    folder that got a new name since the last call.
    """

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._renamed: set[Path] = {self._folder, self._folder.parent}

    def read(self, path: str) -> bytes:
        """The file; raises FileNotFoundError."""
        return self._place(path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        """Put the file in place; its name is durable after :meth:`sync`, its content before."""
        place = self._place(path)
        self._make(place.parent)
        draft = place.with_name(f".{place.name}.draft")
        with open(draft, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
        self._renamed.add(place.parent)

    def sync(self) -> None:
        """Return once every name given since the last call survives a loss of power."""
        # Inner folders first, so that no name leads into a folder that is not there yet.
        for folder in sorted(self._renamed, key=lambda path: -len(path.parts)):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        self._renamed.clear()

    def _make(self, folder: Path) -> None:
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for new in reversed(missing):
            new.mkdir(exist_ok=True)
            self._renamed.add(new.parent)

    def _place(self, path: str) -> Path:
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts:
            raise InputError(
                "a file of a log stays inside its folder",
                value=path,
                next_step="Use paths such as tile/0/000.",
            )
        return self._folder.joinpath(*parts)

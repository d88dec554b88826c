"""A folder of parts on disk: arrays that are mapped into memory, and a manifest with their hashes.

    manifest.json                      what was divided, the hash of every file
    KEY-statements.npy                 ids of all statements, ascending
    KEY-00000.participants.npy ...     the arrays of a part, as many parts as there are

KEY stands for the input and how it was divided, so that a reader of the old parts never takes a
new one for its own. The folder is written beside its place and renamed: whole or not there.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assises.lib.canonical import canonical_json, sha256_hex, sha256_of_file
from assises.lib.errors import InputError, OutputError

SCHEMA: Final = "assises/casts-in-parts/1"
MANIFEST: Final = "manifest.json"
ARRAYS: Final = ("participants", "indptr", "cells")

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Arrays:
    """What a part holds: people, where their cells begin, the cells."""

    participants: Array
    indptr: Array
    cells: Array
    casts: int
    """Rows that were given."""


@dataclass(frozen=True, slots=True)
class Store:
    """A finished folder of parts."""

    folder: Path
    key: str
    casts: tuple[int, ...]
    """Rows that were given, of each part."""

    def __len__(self) -> int:
        return len(self.casts)

    def statements(self) -> Array:
        """Ids of all statements, ascending, mapped."""
        return self._mapped(_name(self.key, None, "statements"))

    def part(self, at: int) -> Arrays:
        """The arrays of a part, mapped: pages are read when they are touched.

        Raises:
            InputError: if the folder was taken away or made anew.
        """
        people, begins, cells = (self._mapped(_name(self.key, at, name)) for name in ARRAYS)
        return Arrays(people, begins, cells, self.casts[at])

    def _mapped(self, name: str) -> Array:
        try:
            # Copy on write: the loops are compiled for arrays that may be written to.
            return np.asarray(np.load(self.folder / name, mmap_mode="c"))
        except FileNotFoundError as error:
            raise InputError(
                "the parts are not there any more, or were made anew",
                file=self.folder,
                next_step="Open the folder of casts again.",
            ) from error


@dataclass(slots=True)
class Draft:
    """A folder of parts that is being written."""

    folder: Path
    """Where anything may lie that is gone in the end, below ``rest``."""
    key: str
    casts: list[int] = field(default_factory=list)
    _files: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def rest(self) -> Path:
        """A folder for what does not stay."""
        path = self.folder / "rest"
        path.mkdir(exist_ok=True)
        return path

    def add(self, part: Arrays) -> None:
        """Write the next part."""
        for name in ARRAYS:
            self._put(_name(self.key, len(self.casts), name), getattr(part, name))
        self.casts.append(part.casts)

    def finish(self, statements: Array, described: Mapping[str, Any]) -> None:
        """Write the statements and the manifest; what does not stay is taken away."""
        shutil.rmtree(self.rest)
        self._put(_name(self.key, None, "statements"), statements)
        manifest = {
            "schema": SCHEMA,
            "key": self.key,
            "input": dict(described),
            "casts": self.casts,
            "files": self._files,
        }
        sealed = {**manifest, "sha256": sha256_hex(canonical_json(manifest))}
        with told(self.folder):
            (self.folder / MANIFEST).write_bytes(canonical_json(sealed) + b"\n")

    def _put(self, name: str, array: Array) -> None:
        path = self.folder / name
        with told(path), open(path, "wb") as file:
            np.save(file, array)
            file.flush()
            os.fsync(file.fileno())
        self._files[name] = {"bytes": path.stat().st_size, "sha256": sha256_of_file(path)}


def key_of(described: Mapping[str, Any]) -> str:
    """What stands for an input and how it is divided: 12 hexadecimal digits."""
    return sha256_hex(canonical_json({"schema": SCHEMA, **described}))[:12]


def find(folder: Path, described: Mapping[str, Any]) -> Store | None:
    """The parts in ``folder`` if they are whole and of this input; their hashes are checked."""
    manifest = _manifest(folder)
    if manifest is None or manifest["input"] != json.loads(canonical_json(described)):
        return None
    for name, file in manifest["files"].items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != file["bytes"]:
            return None
        if sha256_of_file(path) != file["sha256"]:
            return None
    return Store(folder.absolute(), manifest["key"], tuple(manifest["casts"]))


@contextmanager
def replacing(folder: Path, described: Mapping[str, Any]) -> Iterator[Draft]:
    """A draft that takes the place of ``folder`` when the block ends well.

    Only a folder of parts is ever replaced. If the block raises, nothing is left of the draft and
    ``folder`` is as it was; what a killed run left beside it is cleared away first.

    Raises:
        OutputError: if something else is there, or it cannot be written to.
    """
    folder = folder.absolute()
    _check_place(folder)
    with told(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        _clear_left(folder)
        draft, held = _held(folder)
    try:
        yield Draft(draft, key_of(described))
        with told(folder):
            os.fsync(held)
            _put_in_place(draft, folder)
    finally:
        os.close(held)
        shutil.rmtree(draft, ignore_errors=True)


def _held(folder: Path) -> tuple[Path, int]:
    """A new draft and the handle that holds it: none that is held is cleared away."""
    while True:
        draft = _beside(folder)
        handle = os.open(draft, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if draft.exists():
            return draft, handle
        os.close(handle)  # cleared away before it was held


def _beside(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".draft", dir=folder.parent))


def _put_in_place(draft: Path, folder: Path) -> None:
    _check_place(folder)
    if folder.exists():
        old = _beside(folder)  # named like a draft: after a stop it is cleared away like one
        folder.replace(old)
        draft.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
    else:
        draft.replace(folder)


def _clear_left(folder: Path) -> None:
    """Take away drafts of this folder that nobody holds any more."""
    for left in folder.parent.glob(f".{_literal(folder.name)}.*.draft"):
        handle = os.open(left, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        except BlockingIOError:
            pass  # someone is at work in it
        finally:
            os.close(handle)


def _literal(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _check_place(folder: Path) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    manifest = _manifest(folder)
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if manifest is None or names - {MANIFEST, *manifest["files"]}:
        raise OutputError(
            "something else is already there", file=folder, next_step="Choose another folder."
        )


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
        seal = found.pop("sha256")
        whole = found["schema"] == SCHEMA and sha256_hex(canonical_json(found)) == seal
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InputError):
        return None
    return found if whole else None


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """What the disk refuses, in words.

    Raises:
        OutputError: in place of any error of the system.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"the folder cannot be written: {error.strerror}",
            file=folder,
            next_step="Choose a folder that you may write to, on a disk with room.",
        ) from error


def _name(key: str, at: int | None, name: str) -> str:
    return f"{key}-{name}.npy" if at is None else f"{key}-{at:05d}.{name}.npy"

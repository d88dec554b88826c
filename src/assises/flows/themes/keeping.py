"""Vectors kept between runs: once for each text, tag and embedder, as float16.

A folder holds segments, which are never changed. A segment is written beside its place, synced and
renamed, so that a kill at any moment leaves it whole or absent, and its name is the hash of what it
holds, so that two processes at once can only write the same or something else. It begins with a
line that says how many vectors of which embedder follow, with the hash of their keys and of their
numbers; keys (16 bytes of SHA-256 of tag and text) come next, then the vectors. A segment that is
not what it says is put aside, told, and its vectors are made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.themes.meaning.vectors import Embedder, Float16, halved
from assises.lib.errors import OutputError
from assises.lib.progress import SILENT, Progress

AT_ONCE: Final = 4096
"""Texts of a segment at most: what a kill can cost."""
MANY: Final = 64
"""Small segments from which they are joined into one."""
_HEAD: Final = 512
"""Bytes of the line at the beginning, padded with spaces."""
_DEAD_AFTER: Final = 3600.0
"""Seconds after which nobody writes on a draft any more."""
_KEY: Final = np.dtype([("high", "<u8"), ("low", "<u8")])
_ENDING: Final = ".vectors"
Keys = npt.NDArray[np.void]
Int64 = npt.NDArray[np.int64]


class _Onward:
    """Hands on how far the work is, without the steps inside it."""

    def __init__(self, listener: Progress) -> None:
        self._listener = listener

    def step(self, name: str, total: int | None = None) -> None:
        """Ignored."""

    def advance(self, amount: int) -> None:
        self._listener.advance(amount)


@dataclass(slots=True)
class _Segment:
    path: Path
    keys: Keys
    rows: str
    """Hash of the vectors, in hexadecimal."""
    checked: bool = False


class Vectors:
    """Vectors of one embedder, as they are compared: float16, kept in a folder if there is one."""

    def __init__(self, embedder: Embedder, folder: str | Path | None = None) -> None:
        """Of an embedder; without a folder nothing is kept.

        Args:
            embedder: its name decides which of the kept vectors are its own.
            folder: made if absent; any number of processes may use it at once.
        """
        self.embedder = embedder
        self.damaged: list[str] = []
        """Names of the segments that were put aside, for a person to be told."""
        self._folder = None if folder is None else Path(folder) / _hex(embedder.name.encode())[:16]
        self._segments: dict[str, _Segment] = {}

    def of(self, texts: Sequence[str], tags: Sequence[str], progress: Progress = SILENT) -> Float16:
        """Vectors of texts, float16 of shape (n, dimensions), zeros where nothing can be read.

        Args:
            texts: any; equal ones with equal tags are read once.
            tags: the language of each.
            progress: is told of each text that is not kept yet. When it raises, what was made so
                far stays kept.

        Raises:
            OutputError: the folder cannot be written.
        """
        keys, first, back = _distinct(_keys(texts, tags))
        out = np.zeros((len(texts), self.embedder.dimensions), dtype=np.float16)
        missing = np.flatnonzero(~self._fetch(keys, first, out))
        progress.step("vectors", len(missing))
        for at in range(0, len(missing), AT_ONCE):
            part = missing[at : at + AT_ONCE]
            asked = first[part]
            found = self.embedder.encode(
                [texts[one] for one in asked], [tags[one] for one in asked], _Onward(progress)
            )
            out[asked] = halved(found)
            self._keep(keys[part], out[asked])
        again = np.flatnonzero(first[back] != np.arange(len(texts)))
        for at in range(0, len(again), AT_ONCE):
            part = again[at : at + AT_ONCE]
            out[part] = out[first[back[part]]]
        return out

    def _fetch(self, keys: Keys, into: Int64, out: Float16) -> npt.NDArray[np.bool_]:
        """Fill the rows of the keys that are kept, and say which of the keys they are."""
        had = np.zeros(len(keys), dtype=bool)
        if self._folder is None or not len(keys):
            return had
        self._look()
        whole = False
        while self._segments and not whole:
            whole = True
            segments = list(self._segments.values())
            ends = np.cumsum([len(one.keys) for one in segments])
            open_ = np.flatnonzero(~had)
            mine, at = _among(keys[open_], np.concatenate([one.keys for one in segments]))
            of = np.searchsorted(ends, at, side="right")
            for number in np.unique(of):
                rows = self._rows(segments[number])
                if rows is None:  # its vectors may be in another one
                    whole = False
                    continue
                these = open_[mine[of == number]]
                out[into[these]] = rows[at[of == number] - ends[number] + len(rows)]
                had[these] = True
        return had

    def _look(self) -> None:
        """Read the keys of segments that are new here, and forget those that are gone."""
        assert self._folder is not None  # noqa: S101  # of the callers
        there = {path.name: path for path in sorted(self._folder.glob(f"*{_ENDING}"))}
        for gone in set(self._segments) - set(there):
            del self._segments[gone]
        for name in sorted(set(there) - set(self._segments)):
            try:
                segment = _opened(there[name], self.embedder)
            except FileNotFoundError:  # another process joined it with others
                continue
            if segment is None:
                self._aside(there[name])
            else:
                self._segments[name] = segment

    def _rows(self, segment: _Segment) -> Float16 | None:
        """The vectors of a segment, or None if they are not what they were."""
        shape = (len(segment.keys), self.embedder.dimensions)
        begin = _HEAD + segment.keys.nbytes
        try:
            rows = np.memmap(segment.path, dtype="<f2", mode="r", offset=begin, shape=shape)
        except FileNotFoundError:
            del self._segments[segment.path.name]
            return None
        if not segment.checked and _hex(rows) != segment.rows:
            self._aside(segment.path)
            return None
        segment.checked = True
        return rows

    def _aside(self, path: Path) -> None:
        path.replace(path.with_suffix(".damaged"))
        self._segments.pop(path.name, None)
        self.damaged.append(str(path))

    def _keep(self, keys: Keys, rows: Float16) -> None:
        if self._folder is None or not len(keys):
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._clear()
            self._write(keys, rows)
            small = [one for one in self._segments.values() if len(one.keys) < AT_ONCE]
            if len(small) >= MANY:
                self._join(small)
        except OSError as error:
            raise OutputError(
                f"vectors cannot be kept: {error.strerror}",
                file=self._folder,
                next_step="Make room or give another folder; what was kept before is whole.",
            ) from error

    def _write(self, keys: Keys, rows: Float16) -> str:
        """Put a segment in place and return its name."""
        assert self._folder is not None  # noqa: S101  # of the callers
        data, line = _written(self.embedder, keys, rows)
        place = self._folder / f"{_hex(line)[:32]}{_ENDING}"
        draft = place.with_name(f".{place.stem}.{os.getpid()}.draft")
        with open(draft, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        self._segments[place.name] = _Segment(place, keys, _hex(rows), checked=True)
        return place.name

    def _clear(self) -> None:
        """Remove drafts whose writers must be dead."""
        assert self._folder is not None  # noqa: S101  # of the callers
        for draft in self._folder.glob(".*.draft"):
            with suppress(FileNotFoundError):
                if time.time() - draft.stat().st_mtime > _DEAD_AFTER:
                    draft.unlink()

    def _join(self, small: list[_Segment]) -> None:
        """Many small segments into one. The old ones go once the new one is in place."""
        found = [(one, self._rows(one)) for one in small]
        whole = [(one, rows) for one, rows in found if rows is not None]
        keys, first, _ = _distinct(np.concatenate([one.keys for one, _ in whole]))
        joined = self._write(keys, np.concatenate([rows for _, rows in whole])[first])
        for one, _ in whole:
            if one.path.name != joined:
                del self._segments[one.path.name]
                one.path.unlink(missing_ok=True)


def _hex(data: bytes | npt.NDArray[np.generic]) -> str:
    given = data if isinstance(data, bytes) else data.tobytes()
    return hashlib.sha256(given).hexdigest()


def _keys(texts: Sequence[str], tags: Sequence[str]) -> Keys:
    """16 bytes of each text and tag, shape (n,)."""
    found = bytearray()
    for text, tag in zip(texts, tags, strict=True):
        said = f"{tag}\0{text}".encode("utf-8", "surrogatepass")
        found += hashlib.sha256(said).digest()[:16]
    return np.frombuffer(bytes(found), dtype=_KEY)


def _distinct(keys: Keys) -> tuple[Keys, Int64, Int64]:
    """Sorted keys without doubles, one place of each, and where each of the given is in them."""
    order = np.lexsort((keys["low"], keys["high"]))
    ordered = keys[order]
    new = np.ones(len(keys), dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    back = np.empty(len(keys), dtype=np.int64)
    back[order] = np.cumsum(new) - 1
    return ordered[new], order[new], back


def _among(keys: Keys, kept: Keys) -> tuple[Int64, Int64]:
    """Which of the keys are kept, and where; the keys are without doubles."""
    both = np.concatenate([keys, kept])
    order = np.lexsort((both["low"], both["high"]))
    same = np.flatnonzero(both[order[1:]] == both[order[:-1]])
    # The sort is stable: of equal ones what is asked for comes first. Some are kept twice.
    same = same[order[same] < len(keys)]
    return order[same], order[same + 1] - len(keys)


def _written(embedder: Embedder, keys: Keys, rows: Float16) -> tuple[bytes, bytes]:
    """A segment, and the line it begins with."""
    line = json.dumps(
        {
            "count": len(keys),
            "dimensions": embedder.dimensions,
            "embedder": _hex(embedder.name.encode()),
            "keys": _hex(keys),
            "rows": _hex(rows),
        },
        sort_keys=True,
    ).encode()
    head = line.ljust(_HEAD - 1) + b"\n"
    return head + keys.tobytes() + rows.astype("<f2").tobytes(), line


def _opened(path: Path, embedder: Embedder) -> _Segment | None:
    """The keys of a segment, or None if it is not what it says.

    Raises:
        FileNotFoundError: it is gone.
    """
    with open(path, "rb") as file:
        try:
            said = json.loads(file.read(_HEAD))
            count, dimensions = int(said["count"]), int(said["dimensions"])
            data = file.read(count * _KEY.itemsize)
            rows = str(said["rows"])
            right = (
                count > 0
                and dimensions == embedder.dimensions
                and said["embedder"] == _hex(embedder.name.encode())
                and said["keys"] == _hex(data)
                and file.seek(0, os.SEEK_END) == _HEAD + len(data) + 2 * count * dimensions
            )
        except (ValueError, KeyError, TypeError, OverflowError):
            return None
    return _Segment(path, np.frombuffer(data, dtype=_KEY), rows) if right else None

"""Where the sealed logs stand: their folders, their names, their keys, and how they are read.

``<data>/ledger/<name>/`` is a log as C2SP tlog-tiles lays it out (``checkpoint``, ``tile``) with
its verifier key beside it (``key``). The signing key is in the secret folder and never leaves it.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings

from assises.engines.ledger.checkpoint import Checkpoint, Signer, VerifierKey, read_checkpoint
from assises.engines.ledger.log import CHECKPOINT, Log
from assises.engines.ledger.store import FileStore
from assises.engines.ledger.tiles import HEIGHT, pack_entries, tile_path, unpack_entries
from assises.engines.ledger.tree import HASH_SIZE
from assises.lib.errors import SetupError
from assises.lib.ids import spoken_code
from assises.rooms.journal.acting import OFFICIAL, SIMULATION

NAMES: Final = (OFFICIAL, SIMULATION)
KEY: Final = "key"
_INSTALLATION: Final = re.compile(r"[0-9a-z]{10}")
_PRIVATE: Final = "PRIVATE+KEY+"
_ED25519: Final = b"\1"


def folder_of(name: str) -> Path:
    """The folder of one log: ``official`` or ``simulation``."""
    if name not in NAMES:
        raise ValueError(f"there is no log {name}")
    return settings.ENVIRONMENT.data / "ledger" / name


@contextlib.contextmanager
def writing(name: str) -> Iterator[Log]:
    """The log, open for its one writer; its key and folder are made on first use.

    Raises:
        SetupError: another process of this machine writes it, or its key or its folder is gone or
            is another log's. Neither is ever made anew in silence.
        InputError: what is stored is damaged.
    """
    folder = folder_of(name)
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        _claim(name, handle)
        yield _opened(name, folder)
    finally:
        os.close(handle)


def second_sealer(name: str) -> SetupError:
    """What is told to a sealer that comes second."""
    return SetupError(
        f"another sealer writes the log {name}",
        next_step="Leave it to that one, or stop it first: a log has one writer.",
    )


def checkpoint_of(name: str) -> tuple[Checkpoint, str] | None:
    """The checkpoint of the log and its signed text, None before the first event is sealed.

    Raises:
        InputError: the log's own key did not sign it.
    """
    folder = folder_of(name)
    try:
        note = (folder / CHECKPOINT).read_bytes()
        key = (folder / KEY).read_text("ascii")
    except FileNotFoundError:
        return None
    # Its name may still be on the way to the disk: what is told must not be untold by a power cut.
    _sync(folder)
    return read_checkpoint(note, [VerifierKey.parse(key)]), note.decode()


def key_of(name: str) -> str | None:
    """The verifier key of the log, one line; None before the log was first opened."""
    try:
        return (folder_of(name) / KEY).read_text("ascii")
    except FileNotFoundError:
        return None


def read_tile(name: str, path: str) -> bytes:
    """A tile or bundle of entries; a partial one that is no longer kept is cut from the full one.

    Raises:
        FileNotFoundError: the log has no such file.
    """
    folder = folder_of(name)
    try:
        return (folder / path).read_bytes()
    except FileNotFoundError:
        full, partial, width = path.partition(".p/")
        if not partial:
            raise
        data = (folder / full).read_bytes()
    if path.startswith("tile/entries/"):
        return pack_entries(unpack_entries(data)[: int(width)])
    return data[: int(width) * HASH_SIZE]


def tidy(name: str, before: int, after: int) -> None:
    """Throw away the partial tiles of those that became full between two sizes of the log.

    Without it a quiet log leaves five hundred small files for every 256 events.
    """
    folder = folder_of(name)
    level = 0
    while after >> (HEIGHT * (level + 1)):
        shift = HEIGHT * (level + 1)
        for index in range(before >> shift, after >> shift):
            for kind in (-1, 0) if level == 0 else (level,):
                shutil.rmtree(folder / f"{tile_path(kind, index)}.p", ignore_errors=True)
        level += 1


def _claim(name: str, handle: int) -> None:
    # The kernel lets it go with the process. The lock in the database alone would not do: it goes
    # with the session, while the process may still be about to append.
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise second_sealer(name) from None


def _opened(name: str, folder: Path) -> Log:
    store, signer = FileStore(folder), _signer(name, folder)
    published = key_of(name)
    if published is None:
        store.write(KEY, f"{signer.verifier}\n".encode())
        store.sync()
    elif published.strip() != str(signer.verifier):
        raise SetupError(
            f"the key that is published beside the log {name} is not the one that signs it",
            file=folder / KEY,
            next_step="Find out who changed it; restore the one that people hold.",
        )
    _settle(folder)
    return Log(store, signer)


def _signer(name: str, folder: Path) -> Signer:
    file = settings.ENVIRONMENT.secret_folder / f"log-{name}.key"
    origin = f"assises.{_installation(folder.parent)}/{name}"
    if not _stays(file):
        if (folder / KEY).exists() or (folder / CHECKPOINT).exists():
            raise SetupError(
                f"the signing key of the log {name} is gone",
                file=file,
                next_step="Restore it from a backup: what another key signs is another log.",
            )
        seed = os.urandom(32)
        signer = Signer(origin, seed)
        _create(file, f"{_PRIVATE}{origin}+{signer.verifier.id.hex()}+{_b64(_ED25519 + seed)}\n")
    signer = _read(file)
    if signer.name != origin:
        raise SetupError(
            f"this key signs {signer.name} and not {origin}",
            file=file,
            next_step="Restore the folder of the logs and the secret folder from the same backup.",
        )
    return signer


def _read(file: Path) -> Signer:
    """A key in the form that Go's signed notes use: it tells whose it is."""
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise SetupError(
            "others on this machine can read the signing key of a log",
            file=file,
            next_step=f"chmod 600 '{file}', and think who may have read it.",
        )
    with contextlib.suppress(ValueError):
        origin, identity, encoded = (
            file.read_text("ascii").strip().removeprefix(_PRIVATE).split("+", 2)
        )
        secret = base64.b64decode(encoded, validate=True)
        signer = Signer(origin, secret[1:])
        if secret[:1] == _ED25519 and signer.verifier.id.hex() == identity:
            return signer
    raise SetupError(
        "the signing key of a log is damaged", file=file, next_step="Restore it from a backup."
    )


def _installation(ledger: Path) -> str:
    file = ledger / "installation"
    if not _stays(file):
        if any(settings.ENVIRONMENT.secret_folder.glob("log-*.key")):
            raise SetupError(
                "the folder of the sealed logs is gone, though their keys are there",
                file=ledger,
                next_step="Restore it from a backup; the logs cannot be begun again.",
            )
        _create(file, f"{spoken_code(50).replace('-', '')}\n")
    found = file.read_text("ascii").strip()
    if not _INSTALLATION.fullmatch(found):
        raise SetupError(
            "the name of this installation is damaged",
            file=file,
            next_step="Restore it from a backup, or from the first line of a checkpoint.",
        )
    return found


def _create(file: Path, content: str) -> None:
    """Put a file in place whole, synced, for us alone to read; leaves one that is there."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # mkstemp gives 0600 from the first byte on.
    handle, draft = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with open(handle, "w", encoding="ascii") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
    finally:
        Path(draft).unlink()
    _stays(file)


def _stays(file: Path) -> bool:
    """Whether it is there; if so, it still is after a power cut.

    Whoever made it may have been killed before its name was on the disk.
    """
    if not file.exists():
        return False
    _sync(file.parent)
    with contextlib.suppress(PermissionError):
        _sync(file.parent.parent)
    return True


def _settle(folder: Path) -> None:
    """Bring the names that a killed writer gave to the disk, before anyone leans on them.

    It may have been killed between a rename and the sync of its folder. The database would else
    learn of a checkpoint that a power cut takes back, or a checkpoint of a tile.
    """
    for here, _folders, _files in os.walk(folder, topdown=False):
        _sync(Path(here))
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()

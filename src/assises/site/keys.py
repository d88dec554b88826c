"""The values that nobody chose and everybody depends on, in one file outside the database."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

from assises.lib.errors import SetupError

ROLES: Final = ("owner", "web", "accounts", "sealer")
_KEYS: Final = ("django_key", "voice_key", "account_key", "journal_key")
_FILE: Final = "secrets.json"
_BYTES: Final = 32
_HEX: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Secrets:
    """Keys of 32 random bytes in hex, and a password for each role of the database.

    Nothing of it shows in ``repr``, so that none lands in a log or a traceback.
    """

    django_key: str = field(repr=False)
    voice_key: str = field(repr=False)
    account_key: str = field(repr=False)
    journal_key: str = field(repr=False)
    database: Mapping[str, str] = field(repr=False)

    def role(self, name: str) -> str:
        """The password of that role of the database: owner, web, accounts or sealer."""
        return self.database[name]


def secrets_of(folder: Path) -> Secrets:
    """Read ``secrets.json`` of the folder; made with random values if there is none.

    Two processes that make it at the same time both get the values of the first.

    Raises:
        SetupError: the file is damaged, or others can read it, or it cannot be made or read.
    """
    file = folder / _FILE
    try:
        if not file.exists():
            _make(folder, file)
        return _read(file)
    except OSError as error:
        raise SetupError(
            f"the secrets cannot be reached: {error.strerror}",
            file=error.filename or file,
            next_step="Run as the user who started assises here first, or set "
            "ASSISES_SECRET_FOLDER to a folder of yours.",
        ) from error


def _make(folder: Path, file: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = {key: secrets.token_hex(_BYTES) for key in _KEYS}
    passwords = {role: secrets.token_hex(_BYTES) for role in ROLES}
    # mkstemp gives 0600 from the first byte on.
    handle, draft = tempfile.mkstemp(prefix=f".{_FILE}.", dir=folder)
    try:
        with open(handle, "w", encoding="ascii") as out:
            json.dump({**content, "database": passwords}, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        # A link refuses to replace: whoever comes second throws its own values away.
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
    finally:
        Path(draft).unlink()
    _sync(folder)
    with contextlib.suppress(PermissionError):
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(file: Path) -> Secrets:
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise SetupError(
            "others on this machine can read the secrets",
            file=file,
            next_step=f"chmod 600 '{file}', and think who may have read it.",
        )
    try:
        content = json.loads(file.read_bytes())
    except ValueError:
        _damaged(file)
    passwords = content.get("database") if isinstance(content, dict) else None
    if not isinstance(passwords, dict):
        _damaged(file)
    values = [content.get(key) for key in _KEYS] + [passwords.get(role) for role in ROLES]
    if not all(isinstance(value, str) and _HEX.fullmatch(value) for value in values):
        _damaged(file)
    return Secrets(
        **{key: content[key] for key in _KEYS}, database={role: passwords[role] for role in ROLES}
    )


def _damaged(file: Path) -> NoReturn:
    # Never made anew in silence: an account finds its voice only by the key that was in it.
    raise SetupError(
        "the file of the secrets is damaged",
        file=file,
        next_step="Restore it from a backup: without its keys nobody's voice can be found again, "
        "and the database refuses us. Only for an empty installation, delete it and start again.",
    ) from None

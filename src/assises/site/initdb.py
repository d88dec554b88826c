"""Making a cluster, whole or not at all, and the settings that are ours."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from assises.lib.errors import SetupError
from assises.site.binaries import Account, clean_environment
from assises.site.processes import leash

_USER: Final = "assises"
_DRAFT: Final = ".draft-of-"
_SETTINGS_FILE: Final = "assises.conf"
_SETTINGS: Final = """\
# Written by assises at every start: what is changed here is lost. Write yours in postgresql.conf,
# below the line that includes this file.
listen_addresses = ''
port = {port}
max_connections = 60
shared_buffers = '128MB'
fsync = {durable}
synchronous_commit = {durable}
full_page_writes = {durable}
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
log_destination = 'stderr'
logging_collector = off
log_line_prefix = '%m [%p] %q%u@%d '
lc_messages = 'C'
archive_mode = off
bonjour = off
ssl = off
"""


def holds_cluster(place: Path) -> bool:
    """Whether a cluster stands there."""
    return (place / "PG_VERSION").exists()


def is_made(place: Path) -> bool:
    """Whether a cluster stands there.

    Raises:
        SetupError: something else does.
    """
    if holds_cluster(place):
        return True
    if place.exists() and any(place.iterdir()):
        raise SetupError(
            "this folder is not empty and holds no PostgreSQL cluster",
            file=place,
            next_step="Move it away, or set ASSISES_DATA to another folder.",
        )
    return False


def make(
    place: Path, account: Account, programs: Path, password: str, *, durable: bool = True
) -> None:
    """Run initdb in a folder beside ``place`` and move the cluster there when it is complete.

    Raises:
        SetupError: initdb failed; says its last words.
    """
    with _draft(place, account) as (draft, lock):
        secret = draft / "password"
        _write_own(secret, password, account)
        made = _run(draft, account, programs, lock, durable=durable)
        secret.unlink()
        if made.returncode != 0:
            said = (made.stdout + made.stderr).strip().splitlines()[-8:]
            raise SetupError(
                f"PostgreSQL could not make its cluster (initdb, status {made.returncode})",
                file=place,
                next_step="See that the disk is not full and that this user may write there. "
                "It said:" + "".join(f"\n  {line}" for line in said),
            )
        with open(draft / "cluster" / "postgresql.conf", "a", encoding="ascii") as settings:
            settings.write(f"\ninclude = '{_SETTINGS_FILE}'\n")
        write_settings(draft / "cluster", account, port=5432, durable=durable)
        try:
            (draft / "cluster").rename(place)
        except OSError:
            if not is_made(place):  # by another process, meanwhile
                raise
        _sync(place.parent)


def sweep(place: Path) -> None:
    """Remove the drafts that a kill left beside ``place``.

    One that is still worked in is locked and stays: another process makes a cluster there, or what
    a killed initdb started has not noticed yet.
    """
    for draft in place.parent.glob(f"{_DRAFT}{place.name}-*"):
        with contextlib.suppress(FileNotFoundError), open(draft / "lock", "rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(draft, ignore_errors=True)


def refuse_other_major(place: Path, version: str) -> None:
    """Refuse a cluster of another major version than that of our programs (such as ``18.6``).

    Raises:
        SetupError: says both versions, the folder and the way out.
    """
    theirs = (place / "PG_VERSION").read_text("ascii").strip()
    ours = version.partition(".")[0]
    if theirs != ours:
        raise SetupError(
            f"the database was made by PostgreSQL {theirs}, and the programs here are of "
            f"PostgreSQL {ours}, which cannot read it",
            file=place,
            next_step=f"Keep that folder as it is. Either start a server of PostgreSQL {theirs} on "
            "it and set DATABASE_URL to that server; or dump it there (pg_dump), set ASSISES_DATA "
            f"to a new folder, start assises and restore the dump (pg_restore) into {ours}.",
        )


def write_settings(place: Path, account: Account, *, port: int, durable: bool) -> None:
    """Write the settings file that postgresql.conf includes, if it differs."""
    text = _SETTINGS.format(port=port, durable="on" if durable else "off")
    file = place / _SETTINGS_FILE
    if file.exists() and not file.is_symlink() and file.read_text("utf-8", "replace") == text:
        return
    # The folder belongs to another user when we are root: a file of a fresh name, handed over by
    # its handle and then renamed, follows no link that was laid there.
    handle, draft = tempfile.mkstemp(prefix=f".{_SETTINGS_FILE}.", dir=place)
    with open(handle, "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
        account.receives(out.fileno())
    Path(draft).replace(file)


def _run(
    draft: Path, account: Account, programs: Path, lock: int, *, durable: bool
) -> subprocess.CompletedProcess[str]:
    builtin = int((account.version(programs) or "0").partition(".")[0]) >= 17
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return subprocess.run(  # noqa: S603
        [
            str(programs / "initdb"),
            f"--pgdata={draft / 'cluster'}",
            f"--username={_USER}",
            f"--pwfile={draft / 'password'}",
            "--auth-local=scram-sha-256",
            "--auth-host=scram-sha-256",
            "--data-checksums",
            "--encoding=UTF8",
            *(locale if builtin else ["--locale=C.UTF-8"]),
            # pg_trgm asks LC_CTYPE, whatever sorts: under C no Arabic letter would be a letter.
            "--lc-ctype=C.UTF-8",
            "--text-search-config=simple",
            "--no-instructions",
            *([] if durable else ["--no-sync"]),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        cwd="/",
        env=clean_environment(),
        user=account.uid,
        group=account.gid,
        extra_groups=account.groups,
        start_new_session=True,
        pass_fds=(lock,),
        preexec_fn=leash(signal.SIGKILL),
    )


@contextmanager
def _draft(place: Path, account: Account) -> Iterator[tuple[Path, int]]:
    """A folder beside ``place``, and a lock that is held while anyone works in it."""
    draft = Path(tempfile.mkdtemp(prefix=f"{_DRAFT}{place.name}-", dir=place.parent))
    lock = os.open(draft / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        account.receives(draft)
        yield draft, lock
    finally:
        os.close(lock)
        shutil.rmtree(draft, ignore_errors=True)


def _write_own(file: Path, text: str, account: Account) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with open(os.open(file, flags, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
        account.receives(out.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

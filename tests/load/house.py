"""A whole house of the tests' own: started as people start it, and killed as nobody should."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from assises.site.keys import Secrets, secrets_of
from assises.site.postgres import Cluster
from tests.conftest import ROOT
from tests.site.clusters import open_folder
from tests.site.running import children, lives

PROGRAMS = ("postgres", "sealer", "worker", "web")
PATIENCE = 120
"""Seconds that these tests wait for anything: whatever else the machine does meanwhile, what takes
longer does not come."""


class House:
    """``python -m assises`` on a data folder of its own, with a PostgreSQL that is durable.

    A house in service, not a demonstration: no shelf of three thousand people is built first.
    """

    def __init__(self, folder: Path, more: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._more = dict(more or {})
        self.data = folder / "data"
        self.port = _free_port()
        self._said = folder / "said"
        self._process: subprocess.Popen[bytes] | None = None

    # --- Starting and stopping ----------------------------------------------------------------

    @property
    def said(self) -> str:
        """Everything that it told the person who watches, since its very first start."""
        return self._said.read_text("utf-8", "replace") if self._said.exists() else ""

    @property
    def env(self) -> dict[str, str]:
        """The environment of whatever belongs to it."""
        ours = ("ASSISES_", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
        rest = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
        return rest | {
            "ASSISES_DATA": str(self.data),
            "ASSISES_PORT": str(self.port),
            "ASSISES_MODE": "service",
            "ASSISES_VOICES_PER_HOUR": "0",  # everyone comes from this machine
            # Named as a house in service must; nobody enters by a letter here, so none is sent.
            "ASSISES_SMTP_URL": "smtp://127.0.0.1:9",
            "ASSISES_FROM_ADDRESS": "assises@example.org",
            **self._more,
        }

    def start(self, *, seconds: float = PATIENCE) -> None:
        """Start it and wait until it says where it is."""
        before = len(self.said)
        with open(self._said, "ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "assises"],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        self.until(lambda: "Stop  " in self.said[before:], "its address", seconds)

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> int:
        """Ask it to stop, as Ctrl-C does; its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(PATIENCE)

    def kill(self) -> None:
        """End the supervisor as ``kill -9`` does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def run(self, *argv: str) -> str:
        """Run a module of ours on this house; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", *argv],
            cwd=ROOT,
            env=self.env | {"DJANGO_SETTINGS_MODULE": "assises.site.settings"},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def until(self, found: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Wait for something, as long as the house stands."""
        deadline = time.monotonic() + seconds
        while not found():
            assert self.runs, self.told()
            assert time.monotonic() < deadline, f"waited in vain for {what}\n{self.told()}"
            time.sleep(0.05)

    def told(self) -> str:
        """What it said, and the last lines of each log, for whoever reads a failure."""
        logs = [f"\n== {n}\n{_tail(self.data / 'logs' / f'{n}.log')}" for n in PROGRAMS]
        return self.said + "".join(logs) + f"\n== jobs\n{self._jobs()}"

    def _jobs(self) -> str:
        """What the worker has to do, and which worker holds it."""
        question = "SELECT id, task_name, status, worker_id, scheduled_at FROM procrastinate_jobs"
        try:
            return "\n".join(map(str, self.ask(f"{question} ORDER BY id")))
        except psycopg.Error as error:
            return str(error)

    # --- Looking inside -----------------------------------------------------------------------

    @property
    def secrets(self) -> Secrets:
        return secrets_of(self.data / "secrets")

    @contextmanager
    def database(self, role: str = "owner") -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """The database as ``owner``, ``web``, ``accounts`` or ``sealer`` sees it."""
        password = self.secrets.role(role)
        info = Cluster(self.data, password=password).connection_info()
        if role != "owner":
            info["user"] = f"{info['dbname']}_{role}"
        with psycopg.connect(make_conninfo("", **info), autocommit=True) as connection:
            yield connection

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that a query answers."""
        with self.database() as connection:
            return connection.execute(sql.SQL(query), values or None).fetchall()

    def pids(self, target: str) -> list[int]:
        """The processes of a kind that run now: see :data:`TARGETS`."""
        assert self._process is not None
        ours = {pid: _line(pid) for pid in children(self._process.pid)}
        own, wanted = TARGETS[target]
        found = [pid for pid, line in ours.items() if own in line]
        if wanted:
            found = [pid for main in found for pid in children(main) if wanted in _line(pid)]
        return [pid for pid in found if lives(pid)]

    def strike(self, target: str, number: signal.Signals = signal.SIGKILL) -> bool:
        """Kill one process of a kind; False if there is none at this moment."""
        found = self.pids(target)
        if not found:
            return False
        with suppress(ProcessLookupError):
            os.kill(found[0], number)
            return True
        return False

    def restarts(self, name: str) -> int:
        """How often it said that a program was started again."""
        return len(re.findall(rf"^{name} stopped with .*; started again \(\d+\)$", self.said, re.M))

    def left(self) -> dict[int, str]:
        """Every process that belongs to it, wherever it hides: pid to command line."""
        found = {}
        for process in Path("/proc").iterdir():
            if process.name.isdecimal() and int(process.name) != os.getpid():
                with suppress(OSError):
                    if self._is_ours(process) and lives(int(process.name)):
                        found[int(process.name)] = _line(int(process.name))
        return found

    def _is_ours(self, process: Path) -> bool:
        mark = os.fsencode(self.data)
        if (process / "cwd").readlink().is_relative_to(self.data):
            return True  # PostgreSQL's, whose environment is its own
        return mark in (process / "environ").read_bytes()


TARGETS = {
    "web": ("granian", ""),
    "one of the web": ("granian", "granian"),
    "worker": ("assises.site.worker", ""),
    "sealer": ("assises.site.sealer", ""),
    "postmaster": ("/bin/postgres", ""),
    "a backend": ("/bin/postgres", "assises_web"),
    "checkpointer": ("/bin/postgres", "checkpointer"),
}
"""What can be struck: how its program's command line is known, and that of its child."""


@contextmanager
def a_house(**more: str) -> Iterator[House]:
    """A house in a folder of its own, which is gone afterwards, whatever happened.

    ``more``: what its programs find in their environment beside their own.
    """
    folder = open_folder()
    house = House(folder, more)
    try:
        yield house
    finally:
        for pid in house.left():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _tail(log: Path, lines: int = 15) -> str:
    text = log.read_text("utf-8", "replace") if log.exists() else ""
    return "\n".join(text.splitlines()[-lines:])

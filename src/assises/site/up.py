"""Start everything and say where it is: the database, the sealer, the worker, the web."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import IO

from assises.site.claim import Claim
from assises.site.environment import Environment, checkout, read_environment, secrets_of
from assises.site.postgres import Cluster
from assises.site.processes import free_port, leash
from assises.site.programs import Program
from assises.site.servers import check_server
from assises.site.supervisor import Supervisor

Say = Callable[[str], None]


def up(say: Say) -> int:
    """Run until Ctrl-C; the exit status.

    Raises:
        SetupError: a setting is refused, another assises runs here, a port is taken.
    """
    environment = read_environment(os.environ, checkout())
    claim = Claim.take(environment.data)
    try:
        port = free_port(environment.host, environment.port, chosen=environment.port_chosen)
        secrets = secrets_of(environment.secret_folder)
        cluster = None
        if environment.database_url is None:
            cluster = Cluster(environment.data, password=secrets.role("owner"))
            cluster.prepare()
            for note in cluster.notes:
                say(note)
        else:
            check_server(environment.database_url)
        address = environment.address(port)
        claim.tell(address)
        supervisor = Supervisor(
            programs(environment, cluster, port),
            say,
            logs=environment.data / "logs",
            claim=claim,
            when_ready=lambda: _welcome(say, environment, address),
        )
        return supervisor.run()
    finally:
        claim.release()


def programs(environment: Environment, cluster: Cluster | None, port: int) -> Sequence[Program]:
    """What runs, in the order of its start."""
    python = (sys.executable, "-m")
    # One worker answers many at once: PostgreSQL and the disk are waited for without the GIL.
    web = (
        *python,
        "granian",
        "--interface=wsgi",
        f"--host={environment.host}",
        f"--port={port}",
        f"--workers={environment.web_workers}",
        "--blocking-threads=8",
        "--backpressure=64",
        # One that dies alone is replaced while the others answer; if the new one dies too, all end.
        "--respawn-failed-workers",
        "--no-ws",
        "--log-level=warning",
        "assises.site.wsgi:application",
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "assises.site.settings"}
    return [
        *([] if cluster is None else [cluster.as_program()]),
        Program("preparation", (), make=_in_sight, once=True, ready_seconds=600),
        Program("sealer", (*python, "assises.site.sealer"), env),
        Program("worker", (*python, "assises.site.worker"), env),
        Program("web", web, env, ready=lambda: _answers(environment.host, port)),
    ]


def _in_sight(_log: IO[bytes]) -> subprocess.Popen[bytes]:
    """The preparation, whose progress people watch: it writes where we do."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "assises.site.settings"}
    return subprocess.Popen(
        (sys.executable, "-m", "assises.site.prepare"),
        env=env,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=leash(signal.SIGTERM),  # noqa: PLW1509
    )


def _answers(host: str, port: int) -> bool:
    """Whether a page comes: the socket is open seconds before the first worker has loaded."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    asking = HTTPConnection(here, port, timeout=1)
    try:
        asking.request("HEAD", "/")
        return asking.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
    except HTTPException:
        return False
    finally:
        asking.close()


def _welcome(say: Say, environment: Environment, address: str) -> None:
    say("")
    say(f"assises is at  {address}/")
    if environment.mode == "demonstration":
        say("A demonstration on this machine: enter as any role without a password.")
    say(f"Its data       {environment.data}")
    say("Stop           Ctrl-C")

"""Clusters for tests: not durable, in folders that every user can go into."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from assises.site.postgres import Cluster

PASSWORD = "hunter2 'n\" \\more"


def open_folder() -> Path:
    """A folder that every user can go into: pytest's own are closed to PostgreSQL's."""
    folder = Path(tempfile.mkdtemp(prefix="assises-test-"))
    folder.chmod(0o755)
    return folder


def cluster_in(home: Path, data: str = "data", **more: Any) -> Cluster:
    more = {"durable": False, "shelter": home / "shelter", "password": PASSWORD, **more}
    return Cluster(home / data, **more)


def ask(cluster: Cluster, query: str, **more: str) -> Any:
    """What the query answers: a value, a row of several, or None."""
    info = cluster.connection_info("postgres") | more
    with psycopg.connect(**info, autocommit=True) as connection:
        done = connection.execute(query)
        row = done.fetchone() if done.description else None
        return row[0] if row and len(row) == 1 else row


@contextlib.contextmanager
def running(cluster: Cluster) -> Iterator[Cluster]:
    cluster.prepare()
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


def log_of(home: Path) -> str:
    return (home / "data" / "logs" / "postgres.log").read_text("utf-8")

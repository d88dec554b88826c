from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from assises.site.environment import secrets_of
from assises.site.keys import Secrets
from assises.site.postgres import Cluster

from .clusters import cluster_in, open_folder, running


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that PostgreSQL's user can go into."""
    folder = open_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def shared() -> Iterator[Path]:
    """A folder with a cluster: to make or to copy one for every test would take a second each."""
    folder = open_folder()
    cluster_in(folder).prepare()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def made(shared: Path) -> Iterator[Cluster]:
    """The cluster in ``shared``, stopped; what a test did to its files is undone."""
    place = shared / "data" / "postgres"
    owner = place.stat()
    kept = {name: (place / name).read_bytes() for name in ("PG_VERSION", "postgresql.conf")}
    yield cluster_in(shared)
    for name, content in kept.items():
        (place / name).write_bytes(content)
    (place / "postgresql.auto.conf").write_text("")
    subprocess.run(["chown", "-R", f"{owner.st_uid}:{owner.st_gid}", str(place)], check=True)
    shutil.rmtree(shared / "data" / "logs", ignore_errors=True)
    (shared / "said").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """A running server for what does not stop it."""
    folder = open_folder()
    with running(cluster_in(folder)) as cluster:
        yield cluster
    shutil.rmtree(folder)


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    return secrets_of(tmp_path / "secrets")

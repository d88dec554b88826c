from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assises.flows.opinion import content_of
from assises.formats import bundle, polis


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, example: Path) -> Path:
    """The bundle of the shipped example; not to be changed."""
    folder = tmp_path_factory.mktemp("made") / "example.bundle"
    bundle.write(folder, content_of(polis.read(example), ["en"]))
    return folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    """A copy of it, to be tampered with."""
    return Path(shutil.copytree(made, tmp_path / "copy.bundle"))

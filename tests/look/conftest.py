from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assises.flows.opinion import content_of
from assises.formats import polis


@pytest.fixture(scope="session")
def results(example: Path) -> dict[str, Any]:
    """Results of the shipped example; not to be changed."""
    return dict(content_of(polis.read(example), ["en"]).results)

"""Inputs of the tests, and the rule that none is skipped whose input is present."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
EXAMPLE = ROOT / "examples" / "simulation"
CONVERSATIONS = (
    "15-per-hour-seattle",
    "austria-climate.5twd2jsnkf.2022-08-08",
    "brexit-consensus",
    "canadian-electoral-reform",
    "scoop-hivemind.biodiversity",
    "scoop-hivemind.taxes",
    "scoop-hivemind.ubi",
)
ABSENT = "input absent: "


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run the long tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--all"):
        return
    kept = [item for item in items if "slow" not in item.keywords]
    left_out = [item for item in items if "slow" in item.keywords]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """With ASSISES_NO_SKIPS a skip is a failure, unless the input that it names is not there."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and os.environ.get("ASSISES_NO_SKIPS") and isinstance(report.longrepr, tuple):
        reason = str(report.longrepr[2]).removeprefix("Skipped: ")
        if not reason.startswith(ABSENT) or Path(reason.removeprefix(ABSENT)).exists():
            report.outcome = "failed"
            report.longrepr = f"skipped although nothing stands in its way: {reason}"


def needed(path: Path) -> Path:
    """The path, or a skip that names what is absent."""
    if not path.exists():
        pytest.skip(f"{ABSENT}{path}")
    return path


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real inputs and oracles beside the checkout."""
    return needed(SHARED)


@pytest.fixture(params=CONVERSATIONS)
def openpolis(request: pytest.FixtureRequest) -> Path:
    """Each of the seven real conversations."""
    return needed(SHARED / "polis" / str(request.param))


@pytest.fixture(scope="session")
def example() -> Path:
    """The simulated conversation that the repository ships."""
    return needed(EXAMPLE)

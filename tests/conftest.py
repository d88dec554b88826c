"""Inputs of the tests, and the rule that none is skipped whose input is present."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import database

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


# With nothing but `pip install . pytest` what can run runs; what cannot is named in the header.
_TOOLS = ("hypothesis", "jsonschema")
_MISSING = {tool for tool in _TOOLS if importlib.util.find_spec(tool) is None}
cluster = database.cluster
db = database.db


def pytest_configure(config: pytest.Config) -> None:
    if "hypothesis" not in _MISSING:
        from hypothesis import settings

        # What is compiled on its first call is slow that once; time is measured in bench/.
        # The same examples each time, so that a failure tells of the change that is tried; --all
        # looks for new ones.
        settings.register_profile(
            "assises", deadline=None, derandomize=not config.getoption("--all")
        )
        settings.load_profile("assises")
    database.configure()
    config.add_cleanup(database.clean_up)


def _wants(path: Path) -> set[str]:
    imports = re.findall(r"^(?:from|import) (\w+)", path.read_text("utf-8"), re.MULTILINE)
    return _MISSING.intersection(imports)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    if collection_path.suffix == ".py" and _MISSING and _wants(collection_path):
        return True
    return None


def pytest_report_header() -> list[str]:
    if not _MISSING:
        return []
    if os.environ.get("ASSISES_NO_SKIPS"):
        raise pytest.UsageError(f"missing: {', '.join(sorted(_MISSING))}")
    here = Path(__file__).parent
    left_out = [
        str(path.relative_to(here)) for path in sorted(here.rglob("test_*.py")) if _wants(path)
    ]
    return [
        f"left out, since {', '.join(sorted(_MISSING))} is not installed: {', '.join(left_out)}"
    ]


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

"""Lint, types and walls bite: a rule that cannot fail is no rule."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.quality


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("lib/errors.py", "import assises.flows.diff"),
        ("look/speech.py", "import assises.engines.opinion"),
        ("engines/opinion/pca.py", "import assises.formats.polis"),
        ("formats/polis/model.py", "import assises.engines.opinion"),
        ("flows/diff.py", "import assises.fronts.cli"),
        ("flows/diff.py", "import django"),
    ],
)
def test_an_import_through_a_wall_is_refused(file: str, line: str, tmp_path: Path) -> None:
    pytest.importorskip("importlinter", reason="input absent: import-linter")
    copy = tmp_path / "src"
    shutil.copytree(ROOT / "src", copy)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path = copy / "assises" / file
    path.write_text(f"{path.read_text('utf-8')}\n{line}\n", "utf-8")
    code = (
        f"import sys; sys.path.insert(0, {str(copy)!r})\n"
        "from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout

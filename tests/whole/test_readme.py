"""What the README tells a reader to type works."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)
    lines = [re.sub(r"\s+#.*", "", line).strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


@pytest.mark.usefixtures("db")  # `load` writes to a house that is up
def test_the_examples_run_on_what_the_repository_ships(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    ran = 0
    for line in commands():
        words = shlex.split(line)
        if words[0] == "python3":
            words[0] = sys.executable
        elif words[:1] == ["./run"] and len(words) > 1 and words[1] != "bench":
            words = [sys.executable, "-m", "assises", *words[1:]]
        else:
            # Cloning, setting up and measuring: other tests and the clean clone do that.
            assert line.startswith(
                ("git clone", "cd ", "./run", "./test", "pip install", "assises")
            )
            continue
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (line, done.stderr, done.stdout)
        ran += 1
    assert ran >= 4


def test_python_in_the_readme_runs(tmp_path: Path) -> None:
    blocks = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.M | re.S
    )
    assert blocks
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for block in blocks:
        done = subprocess.run(
            [sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

"""What the tutorial of the opinion engine tells an analyst to type works, and says what it says."""

from __future__ import annotations

import os
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "use" / "opinion.md"
# A block of Python, and what it prints if the page shows it.
BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n^```text\n(.*?)^```\n)?", re.M | re.S)


def test_every_block_of_the_tutorial_prints_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changed on purpose? ASSISES_ACCEPT=1 ./test tests/whole/test_tutorial.py writes it anew."""
    for needed in ("altair", "vl_convert"):
        pytest.importorskip(needed, reason=f"input absent: {needed}, of requirements-test.lock")
    page = PAGE.read_text("utf-8")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    wrong = []

    def run(block: re.Match[str]) -> str:
        code, shown = block[1], block[2]
        line = page[: block.start()].count("\n") + 2
        printed = StringIO()
        with redirect_stdout(printed):
            exec(compile("\n" * (line - 1) + code, str(PAGE), "exec"), names)
        said = printed.getvalue()
        if said != (shown or ""):
            wrong.append(f"line {line} printed\n{said}\nand the page shows\n{shown}")
        return f"```python\n{code}```\n" + (f"\n```text\n{said}```\n" if said else "")

    with pl.Config(restore_defaults=True):
        written = BLOCK.sub(run, page)
    if os.environ.get("ASSISES_ACCEPT"):
        PAGE.write_text(written, "utf-8")
        return
    assert len(BLOCK.findall(page)) >= 10
    assert not wrong, "\n\n".join(wrong)

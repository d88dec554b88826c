"""One command, a fresh folder, a browser's first request, Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site.conftest import open_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    import shutil

    made = open_folder()
    yield made
    shutil.rmtree(made, ignore_errors=True)


def started(folder: Path) -> tuple[subprocess.Popen[str], str, list[str]]:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "assises"],
        cwd=folder,
        env={**os.environ, "ASSISES_DATA": str(folder / "with a space")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    until = time.monotonic() + 180
    while time.monotonic() < until:
        lines.append(process.stdout.readline())
        if found := re.search(r"http://\S+/", lines[-1]):
            return process, found.group(), lines
        if not lines[-1]:
            break
    process.kill()
    raise AssertionError("".join(lines))


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        return str(answer.read().decode())


def stopped(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    rest = process.stdout.read()
    process.stdout.close()
    assert process.wait(60) == 0
    return str(rest)


def test_one_command_fills_two_shelves_and_a_second_start_takes_a_moment(folder: Path) -> None:
    process, address, lines = started(folder)
    try:
        home = get(f"{address}fr/")
        assert home.count('class="vertical"') == 13
        assert "2025" in home
        assert "Simulation" in home
        assert "Traceback" not in "".join(lines)
    finally:
        rest = stopped(process)
    assert "Traceback" not in rest

    process, address, lines = started(folder)
    try:
        assert get(f"{address}ar/").count('class="vertical"') == 13
        assert not any("votes" in line for line in lines)  # nothing was built again
    finally:
        stopped(process)

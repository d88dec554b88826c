"""Everything works with the network cut: nothing leaves the machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# A connection to anything but this machine is recorded and refused. Numbers of address families,
# since names would need the very modules that are being watched.
CUT = """
import socket, sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        target = arguments[1 if event in ("socket.connect", "socket.sendto") else 0]
        host = target[0] if isinstance(target, tuple) else target
        if str(host) not in ("127.0.0.1", "::1", "localhost", "None"):
            print("OUTSIDE", event, target, file=sys.stderr)
            raise OSError("the network is cut")
sys.addaudithook(watch)
"""


def cut(code: str, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CUT + code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )


def test_the_watch_sees_a_call_to_the_outside(tmp_path: Path) -> None:
    done = cut("socket.create_connection(('192.0.2.1', 80), timeout=1)", cwd=tmp_path)
    assert "OUTSIDE" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("analyse", "{example}", "--out", "b", "--lang", "fr", "--lang", "ar", "--lang", "zgh"),
        ("verify", "{made}"),
        ("export", "{made}", "out"),
        ("diff", "{made}", "{made}"),
        ("doctor",),
    ],
    ids=lambda command: str(command[0]),
)
def test_no_command_calls_outside(command: tuple[str, ...], example: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    if "{made}" in command:
        first = cut(
            "from assises.fronts.cli import main; main()",
            "analyse",
            example,
            "--out",
            made,
            cwd=tmp_path,
        )
        assert first.returncode == 0, first.stderr
    arguments = [part.format(example=example, made=made) for part in command]
    done = cut("from assises.fronts.cli import main; main()", *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "OUTSIDE" not in done.stderr

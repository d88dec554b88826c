"""Everything works with the network cut: nothing leaves the machine."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.load.checking import until_all_is_sealed, until_the_results_are_there
from tests.load.house import House, a_house
from tests.load.voters import Browser
from tests.whole.forms import Form, forms_in

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


# --- The house itself -----------------------------------------------------------------------------

# Python runs it in every program of the house before anything else: whatever is looked up or
# connected to is written down, and refused unless it is this machine.
WATCHER = """
import os, sys
with open(os.path.join(os.environ["WATCHED"], str(os.getpid())), "a") as file:
    file.write("PROGRAM " + " ".join(sys.orig_argv) + "\\n")
names = ("connect", "connect_ex", "sendto", "sendmsg", "getaddrinfo", "gethostbyname",
         "gethostbyname_ex", "gethostbyaddr", "getnameinfo")
events = {f"socket.{name}" for name in names}
def watch(event, arguments):
    if event not in events:
        return
    target = next((a for a in arguments if isinstance(a, (tuple, str, bytes))), None)
    host = target[0] if isinstance(target, tuple) else target
    inside = isinstance(target, (str, bytes)) and str(os.fsdecode(target)).startswith(("/", "\\0"))
    host = os.fsdecode(host) if isinstance(host, (str, bytes)) else host
    inside = inside or host in (None, "", "127.0.0.1", "::1", "localhost")
    with open(os.path.join(os.environ["WATCHED"], str(os.getpid())), "a") as file:
        file.write(("INSIDE " if inside else "OUTSIDE ") + event + " " + repr(target) + "\\n")
    if not inside:
        raise OSError("the network is cut")
sys.addaudithook(watch)
"""


def watched(folder: Path) -> dict[str, str]:
    """The environment of a Python that is watched."""
    (folder / "sitecustomize.py").write_text(WATCHER, "utf-8")
    (folder / "seen").mkdir()
    paths = [str(folder), os.environ.get("PYTHONPATH", "")]
    return {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "WATCHED": str(folder / "seen")}


def seen(folder: Path) -> str:
    return "".join(file.read_text("utf-8") for file in (folder / "seen").iterdir())


def test_the_watch_of_the_house_sees_whatever_a_program_of_it_would_call(tmp_path: Path) -> None:
    more = watched(tmp_path)
    for code in (
        "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "import socket; socket.getaddrinfo('assises.example', 443)",
        "import urllib.request; urllib.request.urlopen('http://192.0.2.2/', timeout=1)",
        "import smtplib; smtplib.SMTP('192.0.2.3', timeout=1)",
        "import socket as s; s.socket(s.AF_INET, s.SOCK_DGRAM).sendto(b'', ('192.0.2.4', 53))",
        "import asyncio; asyncio.run(asyncio.open_connection('192.0.2.5', 80))",
    ):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **more},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 1
    told = seen(tmp_path)
    assert told.count("OUTSIDE") >= 6
    for address in ("192.0.2.1", "assises.example", *(f"192.0.2.{n}" for n in range(2, 6))):
        assert re.search(rf"OUTSIDE .*{address}", told), address


def test_no_program_of_a_house_in_service_calls_outside(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with a_house(**watched(tmp_path)) as house:
        house.start()
        short = house.run("tests.load.edition", "6").split()[-1]
        spoken_with = sockets(house)
        for number in range(3):
            live(house, f"/fr/editions/{short}/", number)
            spoken_with |= sockets(house)
        until_the_results_are_there(house)
        until_all_is_sealed(house)
        for path in (f"/fr/editions/{short}/opinion", "/log/official/checkpoint", "/fr/check"):
            assert Browser(house.port).ask(path)[0] == 200
        spoken_with |= sockets(house)
        assert house.stop() == 0
    told = seen(tmp_path)
    for program in ("assises.site.sealer", "assises.site.worker", "granian", "site.prepare"):
        assert re.search(rf"PROGRAM .*{program}", told), program
    assert "OUTSIDE" not in told
    # The letter that someone asked for went to the server of letters that is named, and no other.
    assert "INSIDE socket.connect ('127.0.0.1', 9)" in told
    # What is not Python's own (libpq, the web server) tells no hook: the kernel knows it.
    assert spoken_with, "the one who watches was connected too"
    assert all(ip_address(address).is_loopback for address in spoken_with), spoken_with


def live(house: House, base: str, number: int) -> None:
    """Read in every language, say something, vote, ask for a letter, look at oneself."""
    browser = Browser(house.port)
    for language in ("fr", "ar", "zgh", "en"):
        for path in ("", "follow", "check", "promises", "method", "data", "search?q=phrase"):
            assert browser.ask(f"/{language}/{path}")[0] == 200
    for path in ("", "statements", "contributions", "journal", "counts.csv"):
        assert browser.ask(f"{base}{path}")[0] == 200
    words = {"words": f"Une phrase de plus, la {number}"}
    for page, more in (("say", words), ("propose", words), ("votes", {}), ("me", {})):
        assert send(browser, f"{base}{page}", more) == 303, page
    assert browser.ask("/fr/source.tar.gz")[0] == 200
    assert browser.ask(f"/api/v1/editions/{base.split('/')[3]}/statements")[0] == 200
    assert send(browser, "/fr/enter", {"email": f"someone{number}@example.ma"}) == 302


def send(browser: Browser, address: str, more: dict[str, str]) -> int:
    status, content = browser.ask(address)
    assert status == 200, address
    forms: list[Form] = forms_in(content.decode(), address)
    form = max(forms, key=lambda form: (len(form.empty), len(form.names)))
    values = {name: values[0] for name, values in form.filled(more).items()}
    return browser.ask(form.action.split("#")[0], values)[0]


def sockets(house: House) -> set[str]:
    """Whom the processes of the house speak with at this moment, as the kernel has it."""
    with socket.create_connection(("127.0.0.1", house.port)):
        time.sleep(0.2)  # until it is taken
        return set().union(*map(_spoken_with, house.left()))


def _spoken_with(pid: int) -> set[str]:
    mine, found = set[str](), set[str]()
    with suppress(OSError):
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                mine.add(str(handle.readlink()))
        for name in ("tcp", "tcp6", "udp", "udp6"):
            found |= _remote(Path(f"/proc/{pid}/net/{name}"), mine)
    return found


def _remote(table: Path, mine: set[str]) -> set[str]:
    found = set()
    for line in table.read_text().splitlines()[1:]:
        cells = line.split()
        raw, inode = bytes.fromhex(cells[2].split(":")[0]), cells[9]
        # Four bytes at a time, as the machine keeps them.
        plain = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
        if any(plain) and f"socket:[{inode}]" in mine:
            address = ip_address(plain)
            mapped = getattr(address, "ipv4_mapped", None)
            found.add(str(mapped or address))
    return found

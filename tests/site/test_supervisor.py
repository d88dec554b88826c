from __future__ import annotations

import os
import pty
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.lib.errors import SetupError
from assises.site.claim import Claim
from assises.site.processes import ending, free_port, last_lines
from assises.site.programs import open_log
from assises.site.supervisor import Patience, pause_before

from .running import OBEDIENT, STUBBORN, Run, children, kill, lives, wait_for

Start = Callable[..., Run]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a supervisor on that text in a folder whose name has a space and a quote."""
    here = tmp_path / "a folder d'essai"
    here.mkdir()
    runs = []

    def begin(text: str, **more: int) -> Run:
        runs.append(Run(here, text, **more))
        return runs[-1]

    yield begin
    for run in runs:
        run.clean()


def obedient(name: str, more: str = "") -> str:
    return f"shell({name!r}, {OBEDIENT.format(name=name)!r}{more})"


# --- Starting and stopping ------------------------------------------------------------------------


def test_each_starts_when_all_before_it_are_ready(start: Start) -> None:
    run = start(
        "run(shell('a', 'sleep 0.3; touch up; exec sleep 100', ready=(here / 'up').exists),"
        " shell('b', 'test -e up && touch fine; exec sleep 100'))"
    )
    run.until("all ready")
    run.pid("b")
    wait_for((run.here / "fine").exists, "b to find a ready", run)


def test_ctrl_c_stops_all_in_reverse_order(start: Start) -> None:
    run = start(f"run({obedient('a')}, {obedient('b')}, {obedient('c')})")
    run.until("all ready")
    pids = [run.pid(name) for name in "abc"]
    run.send(signal.SIGINT)
    assert run.end() == 0
    assert (run.here / "stopped").read_text() == "c\nb\na\n"
    assert not any(map(lives, pids))
    assert run.said.splitlines() == ["all ready", "stopping (Ctrl-C again to kill)", "ended 0"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_ways_of_asking_are_heard(start: Start, number: signal.Signals) -> None:
    run = start(f"run({obedient('a')})")
    run.until("all ready")
    run.pid("a")
    run.send(number)
    assert run.end() == 0


def test_a_signal_told_twice_at_once_is_one(start: Start) -> None:
    run = start(
        "run(shell('a', 'trap \"sleep 0.4; echo clean; exit 0\" TERM;while :;do sleep .05;done'))"
    )
    run.until("all ready")
    run.pid("a")
    run.send(signal.SIGTERM)
    run.send(signal.SIGINT)
    assert run.end() == 0
    assert "clean" in (run.here / "logs" / "a.log").read_text()


def test_a_second_ctrl_c_kills(start: Start) -> None:
    run = start(f"run({obedient('a')}, shell('b', {STUBBORN!r}, grace_seconds=60))")
    run.until("all ready")
    pids = [run.pid("a"), run.pid("b")]
    time.sleep(0.1)
    run.send(signal.SIGINT)
    run.until("stopping")
    time.sleep(0.5)
    assert run.process.poll() is None
    run.send(signal.SIGINT)
    assert run.end(5) == 130
    assert not any(map(lives, pids))


def test_one_that_does_not_stop_in_its_grace_is_killed(start: Start) -> None:
    run = start(f"run(shell('a', {STUBBORN!r}, grace_seconds=0.3))")
    run.until("all ready")
    pid = run.pid("a")
    time.sleep(0.1)
    run.send(signal.SIGTERM)
    assert run.end() == 0
    assert "a did not stop in 0.3 s; killed" in run.said
    assert not lives(pid)


def test_ctrl_c_in_a_terminal_reaches_the_programs_only_through_us(start: Start) -> None:
    ours, theirs = pty.openpty()
    run = start(
        'run(shell(\'a\', \'trap "echo interrupted" INT; trap "exit 0" TERM;'
        "while :; do sleep 0.05; done'))",
        terminal=theirs,
    )
    os.close(theirs)
    run.until("all ready")
    run.pid("a")
    os.write(ours, b"\x03")
    assert run.end() == 0
    os.close(ours)
    assert (run.here / "logs" / "a.log").read_text() == ""


def test_a_signal_while_starting_stops_what_has_started(start: Start) -> None:
    run = start(f"run({obedient('a', ', ready=lambda: False')}, {obedient('b')})")
    pid = run.pid("a")
    time.sleep(0.1)
    run.send(signal.SIGINT)
    assert run.end() == 0
    assert not lives(pid)
    assert not (run.here / "b.pid").exists()


def test_one_that_runs_once_ends_before_the_next_starts(start: Start) -> None:
    run = start(
        "run(shell('migrate', 'sleep 0.2; touch done', once=True),"
        " shell('web', 'test -e done && touch fine; exec sleep 100'))"
    )
    run.until("all ready")
    wait_for((run.here / "fine").exists, "web to find it done", run)
    run.send(signal.SIGTERM)
    assert run.end() == 0


# --- Dying ----------------------------------------------------------------------------------------


def test_one_that_dies_is_started_again_and_it_is_said(start: Start) -> None:
    run = start(f"run({obedient('db')}, {obedient('worker')})")
    run.until("all ready")
    for time_ in (1, 2):
        before = run.pid("worker")
        kill(before)
        run.until(f"worker stopped with signal 9; started again ({time_})")
        wait_for(lambda old=before: run.pid("worker") != old, "a new worker", run)
    run.send(signal.SIGINT)
    assert run.end() == 0
    assert len((run.here / "db.pid").read_text().split()) == 1


def test_what_depends_on_a_dead_one_waits_for_it(start: Start) -> None:
    run = start(
        "run(shell('db', 'rm -f up; sleep 0.5; touch up; exec sleep 100',"
        "     ready=(here / 'up').exists, stop_signal=signal.SIGKILL),"
        " shell('web', 'test -e up || echo missed >> missed; exec sleep 100'))"
    )
    run.until("all ready")
    db, web = run.pid("db"), run.pid("web")
    (run.here / "up").unlink()
    kill(db)
    kill(web)
    run.until("web stopped with signal 9; started again (1)")
    wait_for(lambda: run.pid("web") != web, "a new web", run)
    time.sleep(0.1)
    assert not (run.here / "missed").exists()


def test_its_own_children_die_with_it(start: Start) -> None:
    run = start("run(shell('web', 'sleep 1000 & echo $! > child.pid; wait'))")
    run.until("all ready")
    child = run.pid("child")
    kill(run.pid("web"))
    run.until("started again (1)")
    wait_for(lambda: not lives(child), "the child's end", run)
    assert "Z" not in children(run.process.pid).values()


def test_an_orphan_that_left_the_group_is_reaped_by_us(start: Start) -> None:
    run = start("run(shell('web', '(setsid sleep 0.3 & echo $! > o.pid) & exec sleep 100'))")
    run.until("all ready")
    orphan = run.pid("o")
    wait_for(lambda: not Path(f"/proc/{orphan}").exists(), "the orphan to be reaped", run)


def test_five_deaths_at_once_and_the_whole_gives_up_with_the_last_lines(start: Start) -> None:
    run = start(
        f"run({obedient('db')},"
        " shell('web', 'printf \"no \\\\033[31m port\\\\n\" >&2; exit 3'),"
        " patience=Patience(first_pause=0.02))"
    )
    assert run.end() == 70
    assert "web stopped with status 3, 5 times within 10 s of its start; giving up" in run.said
    assert "\nweb | no [31m port\n" in run.said
    assert (run.here / "stopped").read_text() == "db\n"
    assert not lives(run.pid("db"))


def test_one_that_runs_once_and_fails_ends_the_whole(start: Start) -> None:
    run = start(f"run({obedient('db')}, shell('migrate', 'echo bad; exit 1', once=True))")
    assert run.end() == 70
    assert "migrate stopped with status 1; giving up" in run.said
    assert "migrate | bad" in run.said


def test_one_that_never_gets_ready_ends_the_whole(start: Start) -> None:
    run = start(f"run({obedient('a', ', ready=lambda: False, ready_seconds=0.3')})")
    assert run.end() == 70
    assert "a is not ready after 0.3 s; giving up\nstopping" in run.said


def test_one_that_cannot_be_started_is_named_and_the_others_stop(start: Start) -> None:
    run = start(f"run({obedient('a')}, Program('web', [str(here / 'absent')]))")
    assert run.end() == 1
    assert "SetupError: web cannot be started: No such file or directory" in run.said
    assert not lives(run.pid("a"))


def test_a_terminal_that_is_gone_stops_nothing_short(start: Start) -> None:
    run = start(
        "def mute(line): raise BrokenPipeError\n"
        f"Supervisor([{obedient('a')}], mute, logs=here / 'logs').run()\n"
    )
    pid = run.pid("a")
    kill(pid)
    wait_for(lambda: run.pid("a") != pid, "a new one", run)
    run.send(signal.SIGTERM)
    assert run.end() == 0


# --- Being killed ---------------------------------------------------------------------------------


def test_killing_the_supervisor_leaves_nothing(start: Start) -> None:
    run = start(
        f"run({obedient('a')}, shell('stubborn', {STUBBORN!r}, grace_seconds=0.5),"
        " shell('web', 'sleep 1000 & echo $! > child.pid; wait', grace_seconds=0.5),"
        " claim=Claim.take(here))"
    )
    run.until("all ready")
    pids = [run.pid(name) for name in ("a", "stubborn", "web", "child")]
    pids += children(run.process.pid)
    assert len(set(pids)) == 5  # the keeper is the fifth
    time.sleep(0.1)
    run.process.kill()
    run.end()
    # The data folder is free again only when the last of them is gone.
    Claim.take(run.here).release()
    assert [pid for pid in pids[:4] if lives(pid)] == []
    wait_for(lambda: not lives(pids[4]), "the keeper's end")
    assert (run.here / "stopped").read_text() == "a\n"


def test_the_keeper_is_replaced_when_it_is_killed(start: Start) -> None:
    run = start(f"run(shell('stubborn', {STUBBORN!r}, grace_seconds=0.2), claim=Claim.take(here))")
    run.until("all ready")
    pid = run.pid("stubborn")
    keeper = next(child for child in children(run.process.pid) if child != pid)
    kill(keeper)
    wait_for(lambda: len(set(children(run.process.pid)) - {keeper}) == 2, "a new keeper", run)
    time.sleep(0.3)  # until it listens
    run.process.kill()
    run.end()
    Claim.take(run.here).release()
    assert not lives(pid)


# --- One data folder, one assises -----------------------------------------------------------------


def test_a_second_one_on_the_same_data_is_told_where_the_first_is(start: Start) -> None:
    run = start(
        "claim = Claim.take(here); claim.tell('http://127.0.0.1:8004')\n"
        f"run({obedient('a')}, claim=claim)"
    )
    run.until("all ready")
    with pytest.raises(SetupError, match=r"already runs .* at http://127\.0\.0\.1:8004") as caught:
        Claim.take(run.here)
    assert f"kill {run.process.pid}" in str(caught.value)
    run.pid("a")
    run.send(signal.SIGTERM)
    assert run.end() == 0
    Claim.take(run.here).release()


def test_a_claim_is_free_after_its_release(tmp_path: Path) -> None:
    claim = Claim.take(tmp_path / "new" / "data")
    with pytest.raises(SetupError, match="is starting or stopping"):
        Claim.take(tmp_path / "new" / "data")
    claim.release()
    Claim.take(tmp_path / "new" / "data").release()


def test_a_data_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="ASSISES_DATA"):
        Claim.take(tmp_path / "file")


# --- Logs, ports, words ---------------------------------------------------------------------------


def test_each_has_a_log_that_only_we_read(start: Start) -> None:
    run = start("run(shell('a', 'echo out; echo err >&2; exec sleep 100'))")
    run.until("all ready")
    log = run.here / "logs" / "a.log"
    wait_for(lambda: log.read_text() == "out\nerr\n", "the output", run)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700


def test_a_log_that_has_grown_is_put_aside_three_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assises.site.programs._LOG_BYTES", 10)
    for start in range(6):
        with open_log(tmp_path / "a.log") as log:
            log.write(f"start number {start}\n".encode())
    kept = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert kept == {
        "a.log": "start number 5\n",
        "a.log.1": "start number 4\n",
        "a.log.2": "start number 3\n",
        "a.log.3": "start number 2\n",
    }


@given(st.binary(max_size=300))
def test_the_last_lines_cannot_steer_a_terminal(content: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        lines = last_lines(Path(file.name), most=3)
    assert len(lines) <= 3
    assert all(line.isprintable() for line in lines)


def test_the_last_lines_begin_with_this_start(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("old\nnew\n")
    assert last_lines(tmp_path / "log", since=4) == ["new"]
    assert last_lines(tmp_path / "absent") == []


@given(st.integers(1, 10_000))
def test_the_pause_grows_to_its_longest(number: int) -> None:
    pause = pause_before(number, Patience())
    assert 0.5 <= pause <= 30
    assert pause <= pause_before(number + 1, Patience())


def test_an_ending_is_told_in_words() -> None:
    assert ending(-9) == "stopped with signal 9"
    assert ending(3) == "stopped with status 3"


def test_the_next_free_port_is_taken_unless_one_was_chosen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert port < free_port("127.0.0.1", port, chosen=False) <= port + 19
        with pytest.raises(SetupError, match=f"already uses this port .*{port}.*ASSISES_PORT"):
            free_port("127.0.0.1", port, chosen=True)
    assert free_port("127.0.0.1", port, chosen=True) == port


def test_an_address_of_another_machine_cannot_be_opened() -> None:
    with pytest.raises(SetupError, match="ASSISES_HOST"):
        free_port("192.0.2.1", 8000, chosen=False)


def test_nothing_of_this_imports_django() -> None:
    code = (
        "import sys; import assises.site.environment, assises.site.postgres,"
        " assises.site.supervisor; sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

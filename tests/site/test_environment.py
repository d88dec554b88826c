from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.lib.errors import SetupError
from assises.site.environment import (
    ROLES,
    Environment,
    checkout,
    read_environment,
    secrets_of,
)

HERE = Path("/srv/assises")
MAIL = {"ASSISES_SMTP_URL": "smtps://mail.example", "ASSISES_FROM_ADDRESS": "a@b.ma"}
SERVICE = {"ASSISES_HOST": "0.0.0.0", "ASSISES_ORIGIN": "https://assises.example"} | MAIL
# What the environment of a process can hold: no NUL, and bytes that are no text as surrogates.
VALUES = st.text(st.characters(exclude_characters="\0", exclude_categories=()), max_size=60)
# Both ends are words that no message holds, so that a part of a password is found as well.
PASSWORDS = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S"))).map(
    lambda middle: f"Zq9xw{middle}w7Kvj"
)
VARIABLES = (
    "ASSISES_DATA",
    "DATABASE_URL",
    "ASSISES_HOST",
    "ASSISES_PORT",
    "ASSISES_ORIGIN",
    "ASSISES_SECRET_FOLDER",
    "ASSISES_MODE",
    "ASSISES_WEB_WORKERS",
    "ASSISES_VOICES_PER_HOUR",
    "ASSISES_SMTP_URL",
    "ASSISES_FROM_ADDRESS",
)


def read(**environ: str) -> Environment:
    return read_environment(environ, HERE)


def refusal(**environ: str) -> str:
    with pytest.raises(SetupError) as caught:
        read(**environ)
    return str(caught.value)


def test_nothing_said_is_a_demonstration_on_this_machine_with_the_embedded_database() -> None:
    found = read(HOME="/root", PATH="/bin")
    assert found == Environment(
        data=HERE / ".data",
        database_url=None,
        host="127.0.0.1",
        port=8000,
        port_chosen=False,
        origin=None,
        secret_folder=HERE / ".data" / "secrets",
        mode="demonstration",
        web_workers=2,
        smtp=None,
        from_address="assises@localhost",
    )
    assert found.address() == "http://127.0.0.1:8000"
    assert found.address(8003) == "http://127.0.0.1:8003"
    assert found.hosts == ("localhost", "127.0.0.1", "[::1]")


def test_everything_said_is_read() -> None:
    found = read(
        ASSISES_DATA="/var/lib/assises data",
        DATABASE_URL="postgres://owner:p%40ss@db.example:5433/assises?sslmode=require",
        ASSISES_HOST="0.0.0.0",
        ASSISES_PORT="80",
        ASSISES_ORIGIN="HTTPS://Assises.Example:443/",
        ASSISES_SECRET_FOLDER="/etc/assises",
        ASSISES_MODE="service",
        ASSISES_WEB_WORKERS="8",
        ASSISES_VOICES_PER_HOUR="0",
        ASSISES_SMTP_URL="smtp://us%65r:p%2Fw@mail.example",
        ASSISES_FROM_ADDRESS="Assises <assises@example.ma>",
    )
    assert found.data == Path("/var/lib/assises data")
    assert (found.port, found.port_chosen, found.web_workers) == (80, True, 8)
    assert (found.voices_per_hour, read().voices_per_hour) == (0, 200)
    assert found.origin == found.address(81) == "https://assises.example"
    assert found.hosts[0] == "assises.example"
    assert found.secret_folder == Path("/etc/assises")
    assert found.smtp is not None
    assert (found.smtp.host, found.smtp.port) == ("mail.example", 587)
    assert (found.smtp.user, found.smtp.password) == ("user", "p/w")
    assert found.smtp.security == "starttls"
    assert found.from_address == "Assises <assises@example.ma>"


def test_what_others_read_is_left_alone() -> None:
    known = ("PYTHON", "NO_SKIPS", "ACCEPT", "TRACEBACK", "CHROMIUM")
    assert read(**{f"ASSISES_{name}": "" for name in known}) == read()


def test_mail_in_clear_goes_to_this_machine_only() -> None:
    def security(url: str) -> tuple[str, int]:
        smtp = read(ASSISES_SMTP_URL=url, ASSISES_FROM_ADDRESS="a@b.ma").smtp
        assert smtp is not None
        return smtp.security, smtp.port

    assert security("smtp://localhost:25") == ("none", 25)
    assert security("smtp://[::1]") == ("none", 587)
    assert security("smtp://mail.example") == ("starttls", 587)
    assert security("smtps://mail.example/") == ("tls", 465)


def test_a_service_behind_a_proxy_listens_on_this_machine() -> None:
    assert read(ASSISES_ORIGIN="https://assises.example", **MAIL).mode == "service"
    assert read(ASSISES_ORIGIN="http://localhost:8080").mode == "demonstration"
    assert read(ASSISES_HOST="::1").address() == "http://[::1]:8000"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ASSISES_PORT", "0"),
        ("ASSISES_PORT", "65536"),
        ("ASSISES_PORT", "８０"),
        ("ASSISES_PORT", "8_000"),
        ("ASSISES_PORT", " 8000"),
        ("ASSISES_WEB_WORKERS", "0"),
        ("ASSISES_WEB_WORKERS", "65"),
        ("ASSISES_WEB_WORKERS", "two"),
        ("ASSISES_VOICES_PER_HOUR", "-1"),
        ("ASSISES_VOICES_PER_HOUR", "many"),
        ("ASSISES_DATA", "data"),
        ("ASSISES_DATA", "/etc/passwd"),
        ("ASSISES_SECRET_FOLDER", "~/secrets"),
        ("ASSISES_MODE", "Service"),
        ("ASSISES_HOST", "127.0.0.1:8000"),
        ("ASSISES_HOST", "256.0.0.1"),
        ("ASSISES_HOST", "http://localhost"),
        ("ASSISES_ORIGIN", "assises.example"),
        ("ASSISES_ORIGIN", "https://assises.example/fr"),
        ("ASSISES_ORIGIN", "https://*.example"),
        ("ASSISES_ORIGIN", "https://assises.example:0"),
        ("ASSISES_ORIGIN", "https://assises.example:port"),
        ("ASSISES_ORIGIN", "http://assises.example"),
        ("ASSISES_ORIGIN", "https://consultationé.ma"),
        ("ASSISES_FROM_ADDRESS", "nobody"),
        ("ASSISES_FROM_ADDRESS", "Nobody <a@b.ma"),
        ("ASSISES_FROM_ADDRESS", "a@b.ma\nBcc: c@d.ma"),
    ],
)
def test_a_bad_value_is_refused_with_its_name_and_what_to_write(name: str, value: str) -> None:
    told = refusal(**{name: value})
    assert told.startswith(name)
    assert "Write " in told
    assert "port" in told or repr(value) in told


@pytest.mark.parametrize("name", VARIABLES)
def test_an_empty_value_is_not_the_default(name: str) -> None:
    assert refusal(**{name: " "}) == f"{name} is empty. Give it a value, or unset {name}."


def test_an_unknown_name_is_refused_without_its_value_and_the_near_one_named() -> None:
    told = refusal(ASSISES_SMTP_PASSWORD="hunter2", assises_port="1")
    assert "there is no setting ASSISES_SMTP_PASSWORD. Known are ASSISES_DATA, " in told
    assert "there is no setting assises_port. Write ASSISES_PORT" in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ASSISES_PROT", "ASSISES_PORT"),
        ("ASSISES_HOTS", "ASSISES_HOST"),
        ("ASSISES_DATE", "ASSISES_DATA"),
        ("ASSISES_SMPT_URL", "ASSISES_SMTP_URL"),
        ("ASSISES_WEB_WORKER", "ASSISES_WEB_WORKERS"),
    ],
)
def test_of_an_unknown_name_the_near_one_is_named(written: str, meant: str) -> None:
    assert f"Write {meant}, or" in refusal(**{written: "x"})


@pytest.mark.parametrize("name", ["FOO", "FOOT", "", "X", "LANGUAGE", "PASSWORD", "TIMEZONE"])
def test_of_a_name_like_none_all_are_named(name: str) -> None:
    assert ". Known are ASSISES_DATA, " in refusal(**{f"ASSISES_{name}": "x"})


def test_a_service_needs_a_mail_server_and_says_so_with_the_rest() -> None:
    problem = "no mail server is named, and people enter by a letter"
    assert refusal(ASSISES_MODE="service").startswith(problem)
    assert problem in refusal(ASSISES_ORIGIN="https://assises.example")
    told = refusal(ASSISES_HOST="0.0.0.0", ASSISES_PORT="x")
    assert told.startswith("3 settings are refused")
    assert all(found in told for found in (problem, "ASSISES_ORIGIN is missing", "ASSISES_PORT"))
    # One whose address cannot be read is told as such, and once.
    assert refusal(ASSISES_MODE="service", ASSISES_SMTP_URL="x").startswith("ASSISES_SMTP_URL is ")


def test_everything_wrong_is_told_at_once() -> None:
    told = refusal(ASSISES_PORT="x", ASSISES_MODE="y", ASSISES_HOST="a b", ASSISES_XYZ="z")
    assert told.startswith("4 settings are refused and nothing was started. Mend each of them:\n- ")
    assert all(f"ASSISES_{name}" in told for name in ("PORT", "MODE", "HOST", "XYZ"))


def test_a_public_host_needs_an_origin() -> None:
    told = refusal(ASSISES_HOST="0.0.0.0", **MAIL)
    assert told.startswith("ASSISES_ORIGIN is missing")
    assert read(**SERVICE).mode == "service"


@pytest.mark.parametrize(
    "opened",
    [
        SERVICE,
        {"ASSISES_ORIGIN": "https://assises.example"},
        {"ASSISES_HOST": "::", "ASSISES_ORIGIN": "http://localhost:8000"},
    ],
)
def test_a_demonstration_is_never_open_to_other_machines(opened: dict[str, str]) -> None:
    told = refusal(**opened, ASSISES_MODE="demonstration")
    assert told.startswith("ASSISES_MODE is demonstration")


def test_letters_need_a_sender() -> None:
    assert refusal(ASSISES_SMTP_URL="smtp://localhost").startswith(
        "ASSISES_FROM_ADDRESS is missing"
    )


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:{}@h/db",
        "postgres://u:{}@h",
        "postgres://u:{}@h/db?sslmod=require",
        "postgres://u:{}%zz@h/db",
        "host=h dbname=d password={}",
        "postgres://{}",
    ],
)
def test_an_address_that_may_hold_a_password_is_refused_unshown(url: str) -> None:
    told = refusal(DATABASE_URL=url.format("hunter2"))
    assert told.startswith("DATABASE_URL")
    assert "Write postgres://USER:PASSWORD@HOST" in told
    assert "hunter2" not in told


@given(PASSWORDS)
def test_no_password_is_ever_shown(password: str) -> None:
    for environ in (
        {"DATABASE_URL": f"postgres://u:{password}@h/db", "ASSISES_PORT": "x"},
        {"DATABASE_URL": f"postgres://u:{quote(password, '')}@h/db", "ASSISES_PORT": "x"},
        {"ASSISES_SMTP_URL": f"smtp://u:{password}@h", "ASSISES_PORT": "x"},
        {"ASSISES_SMTP_URL": f"smtp://u:{quote(password, '')}@h", "ASSISES_PORT": "x"},
        {"ASSISES_ORIGIN": f"https://u:{password}@h", "ASSISES_PORT": "x"},
        {"ASSISES_HOST": f"u:{password}@h", "ASSISES_PORT": "x"},
    ):
        told = refusal(**environ)
        assert "Zq9xw" not in told
        assert "w7Kvj" not in told


def test_a_printed_environment_shows_no_password() -> None:
    found = read(
        DATABASE_URL="postgres://u:hunter2@h/db",
        ASSISES_SMTP_URL="smtp://u:hunter2@localhost",
        ASSISES_FROM_ADDRESS="a@b.ma",
    )
    assert "hunter2" not in repr(found)


@given(st.dictionaries(st.sampled_from((*VARIABLES, "ASSISES_X")), VALUES, max_size=4))
def test_whatever_stands_there_is_read_or_refused_by_name(environ: dict[str, str]) -> None:
    try:
        found = read(**environ)
    except SetupError as refused:
        # What is missing is named as well: a service without a mail server.
        assert any(name in str(refused) for name in (*environ, "ASSISES_SMTP_URL"))  # noqa: PT017
    else:
        assert found.mode == "service" or found.address().startswith("http")
        assert 0 < found.port < 65536


@given(VALUES)
def test_a_port_is_read_as_written_or_not_at_all(raw: str) -> None:
    try:
        assert read(ASSISES_PORT=raw).port == int(raw)
        assert re.fullmatch("[0-9]+", raw)
    except SetupError as refused:
        assert str(refused).startswith("ASSISES_PORT")  # noqa: PT017


@given(st.from_regex(r"https://[A-Za-z0-9.:\-]{1,30}/?", fullmatch=True))
def test_an_origin_read_twice_is_the_same(raw: str) -> None:
    try:
        once = read(ASSISES_ORIGIN=raw, **MAIL).origin
    except SetupError:
        return
    assert once is not None
    assert read(ASSISES_ORIGIN=once, **MAIL).origin == once == once.lower()


def test_the_sources_say_where_they_stand() -> None:
    assert (checkout() / "src" / "assises").is_dir()


# --- The secrets ----------------------------------------------------------------------------------


def test_secrets_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "secrets"
    made = secrets_of(folder)
    assert secrets_of(folder) == made
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["secrets.json"]
    values = [made.django_key, made.voice_key, made.account_key, made.journal_key]
    values += [made.role(role) for role in ROLES]
    assert len(set(values)) == 8
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in values)
    assert repr(made) == "Secrets()"


def test_two_installations_share_nothing(tmp_path: Path) -> None:
    assert secrets_of(tmp_path / "a") != secrets_of(tmp_path / "b")


def test_processes_that_make_them_at_once_agree(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from assises.site.environment import secrets_of\n"
        "print('up', flush=True); sys.stdin.readline()\n"
        "print(secrets_of(pathlib.Path(sys.argv[1])).voice_key)"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "s")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
    answers = {process.communicate("go\n")[0] for process in running}
    assert answers == {f"{secrets_of(tmp_path / 's').voice_key}\n"}
    assert [path.name for path in (tmp_path / "s").iterdir()] == ["secrets.json"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: "[]",
        lambda text: '"words"',
        lambda text: text.replace("voice_key", "voice"),
        lambda text: text.replace('"web"', '"net"'),
        lambda text: json.dumps({**json.loads(text), "voice_key": "0" * 63}),
        lambda text: json.dumps({**json.loads(text), "voice_key": 7}),
        lambda text: json.dumps({**json.loads(text), "database": []}),
    ],
)
def test_a_damaged_file_is_never_made_anew(tmp_path: Path, damage: object) -> None:
    secrets_of(tmp_path)
    file = tmp_path / "secrets.json"
    damaged = damage(file.read_text("ascii"))  # type: ignore[operator]
    file.write_text(damaged, "ascii")
    with pytest.raises(SetupError, match=r"damaged.*Restore it from a backup"):
        secrets_of(tmp_path)
    assert file.read_text("ascii") == damaged


def test_secrets_that_others_can_read_are_refused(tmp_path: Path) -> None:
    secrets_of(tmp_path)
    (tmp_path / "secrets.json").chmod(0o640)
    with pytest.raises(SetupError, match=r"others on this machine can read.*chmod 600"):
        secrets_of(tmp_path)


def test_a_folder_that_cannot_be_made_says_which(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="ASSISES_SECRET_FOLDER") as caught:
        secrets_of(tmp_path / "file" / "secrets")
    assert caught.value.file is not None
    assert os.fspath(tmp_path) in caught.value.file

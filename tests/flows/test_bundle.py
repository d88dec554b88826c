from __future__ import annotations

import csv
import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import jsonschema
import numpy as np
import polars as pl
import pytest

from assises.flows.opinion import How, content_of
from assises.formats import bundle, polis
from assises.formats.bundle import TABLES
from assises.lib.errors import InputError, OutputError

from .tamper import flip_first_agreement


def test_a_bundle_holds_what_it_promises(made: Path) -> None:
    names = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}
    tables = {f"tables/{name}.{end}" for name in TABLES for end in ("csv", "parquet")}
    assert names == tables | {
        "manifest.json",
        "environment.json",
        "results.json",
        "results.schema.json",
        "recount.py",
        "report.html",
        "tables/dictionary.csv",
    }


def test_the_manifest_lists_every_file_but_itself_and_the_environment(made: Path) -> None:
    manifest = json.loads((made / "manifest.json").read_text())
    names = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}
    assert set(manifest["files"]) == names - {"manifest.json", "environment.json"}


def test_the_results_keep_to_their_published_schema(made: Path, openpolis: Path) -> None:
    schema = json.loads((made / "results.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(json.loads((made / "results.json").read_text()))
    validator.validate(content_of(polis.read(openpolis), ["fr"], how=How("polis")).results)


def test_every_column_is_in_the_dictionary_and_no_other(made: Path) -> None:
    with open(made / "tables" / "dictionary.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["meaning"] for row in rows)
    for name in TABLES:
        with open(made / "tables" / f"{name}.csv", encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        assert header == [row["column"] for row in rows if row["table"] == name]


def test_csv_and_parquet_say_the_same(made: Path) -> None:
    votes = bundle.read(made).tables["votes"]
    frame = pl.read_parquet(made / "tables" / "votes.parquet")
    assert frame["vote"].to_list() == np.asarray(votes["vote"]).tolist()
    assert frame["counted"].dtype == pl.Boolean


def test_a_text_that_a_spreadsheet_would_run_is_held_back_and_read_again(made: Path) -> None:
    raw = (made / "tables" / "statements.csv").read_text("utf-8")
    assert "'- Des formations" in raw
    texts = bundle.read(made).tables["statements"]["text"]
    assert any(str(text).startswith("- Des formations") for text in texts)


def test_external_ids_of_people_stay_out(tmp_path: Path, shared_data: Path) -> None:
    source = polis.read(shared_data / "polis" / "austria-climate.5twd2jsnkf.2022-08-08")
    assert source.participants is not None
    named = [xid for xid in source.participants.columns["xid"] if len(xid) > 4]
    folder = tmp_path / "b"
    bundle.write(folder, content_of(source, ["fr"], how=How("polis")))
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"xid" not in everything
    assert not [xid for xid in named if xid.encode() in everything]


def test_a_bundle_is_written_whole_or_not_at_all(
    tmp_path: Path, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = content_of(polis.read(example), ["en"])

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("assises.formats.bundle.writing.manifest_of", stop)
    with pytest.raises(KeyboardInterrupt):
        bundle.write(tmp_path / "b", content)
    assert list(tmp_path.iterdir()) == []


def test_replacing_a_bundle_that_fails_leaves_the_old_one(
    copy: Path, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = content_of(polis.read(example), ["fr"])
    before = (copy / "manifest.json").read_bytes()

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("assises.formats.bundle.writing.manifest_of", fail)
    with pytest.raises(OSError, match="disk full"):
        bundle.write(copy, content, replace=True)
    assert (copy / "manifest.json").read_bytes() == before
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_something_that_is_no_bundle_is_never_replaced(tmp_path: Path, example: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me")
    content = content_of(polis.read(example), ["en"])
    with pytest.raises(OutputError, match="something else"):
        bundle.write(tmp_path / "mine", content, replace=True)
    assert (tmp_path / "mine" / "letter.txt").read_text() == "keep me"


def test_a_bundle_with_something_of_ones_own_in_it_is_not_replaced(
    copy: Path, example: Path
) -> None:
    (copy / "notes.txt").write_text("keep me")
    with pytest.raises(OutputError, match="something else"):
        bundle.write(copy, content_of(polis.read(example), ["en"]), replace=True)
    assert (copy / "notes.txt").read_text() == "keep me"


def test_a_bundle_that_is_there_is_replaced_only_when_asked(copy: Path, example: Path) -> None:
    content = content_of(polis.read(example), ["en"])
    with pytest.raises(OutputError, match="--replace"):
        bundle.write(copy, content)
    bundle.write(copy, content, replace=True)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("manifest.json", "{}", "cannot read such a bundle"),
        ("manifest.json", "{", "not JSON"),
        ("results.json", "[]", "object"),
        ("tables/votes.csv", "statement,participant\n1,2\n", "columns"),
        (
            "tables/votes.csv",
            "statement,participant,vote,time,counted\n1,2,x,3,true\n",
            "type integer",
        ),
        ("tables/votes.csv", "statement,participant,vote,time,counted\n1,2\n", "2 cells"),
        (
            "tables/votes.csv",
            "statement,participant,vote,time,counted\n1,2,9,3,true\n",
            "line 2, column vote",
        ),
    ],
)
def test_a_damaged_bundle_is_refused_with_the_file(
    copy: Path, name: str, content: str, says: str
) -> None:
    (copy / name).write_text(content)
    with pytest.raises(InputError, match=says) as caught:
        bundle.read(copy)
    assert str(caught.value.file).endswith(name.rsplit("/", maxsplit=1)[-1])


def test_recount_needs_nothing_but_python(made: Path) -> None:
    # -I: no user packages, no PYTHONPATH; -S: no site-packages at all.
    done = subprocess.run(
        [sys.executable, "-I", "-S", made / "recount.py"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "SIMULATION" in done.stdout
    assert "Everything that this program recounts" in done.stdout


def test_recount_names_the_figures_that_a_changed_vote_breaks(copy: Path) -> None:
    flip_first_agreement(copy)
    done = subprocess.run(
        [sys.executable, "-I", "-S", copy / "recount.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "statement 0, agrees: published" in done.stdout
    assert "agrees in all: published" in done.stdout


def test_recount_says_when_it_cannot_read(copy: Path) -> None:
    (copy / "tables" / "votes.csv").write_text("statement,participant,vote,time\n1,2,9,4\n")
    done = subprocess.run(
        [sys.executable, copy / "recount.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "cannot be recounted" in done.stdout


def test_recount_imports_only_the_standard_library() -> None:
    source = resources.files("assises.formats.bundle").joinpath("recount.py").read_text("utf-8")
    imports = {line.split()[1] for line in source.splitlines() if line.startswith("import ")}
    assert imports <= {"csv", "json", "math", "os", "sys"}
    assert not [line for line in source.splitlines() if line.startswith("from ")]

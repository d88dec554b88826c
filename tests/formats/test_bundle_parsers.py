"""Whatever stands in the files of a bundle: it is read, or refused as documented."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assises.flows.opinion import content_of
from assises.formats import bundle, polis
from assises.formats.bundle import recount
from assises.formats.bundle.dictionary import MISSING, TABLES, Kind, TableSpec
from assises.formats.bundle.reading import read_manifest
from assises.formats.bundle.tables import from_csv, same_values, to_csv
from assises.lib.csvio import neutralise, restore
from assises.lib.errors import InputError

# One folder for all examples of a test: each writes over the file of the one before.
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
ANY_JSON = st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode())
DEEP = b"[" * 100_000
WORDS = st.text(
    alphabet=st.sampled_from("\"',;=+-@\t\r\n a1") | st.characters(exclude_categories=["Cs"]),
    max_size=12,
).filter(lambda text: "\0" not in text)
CELLS: dict[Kind, st.SearchStrategy[Any]] = {
    "integer": st.integers(-(2**63) + 1, 2**63 - 1) | st.just(MISSING),
    "number": st.floats(-1e9, 1e9),
    "flag": st.booleans(),
    # What begins like a formula is written so that it is none; that form itself is not text.
    "text": WORDS.filter(lambda text: restore(neutralise(text)) == text),
}
TYPES: dict[Kind, Any] = {"integer": np.int64, "number": np.float64, "flag": np.bool_}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, example: Path) -> Path:
    folder = tmp_path_factory.mktemp("made") / "example.bundle"
    bundle.write(folder, content_of(polis.read(example), ["en"]))
    return folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy.bundle"))


def refused_or(read: Any, *arguments: Any) -> Any:
    """What it reads, or None where it refuses as it says that it does."""
    with contextlib.suppress(InputError):
        return read(*arguments)
    return None


@SHARED
@given(ANY_JSON)
@example(DEEP)
@example(b'{"schema": ' + b"9" * 5000 + b"}")
def test_any_manifest_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    read = refused_or(read_manifest, tmp_path)
    assert read is None or read["schema"]


@SHARED
@given(st.sampled_from(["results.json", "environment.json", "manifest.json"]), ANY_JSON)
@example("results.json", DEEP)
@example("environment.json", b"null")
def test_any_file_of_a_bundle_may_hold_anything(copy: Path, name: str, content: bytes) -> None:
    whole = (copy / name).read_bytes()
    (copy / name).write_bytes(content)
    try:
        refused_or(bundle.read, copy)
    finally:
        (copy / name).write_bytes(whole)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A table in which something was changed, or no table at all."""
    spec = draw(st.sampled_from(list(TABLES.values())))
    header = [column.name for column in spec.columns]
    rows = draw(
        st.lists(
            st.lists(
                WORDS | st.sampled_from(["", "1", "-1", "9" * 30, "1e999", "nan", "true", "٣"]),
                min_size=len(header),
                max_size=len(header),
            ),
            max_size=3,
        )
    )
    text = "\n".join(",".join(row) for row in [header, *rows])
    return draw(st.binary(max_size=100) | st.just(text.encode()))


@SHARED
@given(st.sampled_from(list(TABLES.values())), damaged())
@example(TABLES["votes"], b"")
@example(
    TABLES["votes"], b"statement,participant,vote,time,counted\n1,1," + b"9" * 30 + b",0,true\n"
)
@example(TABLES["votes"], b"statement,statement,participant,vote,time,counted\n1,2,1,1,0,true\n")
def test_any_table_is_read_or_refused(tmp_path: Path, spec: TableSpec, content: bytes) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    read = refused_or(from_csv, spec, path)
    if read is not None:
        assert len({len(values) for values in read.values()}) == 1


@st.composite
def tables(draw: st.DrawFn) -> tuple[TableSpec, dict[str, Any]]:
    spec = draw(st.sampled_from(list(TABLES.values())))
    count = draw(st.integers(0, 4))
    found: dict[str, Any] = {}
    for column in spec.columns:
        kind = spec.kind_of(column.name)
        values = draw(st.lists(CELLS[kind], min_size=count, max_size=count))
        found[column.name] = values if kind == "text" else np.array(values, dtype=TYPES[kind])
    return spec, found


@SHARED
@given(tables())
def test_what_is_written_is_read_back(tmp_path: Path, made_up: tuple[TableSpec, Any]) -> None:
    spec, table = made_up
    path = tmp_path / "table.csv"
    path.write_text(to_csv(spec, table), "utf-8", newline="")
    read = from_csv(spec, path)
    assert list(read) == list(table)
    for name, values in table.items():
        assert same_values(spec.kind_of(name), values, read[name]).all(), name


# --- recount.py, which stands alone ---------------------------------------------------------------


def recounted(folder: Path) -> tuple[int, str]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = recount.main(["recount.py", str(folder)])
    return status, said.getvalue()


@contextlib.contextmanager
def instead(file: Path, content: bytes) -> Iterator[None]:
    whole = file.read_bytes()
    file.write_bytes(content)
    try:
        yield
    finally:
        file.write_bytes(whole)


@SHARED
@given(
    st.sampled_from(["votes", "positions", "statements", "groups"]),
    damaged(),
)
@example("votes", b"")
@example("votes", b"statement,participant,vote,time\n1,1,1,\x00\n")
@example("votes", b'statement,participant,vote,time\n"' + b"a" * 200_000 + b'",1,1,0\n')
@example("votes", b"statement,participant,vote,time\n" + b"9" * 5000 + b",1,1,0\n")
def test_a_recount_of_any_tables_ends_with_a_documented_status(
    copy: Path, table: str, content: bytes
) -> None:
    file = copy / "tables" / f"{table}.csv"
    if not file.exists():
        return
    with instead(file, content):
        status, said = recounted(copy)
    assert status in (0, 1, 2)
    assert said


@SHARED
@given(ANY_JSON)
@example(DEEP)
@example(b"[]")
@example(b'{"counts": [], "statements": 1}')
def test_a_recount_of_any_results_ends_with_a_documented_status(copy: Path, content: bytes) -> None:
    with instead(copy / "results.json", content):
        status, said = recounted(copy)
    assert status == 2
    assert said.startswith("This bundle cannot be recounted")


def test_a_recount_reads_each_row_of_a_table(copy: Path) -> None:
    rows = recount.read(str(copy), "votes")
    read = from_csv(TABLES["votes"], copy / "tables" / "votes.csv")
    assert [int(row["vote"]) for row in rows] == list(read["vote"])
    assert recounted(copy)[0] == 0

"""Files of contributions that cannot be read: refused with what is wrong and where."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assises.formats.contributions import read
from assises.lib.csvio import LONGEST_FIELD
from assises.lib.errors import EncodingError, InputError
from tests.formats.contribution_files import refusal, written


@pytest.mark.parametrize(
    "cell",
    ["03/11/2025", "3 mars 2026", "2026", "20260302", "26-03-02 10:00", "٢٠٢٦-٠٣-٠٢",
     "2026-13-01", "0001-01-01T00:00:00+12:00", "17724456000000000", "soon"],
)  # fmt: skip
def test_what_is_no_time_or_two_is_refused_with_its_line(tmp_path: Path, cell: str) -> None:
    error = refusal(written(tmp_path, f"text,date\neau,2026-03-02\neau,{cell}\n"))
    assert (error.line, error.column, error.value) == (3, "date", cell)
    assert "--time ''" in error.next_step


BAD = [
    ("a,b\n1,2\n", {}, None, "no column has a name that is known to hold the text"),
    ("text,comment\n1,2\n", {}, None, "2 columns could be the text: text, comment"),
    ("text,id,comment_id\n1,2,3\n", {}, None, "2 columns could be the id"),
    ("text,text\n1,2\n", {}, None, "2 columns could be the text"),
    ("text,x,x\n1,2,3\n", {"attributes": ["x"]}, None, "the column stands twice"),
    ("text\n1\n", {"text": "txt"}, None, "there is no such column"),
    ("text\n1\n", {"layout": "decidim"}, None, "does not have the columns of the layout decidim"),
    ("text\n1\n", {"layout": "csv"}, None, "this layout is not known"),
    ("response_id,response,arg-id,argument\n1,a,2,b\n", {}, None, "several layouts"),
    ("text,id\na,1\nb,1\n", {}, 3, "the id stands above already"),
    ("text,id\na,1\nb, \n", {}, 3, "an id has 1 to 200 characters"),
    ("text,id\na,1\nb\n", {}, 3, "the row has 1 cells where the header has 2"),
    ("text,id\n" + "a" * 2000 + ",1\nb\0c,2\n", {}, 3, "no character"),
    ("text,id\n", {}, None, "no contribution could be read"),
    ("\n\n", {}, None, "blank lines only"),
    ("", {}, None, "the file is empty"),
    ('text,id\n"never closed,1\n', {}, 2, "the file ends inside a quoted cell"),
    ("text,id\n" + "a" * (LONGEST_FIELD + 1), {}, 2, "longer than"),
]


@pytest.mark.parametrize(("content", "asked", "line", "problem"), BAD, ids=[b[3] for b in BAD])
def test_what_cannot_be_read_is_refused_where_it_stands(
    tmp_path: Path, content: str, asked: dict[str, Any], line: int | None, problem: str
) -> None:
    error = refusal(written(tmp_path, content), **asked)
    assert problem in str(error)
    assert error.file is not None
    assert error.next_step
    if line is not None:
        assert error.line == line


@pytest.mark.parametrize(
    ("content", "name", "line", "problem"),
    [
        ('{"text": "a"}\n{"text": \n', "f.jsonl", 2, "the line is not JSON"),
        ('{"text": "a"}\n[1]\n', "f.jsonl", 2, "this is not an object"),
        ('{"text": "a"}\n{"text": NaN}\n', "f.jsonl", 2, "NaN is not JSON"),
        ('{"text": "a"}\n{"text": "\\ud800"}\n', "f.jsonl", 2, "no character"),
        ('{"text": "a"}\n{"text": "\\u0000"}\n', "f.jsonl", 2, "no character"),
        ('{"text": "a"}\n' + "[" * 100_000, "f.jsonl", 2, "the line is not JSON"),
        ('[{"text": "a"} {"text": "b"}]', "f.json", None, "no comma after element 1"),
        ('[{"text": "a"}, 3]', "f.json", 2, "this is not an object"),
        ('[{"text": "a"},', "f.json", None, "the file is not JSON"),
        ("[]", "f.json", None, "the file holds no contribution"),
        ("[" * 100_000, "f.json", None, "the file is not JSON"),
        ('{"a": [1], "b": [2]}', "f.json", None, "which of its lists"),
        ("text\n1\n", "f.json", None, "the file is not JSON"),
        ('{"text": ' * 900 + '"a"' + "}" * 900, "f.json", None, "the file holds no contribution"),
        ("3", "f.json", None, "no object and no array"),
        ("[" + " " * (LONGEST_FIELD + 1), "f.json", None, "the file is not JSON"),
        ("PAR1 and nothing", "f.parquet", None, "this is not a Parquet file"),
        ("PK\x03\x04...", "f.xlsx", None, "this is a spreadsheet"),
    ],
)  # fmt: skip
def test_json_and_parquet_are_refused_where_they_fail(
    tmp_path: Path, content: str, name: str, line: int | None, problem: str
) -> None:
    error = refusal(written(tmp_path, content, name))
    assert problem in str(error)
    if line is not None:
        assert error.line == line


@pytest.mark.parametrize("name", ["f.csv", "f.jsonl", "f.json"])
def test_bytes_that_are_no_text_come_with_encodings_that_read_them(
    tmp_path: Path, name: str
) -> None:
    text = (
        '{"text": "بغينا الما ف الدوار"}' if "json" in name else "text,id\nبغينا الما ف الدوار,1\n"
    )
    path = written(tmp_path, text.encode("windows-1256"), name)
    with pytest.raises(EncodingError, match="--encoding windows-1256"):
        read(path)
    assert read(path, encoding="windows-1256").texts == ["بغينا الما ف الدوار"]


def test_refused_rows_are_listed_where_that_is_asked(tmp_path: Path) -> None:
    path = written(tmp_path, "text,id,date\na,1,\nb\nc,1,\nd,2,yesterday\ne,3,2026-03-02\n")
    found = read(path, skip_bad_rows=True)
    assert found.ids == ["1", "3"]
    assert [(r.line, r.column) for r in found.rejects] == [(3, ""), (4, "id"), (5, "date")]
    assert found.rejects[2].value == "yesterday"
    assert found.source.rows == 5
    assert refusal(written(tmp_path, "text,id\na\n"), skip_bad_rows=True).value is not None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.binary(max_size=80), st.sampled_from(["f.csv", "f.json", "f.jsonl", "f.parquet"]))
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes, name: str) -> None:
    path = written(tmp_path, b"text,id\n" + data if data[:1] == b"t" else data, name)
    with contextlib.suppress(InputError):
        assert len(read(path, skip_bad_rows=bool(len(data) % 2))) > 0

from __future__ import annotations

import csv
import os
import re
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assises.lib import csvio
from assises.lib.csvio import (
    LONGEST_FIELD,
    Line,
    encoding_of,
    neutralise,
    read_lines,
    restore,
    write_rows,
)
from assises.lib.errors import EncodingError, InputError

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
MANY_SCRIPTS = "الديمقراطية ⵜⴰⵎⴰⵣⵉⵖⵜ é 🗳️ 𝄞"

texts = st.text(
    alphabet=st.one_of(
        st.sampled_from("\"',;=+-@\t\r\n ab"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=12,
)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(texts, min_size=width, max_size=width), max_size=6)
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def cells_of(path: Path, **options: str) -> list[list[str]]:
    return [line.cells for line in read_lines(path, **options)]  # type: ignore[arg-type]


def refusal_of(path: Path, **options: str) -> InputError:
    with pytest.raises(InputError) as caught:
        cells_of(path, **options)
    return caught.value


# Formulas


@given(texts)
def test_a_neutralised_cell_comes_back_letter_for_letter(cell: str) -> None:
    assert restore(neutralise(cell)) == cell


@given(texts)
def test_a_neutralised_cell_never_starts_a_formula(cell: str) -> None:
    assert not neutralise(cell).startswith(FORMULA_STARTS)


@given(texts)
def test_only_a_cell_that_could_be_mistaken_gets_an_apostrophe(cell: str) -> None:
    if not cell.lstrip("'").startswith(FORMULA_STARTS):
        assert neutralise(cell) == cell


@pytest.mark.parametrize("cell", ["=1+1", "+212 6", "-1", "@SUM(A1)", "\tx", "\rx", "\n=x", "'=1"])
def test_what_a_spreadsheet_would_compute_gets_one_apostrophe(cell: str) -> None:
    assert neutralise(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "'tis", "l'eau = la vie", "''", "1", "-".join("ab")])
def test_an_ordinary_text_is_left_alone_by_both(cell: str) -> None:
    assert neutralise(cell) == cell
    assert restore(cell) == cell


# Round trip


@settings(deadline=None)
@given(tables)
@example([["a\rb"]])
@example([["a\r\nb", '"']])
@example([[""]])
def test_any_cells_come_back_as_they_were_written(rows: list[list[str]]) -> None:
    header = [f"column {at}" for at in range(len(rows[0]) if rows else 1)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:
            assert write_rows(file, header, rows) == len(rows)
        assert cells_of(path) == [header, *rows]


def test_a_lone_carriage_return_inside_a_cell_does_not_end_the_row(path: Path) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        write_rows(file, ["body", "vote"], [["an old\rMacintosh", "1"]])
    assert cells_of(path) == [["body", "vote"], ["an old\rMacintosh", "1"]]


def test_rows_end_with_a_single_line_feed_and_only_needed_quotes(path: Path) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        write_rows(file, ["a", "b"], [[1, 'say "yes"'], ["x,y", MANY_SCRIPTS]])
    assert path.read_text(encoding="utf-8") == (f'a,b\n1,"say ""yes"""\n"x,y",{MANY_SCRIPTS}\n')


def test_every_cell_can_be_quoted_on_request(path: Path) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        write_rows(file, ["a"], [[1]], quoting=csv.QUOTE_ALL)
    assert path.read_bytes() == b'"a"\n"1"\n'


# Line ends and line numbers


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_understood(path: Path, end: str) -> None:
    path.write_bytes(f"a,b{end}1,2{end}3,4".encode())
    assert list(read_lines(path)) == [
        Line(1, ["a", "b"]),
        Line(2, ["1", "2"]),
        Line(3, ["3", "4"]),
    ]


def test_blank_lines_are_left_out_and_counted(path: Path) -> None:
    path.write_bytes(b"\na\n\n\nb\n\n")
    assert list(read_lines(path)) == [Line(2, ["a"]), Line(5, ["b"])]


def test_a_record_is_numbered_by_the_line_it_begins_on(path: Path) -> None:
    path.write_bytes(b'a\n"one\ntwo\r\nthree"\nb\n')
    assert list(read_lines(path)) == [
        Line(1, ["a"]),
        Line(2, ["one\ntwo\r\nthree"]),
        Line(5, ["b"]),
    ]


def test_another_separator_is_used_when_named(path: Path) -> None:
    path.write_bytes(b"a;b,c\n")
    assert cells_of(path, separator=";") == [["a", "b,c"]]


@pytest.mark.parametrize("rows", [1, 3, 9000])
def test_the_bytes_that_were_read_are_told_and_add_up(path: Path, rows: int) -> None:
    path.write_bytes("é,b\n".encode() * rows)
    told: list[int] = []
    assert sum(1 for _ in read_lines(path, advance=told.append)) == rows
    assert sum(told) == path.stat().st_size
    assert min(told) >= 0


# Encodings


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
    ],
)
def test_a_marked_encoding_is_found_and_read(path: Path, encoding: str, found: str) -> None:
    path.write_bytes(f"a,b\r\n{MANY_SCRIPTS},2\r\n".encode(encoding))
    assert encoding_of(path) == found
    assert cells_of(path) == [["a", "b"], [MANY_SCRIPTS, "2"]]


def test_big_endian_utf_16_is_read_by_its_mark(path: Path) -> None:
    path.write_bytes(b"\xfe\xff" + f"a,{MANY_SCRIPTS}\n".encode("utf-16-be"))
    assert cells_of(path) == [["a", MANY_SCRIPTS]]


def test_naming_utf_8_does_not_bring_the_mark_into_the_first_cell(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbfvote,1\n")
    assert cells_of(path, encoding="utf-8") == [["vote", "1"]]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_refused_with_the_encoding_to_name(
    path: Path, encoding: str
) -> None:
    path.write_bytes("timestamp,vote\n1,1\n".encode(encoding))
    error = refusal_of(path)
    assert isinstance(error, EncodingError)
    assert error.file == str(path)
    assert f"--encoding {encoding}" in error.next_step
    assert cells_of(path, encoding=encoding) == [["timestamp", "vote"], ["1", "1"]]


@pytest.mark.parametrize(
    ("encoding", "word"),
    [("windows-1256", "القهوة"), ("iso-8859-1", "forêt"), ("cp1252", "l’été")],
)
def test_an_older_encoding_is_read_by_its_name(path: Path, encoding: str, word: str) -> None:
    path.write_bytes(f"a\n{word}\n".encode(encoding))
    assert cells_of(path, encoding=encoding) == [["a"], [word]]


@pytest.mark.parametrize(
    ("encoding", "word"), [("windows-1256", "القهوة"), ("iso-8859-1", "forêt")]
)
def test_a_file_in_an_older_encoding_is_refused_with_a_sample_one_can_read(
    path: Path, encoding: str, word: str
) -> None:
    path.write_bytes(f"id,body\n0,x\n1,{word}\n".encode(encoding))
    error = refusal_of(path)
    assert isinstance(error, EncodingError)
    assert error.line == 3
    assert any(
        f"--encoding {encoding}" in offer and word in offer for offer in error.next_step.split(";")
    )


def test_a_text_cut_inside_a_letter_is_refused_at_its_line_and_column(path: Path) -> None:
    path.write_bytes("id,body\n0,né\n1,né".encode()[:-1])
    error = refusal_of(path)
    assert isinstance(error, EncodingError)
    assert (error.file, error.line, error.column) == (str(path), 3, 4)
    assert error.value == "0xc3"
    assert "--encoding windows-1256 reads" in error.next_step
    assert "--encoding iso-8859-1 reads" in error.next_step


plain = st.text(alphabet=st.sampled_from("aé€😀,\n"), max_size=40)


@settings(deadline=None)
@given(before=plain, after=plain, pad=st.sampled_from([0, (1 << 16) - 7]))
def test_a_byte_that_is_no_text_is_named_by_line_and_column(
    before: str, after: str, pad: int
) -> None:
    before = "x" * pad + before
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(before.encode() + b"\xff" + after.encode())
        error = refusal_of(path)
    assert error.line == before.count("\n") + 1
    assert error.column == len(before) - before.rfind("\n")
    assert error.value == "0xff"


def test_the_line_of_a_bad_byte_is_right_where_lines_end_in_carriage_returns(path: Path) -> None:
    path.write_bytes(b"a,b\rc,d\re,\xff\r")
    error = refusal_of(path)
    assert (error.line, error.column) == (3, 3)


@pytest.mark.parametrize("name", ["no-such-encoding", "hex", "rot13", "utf\0", "ü"])
def test_an_encoding_that_is_none_is_refused_with_some_that_are(path: Path, name: str) -> None:
    path.write_bytes(b"a,b\n")
    error = refusal_of(path, encoding=name)
    assert isinstance(error, EncodingError)
    assert error.value == name
    assert "windows-1256" in error.next_step


# Files that are none


def test_a_missing_file_is_refused_by_its_name(path: Path) -> None:
    error = refusal_of(path)
    assert error.file == str(path)
    assert "no such file" in error.problem


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    assert refusal_of(tmp_path).file == str(tmp_path)


def test_an_empty_file_is_refused_by_its_name(path: Path) -> None:
    path.touch()
    error = refusal_of(path)
    assert error.file == str(path)
    assert "empty" in error.problem


# Quotes


def test_a_quote_that_is_never_closed_is_refused_where_it_opens(path: Path) -> None:
    path.write_bytes(b'a,b\n1,2\n3,"open\n4,5\n6,7\n')
    error = refusal_of(path)
    assert (error.file, error.line) == (str(path), 3)
    assert "quote" in error.next_step


def test_text_after_a_closing_quote_is_refused_with_its_line(path: Path) -> None:
    path.write_bytes(b'a,b\n"1"x,2\n')
    error = refusal_of(path)
    assert error.line == 2
    assert "doubled" in error.next_step


def test_quotes_commas_and_line_ends_inside_quotes_belong_to_the_cell(path: Path) -> None:
    path.write_bytes(b'"a ""b"" c","1,2","x\ry\r\nz\n"\n')
    assert cells_of(path) == [['a "b" c', "1,2", "x\ry\r\nz\n"]]


# Lines that never end


def test_the_longest_line_that_is_allowed_is_read(path: Path) -> None:
    path.write_bytes(b"a" * (LONGEST_FIELD - 1) + b"\nb\n")
    assert [len(cells[0]) for cells in cells_of(path)] == [LONGEST_FIELD - 1, 1]


def test_a_line_beyond_the_longest_is_refused_with_its_number(path: Path) -> None:
    path.write_bytes(b"a\n" + b"b" * (LONGEST_FIELD + 1))
    error = refusal_of(path)
    assert (error.file, error.line) == (str(path), 2)
    assert "1,048,576" in error.problem


def test_a_cell_of_many_lines_beyond_the_longest_is_refused_where_it_begins(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csvio, "LONGEST_FIELD", 100)
    path.write_bytes(b'a\nb\n"' + b"some words\n" * 1000)
    error = refusal_of(path)
    assert error.line == 3
    assert "a cell is longer than 100 characters" in error.problem


def test_a_short_limit_does_not_outlive_the_file_it_was_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(b'"' + b"x" * 200 + b'"\n')
    with monkeypatch.context() as patch:
        patch.setattr(csvio, "LONGEST_FIELD", 100)
        refusal_of(path)
    assert cells_of(path) == [["x" * 200]]


@pytest.mark.slow
def test_a_line_of_a_gigabyte_is_refused_in_little_memory(path: Path) -> None:
    path.write_bytes(b"timestamp,vote\n" + b"1" * 2000)
    os.truncate(path, 1 << 30)  # sparse: the rest reads as NUL characters of the same line
    tracemalloc.start()
    try:
        error = refusal_of(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (error.file, error.line) == (str(path), 2)
    assert peak < 32 << 20


@pytest.mark.slow
def test_a_cell_of_a_gigabyte_in_many_lines_is_refused_in_little_memory(path: Path) -> None:
    with open(path, "wb") as file:
        file.write(b'timestamp,vote\n1,"')
        for _ in range(1 << 10):
            file.write(b"never closed    \n" * (1 << 16))
    tracemalloc.start()
    try:
        error = refusal_of(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        path.unlink()
    assert (error.file, error.line) == (str(path), 2)
    assert peak < 32 << 20


def test_rows_are_handed_over_one_by_one(path: Path) -> None:
    path.write_bytes(b"a,b\n" * 50_000)
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_lines(path)) == 50_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1 << 20


def test_a_file_that_may_not_be_read_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "votes.csv"
    path.write_text("a\n1\n")
    monkeypatch.setattr("assises.lib.csvio.os.access", lambda *_: False)
    with pytest.raises(InputError, match="may not read") as caught:
        list(read_lines(path))
    assert caught.value.file == str(path)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Une école à côté", "iso-8859-1"),
        ("L’école coûte 5 €", "windows-1252"),
        ("المدرسة بعيدة", "windows-1256"),
    ],
)
def test_the_likeliest_encoding_is_proposed_first(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "comments.csv"
    path.write_bytes(f"body\n{text}\n".encode(encoding))
    with pytest.raises(EncodingError) as caught:
        list(read_lines(path))
    proposals = re.findall(r"--encoding (\S+)", str(caught.value))
    assert proposals[0] == encoding
    assert [line.cells for line in read_lines(path, encoding=encoding)][1] == [text]

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assises.formats import polis
from assises.lib.errors import AssisesError, EncodingError
from tests.formats.polis_files import (
    COMMENTS,
    PARTICIPANTS,
    SUMMARY,
    VOTES,
    export_in,
    plain_comments,
    refusal,
    table,
    tree,
    votes_in_words,
    votes_of,
)

VOTES_HEADER = VOTES.splitlines(keepends=True)[0]
COMMENTS_HEADER = COMMENTS.splitlines(keepends=True)[0]
LATE = 1_403_067_300_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "export"


# Folders


def test_a_folder_that_is_not_there_is_refused(folder: Path) -> None:
    error = refusal(folder)
    assert error.file == str(folder)
    assert "folder of a Polis export" in error.next_step


def test_a_file_in_the_place_of_the_folder_is_refused(folder: Path) -> None:
    folder.write_text(VOTES)
    error = refusal(folder)
    assert error.file == str(folder)
    assert "folder of a Polis export" in error.next_step


def test_a_folder_without_votes_is_refused_with_what_is_in_it(folder: Path) -> None:
    error = refusal(export_in(folder, votes=None))
    assert error.file == str(folder)
    assert error.value == "comments.csv"
    assert "votes.csv and comments.csv" in error.next_step


def test_a_folder_without_comments_is_refused(folder: Path) -> None:
    assert "no comments.csv" in refusal(export_in(folder, comments=None)).problem


def test_an_empty_folder_is_refused(folder: Path) -> None:
    folder.mkdir()
    assert refusal(folder).value == "nothing"


def test_an_export_one_folder_further_down_is_not_guessed(folder: Path) -> None:
    folder.mkdir()
    export_in(folder / "conversation")
    assert "Name the folder that holds" in refusal(folder).next_step


# Whole files


@pytest.mark.parametrize("name", ["votes", "comments", "participants", "summary"])
def test_an_empty_file_is_refused_by_its_name(folder: Path, name: str) -> None:
    error = refusal(export_in(folder, **{name: ""}))
    expected = "participants-votes.csv" if name == "participants" else f"{name}.csv"
    assert error.file == str(folder / expected)
    assert "empty" in error.problem


@pytest.mark.parametrize("name", ["votes", "comments", "participants"])
def test_a_file_of_blank_lines_is_refused_by_its_name(folder: Path, name: str) -> None:
    error = refusal(export_in(folder, **{name: "\n\r\n\n"}))
    assert error.file is not None
    assert Path(error.file).name.endswith("votes.csv" if name == "participants" else f"{name}.csv")


@pytest.mark.parametrize(
    ("name", "header"), [("votes", VOTES_HEADER), ("comments", COMMENTS_HEADER)]
)
def test_a_header_without_rows_is_refused(folder: Path, name: str, header: str) -> None:
    error = refusal(export_in(folder, **{name: header}))
    assert error.file == str(folder / f"{name}.csv")
    assert "Export a conversation" in error.next_step


@pytest.mark.parametrize(("separator", "option"), [(";", "';'"), ("\t", "'tab'"), ("|", "'|'")])
@pytest.mark.parametrize("name", ["votes", "comments"])
def test_a_wrong_separator_is_refused_with_the_option_that_reads_it(
    folder: Path, name: str, separator: str, option: str
) -> None:
    text = VOTES if name == "votes" else COMMENTS
    error = refusal(export_in(folder, **{name: text.replace(",", separator)}))
    assert (error.file, error.line) == (str(folder / f"{name}.csv"), 1)
    assert f"--separator {option}" in error.next_step


def test_commas_read_with_another_separator_are_refused_with_the_comma(folder: Path) -> None:
    error = refusal(export_in(folder), separator=";")
    assert "--separator ','" in error.next_step


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("votes", "timestamp"),
        ("votes", "comment-id"),
        ("votes", "voter-id"),
        ("votes", "vote"),
        ("comments", "comment-id"),
        ("comments", "comment-body"),
        ("participants", "participant"),
        ("participants", "group-id"),
    ],
)
def test_a_missing_column_is_refused_by_its_name(folder: Path, name: str, column: str) -> None:
    texts = {"votes": VOTES, "comments": COMMENTS, "participants": PARTICIPANTS}
    header, rest = texts[name].split("\n", 1)
    cells = [cell if cell != column else "something-else" for cell in header.split(",")]
    error = refusal(export_in(folder, **{name: ",".join(cells) + "\n" + rest}))
    assert error.line == 1
    assert f"'{column}' is missing" in error.problem
    assert column in error.next_step


@pytest.mark.parametrize("name", ["votes", "comments", "participants"])
def test_a_column_that_stands_twice_is_refused_by_its_name(folder: Path, name: str) -> None:
    texts = {"votes": VOTES, "comments": COMMENTS, "participants": PARTICIPANTS}
    header, rest = texts[name].split("\n", 1)
    doubled = header.split(",")[0]
    error = refusal(export_in(folder, **{name: f"{header},{doubled}\n{rest}"}))
    assert (error.line, error.column) == (1, doubled)
    assert "Remove or rename" in error.next_step


def test_a_text_cut_inside_a_letter_is_refused_at_its_place(folder: Path) -> None:
    cut = (COMMENTS + "1403067224366,x,3,10,0,0,1,né").encode()[:-1]
    error = refusal(export_in(folder, comments=cut))
    assert isinstance(error, EncodingError)
    assert (error.file, error.line) == (str(folder / "comments.csv"), 5)
    assert error.column == len("1403067224366,x,3,10,0,0,1,n") + 1
    assert error.value == "0xc3"
    assert "--encoding" in error.next_step


def test_a_quote_that_is_never_closed_is_refused_where_it_opens(folder: Path) -> None:
    error = refusal(export_in(folder, comments=COMMENTS.replace('rails."', "rails.")))
    assert (error.file, error.line) == (str(folder / "comments.csv"), 3)
    assert "quote" in error.next_step


def test_a_summary_that_says_two_things_is_refused_with_its_line(folder: Path) -> None:
    error = refusal(export_in(folder, summary=SUMMARY + "topic,Another\n"))
    assert (error.file, error.line) == (str(folder / "summary.csv"), 10)
    assert "'topic' stands twice" in error.problem


def test_the_line_of_a_second_summary_key_counts_the_lines_of_a_long_description(
    folder: Path,
) -> None:
    summary = 'topic,Water\nconversation-description,"one\ntwo\nthree"\n\ntopic,Roads\n'
    assert refusal(export_in(folder, summary=summary)).line == 6


# Rows of votes.csv


def votes_with(row: str) -> str:
    """The good votes with one more row, on line 8."""
    return VOTES + row + "\n"


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("1403067300006,x,0,13,7", "vote", "7"),
        ("1403067300006,x,0,13,-2", "vote", "-2"),
        ("1403067300006,x,0,13,agree", "vote", "agree"),
        ("1403067300006,x,0,13,", "vote", ""),
        ("1403067300006,x,0,13,0.5", "vote", "0.5"),
        ("1403067300006,x,0,13,1e0", "vote", "1e0"),
        ("1403067300006,x,0,13,nan", "vote", "nan"),
        ("1403067300006,x,99,13,1", "comment-id", "99"),
        ("1403067300006,x,-1,13,1", "comment-id", "-1"),
        ("1403067300006,x,zero,13,1", "comment-id", "zero"),
        ("1403067300006,x,0,,1", "voter-id", ""),
        ("1403067300006,x,0,u-13,1", "voter-id", "u-13"),
        ("18 June 2014,x,0,13,1", "timestamp", "18 June 2014"),
        ("1403067300,x,0,13,1", "timestamp", "1403067300"),
    ],
)
def test_a_vote_that_cannot_be_is_refused_with_its_line_column_and_value(
    folder: Path, row: str, column: str, value: str
) -> None:
    error = refusal(export_in(folder, votes=votes_with(row)))
    assert (error.file, error.line) == (str(folder / "votes.csv"), 8)
    assert (error.column, error.value) == (column, value)
    assert "--skip-bad-rows" in error.next_step


def test_a_vote_of_seven_is_told_what_a_vote_may_be(folder: Path) -> None:
    error = refusal(export_in(folder, votes=votes_with("1403067300006,x,0,13,7")))
    assert "-1, 0, 1" in error.problem


def test_an_unknown_comment_is_told_that_the_files_belong_together(folder: Path) -> None:
    error = refusal(export_in(folder, votes=votes_with("1403067300006,x,99,13,1")))
    assert "same export" in error.next_step


def test_seconds_among_milliseconds_are_refused_as_a_mixture(folder: Path) -> None:
    error = refusal(export_in(folder, votes=votes_with("1403067300,x,0,13,1")))
    assert "seconds and milliseconds" in error.problem


def test_comments_in_seconds_beside_votes_in_milliseconds_are_refused(folder: Path) -> None:
    comments = table(
        ("timestamp", "comment-id", "comment-body"), [(1_403_067_224, i, "a") for i in range(3)]
    )
    error = refusal(export_in(folder, comments=comments))
    assert error.column == "timestamp"
    assert error.line == 2


@pytest.mark.parametrize("number", ["9007199254740993", "1" + "0" * 18, "9" * 40, "-" + "9" * 5000])
@pytest.mark.parametrize("column", [0, 2, 3])
def test_a_number_too_large_for_any_reader_is_refused_as_too_large(
    folder: Path, number: str, column: int
) -> None:
    cells = ["1403067300006", "x", "0", "13", "1"]
    cells[column] = number
    error = refusal(export_in(folder, votes=votes_with(",".join(cells))))
    assert error.line == 8
    assert error.column == VOTES_HEADER.strip().split(",")[column]
    assert error.value == number
    assert "too large" in error.problem
    assert len(str(error)) < 400


@pytest.mark.parametrize("time", [-(2**53), 2**53, 253_402_300_800_000])
def test_a_time_that_no_calendar_holds_is_refused(folder: Path, time: int) -> None:
    votes = votes_of((time, 0, 1, 1))
    error = refusal(export_in(folder, comments=plain_comments(0), votes=votes))
    assert (error.line, error.column) == (2, "timestamp")


@pytest.mark.parametrize("row", ["1403067300006,x,0,13", "1403067300006,x,0,13,1,", "1"])
def test_a_ragged_row_is_refused_with_its_line(folder: Path, row: str) -> None:
    error = refusal(export_in(folder, votes=votes_with(row)))
    assert (error.file, error.line, error.value) == (str(folder / "votes.csv"), 8, row)
    assert f"the row has {row.count(',') + 1} cells where the header has 5" in error.problem
    assert "quotes" in error.next_step


# Rows of comments.csv


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("1403067224366,x,0,10,0,0,1,Again.", "comment-id", "0"),
        ("1403067224366,x,,10,0,0,1,Nameless.", "comment-id", ""),
        ("1403067224366,x,3.5,10,0,0,1,Half.", "comment-id", "3.5"),
        ("1403067224366,x,3,10,0,0,5,Moderated.", "moderated", "5"),
        ("1403067224366,x,3,10,0,0,yes,Moderated.", "moderated", "yes"),
        ("1403067224366,x,3,10,many,0,1,Popular.", "agrees", "many"),
        ("1403067224366,x,3,10,0,,1,Unpopular.", "disagrees", ""),
        ("1403067224366,x,3,me,0,0,1,Mine.", "author-id", "me"),
        ("yesterday,x,3,10,0,0,1,Old.", "timestamp", "yesterday"),
    ],
)
def test_a_comment_that_cannot_be_is_refused_with_its_line_column_and_value(
    folder: Path, row: str, column: str, value: str
) -> None:
    error = refusal(export_in(folder, comments=COMMENTS + row + "\n"))
    assert (error.file, error.line) == (str(folder / "comments.csv"), 5)
    assert (error.column, error.value) == (column, value)
    assert "--skip-bad-rows" in error.next_step


def test_a_comment_id_that_stands_twice_is_told_to_lose_one(folder: Path) -> None:
    error = refusal(export_in(folder, comments=COMMENTS + "1403067224366,x,0,10,0,0,1,Again.\n"))
    assert "stands twice" in error.problem


def test_an_unquoted_comma_in_a_comment_is_refused_with_its_line(folder: Path) -> None:
    error = refusal(export_in(folder, comments=COMMENTS + "1403067224366,x,3,10,0,0,1,a, b\n"))
    assert error.line == 5
    assert "a comma inside a text needs quotes" in error.next_step


def test_a_flag_that_is_neither_true_nor_false_is_refused(folder: Path) -> None:
    comments = "comment-id,is-meta,comment-body\n0,perhaps,a\n"
    error = refusal(export_in(folder, comments=comments))
    assert (error.line, error.column, error.value) == (2, "is-meta", "perhaps")


def test_a_bad_row_after_a_comment_of_many_lines_has_its_own_line(folder: Path) -> None:
    comments = plain_comments(0) + '1,"one\ntwo\nthree"\nx,bad\n'
    error = refusal(export_in(folder, comments=comments))
    assert error.line == 6


# Rows of participants-votes.csv


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("10,0,2,2,1,1,1,,-1", "participant", "10"),
        ("13,-1,0,0,0,0,,,", "group-id", "-1"),
        ("13,a,0,0,0,0,,,", "group-id", "a"),
        ("13,0,0,0,0,0,7,,", "0", "7"),
        ("13,0,0,0,x,0,,,", "n-agree", "x"),
    ],
)
def test_a_participant_that_cannot_be_is_refused_with_its_line_column_and_value(
    folder: Path, row: str, column: str, value: str
) -> None:
    error = refusal(export_in(folder, participants=PARTICIPANTS + row + "\n"))
    assert (error.file, error.line) == (str(folder / "participants-votes.csv"), 5)
    assert (error.column, error.value) == (column, value)


@pytest.mark.parametrize("digits", [19, 5000])
def test_a_statement_column_too_long_for_a_number_is_refused(folder: Path, digits: int) -> None:
    people = f"participant,group-id,{'9' * digits}\n10,0,1\n"
    error = refusal(export_in(folder, participants=people))
    assert (error.file, error.line) == (str(folder / "participants-votes.csv"), 1)


def test_a_statement_that_two_columns_stand_for_is_refused(folder: Path) -> None:
    people = "participant,group-id,1,01\n11,0,1,1\n"
    error = refusal(export_in(folder, participants=people))
    assert (error.file, error.line) == (str(folder / "participants-votes.csv"), 1)


# Leaving bad rows out


def test_bad_votes_are_left_out_and_listed_when_asked(folder: Path) -> None:
    bad = "1403067300006,x,0,13,7\n1403067300007,x,99,13,1\nragged,row\n"
    good = "1403067300008,x,1,14,1\n"
    export_in(folder, votes=VOTES + bad + good)
    before = tree(folder)
    export = polis.read(folder, skip_bad_rows=True)
    assert votes_in_words(export) == [
        (0, 10, 1), (0, 11, 1), (0, 12, -1), (1, 11, 1), (1, 12, 0), (2, 10, -1), (1, 14, 1),
    ]  # fmt: skip
    assert [(r.file, r.line, r.column, r.value) for r in export.rejects] == [
        ("votes.csv", 8, "vote", "7"),
        ("votes.csv", 9, "comment-id", "99"),
        ("votes.csv", 10, "", "ragged,row"),
    ]
    assert tree(folder) == before


def test_every_row_that_is_left_out_says_why(folder: Path) -> None:
    export_in(folder, votes=votes_with("1403067300006,x,0,13,7"))
    (reject,) = polis.read(folder, skip_bad_rows=True).rejects
    assert "-1, 0, 1" in reject.problem


def test_a_bad_comment_takes_its_votes_with_it(folder: Path) -> None:
    comments = COMMENTS.replace(",2,10,0,1,-1,", ",2,10,0,1,9,")
    export = polis.read(export_in(folder, comments=comments), skip_bad_rows=True)
    assert export.comments.id.tolist() == [0, 1]
    assert [(r.file, r.line, r.column) for r in export.rejects] == [
        ("comments.csv", 4, "moderated"),
        ("votes.csv", 7, "comment-id"),
    ]


def test_of_two_comments_with_one_id_the_first_stays(folder: Path) -> None:
    comments = COMMENTS + "1403067224366,x,0,10,0,0,1,Again.\n"
    export = polis.read(export_in(folder, comments=comments), skip_bad_rows=True)
    assert export.comments.body[0] == "Water should be free."
    assert [(r.line, r.value) for r in export.rejects] == [(5, "0")]


def test_a_bad_participant_is_left_out_and_listed(folder: Path) -> None:
    people = PARTICIPANTS + "13,0,0,0,0,0,7,,\n"
    export = polis.read(export_in(folder, participants=people), skip_bad_rows=True)
    assert export.participants is not None
    assert export.participants.id.tolist() == [10, 11, 12]
    assert [(r.file, r.line) for r in export.rejects] == [("participants-votes.csv", 5)]


def test_one_vote_in_seconds_before_many_in_milliseconds_is_the_one_left_out(
    folder: Path,
) -> None:
    votes = VOTES_HEADER + "1403067300,x,0,13,1\n" + VOTES.removeprefix(VOTES_HEADER)
    export = polis.read(export_in(folder, votes=votes), skip_bad_rows=True)
    assert len(export.votes) == 6
    assert [r.line for r in export.rejects] == [2]


def test_a_good_export_has_nothing_to_leave_out(folder: Path) -> None:
    export = polis.read(export_in(folder, participants=PARTICIPANTS), skip_bad_rows=True)
    assert export.rejects == ()
    assert len(export.votes) == 6


def test_votes_that_are_all_bad_are_refused_even_so(folder: Path) -> None:
    votes = votes_of((LATE, 99, 1, 1), (LATE, 98, 1, 1))
    error = refusal(export_in(folder, votes=votes), skip_bad_rows=True)
    assert error.file == str(folder / "votes.csv")


@pytest.mark.parametrize("name", ["votes", "comments"])
def test_a_bad_header_is_refused_even_so(folder: Path, name: str) -> None:
    error = refusal(export_in(folder, **{name: "a,b\n1,2\n"}), skip_bad_rows=True)
    assert error.line == 1


# Anything at all

scraps = st.one_of(
    st.sampled_from(
        [b"timestamp", b"comment-id", b"voter-id", b"vote", b"comment-body", b"participant",
         b"group-id", b"n-agree", b"n-disagree", b"moderated", b"is-meta", b"1", b"-1", b"0",
         b"1403067300000", b"1403067300", b",", b",", b",", b";", b"\t", b'"', b'""', b"\n",
         b"\n", b"\r\n", b"\r", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", "é".encode()]
    ),
    st.binary(max_size=6),
)  # fmt: skip
files = st.one_of(st.binary(max_size=200), st.lists(scraps, max_size=40).map(b"".join))
Answer = AssisesError | None


def answer_to(folder: Path, **options: bool) -> Answer:
    """None if the export is read and can be written again, else the refusal."""
    try:
        export = polis.read(folder, **options)  # type: ignore[arg-type]
    except AssisesError as error:
        return error
    with tempfile.TemporaryDirectory() as out:
        polis.write(export, Path(out))
    return None


def assert_it_names_a_file_of(folder: Path, error: Answer) -> None:
    if error is not None:
        assert error.file is not None
        assert Path(error.file) in {folder, *folder.iterdir()}
        assert error.next_step


@settings(max_examples=150, deadline=None)
@given(files, st.sampled_from(["votes", "comments", "participants", "summary"]), st.booleans())
@example(b"participant,group-id,n-agree,n-disagree\n", "participants", False)
@example(b"comment-id,comment-body\n0,a\n1,b\n2,c\n", "comments", False)
def test_whatever_the_bytes_they_are_read_or_refused_by_name(
    data: bytes, name: str, skip: bool
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = export_in(Path(scratch), participants=PARTICIPANTS)
        export_in(folder, **{"participants": PARTICIPANTS, name: data})
        assert_it_names_a_file_of(folder, answer_to(folder, skip_bad_rows=skip))


def flip_a_byte(data: bytes, at: int, to: int) -> bytes:
    at %= len(data)
    return data[:at] + bytes([to]) + data[at + 1 :]


def drop_a_line(data: bytes, at: int, _to: int) -> bytes:
    lines = data.splitlines(keepends=True)
    del lines[at % len(lines)]
    return b"".join(lines)


def insert_a_cell(data: bytes, at: int, to: int) -> bytes:
    lines = data.splitlines(keepends=True)
    cells = lines[at % len(lines)].split(b",")
    cells.insert(to % len(cells), str(to).encode())
    lines[at % len(lines)] = b",".join(cells)
    return b"".join(lines)


def cut_off(data: bytes, at: int, _to: int) -> bytes:
    return data[: at % len(data)]


GOOD = {"votes": VOTES, "comments": COMMENTS, "participants": PARTICIPANTS, "summary": SUMMARY}


@settings(max_examples=250, deadline=None)
@given(
    name=st.sampled_from(sorted(GOOD)),
    harm=st.sampled_from([flip_a_byte, drop_a_line, insert_a_cell, cut_off]),
    at=st.integers(0, 5000),
    to=st.integers(0, 255),
    skip=st.booleans(),
)
def test_a_good_export_that_was_harmed_is_read_or_refused_by_name(
    name: str, harm: Callable[[bytes, int, int], bytes], at: int, to: int, skip: bool
) -> None:
    harmed = harm(GOOD[name].encode(), at, to)
    with tempfile.TemporaryDirectory() as scratch:
        folder = export_in(Path(scratch), **{**GOOD, name: harmed})
        before = tree(folder)
        assert_it_names_a_file_of(folder, answer_to(folder, skip_bad_rows=skip))
        assert tree(folder) == before


@settings(max_examples=100, deadline=None)
@given(at=st.integers(0, 5000), to=st.integers(0, 255))
def test_leaving_bad_rows_out_never_loses_a_row_unlisted(at: int, to: int) -> None:
    harmed = insert_a_cell(VOTES.encode(), at, to)
    with tempfile.TemporaryDirectory() as scratch:
        folder = export_in(Path(scratch), votes=harmed)
        try:
            export = polis.read(folder, skip_bad_rows=True)
        except AssisesError:
            return
    assert len(export.votes) + len(export.rejects) == 6

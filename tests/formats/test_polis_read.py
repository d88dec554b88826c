from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from assises.formats import polis
from assises.formats.polis import Generation, PolisExport
from assises.formats.polis.model import last_votes
from assises.lib.errors import InputError
from tests.formats.polis_files import (
    COMMENTS,
    PARTICIPANTS,
    SUMMARY,
    VOTES,
    export_in,
    plain_comments,
    refusal,
    table,
    votes_in_words,
    votes_of,
)

SECONDS = 1_403_067_300
MILLISECONDS = SECONDS * 1000

COMMENTS_2023 = """\
timestamp,comment-id,author-id,agrees,disagrees,moderated,is-meta,is-seed,group-informed-consensus,comment-body
1697644860000,0,0,2,1,1,false,true,0.25,Water should be free.
1697644860001,1,3,1,0,0,true,false,0.125,This survey is too long.
1697644860002,2,0,0,1,-1,false,false,0.5,Nothing at all.
"""

SECOND_COMMENTS = """\
timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body
1403067224,Wed Jun 18 2014 04:53:44 GMT+0000 (UTC),1,11,1,0,0,"Roads ""first""."
1403067224,Wed Jun 18 2014 04:53:44 GMT+0000 (UTC),0,10,1,1,1,"Water."
"""
SECOND_VOTES = """\
timestamp,datetime,comment-id,voter-id,vote
1403067300,Wed Jun 18 2014 04:55:00 GMT+0000 (UTC),0,10,1
1403067300,Wed Jun 18 2014 04:55:00 GMT+0000 (UTC),0,11,-1
1403067300,Wed Jun 18 2014 04:55:00 GMT+0000 (UTC),1,11,1
"""


def a_second_generation_export(folder: Path) -> Path:
    export_in(folder, votes=SECOND_VOTES, comments=SECOND_COMMENTS)
    people = "participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,1\n10,0,1,1,1,0,1,\n"
    (folder / "participant-votes.csv").write_text(people + "11,1,1,2,1,1,-1,1\n")
    (folder / "summary.csv").write_text('topic,"Water, roads"\nvoters,2\n')
    (folder / "comment-groups.csv").write_text("comment-id,comment\n0,Water.\n1,Roads\n")
    return folder


def bodies(export: PolisExport) -> list[str]:
    return list(export.comments.body)


# Both generations


def test_votes_and_comments_are_all_it_takes(tmp_path: Path) -> None:
    export = polis.read(export_in(tmp_path))
    assert (len(export.votes), len(export.comments)) == (6, 3)
    assert export.participants is None
    assert export.comment_groups is None
    assert export.summary == {}
    assert export.rejects == ()


def test_an_archive_in_milliseconds_is_of_the_first_generation(tmp_path: Path) -> None:
    export = polis.read(export_in(tmp_path, participants=PARTICIPANTS, summary=SUMMARY))
    assert export.generation is Generation.FIRST
    assert export.milliseconds
    assert export.votes.timestamp[0] == 1403067300000
    assert export.timestamps_in_ms(export.votes.timestamp)[0] == 1403067300000


def test_a_report_in_seconds_is_of_the_second_generation(tmp_path: Path) -> None:
    export = polis.read(a_second_generation_export(tmp_path))
    assert export.generation is Generation.SECOND
    assert not export.milliseconds
    assert export.votes.timestamp[0] == 1403067300
    assert export.timestamps_in_ms(export.votes.timestamp)[0] == 1403067300000


def test_the_second_generation_brings_its_groups_and_its_table_of_groups(tmp_path: Path) -> None:
    export = polis.read(a_second_generation_export(tmp_path))
    assert export.participants is not None
    assert export.participants.group.tolist() == [0, 1]
    assert export.comment_groups == (("comment-id", "comment"), ("0", "Water."), ("1", "Roads"))
    assert export.summary == {"topic": "Water, roads", "voters": "2"}


def test_the_rows_stay_in_the_order_of_the_files(tmp_path: Path) -> None:
    export = polis.read(a_second_generation_export(tmp_path))
    assert export.comments.id.tolist() == [1, 0]
    assert bodies(export) == ['Roads "first".', "Water."]
    assert votes_in_words(export) == [(0, 10, 1), (0, 11, -1), (1, 11, 1)]


def test_the_columns_of_2023_are_read_with_their_flags(tmp_path: Path) -> None:
    export = polis.read(export_in(tmp_path, comments=COMMENTS_2023))
    assert export.comments.is_meta.tolist() == [False, True, False]
    assert export.comments.is_seed.tolist() == [True, False, False]
    assert export.comments.columns["group-informed-consensus"] == ("0.25", "0.125", "0.5")
    assert export.meta.tolist() == [1]


def test_without_flags_no_statement_is_meta_or_seed(tmp_path: Path) -> None:
    export = polis.read(export_in(tmp_path))
    assert not export.comments.is_meta.any()
    assert not export.comments.is_seed.any()


@pytest.mark.parametrize(
    ("flag", "meant"),
    [("true", True), ("TRUE", True), ("t", True), ("1", True), ("false", False), ("0", False),
     ("f", False), ("", False), (" False ", False)],
)  # fmt: skip
def test_a_flag_is_read_in_the_ways_that_databases_write_it(
    tmp_path: Path, flag: str, meant: bool
) -> None:
    comments = table(("comment-id", "is-meta", "comment-body"), [(0, flag, "a"), (1, "0", "b")])
    votes = votes_of((MILLISECONDS, 0, 1, 1))
    export = polis.read(export_in(tmp_path, comments=comments, votes=votes))
    assert export.comments.is_meta.tolist() == [meant, False]


def test_moderation_is_kept_as_out_undecided_and_in(tmp_path: Path) -> None:
    export = polis.read(export_in(tmp_path))
    assert export.comments.moderated.tolist() == [1, 0, -1]
    assert export.moderated_out.tolist() == [2]


def test_a_file_without_moderation_has_every_statement_in(tmp_path: Path) -> None:
    export = polis.read(export_in(tmp_path, comments=plain_comments(0, 1, 2)))
    assert export.comments.moderated.tolist() == [1, 1, 1]


def test_authors_are_counted_once_and_only_where_they_are_named(tmp_path: Path) -> None:
    assert polis.read(export_in(tmp_path)).author_count == 2
    assert polis.read(export_in(tmp_path, comments=plain_comments(0, 1, 2))).author_count == 0


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    votes = "vote,voter-id,comment-id,timestamp\n-1,10,0,1403067300000\n"
    export = polis.read(export_in(tmp_path, votes=votes, comments=plain_comments(0)))
    assert votes_in_words(export) == [(0, 10, -1)]
    assert export.votes.datetime is None


def test_the_servers_own_dates_are_kept_and_never_parsed(tmp_path: Path) -> None:
    votes = VOTES.replace("Wed Jun 18 11:55:00 WIB 2014", "mercredi, quelque part")
    votes = votes.replace("mercredi, quelque part", '"mercredi, quelque part"')
    export = polis.read(export_in(tmp_path, votes=votes))
    assert export.votes.datetime == ("mercredi, quelque part",) * 6


def test_whole_numbers_that_a_spreadsheet_wrote_with_a_point_are_read(tmp_path: Path) -> None:
    votes = "timestamp,comment-id,voter-id,vote\n1403067300000.0,0.0, 10 ,-1.0\n"
    export = polis.read(export_in(tmp_path, votes=votes, comments=plain_comments(0)))
    assert votes_in_words(export) == [(0, 10, -1)]


def test_the_files_are_noted_with_their_hashes_sizes_and_rows(tmp_path: Path) -> None:
    export = polis.read(export_in(tmp_path, participants=PARTICIPANTS, summary=SUMMARY))
    assert [(file.name, file.rows) for file in export.files] == [
        ("comments.csv", 3),
        ("participants-votes.csv", 3),
        ("summary.csv", 9),
        ("votes.csv", 6),
    ]
    noted = export.files[-1]
    assert noted.sha256 == hashlib.sha256(VOTES.encode()).hexdigest()
    assert (noted.size, noted.encoding) == (len(VOTES.encode()), "utf-8")


def test_a_description_that_was_never_quoted_is_whole_again(tmp_path: Path) -> None:
    summary = "topic,Water\nconversation-description,What first, and why, and when?\n"
    export = polis.read(export_in(tmp_path, summary=summary))
    assert export.summary["conversation-description"] == "What first, and why, and when?"


def test_progress_ends_at_the_size_that_was_announced(tmp_path: Path) -> None:
    class Listener:
        total: int | None = None
        done = 0

        def step(self, name: str, total: int | None = None) -> None:
            self.total = total

        def advance(self, amount: int) -> None:
            self.done += amount

    listener = Listener()
    polis.read(export_in(tmp_path, participants=PARTICIPANTS, summary=SUMMARY), progress=listener)
    assert listener.done == listener.total


# The sign of an agreement


def counted_comments(*rows: tuple[int, int, int]) -> str:
    """``comments.csv`` of rows (id, agrees, disagrees)."""
    header = ("comment-id", "agrees", "disagrees", "comment-body")
    return table(header, [(*row, f"statement {row[0]}") for row in rows])


def votes_for(*counts: tuple[int, int, int]) -> str:
    """``votes.csv`` in which statement ``id`` got so many +1 and so many -1: (id, up, down)."""
    rows = []
    for statement, up, down in counts:
        for voter, vote in enumerate([1] * up + [-1] * down):
            rows.append((MILLISECONDS, statement, voter, vote))
    return votes_of(*rows)


def test_counts_that_agree_with_plus_one_mean_plus_one(tmp_path: Path) -> None:
    folder = export_in(tmp_path, comments=counted_comments((0, 2, 1)), votes=votes_for((0, 2, 1)))
    export = polis.read(folder)
    assert (export.agree_is, export.agree_evidence) == (1, (1, 0))
    assert export.votes.vote.tolist() == [1, 1, -1]


def test_counts_that_agree_with_minus_one_turn_every_vote(tmp_path: Path) -> None:
    folder = export_in(tmp_path, comments=counted_comments((0, 1, 2)), votes=votes_for((0, 2, 1)))
    export = polis.read(folder)
    assert (export.agree_is, export.agree_evidence) == (-1, (0, 1))
    assert export.votes.vote.tolist() == [-1, -1, 1]
    assert export.votes.vote.dtype == np.int8


@pytest.mark.parametrize(("agrees", "disagrees", "sign"), [(2, 1, 1), (1, 2, -1)])
def test_the_counts_of_a_participant_tell_the_sign_too(
    tmp_path: Path, agrees: int, disagrees: int, sign: int
) -> None:
    votes = votes_of(*((MILLISECONDS, i, 7, vote) for i, vote in enumerate((1, 1, -1))))
    people = f"participant,group-id,n-agree,n-disagree\n7,0,{agrees},{disagrees}\n"
    folder = export_in(tmp_path, comments=plain_comments(0, 1, 2), votes=votes, participants=people)
    export = polis.read(folder)
    assert export.agree_is == sign
    assert export.votes.vote.tolist() == [sign, sign, -sign]


def test_a_participant_is_counted_by_last_votes_and_a_statement_by_every_cast(
    tmp_path: Path,
) -> None:
    votes = votes_of((MILLISECONDS, 0, 7, -1), (MILLISECONDS + 1, 0, 7, 1))
    comments = counted_comments((0, 1, 1))
    people = "participant,group-id,n-agree,n-disagree\n7,0,1,0\n"
    export = polis.read(export_in(tmp_path, comments=comments, votes=votes, participants=people))
    assert export.agree_evidence == (1, 0)


def test_counts_that_contradict_each_other_are_refused_with_the_option(tmp_path: Path) -> None:
    comments = counted_comments((0, 2, 1), (1, 1, 2))
    folder = export_in(tmp_path, comments=comments, votes=votes_for((0, 2, 1), (1, 2, 1)))
    error = refusal(folder)
    assert (error.file, error.column) == (str(folder / "votes.csv"), "vote")
    assert "--agree-is 1 or --agree-is -1" in error.next_step


def test_one_doubtful_count_among_many_does_not_stop_the_reading(tmp_path: Path) -> None:
    comments = counted_comments((99, 1, 2), *((i, 2, 1) for i in range(30)))
    votes = votes_for((99, 2, 1), *((i, 2, 1) for i in range(30)))
    export = polis.read(export_in(tmp_path, comments=comments, votes=votes))
    assert (export.agree_is, export.agree_evidence) == (1, (30, 1))


@pytest.mark.parametrize(
    "comments",
    [plain_comments(0), counted_comments((0, 5, 0)), counted_comments((0, 1, 1))],
    ids=["no counts", "counts of another export", "balanced counts"],
)
def test_without_evidence_an_agreement_is_plus_one(tmp_path: Path, comments: str) -> None:
    export = polis.read(export_in(tmp_path, comments=comments, votes=votes_for((0, 1, 1))))
    assert (export.agree_is, export.agree_evidence) == (1, (0, 0))


def test_the_one_who_knows_the_sign_is_believed_against_the_counts(tmp_path: Path) -> None:
    folder = export_in(tmp_path, comments=counted_comments((0, 2, 1)), votes=votes_for((0, 2, 1)))
    export = polis.read(folder, agree_is=-1)
    assert (export.agree_is, export.agree_evidence) == (-1, (1, 0))
    assert export.votes.vote.tolist() == [-1, -1, 1]


@pytest.mark.parametrize(("told", "first"), [(1, 1), (-1, -1)])
def test_telling_the_sign_settles_a_contradiction(tmp_path: Path, told: int, first: int) -> None:
    comments = counted_comments((0, 2, 1), (1, 1, 2))
    folder = export_in(tmp_path, comments=comments, votes=votes_for((0, 2, 1), (1, 2, 1)))
    assert polis.read(folder, agree_is=told).votes.vote[0] == first


@pytest.mark.parametrize("told", [0, 2])
def test_a_sign_that_is_none_is_refused(tmp_path: Path, told: int) -> None:
    error = refusal(export_in(tmp_path / "export"), agree_is=told)
    assert error.value == told
    assert "--agree-is 1 or -1" in error.next_step


def test_passes_are_passes_under_either_sign(tmp_path: Path) -> None:
    votes = votes_of((MILLISECONDS, 0, 1, 0), (MILLISECONDS, 0, 2, 1))
    export = polis.read(export_in(tmp_path, comments=counted_comments((0, 0, 1)), votes=votes))
    assert export.agree_is == -1
    assert export.votes.vote.tolist() == [0, -1]


# Votes that were cast again


def kept_votes(folder: Path) -> list[tuple[int, int, int]]:
    votes = polis.read(folder).votes
    rows = last_votes(votes)
    return [(int(votes.voter[row]), int(votes.comment[row]), int(votes.vote[row])) for row in rows]


def test_every_cast_is_kept_and_the_last_one_counts(tmp_path: Path) -> None:
    votes = votes_of((MILLISECONDS, 0, 1, 1), (MILLISECONDS + 5, 0, 1, -1))
    folder = export_in(tmp_path, comments=plain_comments(0), votes=votes)
    assert len(polis.read(folder).votes) == 2
    assert kept_votes(folder) == [(1, 0, -1)]


def test_the_last_in_time_counts_wherever_it_stands_in_the_file(tmp_path: Path) -> None:
    votes = votes_of((MILLISECONDS + 5, 0, 1, -1), (MILLISECONDS, 0, 1, 1))
    folder = export_in(tmp_path, comments=plain_comments(0), votes=votes)
    assert kept_votes(folder) == [(1, 0, -1)]


def test_of_two_casts_at_the_same_time_the_later_row_counts(tmp_path: Path) -> None:
    votes = votes_of((MILLISECONDS, 0, 1, 1), (MILLISECONDS, 0, 1, 0), (MILLISECONDS, 0, 1, -1))
    folder = export_in(tmp_path, comments=plain_comments(0), votes=votes)
    assert kept_votes(folder) == [(1, 0, -1)]


def test_votes_that_count_come_by_voter_then_statement(tmp_path: Path) -> None:
    votes = votes_of(
        (MILLISECONDS, 1, 2, 1), (MILLISECONDS, 0, 9, 1), (MILLISECONDS, 0, 2, -1)
    )  # fmt: skip
    folder = export_in(tmp_path, comments=plain_comments(0, 1), votes=votes)
    assert kept_votes(folder) == [(2, 0, -1), (2, 1, 1), (9, 0, 1)]


# Participants


def test_an_empty_group_means_not_clustered(tmp_path: Path) -> None:
    people = polis.read(export_in(tmp_path, participants=PARTICIPANTS)).participants
    assert people is not None
    assert people.group.tolist() == [0, 1, -1]


def test_cells_that_are_the_last_votes_are_all_equal(tmp_path: Path) -> None:
    people = polis.read(export_in(tmp_path, participants=PARTICIPANTS)).participants
    assert people is not None
    assert (people.statements, people.cells, people.unequal) == ((0, 1, 2), 6, ())


def test_cells_that_are_not_the_last_votes_are_counted_and_named(tmp_path: Path) -> None:
    wrong = PARTICIPANTS.replace("10,0,2,2,1,1,1,,-1", "10,0,2,2,1,1,0,1,-1")
    people = polis.read(export_in(tmp_path, participants=wrong)).participants
    assert people is not None
    assert people.unequal == ((10, 0), (10, 1))


def test_a_last_vote_without_its_cell_is_unequal_too(tmp_path: Path) -> None:
    wrong = PARTICIPANTS.replace("11,1,1,2,2,0,1,1,", "11,1,1,2,2,0,1,,")
    people = polis.read(export_in(tmp_path, participants=wrong)).participants
    assert people is not None
    assert people.unequal == ((11, 1),)


def test_cells_of_the_opposite_sign_are_not_called_unequal(tmp_path: Path) -> None:
    people = "participant,group-id,0,1\n1,0,-1,1\n2,0,-1,-1\n"
    votes = votes_of(
        (MILLISECONDS, 0, 1, 1), (MILLISECONDS, 1, 1, -1),
        (MILLISECONDS, 0, 2, 1), (MILLISECONDS, 1, 2, 1),
    )  # fmt: skip
    folder = export_in(tmp_path, comments=plain_comments(0, 1), votes=votes, participants=people)
    read = polis.read(folder).participants
    assert read is not None
    assert read.unequal == ()


def test_the_xid_column_is_kept(tmp_path: Path) -> None:
    people = "participant,xid,group-id,0\n10,u-77,0,1\n11,,1,1\n"
    read = polis.read(export_in(tmp_path, participants=people)).participants
    assert read is not None
    assert read.columns["xid"] == ("u-77", "")
    assert list(read.columns) == ["participant", "xid", "group-id"]


def test_participants_without_counts_are_no_witnesses(tmp_path: Path) -> None:
    people = "participant,group-id,0\n10,0,1\n"
    folder = export_in(tmp_path, comments=plain_comments(0, 1, 2), participants=people)
    assert polis.read(folder).agree_evidence == (0, 0)


def test_a_participants_file_with_a_header_only_names_nobody(tmp_path: Path) -> None:
    header = PARTICIPANTS.splitlines(keepends=True)[0]
    read = polis.read(export_in(tmp_path, participants=header)).participants
    assert read is not None
    assert len(read.id) == 0


# Quotes and encodings


def one_body(tmp_path: Path, cell: str) -> str:
    comments = f"comment-id,comment-body\n0,{cell}\n"
    votes = votes_of((MILLISECONDS, 0, 1, 1))
    return polis.read(export_in(tmp_path, comments=comments, votes=votes)).comments.body[0]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('"say ""yes"""', 'say "yes"'),
        ('"one\ntwo\r\nthree"', "one\ntwo\r\nthree"),
        ('"1, 2, 3"', "1, 2, 3"),
        ('"""text"""', '"text"'),
        ("it's fine", "it's fine"),
        ("كفى, بسرعة".replace(", ", " "), "كفى بسرعة"),
        ("  spaces stay  ", "  spaces stay  "),
        ("", ""),
    ],
    ids=["doubled", "lines", "commas", "red-dwarf", "plain", "arabic", "spaces", "empty"],
)
def test_a_body_is_read_as_it_was_written(tmp_path: Path, cell: str, text: str) -> None:
    assert one_body(tmp_path, cell) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_marks_and_line_ends_make_no_difference(tmp_path: Path, encoding: str, end: str) -> None:
    def saved(text: str) -> bytes:
        return text.replace("\n", end).encode(encoding)

    folder = export_in(
        tmp_path,
        comments=saved(COMMENTS.replace("Nothing", "لا شيء")),
        votes=saved(VOTES),
        participants=saved(PARTICIPANTS),
        summary=saved(SUMMARY),
    )
    export = polis.read(folder)
    assert bodies(export)[1:] == ["Roads first, then rails.", "لا شيء at all."]
    assert votes_in_words(export)[2] == (0, 12, -1)
    assert {file.encoding for file in export.files} == {encoding}
    assert export.summary["conversation-description"] == "What first, and why?"


def test_an_older_encoding_is_read_by_its_name(tmp_path: Path) -> None:
    comments = plain_comments(0).replace("statement", "الماء").encode("windows-1256")
    votes = votes_of((MILLISECONDS, 0, 1, 1))
    folder = export_in(tmp_path, comments=comments, votes=votes)
    export = polis.read(folder, encoding="windows-1256")
    assert bodies(export) == ["الماء 0"]
    assert {file.encoding for file in export.files} == {"windows-1256"}


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_another_separator_is_read_when_named(tmp_path: Path, separator: str) -> None:
    folder = export_in(
        tmp_path,
        comments=plain_comments(0, 1, 2).replace(",", separator),
        votes=VOTES.replace(",", separator),
    )
    assert len(polis.read(folder, separator=separator).votes) == 6


# Names of files


@pytest.mark.parametrize("prefix", ["2024-05-water-", "x_"])
def test_a_common_prefix_is_allowed(tmp_path: Path, prefix: str) -> None:
    export_in(tmp_path, participants=PARTICIPANTS, summary=SUMMARY)
    for path in list(tmp_path.iterdir()):
        path.rename(tmp_path / f"{prefix}{path.name}")
    export = polis.read(tmp_path)
    assert export.participants is not None
    assert export.generation is Generation.FIRST
    assert export.files[0].name == f"{prefix}comments.csv"
    assert len(export.votes) == 6


def test_the_votes_of_participants_are_not_taken_for_the_votes(tmp_path: Path) -> None:
    export_in(tmp_path, votes=None, comments=None)
    (tmp_path / "x-comments.csv").write_text(COMMENTS)
    (tmp_path / "x-participants-votes.csv").write_text(PARTICIPANTS)
    with pytest.raises(InputError, match=r"no votes\.csv"):
        polis.read(tmp_path)
    (tmp_path / "x-votes.csv").write_text(VOTES)
    assert len(polis.read(tmp_path).votes) == 6


def test_two_files_that_could_be_the_votes_are_refused(tmp_path: Path) -> None:
    folder = export_in(tmp_path / "export", votes=None)
    (folder / "a-votes.csv").write_text(VOTES)
    (folder / "b-votes.csv").write_text(VOTES)
    error = refusal(folder)
    assert error.file == str(folder)
    assert "a-votes.csv and b-votes.csv" in error.problem
    assert "one conversation" in error.next_step


def test_participants_of_both_generations_in_one_folder_are_refused(tmp_path: Path) -> None:
    folder = export_in(tmp_path / "export", participants=PARTICIPANTS)
    (folder / "participant-votes.csv").write_text(PARTICIPANTS)
    assert "two files could be the participants" in refusal(folder).problem


def test_files_that_were_downloaded_minutes_apart_belong_together(tmp_path: Path) -> None:
    # A report offers them as date, time to the minute, conversation and name.
    folder = export_in(tmp_path, votes=None, comments=None)
    (folder / "2024-05-30-1245-3abcde-votes.csv").write_text(VOTES)
    (folder / "2024-05-30-1259-3abcde-comments.csv").write_text(COMMENTS)
    assert len(polis.read(folder).votes) == 6


@pytest.mark.parametrize("when", ["", "2024-05-30-1245-"])
def test_the_votes_of_one_conversation_and_the_comments_of_another_are_refused(
    tmp_path: Path, when: str
) -> None:
    folder = export_in(tmp_path / "export", votes=None, comments=None)
    (folder / f"{when}water-votes.csv").write_text(VOTES)
    (folder / f"{when}roads-comments.csv").write_text(COMMENTS)
    error = refusal(folder)
    assert error.file == str(folder)
    assert "one conversation" in error.next_step


def test_other_files_in_the_folder_do_not_disturb(tmp_path: Path) -> None:
    folder = export_in(tmp_path)
    (folder / "stats-history.csv").write_text("n-votes,n-comments\n1,1\n")
    (folder / "README.md").write_text("hello")
    (folder / "votes").mkdir()
    assert [file.name for file in polis.read(folder).files] == ["comments.csv", "votes.csv"]

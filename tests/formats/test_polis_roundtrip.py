from __future__ import annotations

import csv
import io
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assises.formats import polis
from assises.formats.polis import Generation, PolisExport
from assises.formats.polis.model import Int64, last_votes
from assises.lib.csvio import restore
from tests.formats.polis_files import (
    COMMENTS,
    PARTICIPANTS,
    VOTES,
    Cast,
    Conversation,
    Statement,
    export_in,
    plain_comments,
    table,
    votes_in_words,
    votes_of,
)

FIRST, SECOND = Generation.FIRST, Generation.SECOND
ARCHIVE = ("summary.csv", "comments.csv", "votes.csv", "participants-votes.csv")
NOON = 1_500_000_000_000

texts = st.text(
    alphabet=st.one_of(
        st.sampled_from("\"',;=+-@\r\n ab"),
        st.sampled_from("الماءⴰⵎⴰⵏé🗳"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=10,
)
times = st.integers(NOON, NOON + 9000)


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    ids = draw(st.lists(st.integers(0, 30), min_size=1, max_size=5, unique=True))
    statements = [
        Statement(i, draw(texts), draw(st.integers(0, 9)), draw(st.integers(-1, 1)), draw(times))
        for i in ids
    ]
    cast = st.builds(
        Cast, times, st.sampled_from(ids), st.integers(0, 9), st.sampled_from((-1, 0, 1))
    )
    casts = draw(st.lists(cast, min_size=1, max_size=25))
    voters = sorted({cast.voter for cast in casts})
    groups = draw(st.dictionaries(st.sampled_from(voters), st.integers(0, 3)))
    return Conversation(statements, casts, groups, draw(texts), draw(texts))


@contextmanager
def scratch(*names: str) -> Iterator[list[Path]]:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in names]
        for path in paths:
            path.mkdir()
        yield paths


def rows_of(path: Path) -> list[list[str]]:
    text = path.read_bytes().decode("utf-8")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def converted(source: Path, target: Path, generation: Generation | None = None) -> PolisExport:
    """The export after it was written into ``target`` and read again."""
    target.mkdir(exist_ok=True)
    polis.write(polis.read(source), target, generation=generation)
    return polis.read(target)


# The seven conversations


def test_a_real_archive_is_written_again_byte_for_byte(openpolis: Path, tmp_path: Path) -> None:
    written = polis.write(polis.read(openpolis), tmp_path)
    assert sorted(path.name for path in written) == sorted(ARCHIVE)
    for name in ARCHIVE:
        assert (tmp_path / name).read_bytes() == (openpolis / name).read_bytes(), name


def test_real_comments_count_every_cast_of_the_votes(openpolis: Path) -> None:
    header, *rows = rows_of(openpolis / "comments.csv")
    at = {name: header.index(name) for name in ("comment-id", "agrees", "disagrees")}
    cast = Counter((comment, vote) for comment, _, vote in votes_in_words(polis.read(openpolis)))
    for row in rows:
        comment = int(row[at["comment-id"]])
        assert int(row[at["agrees"]]) == cast[comment, 1]
        assert int(row[at["disagrees"]]) == cast[comment, -1]


def test_real_participant_cells_are_the_last_votes(openpolis: Path) -> None:
    header, *rows = rows_of(openpolis / "participants-votes.csv")
    statements = [(at, int(name)) for at, name in enumerate(header) if name.isdecimal()]
    cells = {
        (int(row[0]), statement): int(row[at])
        for row in rows
        for at, statement in statements
        if row[at]
    }
    votes = polis.read(openpolis).votes
    last = last_votes(votes)
    counting = zip(
        votes.voter[last].tolist(), votes.comment[last].tolist(), votes.vote[last].tolist(),
        strict=True,
    )  # fmt: skip
    assert cells == {(voter, comment): vote for voter, comment, vote in counting}


def test_a_real_archive_has_no_unequal_cell_and_a_sign_beyond_doubt(openpolis: Path) -> None:
    export = polis.read(openpolis)
    assert export.participants is not None
    assert export.participants.unequal == ()
    assert export.agree_is == 1
    assert export.agree_evidence[0] > 200
    assert export.agree_evidence[1] == 0


def test_real_people_who_were_clustered_are_those_with_a_group(openpolis: Path) -> None:
    header, *rows = rows_of(openpolis / "participants-votes.csv")
    at = header.index("group-id")
    people = polis.read(openpolis).participants
    assert people is not None
    assert people.group.tolist() == [int(row[at]) if row[at] else -1 for row in rows]


def test_a_real_archive_survives_the_second_generation(openpolis: Path, tmp_path: Path) -> None:
    source = polis.read(openpolis)
    converted(openpolis, tmp_path / "second", SECOND)
    back = converted(tmp_path / "second", tmp_path / "first", FIRST)
    assert_same_but_for_milliseconds(source, back)


def assert_same_but_for_milliseconds(one: PolisExport, other: PolisExport) -> None:
    assert casts_to_the_second(one) == casts_to_the_second(other)
    assert seconds(one, one.comments.timestamp) == seconds(other, other.comments.timestamp)
    assert one.comments.body == other.comments.body
    for name in ("id", "author", "moderated", "is_meta", "is_seed"):
        assert getattr(one.comments, name).tolist() == getattr(other.comments, name).tolist()
    assert groups_of(one) == groups_of(other)
    assert one.summary.get("topic") == other.summary.get("topic")


def seconds(export: PolisExport, times: Int64) -> list[int]:
    whole: list[int] = (export.timestamps_in_ms(times) // 1000).tolist()
    return whole


def casts_to_the_second(export: PolisExport) -> Counter[tuple[int, tuple[int, int, int]]]:
    times = seconds(export, export.votes.timestamp)
    return Counter(zip(times, votes_in_words(export), strict=True))


def groups_of(export: PolisExport) -> dict[int, int]:
    assert export.participants is not None
    return dict(
        zip(export.participants.id.tolist(), export.participants.group.tolist(), strict=True)
    )


# Conversations of any kind


@settings(max_examples=60, deadline=None)
@given(conversations(), st.sampled_from(Generation))
@example(Conversation([Statement(0, "an old\rMacintosh")], [Cast(NOON, 0, 1, 1)]), FIRST)
def test_an_export_is_written_again_row_for_row(
    conversation: Conversation, generation: Generation
) -> None:
    with scratch("source", "target") as (source, target):
        conversation.write(source, generation)
        export = polis.read(source, agree_is=1)
        assert export.generation is generation
        polis.write(export, target)
        assert sorted(p.name for p in target.iterdir()) == sorted(p.name for p in source.iterdir())
        for path in source.iterdir():
            assert without_totals(target / path.name) == without_totals(path), path.name


def without_totals(path: Path) -> list[list[str]]:
    """The rows of a file; the totals of comment-groups.csv have a test of their own."""
    rows = rows_of(path)
    return [row[:2] + row[6:] for row in rows] if path.name == "comment-groups.csv" else rows


@settings(max_examples=60, deadline=None)
@given(conversations())
def test_there_and_back_again_loses_nothing_but_milliseconds(conversation: Conversation) -> None:
    with scratch("source", "second", "first") as (source, second, first):
        conversation.write(source, FIRST)
        before = polis.read(source, agree_is=1)
        polis.write(before, second, generation=SECOND)
        between = polis.read(second, agree_is=1)
        assert between.generation is SECOND
        polis.write(between, first, generation=FIRST)
        after = polis.read(first, agree_is=1)
    assert after.generation is FIRST
    assert_same_but_for_milliseconds(before, after)


@settings(max_examples=60, deadline=None)
@given(conversations(), st.sampled_from(Generation))
@example(
    Conversation([Statement(0)], [Cast(NOON + 900, 0, 1, 1), Cast(NOON + 100, 0, 1, -1)]), FIRST
)
def test_the_vote_that_counts_is_the_same_in_either_generation(
    conversation: Conversation, generation: Generation
) -> None:
    other = SECOND if generation is FIRST else FIRST
    with scratch("source", "target") as (source, target):
        conversation.write(source, generation)
        before = polis.read(source, agree_is=1)
        polis.write(before, target, generation=other)
        after = polis.read(target, agree_is=1)
    assert counting(after) == counting(before)


def counting(export: PolisExport) -> list[tuple[int, int, int]]:
    words = votes_in_words(export)
    return [words[row] for row in last_votes(export.votes)]


@settings(max_examples=40, deadline=None)
@given(conversations(), st.sampled_from(Generation))
def test_the_published_counts_of_a_conversion_are_those_of_its_votes(
    conversation: Conversation, generation: Generation
) -> None:
    with scratch("source", "target") as (source, target):
        conversation.write(source, FIRST)
        polis.write(polis.read(source, agree_is=1), target, generation=generation)
        after = polis.read(target)  # the sign is found, so the counts are right
        assert after.agree_is == 1
        assert after.agree_evidence[1] == 0
        assert after.participants is not None
        assert after.participants.unequal == ()


@settings(max_examples=40, deadline=None)
@given(conversations())
def test_texts_for_a_spreadsheet_can_be_restored(conversation: Conversation) -> None:
    with scratch("source", "target") as (source, target):
        conversation.write(source, FIRST)
        export = polis.read(source, agree_is=1)
        polis.write(export, target, for_spreadsheet=True)
        shown = polis.read(target, agree_is=1).comments.body
    assert not any(body.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for body in shown)
    assert tuple(restore(body) for body in shown) == export.comments.body


# What each generation looks like


def headers(folder: Path) -> dict[str, str]:
    return {
        path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in folder.iterdir()
    }


def test_the_second_generation_has_its_own_files_and_columns(tmp_path: Path) -> None:
    source, target = export_in(tmp_path / "a", participants=PARTICIPANTS), tmp_path / "b"
    converted(source, target, SECOND)
    tally = ["votes", "agrees", "disagrees", "passes"]
    assert headers(target) == {
        "comments.csv": (
            "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body"
        ),
        "votes.csv": "timestamp,datetime,comment-id,voter-id,vote",
        "participant-votes.csv": (
            "participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,1,2"
        ),
        "comment-groups.csv": ",".join(
            ["comment-id", "comment"]
            + [f"{who}-{name}" for who in ("total", "group-a", "group-b") for name in tally]
        ),
    }


def test_the_second_generation_counts_seconds_and_writes_javascript_dates(tmp_path: Path) -> None:
    converted(export_in(tmp_path / "a"), tmp_path / "b", SECOND)
    assert rows_of(tmp_path / "b" / "votes.csv")[1] == [
        "1403067300",
        "Wed Jun 18 2014 04:55:00 GMT+0000 (Coordinated Universal Time)",
        "0",
        "10",
        "1",
    ]


def test_the_first_generation_counts_milliseconds_and_writes_java_dates(tmp_path: Path) -> None:
    Conversation([Statement(0)], [Cast(1_403_067_300_000, 0, 5, -1)]).write(tmp_path / "a", SECOND)
    converted(tmp_path / "a", tmp_path / "b", FIRST)
    assert rows_of(tmp_path / "b" / "votes.csv")[1] == [
        "1403067300000",
        "Wed Jun 18 04:55:00 UTC 2014",
        "0",
        "5",
        "-1",
    ]


def test_the_views_of_a_summary_stay_in_the_first_generation(tmp_path: Path) -> None:
    summary = "topic,Water\nurl,https://pol.is/2\nviews,7\nvoters,3\nextra,kept\n"
    converted(export_in(tmp_path / "a", summary=summary), tmp_path / "b", SECOND)
    assert rows_of(tmp_path / "b" / "summary.csv") == [
        ["topic", "Water"],
        ["url", "https://pol.is/2"],
        ["voters", "3"],
        ["extra", "kept"],
    ]


def test_flags_and_consensus_survive_a_change_of_generation(tmp_path: Path) -> None:
    comments = table(
        (
            "timestamp", "comment-id", "is-meta", "is-seed", "group-informed-consensus",
            "comment-body",
        ),
        [(NOON, 0, "true", "false", "0.25", "a"), (NOON, 1, "false", "true", "0.5", "b")],
    )  # fmt: skip
    export_in(tmp_path / "a", comments=comments, votes=votes_of((NOON, 0, 1, 1)))
    after = converted(tmp_path / "a", tmp_path / "b", SECOND)
    assert after.comments.is_meta.tolist() == [True, False]
    assert after.comments.is_seed.tolist() == [False, True]
    assert after.comments.columns["group-informed-consensus"] == ("0.25", "0.5")


def test_other_columns_of_comments_survive_in_their_own_generation(tmp_path: Path) -> None:
    comments = "comment-id,importance,comment-body\n0,high,a\n"
    export_in(tmp_path / "a", comments=comments, votes=votes_of((NOON, 0, 1, 1)))
    converted(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b" / "comments.csv").read_text() == comments


def test_votes_that_were_marked_important_stay_so_in_their_own_generation(tmp_path: Path) -> None:
    # Polis writes this last column of votes.csv where a conversation asks for importance.
    votes = "timestamp,datetime,comment-id,voter-id,vote,important\n1500000000,noon,0,1,1,1\n"
    export_in(tmp_path / "a", comments=plain_comments(0), votes=votes)
    converted(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b" / "votes.csv").read_text() == votes


def test_xids_stay_in_the_first_generation(tmp_path: Path) -> None:
    people = "participant,xid,group-id,0,1,2\n10,u-77,0,1,,-1\n11,,1,1,1,\n12,u-5,,-1,0,\n"
    source = export_in(tmp_path / "a", participants=people)
    converted(source, tmp_path / "b")
    assert (tmp_path / "b" / "participants-votes.csv").read_text() == people
    converted(source, tmp_path / "c", SECOND)
    assert "u-77" not in (tmp_path / "c" / "participant-votes.csv").read_text()


# Signs and groups


def test_an_export_written_with_agree_as_minus_one_reads_the_same(tmp_path: Path) -> None:
    export = polis.read(export_in(tmp_path / "a", participants=PARTICIPANTS))
    (tmp_path / "b").mkdir()
    polis.write(export, tmp_path / "b", agree_is=-1)
    after = polis.read(tmp_path / "b")
    assert after.agree_is == -1
    assert votes_in_words(after) == votes_in_words(export)
    assert rows_of(tmp_path / "b" / "votes.csv")[1][-1] == "-1"


def test_an_export_with_agree_as_minus_one_is_written_with_plus_one(tmp_path: Path) -> None:
    votes = VOTES.replace(",-1\n", ",x\n").replace(",1\n", ",-1\n").replace(",x\n", ",1\n")
    people = (
        PARTICIPANTS.replace(",1,,-1\n", ",-1,,1\n")
        .replace("2,0,1,1,\n", "2,0,-1,-1,\n")
        .replace(",-1,0,\n", ",1,0,\n")
    )
    export_in(tmp_path / "a", votes=votes, participants=people)
    assert polis.read(tmp_path / "a").agree_is == -1
    converted(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b" / "votes.csv").read_text() == VOTES
    assert (tmp_path / "b" / "participants-votes.csv").read_text() == PARTICIPANTS


@pytest.mark.parametrize("generation", Generation)
def test_other_groups_can_be_published_in_the_place_of_the_old(
    tmp_path: Path, generation: Generation
) -> None:
    export = polis.read(export_in(tmp_path / "a", participants=PARTICIPANTS))
    (tmp_path / "b").mkdir()
    polis.write(export, tmp_path / "b", generation=generation, groups={10: 2, 11: -1})
    assert groups_of(polis.read(tmp_path / "b")) == {10: 2, 11: -1, 12: -1}


def test_the_table_of_groups_counts_each_group_by_its_last_votes(tmp_path: Path) -> None:
    again = VOTES + "1403067300009,Wed Jun 18 11:55:00 WIB 2014,0,10,-1\n"
    people = PARTICIPANTS.replace("10,0,2,2,1,1,1,,-1", "10,0,2,2,0,2,-1,,-1")
    converted(export_in(tmp_path / "a", votes=again, participants=people), tmp_path / "b", SECOND)
    _, water, *_ = rows_of(tmp_path / "b" / "comment-groups.csv")
    assert water[:2] == ["0", "Water should be free."]
    assert water[6:] == [*"1010", *"1100"]


def test_the_totals_of_the_table_of_groups_are_the_sums_of_its_groups(tmp_path: Path) -> None:
    # Polis leaves those who are in no group out of them; here that is participant 12.
    source = export_in(tmp_path / "a", participants=PARTICIPANTS)
    converted(source, tmp_path / "b", SECOND)
    _, water, *_ = rows_of(tmp_path / "b" / "comment-groups.csv")
    assert water == ["0", "Water should be free.", *"2200", *"1100", *"1100"]


# Writing itself


def test_reading_and_writing_leave_the_source_untouched(tmp_path: Path) -> None:
    source = export_in(tmp_path / "a", participants=PARTICIPANTS)
    before = {path.name: path.read_bytes() for path in source.iterdir()}
    converted(source, tmp_path / "b", SECOND)
    assert {path.name: path.read_bytes() for path in source.iterdir()} == before


@pytest.mark.parametrize("generation", Generation)
@pytest.mark.parametrize("author", [2**53, 10**15])
def test_an_author_with_an_enormous_number_can_be_written(
    tmp_path: Path, generation: Generation, author: int
) -> None:
    comments = COMMENTS.replace(",11,1,0,0,", f",{author},1,0,0,")
    source = export_in(tmp_path / "a", comments=comments)
    after = converted(source, tmp_path / "b", generation)
    assert author in after.comments.author.tolist()


@pytest.mark.parametrize("generation", Generation)
def test_a_conversation_of_six_and_twenty_groups_and_more_can_be_written(
    tmp_path: Path, generation: Generation
) -> None:
    votes = votes_of(*((NOON, 0, voter, 1) for voter in range(30)))
    people = table(("participant", "group-id", "0"), [(voter, voter, 1) for voter in range(30)])
    source = export_in(tmp_path / "a", comments=plain_comments(0), votes=votes, participants=people)
    after = converted(source, tmp_path / "b", generation)
    assert groups_of(after) == {voter: voter for voter in range(30)}


def test_an_export_whose_last_time_is_the_last_of_the_calendar_can_be_written(
    tmp_path: Path,
) -> None:
    votes = votes_of((253_402_300_799_999, 0, 1, 1))
    source = export_in(tmp_path / "a", comments=plain_comments(0), votes=votes)
    assert converted(source, tmp_path / "b", SECOND).votes.timestamp.tolist() == [253_402_300_799]

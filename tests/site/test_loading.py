"""A Polis export on the shelf: what counted in the files counts here, and nothing else."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from assises.flows.opinion import How, compute
from assises.flows.tables import flags, from_export, integers, texts
from assises.formats import polis
from assises.lib.errors import InputError, NotNow
from assises.rooms.consultations.models import Consultation, place_of
from assises.rooms.consultations.queries import edition_of
from assises.rooms.contributions.models import Statement
from assises.rooms.contributions.queries import statements
from assises.rooms.insights.models import Position
from assises.rooms.insights.queries import newest
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Actor, Grant, Role
from assises.rooms.people.handles import pseudonym_of_voice
from assises.rooms.people.models import Voice
from assises.rooms.texts.queries import original
from assises.rooms.votes.acts.cast import Answer, cast
from assises.rooms.votes.models import Cast
from assises.rooms.votes.queries import current_votes
from assises.site.exports import LoadedExport, load_export
from assises.site.imported import Terms
from assises.site.loading import load_command
from tests.conftest import SHARED, needed
from tests.demo.test_edition_build import Stopping

pytestmark = pytest.mark.usefixtures("db")

COMMENTS = """comment-id,author-id,moderated,is-meta,is-seed,timestamp,comment-body
0,0,1,false,true,1750000000000,The library should open on Sundays
1,1,0,false,false,1750000001000,Nobody has looked at this one
2,2,-1,false,false,1750000002000,Advertisement
3,2,1,true,false,,I live here
"""
VOTES = """timestamp,comment-id,voter-id,vote
1750000100000,0,0,1
1750000100000,0,1,-1
1750000100000,0,0,-1
1750000090000,0,1,1
1750000300000,1,5,1
1750000300001,2,5,0
1750000300002,3,1,1
"""
Ballots = Counter[tuple[str, frozenset[tuple[int, int, int]]]]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Three voters, an author who does not vote, and every state of moderation."""
    return an_export(tmp_path / "small")


def an_export(
    folder: Path, *, votes: str = VOTES, comments: str = COMMENTS, more: str = ""
) -> Path:
    folder.mkdir()
    (folder / "votes.csv").write_text(votes)
    (folder / "comments.csv").write_text(comments)
    if more:
        (folder / "summary.csv").write_text(more)
    return folder


def here(loaded: LoadedExport) -> Ballots:
    """Every person in the house: the letter of their group, and their current votes."""
    snapshot = newest(loaded.consultation)
    assert snapshot is not None
    votes, current = defaultdict(set), current_votes(loaded.consultation)
    for voice, number, vote, at in zip(
        current.voice.tolist(),
        current.number.tolist(),
        current.vote.tolist(),
        current.at.tolist(),
        strict=True,
    ):
        votes[current.voices[voice]].add((number, vote, at))
    letters = {None: "", **{at: group["letter"] for at, group in enumerate(snapshot.groups)}}
    return Counter(
        (letters[position.group], frozenset(votes[position.voice]))
        for position in Position.objects.filter(snapshot=snapshot)
    )


def in_the_files(folder: Path) -> Ballots:
    """The same, computed from the files without a database."""
    export = polis.read(folder)
    tables = from_export(export)
    computed, _ = compute(tables, How())
    votes, cast_votes = defaultdict(set), tables["votes"]
    for person, number, vote, at, counted in zip(
        integers(cast_votes, "participant").tolist(),
        integers(cast_votes, "statement").tolist(),
        integers(cast_votes, "vote").tolist(),
        export.timestamps_in_ms(integers(cast_votes, "time")).tolist(),
        flags(cast_votes, "counted").tolist(),
        strict=True,
    ):
        if counted:
            votes[person].add((number, vote, at))
    positions = computed["positions"]
    people = integers(positions, "participant").tolist()
    return Counter(
        (group, frozenset(votes[person]))
        for person, group in zip(people, texts(positions, "group"), strict=True)
    )


def numbers(place: Consultation, moderation: str) -> list[int]:
    return [put.row.number for put in statements(place.id, "fr", moderation=moderation)]


def nothing_is_here() -> bool:
    tables = (Consultation, Event, Voice, Statement, Cast)
    return not any(table.objects.exists() for table in tables)


def lines_with(lines: Iterable[str], word: str) -> list[str]:
    return [line for line in lines if word in line]


def test_the_example_has_the_groups_and_votes_of_its_files_and_stays_a_simulation(
    example: Path,
) -> None:
    loaded = load_export(example)
    assert here(loaded) == in_the_files(example)
    assert (loaded.people, loaded.statements, loaded.casts) == (400, 65, 9_007)
    assert place_of(loaded.consultation).kind == "simulated"
    assert set(Event.objects.values_list("log", flat=True)) == {"simulation"}


@pytest.mark.parametrize("name", ["15-per-hour-seattle", "brexit-consensus", "scoop-hivemind.ubi"])
def test_a_real_conversation_has_the_groups_and_votes_of_its_files(name: str) -> None:
    is_as_in_its_files(needed(SHARED / "polis" / name))


@pytest.mark.slow
def test_each_real_conversation_has_the_groups_and_votes_of_its_files(openpolis: Path) -> None:
    is_as_in_its_files(openpolis)


def is_as_in_its_files(openpolis: Path) -> None:
    loaded = load_export(openpolis)
    assert here(loaded) == in_the_files(openpolis)
    export = polis.read(openpolis)
    words = original(Statement.objects.values_list("words", flat=True))
    kept = {s.number: words[s.words].words for s in Statement.objects.all()}
    assert len(kept) == len(export.comments)
    for number, text in zip(export.comments.id.tolist(), export.comments.body, strict=True):
        assert kept[number].split() == text.split()


def test_every_cast_is_kept_in_the_order_of_the_file_and_the_last_counts(small: Path) -> None:
    loaded = load_export(small)
    cast_here = Cast.objects.order_by("id").values_list("vote", flat=True)
    assert list(cast_here) == [1, -1, -1, 1, 1, 0, 1]
    # Equal times go to the later row, and a row with an earlier time changes nothing.
    assert here(loaded) == in_the_files(small)
    current = current_votes(loaded.consultation)
    assert sorted(current.vote[current.number == 0].tolist()) == [-1, -1]


def test_statements_keep_their_number_author_moderation_and_flags(small: Path) -> None:
    place = place_of(load_export(small).consultation)
    by_number = {s.number: s for s in Statement.objects.all()}
    assert numbers(place, "accepted") == [0, 1, 3]
    assert numbers(place, "refused") == [2]
    assert [n for n, s in sorted(by_number.items()) if s.seed] == [0]
    assert [n for n, s in sorted(by_number.items()) if s.meta] == [3]
    assert by_number[2].voice == by_number[3].voice != by_number[1].voice
    assert by_number[0].made_at == datetime(2025, 6, 15, 15, 6, 40, tzinfo=UTC)
    assert {said.language for said in original([s.words for s in by_number.values()]).values()} == {
        "und"
    }


def test_under_strict_moderation_what_nobody_looked_at_waits(small: Path) -> None:
    place = place_of(load_export(small, strict=True).consultation)
    assert numbers(place, "accepted") == [0, 3]
    assert numbers(place, "waiting") == [1]


def test_each_participant_is_a_voice_of_chance_that_nobody_can_speak_with(small: Path) -> None:
    loaded = load_export(small)
    assert loaded.people == 3
    voices = list(Voice.objects.all())
    assert len(voices) == 4  # one wrote and never voted
    assert {voice.channel for voice in voices} == {"import"}
    assert {voice.entered_on for voice in voices} == {date(2025, 6, 15)}
    assert len({bytes(voice.handle) for voice in voices}) == 4


def test_an_import_is_closed_and_nobody_votes_in_it(small: Path) -> None:
    place = place_of(load_export(small).consultation)
    assert (place.kind, place.state) == ("import", "closed")
    assert place.starts_on == place.ends_on == date(2025, 6, 15)
    voice = uuid4()
    actor = Actor(pseudonym_of_voice(voice), frozenset({Grant(Role.VOICE, place.id)}))
    with pytest.raises(NotNow):
        cast(actor, place, voice, [Answer(0, 1)], key="vote", at=datetime.now(UTC))


def test_the_files_are_one_act_of_each_kind(small: Path) -> None:
    load_export(small)
    assert Counter(Event.objects.values_list("act", flat=True)) == {
        "consultations.create": 1,
        "consultations.open": 1,
        "people.enter": 1,
        "contributions.state": 1,
        "votes.load": 1,
        "insights.publish": 1,
        "consultations.close": 1,
    }


def test_the_same_content_under_another_name_is_not_loaded_twice(
    small: Path, tmp_path: Path
) -> None:
    first = load_export(small)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for file in small.iterdir():
        shutil.copy(file, elsewhere / f"2025-town-{file.name}")
    second = load_export(elsewhere)
    assert (first.already, second.already) == (False, True)
    assert second.consultation == first.consultation
    assert Consultation.objects.count() == 1
    assert Cast.objects.count() == 7


OTHER_TERMS: dict[str, dict[str, Any]] = {
    "--title": {"title": "Another title"},
    "--source": {"terms": Terms(source="pol.is/other")},
    "--licence": {"terms": Terms(licence="CC0")},
    "--already-public": {"terms": Terms("pol.is/2demo", "CC BY 4.0", already_public=True)},
    "--language": {"language": "fr"},
    "--strict": {"strict": True},
}


@pytest.mark.parametrize("option", OTHER_TERMS)
def test_the_same_content_under_other_terms_is_refused_with_their_names(
    small: Path, option: str
) -> None:
    load_export(small, terms=Terms("pol.is/2demo", "CC BY 4.0"))
    before = Event.objects.count()
    with pytest.raises(InputError, match="here already") as refused:
        load_export(small, **OTHER_TERMS[option])
    assert [name for name in OTHER_TERMS if f"{name}" in refused.value.problem] == [option]
    assert "Leave out" in refused.value.next_step
    assert Event.objects.count() == before


def test_the_same_content_under_the_same_terms_is_no_fault(small: Path) -> None:
    terms = Terms("pol.is/2demo", "CC BY 4.0", already_public=True)
    given: dict[str, Any] = {
        "title": "Opening  hours " * 20, "terms": terms, "language": "fr", "strict": True,
    }  # fmt: skip
    first = load_export(small, **given)
    for again in (given, {}, {"terms": Terms(licence="CC BY 4.0")}, {"strict": True}):
        assert load_export(small, **again) == replace(first, already=True)


def test_other_votes_are_another_consultation(small: Path, tmp_path: Path) -> None:
    first = load_export(small)
    other = an_export(tmp_path / "other", votes=f"{VOTES}1750000400000,0,5,1\n")
    assert load_export(other).consultation != first.consultation


def test_the_title_is_the_topic_unless_one_is_given(tmp_path: Path) -> None:
    more = 'topic,Opening hours\nconversation-description,"When, and for whom?"\n'
    folder = an_export(tmp_path / "hours", more=more)
    found = edition_of(load_export(folder).consultation, "fr")
    assert found.title.words == "Opening hours"
    assert found.summary is not None
    assert found.summary.words == "When, and for whom?"
    untitled = an_export(tmp_path / "untitled", votes=VOTES.replace("5,1", "6,1"))
    assert edition_of(load_export(untitled).consultation, "fr").title.words == "untitled"


def test_a_topic_too_long_for_a_title_is_cut_and_says_so(tmp_path: Path) -> None:
    folder = an_export(tmp_path / "long", more=f"topic,{'word ' * 80}\n")
    title = edition_of(load_export(folder).consultation, "fr").title.words
    assert len(title) <= 160
    assert title.endswith("…")


def test_votes_one_by_one_stay_unpublished_without_source_and_licence(small: Path) -> None:
    given = Terms("pol.is/2demo", "CC BY 4.0")
    place = place_of(load_export(small, terms=given).consultation)
    assert not place.votes_published
    found = edition_of(place.id, "fr")
    assert found.summary is not None
    assert found.summary.words == "pol.is/2demo · CC BY 4.0"


def test_votes_that_are_public_already_are_published_with_their_licence(small: Path) -> None:
    given = Terms("pol.is/2demo", "CC BY 4.0", already_public=True)
    assert place_of(load_export(small, terms=given).consultation).votes_published


@pytest.mark.parametrize("given", [("", ""), ("pol.is", " "), ("", "CC BY 4.0")])
def test_votes_are_not_published_on_half_a_word(small: Path, given: tuple[str, str]) -> None:
    with pytest.raises(InputError, match="--source and --licence"):
        load_export(small, terms=Terms(*given, already_public=True))
    assert nothing_is_here()


def test_a_bad_row_is_refused_with_its_place_and_nothing_is_written(tmp_path: Path) -> None:
    folder = an_export(tmp_path / "bad", votes=f"{VOTES}1750000400000,0,5,2\n")
    with pytest.raises(InputError) as refused:
        load_export(folder)
    error = refused.value
    assert (Path(error.file or "").name, error.line, error.column) == ("votes.csv", 9, "vote")
    assert error.value == "2"
    assert nothing_is_here()


def test_bad_rows_are_left_out_where_that_was_asked_for(tmp_path: Path) -> None:
    folder = an_export(tmp_path / "bad", votes=f"{VOTES}1750000400000,0,5,2\n")
    loaded = load_export(folder, skip_bad_rows=True)
    assert [(reject.line, reject.value) for reject in loaded.rejects] == [(9, "2")]
    assert loaded.casts == Cast.objects.count() == 7


@pytest.mark.parametrize("number", ["-1", "2147483648"])
def test_a_number_that_no_statement_can_have_is_refused(tmp_path: Path, number: str) -> None:
    folder = an_export(tmp_path / "number", comments=f"{COMMENTS}{number},0,1,false,false,,Far\n")
    with pytest.raises(InputError, match=number):
        load_export(folder)
    assert nothing_is_here()


def test_a_statement_is_kept_whatever_its_length_and_even_without_a_letter(tmp_path: Path) -> None:
    long = "very " * 100 + "long"
    comments = f"{COMMENTS}4,0,1,false,false,,?\n5,0,1,false,false,,{long}\n"
    load_export(an_export(tmp_path / "odd", comments=comments))
    by_number = {s.number: s.words for s in Statement.objects.all()}
    words = original(by_number.values())
    assert words[by_number[4]].words == "?"
    assert words[by_number[5]].words == long


def test_an_unknown_language_is_refused(small: Path) -> None:
    with pytest.raises(InputError, match="no such language"):
        load_export(small, language="xx")
    assert nothing_is_here()


def test_votes_written_with_the_other_sign_are_turned_round(small: Path, tmp_path: Path) -> None:
    header, *rows = VOTES.splitlines()
    cells = [row.split(",") for row in rows]
    turned = [",".join([*before, str(-int(vote))]) for *before, vote in cells]
    other = an_export(tmp_path / "turned", votes="\n".join([header, *turned, ""]))
    first, second = load_export(small), load_export(other, agree_is=-1)
    assert first.consultation != second.consultation
    assert here(first) == here(second)


@pytest.mark.parametrize("step", ["people", "votes"])
def test_a_stop_in_the_middle_leaves_nothing_and_the_next_one_loads_all(
    small: Path, step: str
) -> None:
    with pytest.raises(KeyboardInterrupt):
        load_export(small, progress=Stopping(step))
    assert nothing_is_here()
    loaded = load_export(small)
    assert not loaded.already
    assert newest(loaded.consultation) is not None


def test_a_stop_before_the_results_leaves_only_them_to_do(small: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        load_export(small, progress=Stopping("results"))
    loaded = load_export(small)
    assert loaded.already
    assert newest(loaded.consultation) is not None
    assert Cast.objects.count() == 7


def test_the_command_says_what_became_of_a_folder(small: Path) -> None:
    lines = load_command(small, title="Opening hours")
    assert lines[0] == "loaded  7 votes of 3 people on 4 statements"
    assert "Opening hours" in lines[1]
    assert lines_with(lines, "/fr/editions/")
    assert lines_with(lines, "unpublished")
    again = load_command(small)
    assert again[0].startswith("already")
    assert again[1] == lines[1]


def test_the_command_says_what_moderation_had_taken_out(small: Path, tmp_path: Path) -> None:
    (note,) = lines_with(load_command(small), "moderation")
    assert note == (
        "note    1 statement that moderation took out is not shown, nor the 1 vote on it"
    )
    assert not lines_with(load_command(small), "moderation")
    more = f"{COMMENTS}4,0,-1,false,false,,Bad\n"
    other = an_export(tmp_path / "more", comments=more, votes=f"{VOTES}1750000400000,4,0,1\n")
    (note,) = lines_with(load_command(other), "moderation")
    assert note.endswith(
        "2 statements that moderation took out are not shown, nor the 2 votes on them"
    )
    none = an_export(tmp_path / "none", comments=COMMENTS.replace(",-1,", ",1,"))
    assert not lines_with(load_command(none), "moderation")


def test_the_command_writes_what_it_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = an_export(tmp_path / "bad", votes=f"{VOTES}1750000400000,0,5,2\n")
    lines = load_command(folder, skip_bad_rows=True)
    assert lines_with(lines, "1 row was left out")
    assert "votes.csv,9,vote,2" in (tmp_path / "bad-rejects.csv").read_text("utf-8")

"""What everyone sees of what people think: by ten voices at a time, and said plainly."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from assises.flows.declared import without_few
from assises.fronts.portal.weighed import inside_of
from assises.lib.clock import now
from assises.look.speech import speech
from assises.rooms.contributions.models import Statement
from assises.rooms.insights.computing import compute_now
from assises.rooms.insights.models import Position, Snapshot
from assises.rooms.people.acts.enter import Portrait, enter
from tests.rooms.making import AT, a_voice, an_edition, key, some_statements, speaking, vote

pytestmark = pytest.mark.usefixtures("db")
STATEMENTS = 8


@pytest.fixture
def place() -> Any:
    cache.clear()
    made = an_edition(moderated=False)
    some_statements(made, STATEMENTS)
    return made


def camp(place: Any, people: int, side: int, region: str = "", answers: int = STATEMENTS) -> None:
    """So many who answer alike: each third statement as everyone, the others turn by turn so."""
    for _ in range(people):
        voice = enter(place, key(), Portrait("citizen" if region else "", region), at=AT)
        said = {n: (side if n % 2 else -side) if n % 3 else 1 for n in range(answers)}
        vote(place, (speaking(place, voice), voice), said)


def base(place: Any, language: str = "en") -> str:
    return f"/{language}/editions/{place.short}/"


def text(address: str, client: Client | None = None) -> str:
    """The words of a page, without its markup; labels of pictures included."""
    page = (client or Client()).get(address).content.decode()
    labels = " ".join(re.findall(r'aria-label="([^"]*)"', page))
    words = re.sub(r"<[^>]+>", " ", page.split("<main")[1])
    return unescape(re.sub(r"\s+", " ", f"{words} {labels}"))


def everyones_pages(place: Any, n: int = 0) -> list[str]:
    """What a passer-by sees, without the moments at which it was made."""
    cache.clear()
    short = Statement.objects.get(consultation=place, number=n).short
    paths = (base(place), f"{base(place)}opinion", "/en/", f"/en/statements/{short}")
    return [text(path) for path in paths] + [
        Client().get(f"{base(place)}counts.csv").content.decode(),
        Client().get(f"/api/v1/editions/{place.short}/results").content.decode(),
    ]


def test_one_more_voter_moves_nothing_that_everyone_sees(place: Any) -> None:
    camp(place, 10, 1, "MA-04")
    camp(place, 10, -1, "MA-06")
    compute_now(place, at=now())
    before = everyones_pages(place)
    assert "20 voices have answered" in before[1]
    camp(place, 1, 1, "MA-07")
    assert compute_now(place, at=now()) is not None
    assert everyones_pages(place) == before
    camp(place, 9, 1, "MA-07")
    compute_now(place, at=now())
    assert "30 voices have answered" in everyones_pages(place)[1]


def test_nobody_is_counted_before_ten_have_spoken(place: Any) -> None:
    camp(place, 9, 1, "MA-04")
    compute_now(place, at=now())
    assert "Fewer than ten voices have been heard so far." in text(base(place))
    assert "Nothing to draw yet" in text(f"{base(place)}opinion")
    camp(place, 10, 1, "MA-04")
    compute_now(place, at=now())
    assert "19 voices have spoken" in text(base(place))
    assert "<svg" in Client().get(f"{base(place)}opinion").content.decode()


def test_the_page_says_where_those_are_who_stand_in_no_group(place: Any) -> None:
    camp(place, 20, 1)
    camp(place, 20, -1)
    camp(place, 12, 1, answers=2)
    compute_now(place, at=now())
    told = (
        "40 of the 52 who answered are in a group; the other 12 answered too few statements "
        "to be placed."
    )
    assert told in text(f"{base(place)}opinion")
    short = Statement.objects.get(number=0).short
    assert told in text(f"/en/statements/{short}")


def test_how_many_stand_outside_is_not_told_where_they_are_few(place: Any) -> None:
    camp(place, 20, 1)
    camp(place, 20, -1)
    camp(place, 3, 1, answers=2)
    compute_now(place, at=now())
    page = text(f"{base(place)}opinion")
    assert "Whoever answered too few statements to be placed is in no group." in page
    assert "the other 3" not in page


def test_a_small_group_is_not_what_the_others_leave(place: Any) -> None:
    camp(place, 30, 1)
    camp(place, 5, -1)
    compute_now(place, at=now())
    page = Client().get(f"{base(place)}opinion").content.decode()
    groups = page.split('id="groups"')[1]
    # Thirty of one group beside thirty-five in all would tell the five.
    assert "statement_card" not in groups
    assert 'class="bar"' not in groups and "class=bar" not in groups


def test_letters_stay_and_the_page_says_how_the_bundle_names_the_groups(place: Any) -> None:
    camp(place, 20, 1)
    camp(place, 14, -1)
    compute_now(place, at=now())
    assert "The bundle names the groups" not in text(f"{base(place)}opinion")
    camp(place, 12, -1)
    compute_now(place, at=now())
    page = text(f"{base(place)}opinion")
    assert "A here is B there" in page and "B here is A there" in page
    told = Client().get(f"/api/v1/editions/{place.short}/results").json()
    assert [(g["letter"], g["bundle_letter"]) for g in told["groups"]] == [("B", "A"), ("A", "B")]


def test_the_reader_stands_where_they_are_now_on_the_map_of_everyone(place: Any) -> None:
    camp(place, 10, 1)
    camp(place, 10, -1)
    compute_now(place, at=now())
    client = Client()
    for n in range(STATEMENTS):
        form = {"statement": n, "answer": "agree", "key": key()}
        assert client.post(f"{base(place)}vote", form).status_code == 303
    compute_now(place, at=now())
    page = text(f"{base(place)}opinion", client)
    assert "You are the star; the voices of group" in page
    assert "20 voices have answered" in page


def test_voices_are_not_called_people_and_the_method_says_why(place: Any) -> None:
    camp(place, 10, 1)
    camp(place, 10, -1)
    compute_now(place, at=now())
    page = text(f"{base(place)}opinion")
    assert "people have answered" not in page
    assert "One person can make several voices." in page
    method = text("/en/method")
    assert "one person can make several voices" in method
    assert "an address was confirmed" in method


def test_the_map_has_a_button_on_the_edition_and_on_the_first_page(place: Any) -> None:
    camp(place, 10, 1)
    camp(place, 10, -1)
    compute_now(place, at=now())
    for address in (base(place, "fr"), "/fr/"):
        page = Client().get(address).content.decode()
        assert re.search(
            r'<a class="button[^"]*" href="[^"]*/opinion">Ce que pensent les participants</a>', page
        )


def test_a_statement_says_who_answered_it_least(place: Any) -> None:
    camp(place, 40, 1, "MA-04")
    camp(place, 40, -1, "MA-06")
    camp(place, 30, 1, "MA-07", answers=1)
    camp(place, 10, -1, "MA-07")
    camp(place, 12, 1, "MA-01", answers=1)
    compute_now(place, at=now())
    short = Statement.objects.get(number=1).short
    page = text(f"/en/statements/{short}")
    assert "Of the 132 voices that answer here, 90 have answered it. The other 42" in page
    assert "what is put before someone and left open is not recorded" in page
    assert re.search(r"Clearly less than the 68\s?% of all together: [^.]*\(25\s?%\)", page)
    assert "Fewer than ten answers to it from: Tanger" in page
    # Everyone answered the first one.
    first = Statement.objects.get(number=0).short
    page = text(f"/en/statements/{first}")
    assert "Nearly every voice that answers here has answered it." in page
    assert "Clearly less" not in page


def test_who_did_not_answer_is_not_told_where_it_speaks_of_fewer_than_ten(place: Any) -> None:
    camp(place, 30, 1, "MA-04")
    camp(place, 27, -1, "MA-06")
    camp(place, 3, 1, "MA-06", answers=1)
    camp(place, 40, 1, "MA-07")
    compute_now(place, at=now())
    short = Statement.objects.get(number=1).short
    page = Client().get(f"/en/statements/{short}").content.decode()
    table = page.split('id="unheard"')[1].split("</section>")[0]
    # Twenty-seven of thirty would tell of three; and one hidden number is what the others leave.
    assert ">27<" not in table
    assert table.split("<table>")[1].count("not shown<") == 4


def test_every_drawing_of_a_simulation_says_so(place: Any) -> None:
    camp(place, 10, 1)
    camp(place, 10, -1)
    compute_now(place, at=now())
    short = Statement.objects.get(number=0).short
    for path in (f"{base(place)}opinion", f"/en/statements/{short}", "/en/search?q=Énoncé"):
        page = Client().get(path).content.decode()
        drawn = re.findall(r"<svg class=\"?(?:map|bar).*?</svg>", page)
        assert drawn
        assert all('aria-label="Simulation.' in svg for svg in drawn)
        assert all("<title>Simulation</title>" in svg for svg in drawn)


def test_positions_belong_to_no_one_but_their_voice(place: Any) -> None:
    camp(place, 10, 1)
    camp(place, 10, -1)
    compute_now(place, at=now())
    assert Position.objects.filter(snapshot=Snapshot.objects.get()).count() == 20
    voice = a_voice(place)[1]
    assert str(voice) not in Client().get(f"{base(place)}opinion").content.decode()


@pytest.mark.parametrize(
    ("outside", "told", "untold"),
    [
        ({"abroad": 84, "not_said": 234}, ("2,632", "84", "234"), ()),
        ({"abroad": 0, "not_said": 234}, ("2,632", "0", "234"), ()),
        ({"abroad": 4, "not_said": 234}, ("2,632", "the others"), ("4 live", "234")),
        ({"abroad": 4, "not_said": 3}, ("Nearly everyone",), ("2,632",)),
        ({"abroad": 84, "not_said": 0, "uncounted": 5}, ("the others",), ("84",)),
    ],
)
def test_who_is_weighed_is_told_without_giving_away_a_few(
    outside: dict[str, int], told: tuple[str, ...], untold: tuple[str, ...]
) -> None:
    counts = {"inside": 2632, "uncounted": 0, **outside}
    said = inside_of(speech("en"), without_few(counts), "2,615")
    assert all(part in said for part in told)
    assert not [part for part in untold if part in said]

"""What the page of votes puts before whom, and that its chance cannot be told otherwise."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client

from assises.lib.clock import now
from assises.rooms.contributions.acts.moderate import moderate_statement
from assises.rooms.contributions.models import Statement
from assises.rooms.insights.computing import compute_now
from assises.rooms.insights.routing import next_for, odds
from assises.rooms.journal.permissions import Role
from assises.rooms.votes.acts.cast import Answer, cast
from assises.rooms.votes.models import Cast, Current
from tests.rooms.making import a_voice, an_edition, key, some_statements, staff, vote

pytestmark = pytest.mark.usefixtures("db")
Form = dict[str, str]


@pytest.fixture
def place() -> Any:
    made = an_edition(moderated=False)
    some_statements(made, 9)
    for i in range(12):
        camp = 1 if i % 2 else -1
        vote(made, a_voice(made), {n: 1 if n % 4 == 0 else camp for n in range(8)})
    compute_now(made, at=now())
    return made


def url(place: Any) -> str:
    return f"/fr/editions/{place.short}/vote"


def form_of(page: str) -> Form:
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: value for name, value in fields if name != "csrfmiddlewaretoken"}


def shown(client: Client, place: Any) -> Form:
    return form_of(client.get(url(place)).content.decode())


def send(client: Client, place: Any, form: Form, said: str = "agree") -> Any:
    answer = client.post(url(place), {**form, "answer": said})
    assert answer.status_code == 303
    return answer


def last_cast() -> Cast:
    return Cast.objects.order_by("-id")[0]


def assert_no_draw(row: Cast) -> None:
    assert (row.offered_step, row.offered_chance, row.offered_on) == (None, None, None)
    assert not Current.objects.filter(voice=row.voice, offered_chance__isnull=False).exists()


def test_each_answer_keeps_the_draw_that_led_to_it(place: Any) -> None:
    client = Client()
    for step in range(9):
        form = shown(client, place)
        assert form["statement"] == shown(client, place)["statement"]
        send(client, place, form, ("agree", "disagree", "pass")[step % 3])
    assert "offer" not in shown(client, place)
    number = dict(Statement.objects.values_list("id", "number"))
    rows = list(Cast.objects.filter(voice=last_cast().voice).order_by("id"))
    votes: dict[int, int] = {}
    for step, row in enumerate(rows):
        here = number[row.statement]
        assert row.offered_step == step
        assert row.offered_chance == odds(place.id, row.offered_on, range(9), votes)[here]
        votes[here] = row.vote
    kept = Current.objects.filter(voice=rows[0].voice).order_by("offered_step")
    assert [k.offered_chance for k in kept] == [row.offered_chance for row in rows]


def test_people_are_asked_different_things_and_looking_writes_nothing(place: Any) -> None:
    before = Cast.objects.count()
    firsts = {shown(Client(), place)["statement"] for _ in range(12)}
    assert len(firsts) > 1
    assert Cast.objects.count() == before


def test_a_form_sent_twice_is_one_answer_with_one_draw(place: Any) -> None:
    client = Client()
    before = Cast.objects.count()
    for _ in range(2):
        form = shown(client, place)
        for _ in range(3):
            assert send(client, place, form)["Location"] == url(place)
    rows = Cast.objects.order_by("-id")[:2]
    assert Cast.objects.count() == before + 2
    assert [row.offered_step for row in rows] == [1, 0]


@pytest.mark.parametrize(
    "forge",
    [
        lambda offer: offer.replace("0x1.", "0x1_").replace("p-", "p-1"),
        lambda offer: "0" + offer,
        lambda offer: offer[:-1] + ("0" if offer[-1] != "0" else "1"),
        lambda offer: "7" + offer[1:],
        lambda _offer: "0.0x1_0p+0.1." + "0" * 64,
        lambda _offer: "é",
        lambda _offer: "",
    ],
)
def test_a_forged_offer_is_no_draw_and_the_answer_counts(place: Any, forge: Any) -> None:
    client = Client()
    form = shown(client, place)
    send(client, place, {**form, "offer": forge(form["offer"])})
    assert_no_draw(last_cast())
    assert last_cast().vote == 1


def test_the_offer_of_another_is_no_draw(place: Any) -> None:
    one, other = Client(), Client()
    send(one, place, shown(one, place))
    theirs = shown(one, place)
    send(other, place, theirs)
    assert_no_draw(last_cast())
    mine = shown(other, place)
    elsewhere = next(n for n in range(9) if str(n) not in (mine["statement"], theirs["statement"]))
    send(other, place, {**mine, "statement": str(elsewhere)})
    assert_no_draw(last_cast())


def test_what_is_found_another_way_is_no_draw(place: Any) -> None:
    client = Client()
    page = client.get(f"{url(place)}?statement=5").content.decode()
    form = form_of(page)
    assert form["statement"] == "5"
    assert "offer" not in form
    send(client, place, form)
    assert_no_draw(last_cast())
    batch = {"s-1": "agree", "s-2": "pass", "key": key()}
    assert client.post(f"{url(place)}s", batch).status_code == 303
    assert_no_draw(last_cast())
    send(client, place, shown(client, place))
    assert last_cast().offered_step == 3


def test_a_statement_refused_meanwhile_is_not_put_before_anyone(place: Any) -> None:
    client = Client()
    send(client, place, shown(client, place))
    drawn = int(shown(client, place)["statement"])
    row = Statement.objects.get(consultation=place, number=drawn)
    moderate_statement(
        staff(Role.MODERATOR, place),
        place,
        row.uid,
        decision="refuse",
        reason="Hors sujet",
        key=key(),
        at=now(),
    )
    assert int(shown(client, place)["statement"]) != drawn


def test_with_scripts_the_next_one_is_drawn_alike(place: Any) -> None:
    client = Client()
    form = shown(client, place)
    for _ in range(4):
        answer = client.post(
            url(place), {**form, "answer": "agree"}, headers={"HX-Request": "true"}
        )
        form = form_of(answer.content.decode())
        assert form["statement"] == shown(client, place)["statement"]
    assert [r.offered_step for r in Cast.objects.order_by("-id")[:4]] == [3, 2, 1, 0]


def test_forms_of_strangers_are_refused_as_before(place: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get(url(place)).content.decode()
    form = form_of(page)
    assert client.post(url(place), {**form, "answer": "agree"}).status_code == 403
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]*)"', page)[0]
    send(client, place, {**form, "csrfmiddlewaretoken": token})
    assert last_cast().offered_step == 0


def drawn_for(place: Any, people: int) -> None:
    """Whoever is led to statement 2 agrees with it, and passes on all others."""
    for _ in range(people):
        who = a_voice(place)
        while (found := next_for(place.id, who[1], f"voice:{who[1]}")).number is not None:
            given = Answer(found.number, 1 if found.number == 2 else 0, found.offer)
            cast(who[0], place, who[1], [given], key=key(), at=now())


def test_another_majority_once_corrected_is_said_and_stands_in_the_counts() -> None:
    place = an_edition()
    some_statements(place, 4)
    drawn_for(place, 24)
    for _ in range(30):
        vote(place, a_voice(place), {2: -1})
    compute_now(place, at=now())
    page = Client().get(f"/en/editions/{place.short}/opinion").content.decode()
    (told,) = re.findall(r'<section aria-labelledby="drawn">.*?</section>', page, re.DOTALL)
    assert told.count("<tr>") == 2
    assert "Énoncé numéro 2 " in told
    assert "44" in told
    assert "100" in told
    text = Client().get(f"/en/editions/{place.short}/counts.csv").content.decode()
    rows = {row["statement"]: row for row in csv.DictReader(io.StringIO(text))}
    assert (rows["2"]["agrees"], rows["2"]["disagrees"]) == ("24", "30")
    assert rows["2"]["agree_corrected"] == rows["2"]["agree_corrected_high"] == "1.0"
    assert 0.5 < float(rows["2"]["agree_corrected_low"]) < 1
    assert 10 <= float(rows["2"]["effective_answers"]) <= 24
    assert rows["1"]["agree_corrected"] == "0.0"


def test_nothing_is_said_of_a_correction_that_turns_no_majority(place: Any) -> None:
    drawn_for(place, 12)
    compute_now(place, at=now())
    page = Client().get(f"/en/editions/{place.short}/opinion").content.decode()
    assert 'id="drawn"' not in page
    text = Client().get(f"/en/editions/{an_edition().short}/counts.csv").content.decode()
    assert text.endswith(
        "note,agree_corrected,agree_corrected_low,agree_corrected_high,effective_answers\n"
    )

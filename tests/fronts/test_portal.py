"""The portal as a person without an account and without scripts uses it."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assises.lib.clock import now
from assises.look.speech import LANGUAGES
from assises.rooms.consultations.acts.publish_votes import publish_votes
from assises.rooms.contributions.models import Contribution, Statement
from assises.rooms.insights.computing import compute_now
from assises.rooms.journal.permissions import Role
from assises.rooms.texts.models import Version
from assises.rooms.votes.models import Cast, Current
from assises.rooms.votes.queries import mine
from tests.rooms.making import BUILDER, a_voice, an_edition, key, some_statements, staff, vote

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def place() -> Any:
    made = an_edition(moderated=False)
    some_statements(made, 6)
    return made


def base(place: Any, language: str = "fr") -> str:
    return f"/{language}/editions/{place.short}/"


def answer(client: Client, place: Any, number: int, said: str) -> Any:
    form = {"statement": number, "answer": said, "key": key()}
    return client.post(f"{base(place)}vote", form)


def my_votes(place: Any) -> dict[int, int]:
    (voice,) = set(Current.objects.values_list("voice", flat=True))
    return mine(place.id, voice)


def test_someone_enters_votes_changes_and_takes_back(place: Any) -> None:
    client = Client()
    assert client.get(f"{base(place)}vote").status_code == 200
    for number, said in enumerate(("agree", "disagree", "pass")):
        assert answer(client, place, number, said).status_code == 303
    assert my_votes(place) == {0: 1, 1: -1, 2: 0}
    answer(client, place, 0, "disagree")
    assert my_votes(place) == {0: -1, 1: -1, 2: 0}
    client.post(f"{base(place)}me/withdraw", {"what": "answer", "number": "1", "key": key()})
    assert my_votes(place) == {0: -1, 2: 0}
    assert Cast.objects.count() == 5


def test_one_goes_on_where_one_was_and_sees_each_statement_once(place: Any) -> None:
    client, seen = Client(), []
    for _ in range(6):
        page = client.get(f"{base(place)}vote").content.decode()
        (number,) = re.findall(r'name="statement" value="(\d+)"', page)
        seen.append(int(number))
        answer(client, place, int(number), "agree")
    assert sorted(seen) == list(range(6))
    assert 'name="statement"' not in client.get(f"{base(place)}vote").content.decode()


def test_two_people_are_asked_in_two_orders(place: Any) -> None:
    orders = set()
    for _ in range(6):
        client = Client()
        answer(client, place, 0, "agree")
        page = client.get(f"{base(place)}votes").content.decode()
        orders.add(tuple(re.findall(r'name="s-(\d+)" value="agree"', page)))
    assert len(orders) > 1


def test_an_array_of_answers_is_one_batch(place: Any) -> None:
    client = Client()
    form = {"s-0": "agree", "s-1": "disagree", "s-2": "pass", "s-x": "agree", "key": "one"}
    assert client.post(f"{base(place)}votes", {**form, "s-9": "nonsense"}).status_code == 404
    assert not Cast.objects.exists()
    del form["s-x"]
    for _ in range(2):
        assert client.post(f"{base(place)}votes", form).status_code == 303
    assert my_votes(place) == {0: 1, 1: -1, 2: 0}


def test_a_code_opens_ones_page_on_another_device(place: Any) -> None:
    one, other = Client(), Client()
    answer(one, place, 0, "agree")
    page = one.get(f"{base(place)}me").content.decode()
    (code,) = re.findall(r"<code>([0-9a-z-]{24})</code>", page)
    assert other.post("/fr/me", {"code": code.upper().replace("-", " ")}).status_code == 303
    assert code in other.get(f"{base(place)}me").content.decode()
    assert other.post("/fr/me", {"code": "0000-0000"}).status_code == 422
    stranger = Client()
    assert code not in stranger.get(f"{base(place)}me").content.decode()


def test_words_are_public_at_once_and_withdrawn_ones_are_a_stone(place: Any) -> None:
    client = Client()
    said = {"words": "الشبكة ضعيفة في الدوار", "language": "ar", "key": key()}
    where = client.post(f"{base(place)}say", said)["Location"]
    assert "الشبكة ضعيفة" in Client().get(where).content.decode()
    row = Contribution.objects.get()
    form = {"what": "contribution", "contribution": str(row.id), "key": key()}
    assert Client().post(f"{base(place)}me/withdraw", form).status_code == 303
    assert Contribution.objects.get().state == "public"
    assert client.post(f"{base(place)}me/withdraw", form).status_code == 303
    page = Client().get(where).content.decode()
    assert "الشبكة ضعيفة" not in page
    assert "tombstone" in page
    assert not Version.objects.filter(words__contains="الشبكة").exists()
    assert (
        "الشبكة"
        not in Client()
        .get("/fr/search?q=الشبكة")
        .content.decode()
        .split("<main")[1]
        .split("</form>")[1]
    )


def test_leaving_takes_everything(place: Any) -> None:
    client = Client()
    answer(client, place, 0, "agree")
    client.post(f"{base(place)}say", {"words": "Un mot à moi", "key": key()})
    client.post(f"{base(place)}me/withdraw", {"what": "everything", "key": key()})
    assert not Current.objects.exists()
    assert Contribution.objects.get().state == "withdrawn"


def test_sending_a_form_twice_says_it_once(place: Any) -> None:
    client = Client()
    answer(client, place, 0, "agree")
    for _ in range(2):
        client.post(f"{base(place)}say", {"words": "Une fois", "language": "fr", "key": "same"})
    assert Contribution.objects.count() == 1


def test_a_participants_statement_waits_where_it_is_read_first() -> None:
    place = an_edition(moderated=True)
    client = Client()
    said = {"words": "Chaque école a un ordinateur", "language": "fr", "key": key()}
    assert client.post(f"{base(place)}propose", said).status_code == 303
    assert Statement.objects.get().moderation == "waiting"
    assert "Chaque école" not in Client().get(f"{base(place)}statements").content.decode()
    assert "Chaque école" in client.get(f"{base(place)}me").content.decode()


def test_counts_of_fewer_than_ten_are_nowhere(place: Any) -> None:
    for _ in range(9):
        vote(place, a_voice(place), {0: 1, 1: 1})
    compute_now(place, at=now())
    statement = Statement.objects.get(number=0)
    page = Client().get(f"/en/statements/{statement.short}").content.decode()
    assert "Too few have answered" in page
    csv = Client().get(f"{base(place)}counts.csv").content.decode()
    assert ",9,0,0," not in csv
    assert "fewer than 10 answers" in csv
    for _ in range(10):
        vote(place, a_voice(place), {0: 1, 1: -1})
    assert ",19,0,0," not in Client().get(f"{base(place)}counts.csv").content.decode()
    compute_now(place, at=now())
    assert ",19,0,0," in Client().get(f"{base(place)}counts.csv").content.decode()
    assert "Too few have" not in Client().get(f"/en/statements/{statement.short}").content.decode()


def test_single_votes_leave_only_where_they_may(place: Any) -> None:
    for i in range(6):
        vote(place, a_voice(place), {n: 1 if (i + n) % 2 else -1 for n in range(6)})
    compute_now(place, at=now())
    assert Client().get(f"{base(place)}bundle.zip").status_code == 404
    publish_votes(staff(Role.ADMINISTRATOR), place, published=True, key=key(), at=now())
    response = Client().get(f"{base(place)}bundle.zip")
    assert response.status_code == 200
    assert "simulation-" in response["Content-Disposition"]


def test_the_map_shows_oneself_to_oneself_alone(place: Any) -> None:
    client = Client()
    for i in range(10):
        vote(place, a_voice(place), {n: 1 if (i + n) % 2 else -1 for n in range(6)})
    for n in range(6):
        answer(client, place, n, "agree" if n % 2 else "disagree")
    compute_now(place, at=now())
    assert 'class="self"' in client.get(f"{base(place)}opinion").content.decode()
    assert 'class="self"' not in Client().get(f"{base(place)}opinion").content.decode()


class Strict(HTMLParser):
    """Counts what opens and closes, and remembers what a policy would forbid."""

    VOID = frozenset(("meta", "link", "input", "br", "hr", "path", "rect", "circle", "use"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.forbidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if "style" in names or any(name.startswith("on") for name in names):
            self.forbidden.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag, tag


PAGES = (
    "",
    "say",
    "follow",
    "check",
    "search?q=numéro",
    "promises",
    "about",
    "method",
    "data",
    "source",
    "me",
    "E/",
    "E/say",
    "E/propose",
    "E/contributions",
    "E/statements",
    "E/vote",
    "E/votes",
    "E/opinion",
    "E/journal",
    "E/me",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_in_every_language_is_whole_light_and_strict(place: Any, language: str) -> None:
    client = Client()
    for i in range(12):
        vote(place, a_voice(place), {n: 1 if (i + n) % 2 else -1 for n in range(6)})
    answer(client, place, 0, "agree")
    client.post(f"{base(place)}say", {"words": 'Un mot <b>gras</b> & "cité"', "key": key()})
    compute_now(place, at=now())
    for path in PAGES:
        where = f"/{language}/{path}".replace("/E/", f"/editions/{place.short}/")
        response = client.get(where)
        page = response.content.decode()
        assert response.status_code == 200, where
        assert len(response.content) < 100_000, where
        assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in page.split(">")[1], where
        strict = Strict()
        strict.feed(page)
        assert not strict.open and not strict.forbidden, (where, strict.open, strict.forbidden)
        assert "<b>gras</b>" not in page
        policy = response["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        if "/editions/" in where:
            assert 'class="simulated"' in page, where


HOSTILE = (
    "\u202e reversed",
    "a\u200bb\u200d",
    "\x00null",
    "\ud800",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "{{ 7*7 }}{% if %}",
    "\ufeff\u2066x",
    "😀" * 50,
    "\u0301" * 200,
)


@pytest.mark.parametrize("path", ["say", "propose", "vote", "votes", "me", "me/withdraw"])
def test_hostile_forms_are_refused_or_taken_but_never_break(place: Any, path: str) -> None:
    client = Client(raise_request_exception=False)
    answer(client, place, 0, "agree")
    fields = ("words", "language", "vertical", "statement", "answer", "s-1", "key", "what",
              "contribution", "number", "college", "region", "area")  # fmt: skip
    for text in (*HOSTILE, "x" * 1_000_000):
        body = dict.fromkeys(fields, text)
        content = "&".join(f"{k}={_quoted(v)}" for k, v in body.items())
        response = client.post(
            base(place) + path, content, content_type="application/x-www-form-urlencoded"
        )
        assert response.status_code < 500, (path, text[:20])
    for raw in (b"words=%ff%fe%00", b"%", b"=" * 5000, b"words=\xed\xa0\x80"):
        response = client.post(
            base(place) + path, raw, content_type="application/x-www-form-urlencoded"
        )
        assert response.status_code < 500, (path, raw[:20])


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text.encode("utf-8", "surrogatepass"))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=st.text(max_size=400), path=st.sampled_from(["say", "propose"]))
def test_whatever_is_said_is_kept_as_it_is_read_or_refused(
    place: Any, words: str, path: str
) -> None:
    client = Client(raise_request_exception=False)
    response = client.post(
        base(place) + path, {"words": words.encode("utf-8", "replace").decode(), "key": key()}
    )
    assert response.status_code in (303, 422)
    if path == "say" and response.status_code == 303:
        assert client.get(response["Location"]).status_code == 200


def test_addresses_that_mean_nothing_are_a_page_not_a_trace(place: Any) -> None:
    client = Client(raise_request_exception=False)
    for path in (
        "/xx/",
        "/fr/editions/zzzzzzzzzz/",
        "/fr/editions/short/",
        "/fr/statements/0000000000",
        "/fr/contributions/%00%00%00%00%00%00%00%00%00%00",
        "/fr/verticals/aaaaaaaaaa-%ff",
        f"{base(place)}vote?statement=999",
        f"{base(place)}statements?after=-5&after=99999999999999",
        f"{base(place)}contributions?after=nothing",
        "/fr/search?q=%ff&from=99999999999",
        "/fr/search?q=" + "%27" * 300,
    ):
        response = client.get(path)
        assert response.status_code in (200, 404), path
        assert b"Traceback" not in response.content


def test_an_edition_from_a_file_cannot_be_voted_in() -> None:
    place = an_edition("import", opened=False)
    some_statements(place, 2)
    from assises.rooms.consultations.acts.open import close, open_to_all

    open_to_all(BUILDER, place, key=key(), at=now())
    close(BUILDER, place, key=key(), at=now())
    assert answer(Client(), place, 0, "agree").status_code == 409


def test_ten_voices_on_ten_statements_move_no_count(place: Any) -> None:
    for _ in range(12):
        vote(place, a_voice(place), dict.fromkeys(range(6), 1))
    at = now()
    compute_now(place, at=at)
    before = Client().get(f"{base(place)}counts.csv").content
    for i in range(12):
        vote(place, a_voice(place), {i % 6: -1})
        compute_now(place, at=at)
        assert Client().get(f"{base(place)}counts.csv").content == before
    for _ in range(8):
        vote(place, a_voice(place), {0: -1})
    compute_now(place, at=at)
    rows = Client().get(f"{base(place)}counts.csv").content.decode().splitlines()[1:]
    assert ",12,10,0," in rows[0]
    assert all(",12,0,0," in row for row in rows[1:])
    compute_now(place, at=at + timedelta(days=1, seconds=1))
    vote(place, a_voice(place), {5: 0})
    compute_now(place, at=at + timedelta(days=2, seconds=2))
    rows = Client().get(f"{base(place)}counts.csv").content.decode().splitlines()[1:]
    assert all(",12,2,0," in row for row in rows[1:5])


def test_what_looks_like_a_persons_data_is_covered(place: Any) -> None:
    client = Client()
    said = {"words": "Appelez-moi au 0612 34 56 78 svp", "language": "fr", "key": key()}
    where = client.post(f"{base(place)}say", said)["Location"]
    page = Client().get(where).content.decode()
    assert "0612" not in page
    assert "svp" in page
    assert "0612" not in Client().get("/fr/search?q=appelez").content.decode()


def test_the_program_that_runs_can_be_taken_away(place: Any) -> None:
    import io
    import tarfile

    response = Client().get("/fr/source.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(response.content)) as archive:
        names = archive.getnames()
    assert any(name.endswith("rooms/votes/acts/cast.py") for name in names)
    assert not any("__pycache__" in name for name in names)

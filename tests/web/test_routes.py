"""Addresses: which methods they know, what of them counts, and who is let in."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import Resolver404, resolve

from assises.look.speech import LANGUAGES
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.say import Saying, say
from assises.rooms.contributions.models import Contribution, Statement
from assises.rooms.journal.permissions import Role
from assises.rooms.people.models import Voice
from assises.rooms.votes.models import Cast
from assises.web.forms import key_of, uuid_of, whole_number
from assises.web.routes import address, route
from tests.clients import a_member
from tests.rooms.making import AT, a_voice, an_edition, key, some_statements

UNKNOWN = ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")


@pytest.fixture
def place(db: None) -> Consultation:
    made = an_edition()
    some_statements(made, 2)
    return made


def base(place: Consultation, language: str = "fr") -> str:
    return f"/{language}/editions/{place.short}/"


# --- Methods ---------------------------------------------------------------------------------


def test_each_address_knows_its_methods_and_refuses_the_others(place: Consultation) -> None:
    client = Client()
    for path, allowed in (
        ("/", "GET, HEAD, OPTIONS"),
        ("/fr/", "GET, HEAD, OPTIONS"),
        (base(place), "GET, HEAD, OPTIONS"),
        (f"{base(place)}say", "GET, POST, HEAD, OPTIONS"),
        (f"{base(place)}vote", "GET, POST, HEAD, OPTIONS"),
        (f"{base(place)}me/withdraw", "POST, OPTIONS"),
        (f"{base(place)}counts.csv", "GET, HEAD, OPTIONS"),
    ):
        known = set(allowed.split(", "))
        for method in {*UNKNOWN, "GET", "HEAD", "POST"} - known:
            response = client.generic(method, path)
            assert (response.status_code, response["Allow"]) == (405, allowed), (method, path)
        asked = client.options(path)
        assert (asked.status_code, asked["Allow"], asked.content) == (204, allowed, b""), path
    assert not Voice.objects.exists()


def test_a_head_says_what_a_get_would_and_nothing_more(place: Consultation) -> None:
    client = Client()
    for path in ("/fr/", base(place), f"{base(place)}vote", "/fr/search?q=sante", "/nowhere"):
        head, get = client.head(path), client.get(path)
        assert head.status_code == get.status_code, path
        assert head.content == b""
        for name in ("Content-Type", "Content-Language", "Content-Security-Policy"):
            assert head.get(name) == get.get(name), (path, name)


def test_asking_changes_nothing(place: Consultation) -> None:
    client = Client()
    for path in ("say", "propose", "vote", "votes", "me", "opinion", "statements"):
        for language in LANGUAGES:
            query = {"words": "Un mot", "statement": "0", "answer": "agree", "s-0": "agree"}
            assert client.get(base(place, language) + path, query).status_code == 200
    assert not Voice.objects.exists()
    assert not Cast.objects.exists()
    assert not Contribution.objects.exists()


def test_a_form_from_elsewhere_is_refused(place: Consultation) -> None:
    client = Client(enforce_csrf_checks=True)
    form = {"statement": "0", "answer": "agree", "key": "one"}
    response = client.post(f"{base(place)}vote", form)
    assert response.status_code == 403
    assert "Ce formulaire a expiré" in response.content.decode()
    assert not Voice.objects.exists()


# --- What of an address counts ---------------------------------------------------------------


def test_the_words_in_an_address_are_for_people(place: Consultation) -> None:
    client, row = Client(), Statement.objects.filter(consultation=place)[0]
    for words in (
        "",
        "-",
        "-autre-chose",
        "-صحة",
        "-%D8%B5",
        "-ⵜⴰⵎⴰⵣⵉⵖⵜ",
        "-a--b",
        "-<b>",
        "-" + "x" * 500,
    ):
        assert client.get(f"/fr/statements/{row.short}{words}").status_code == 200, words
        assert client.get(f"/fr/editions/{place.short}{words}/").status_code == 200, words
    assert address(row.short, "  L’École, & la Santé ! ") == f"{row.short}-l-école-la-santé"
    assert address(row.short, "…") == f"{row.short}-untitled"


def test_what_is_nearly_an_address_is_none(place: Consultation) -> None:
    client, row = Client(), Statement.objects.filter(consultation=place)[0]
    arabic = row.short.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    full = row.short.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    near = [row.short.upper(), row.short[:9], row.short + "x", f" {row.short}", f"{row.short}/x",
            f"{row.short}%00", f"{row.short}%0a", "%2e%2e%2f" + row.short]  # fmt: skip
    for wrong in (*near, arabic, full, "٠" * 10, "０" * 10):
        if wrong == row.short:
            continue  # ten letters without a digit
        assert client.get(f"/fr/statements/{wrong}").status_code == 404, wrong
    for language in ("FR", "xx", "frar", "fr%00", "ﬀ", "de"):
        assert client.get(f"/{language}/").status_code == 404, language
    # The short id of one thing is none of another.
    assert client.get(f"/fr/editions/{row.short}/").status_code == 404
    assert client.get(f"/fr/contributions/{row.short}").status_code == 404


def test_an_edition_without_its_last_slash_is_led_to_it(place: Consultation) -> None:
    client = Client()
    response = client.get(f"/ar/editions/{place.short}-مناظرة?x=1")
    assert response.status_code == 301
    assert response["Location"].startswith(f"/ar/editions/{place.short}-")
    assert response["Location"].endswith("/?x=1")
    assert client.get(response["Location"]).status_code == 200
    for path in ("/fr/statements/", f"{base(place)}say/", "/fr/search/", "/fr//"):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("path", ["//evil.example", "//evil.example/%2e%2e", "/\\evil.example"])
def test_no_address_leads_out_of_the_house(db: None, path: str) -> None:
    response = Client().get(path)
    assert "Location" not in response or not response["Location"].startswith(("//", "http", "/\\"))


def test_only_the_short_id_reaches_the_view() -> None:
    found = resolve("/fr/editions/0123456789-des-mots/")
    assert found.kwargs == {"language": "fr", "edition": "0123456789"}
    for path in (
        "/fr/editions/012345678/",
        "/fr/editions/0123456789x/",
        "/fr/editions/ABCDEFGHIJ/",
    ):
        with pytest.raises(Resolver404):
            resolve(path)


# --- Who is let in ---------------------------------------------------------------------------


def test_a_draft_and_what_is_in_it_exist_for_its_keepers_alone(db: None) -> None:
    mine, other = an_edition(opened=False), an_edition(opened=False)
    some_statements(mine, 1)
    statement = Statement.objects.get()
    keeper, stranger = a_member(Role.SECRETARIAT, mine.id), a_member(Role.SECRETARIAT, other.id)
    for path in ("", "say", "statements", "vote", "opinion", "counts.csv", "journal", "me"):
        assert keeper.get(base(mine) + path).status_code == 200, path
        for client in (stranger, Client(), a_member(Role.REGULATOR)):
            assert client.get(base(mine) + path).status_code == 404, path
    for client in (keeper, stranger, Client()):
        assert client.get(f"/fr/statements/{statement.short}").status_code == 404
    assert (
        Client().post(f"{base(mine)}vote", {"statement": "0", "answer": "agree"}).status_code == 404
    )
    assert not Voice.objects.exists()


def test_a_voice_that_spoke_elsewhere_is_nobody_here(place: Consultation) -> None:
    other, client = an_edition(), Client()
    client.post(f"{base(place)}say", {"words": "Un mot", "key": key()})
    (mine,) = Contribution.objects.all()
    form = {"what": "contribution", "contribution": str(mine.id), "key": key()}
    assert client.post(f"{base(other)}me/withdraw", form)["Location"].endswith("/me")
    assert Contribution.objects.get().state == "public"
    who, voice = a_voice(place)
    theirs = say(who, place, Saying(voice, "Leur mot"), key=key(), at=AT)
    form["contribution"] = str(theirs)
    assert client.post(f"{base(place)}me/withdraw", form).status_code == 404
    assert set(Contribution.objects.values_list("state", flat=True)) == {"public"}


@pytest.mark.parametrize("typed", [None, "k" * 40, "k" * 64, "clé"])
def test_one_leaves_with_everything_whatever_key_the_form_brings(
    place: Consultation, typed: str | None
) -> None:
    client = Client()
    for words in ("Un mot", "Un autre"):
        client.post(f"{base(place)}say", {"words": words, "key": key()})
    client.post(f"{base(place)}vote", {"statement": "0", "answer": "agree", "key": key()})
    form = {"what": "everything"} | ({} if typed is None else {"key": typed})
    assert client.post(f"{base(place)}me/withdraw", form).status_code == 303
    assert set(Contribution.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert Cast.objects.filter(vote=None).count() == 1


def test_a_view_that_the_table_does_not_know_is_closed_to_everyone(db: None) -> None:
    @route("nobody.thought_of_it")
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("in")

    request = RequestFactory().get("/")
    from assises.lib.errors import NotAllowed

    with pytest.raises(NotAllowed):
        view(request)


# --- What forms send -------------------------------------------------------------------------


def test_a_number_is_ascii_digits_and_not_endless() -> None:
    for text, number in (("0", 0), ("7", 7), ("007", 7), ("999999999", 999_999_999)):
        assert whole_number(text) == number
    for text in (
        "",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1_0",
        "1.0",
        "1e3",
        "0x1",
        "٣",
        "３",
        "²",
        "१",
        "1" * 10,
    ):
        assert whole_number(text) is None, text


def test_an_id_is_written_as_our_pages_write_it() -> None:
    text = "6fa459ea-ee8a-4ca4-894e-db77e160355e"
    assert str(uuid_of(text)) == str(uuid_of(text.upper())) == text
    for wrong in (
        "",
        "nothing",
        text.replace("-", ""),
        f"{{{text}}}",
        f"urn:uuid:{text}",
        f" {text}",
        f"{text}\n",
        text.replace("6", "٦"),
        text.replace("6", "６"),
        text.replace("a4", "_4"),
        "+" + text[1:],
        "\x00",
    ):
        assert uuid_of(wrong) is None, wrong


def test_a_key_leaves_room_for_an_id_behind_it() -> None:
    def asked(**form: str) -> str:
        return key_of(RequestFactory().post("/", form))

    assert asked(key="one") == "one"
    for form in ({}, {"key": ""}, {"key": "k" * 41}, {"key": "clé"}, {"key": "a\nb"}):
        made = asked(**form)
        assert made not in form.values()
        assert made != asked(**form)
        assert len(f"{made}:6fa459ea-ee8a-4ca4-894e-db77e160355e") <= 80

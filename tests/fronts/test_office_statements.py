"""Statements and moderation: adding, translating, deciding with a reason."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from assises.fronts.office.cells import TAGS
from assises.fronts.office.letters import other_letters
from assises.look.speech import LANGUAGES
from assises.rooms.consultations.models import Vertical
from assises.rooms.contributions.acts.say import Saying, say
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.models import Contribution, Statement
from assises.rooms.journal.permissions import Role
from assises.rooms.search.queries import find
from assises.rooms.texts.models import Version
from assises.rooms.texts.queries import in_every_language
from tests.clients import a_member
from tests.fronts.office import acts, add, base, decide, hidden, page
from tests.rooms.making import AT, BUILDER, a_voice, an_edition, key, some_statements


@pytest.fixture
def place(db: None) -> Any:
    made = an_edition()
    some_statements(made, 3)
    return made


# ---- statements ----


def test_several_lines_are_several_statements_in_one_act(place: Any) -> None:
    client = a_member(Role.SECRETARIAT)
    vertical = Vertical.objects.get(consultation=place, code="health")
    lines = "Un médecin par douar.\r\n\r\n  Un car par jour.  \r\nUn STEM pour tous : للجميع"
    done = add(client, place, lines, at_once="on", vertical=str(vertical.id))
    assert done["Location"].endswith("?list=accepted&done=stated")
    made = Statement.objects.filter(consultation=place, seed=True).order_by("number")
    assert [row.number for row in made] == [3, 4, 5]
    assert {row.moderation for row in made} == {"accepted"}
    assert {row.vertical_id for row in made} == {vertical.id}
    assert acts(place).count("contributions.state") == 2
    html = page(client, f"{base(place)}statements?list=accepted")
    assert "Un car par jour." in html


def test_statements_sent_twice_are_added_once(place: Any) -> None:
    client = a_member(Role.SECRETARIAT)
    form = {"lines": "Une fois", "language": "fr", "key": key()}
    for _ in range(2):
        assert client.post(f"{base(place)}statements", form).status_code == 303
    assert Statement.objects.filter(consultation=place, seed=True).count() == 1


def test_every_line_that_cannot_be_taken_is_named(place: Any) -> None:
    client = a_member(Role.SECRETARIAT)
    before = Statement.objects.count()
    cases = {
        "Bien.\n" + "x" * 281 + "\n?!": ("Line 2", "Line 3"),
        "Bien.\n\nBien.": ("Line 3: the same as line 1.",),
        "\n \n": ("Write at least one statement.",),
        "\n".join(f"Énoncé {i}" for i in range(201)): ("Too many lines",),
    }
    for lines, told in cases.items():
        form = {"lines": lines, "language": "fr", "key": key()}
        response = client.post(f"{base(place, 'en')}statements", form)
        html = response.content.decode()
        assert response.status_code == 422
        assert all(sentence in html for sentence in told), told
        assert lines.strip()[:40].replace("\n", "") in html.replace("\n", "")
    for more in ({"language": "klingon"}, {"vertical": str(uuid4())}, {"vertical": "x"}):
        assert add(client, place, "Bien.", **more).status_code == 422
    assert add(client, place, "Un.\nDeux.", words_ar="واحد").status_code == 422
    assert add(client, place, "Un.", words_ar="x" * 281).status_code == 422
    assert Statement.objects.count() == before


def test_one_statement_may_come_with_its_translations(place: Any) -> None:
    client = a_member(Role.RAPPORTEUR, place.id)
    add(
        client, place, "L’eau est à tous.", words_ar="الماء للجميع", words_fr="ignoré", at_once="on"
    )
    statement = Statement.objects.get(consultation=place, seed=True)
    versions = {tag: said.words for tag, said in in_every_language(statement.words).items()}
    assert versions == {"fr": "L’eau est à tous.", "ar": "الماء للجميع"}
    # A rapporteur writes; whoever moderates decides.
    assert statement.moderation == "waiting"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_of_the_page_is_chosen_first(place: Any, language: str) -> None:
    html = page(a_member(Role.SECRETARIAT), f"{base(place, language)}statements")
    chosen = re.findall(r'<option value="([^"]+)" selected>', html.split('id="f-language"')[1])
    assert chosen[0] == TAGS[language]
    assert 'name="sure"' not in html


def test_words_in_the_letters_of_another_language_are_refused_unless_one_is_sure(
    place: Any,
) -> None:
    client = a_member(Role.SECRETARIAT)
    before = Statement.objects.count()
    lines = "Un car par jour.\nحافلة كل يوم\n\nالماء للجميع"
    refused = add(client, place, lines)
    html = refused.content.decode()
    assert refused.status_code == 422
    assert 'id="f-language-error"' in html
    assert 'name="sure"' in html
    assert "حافلة كل يوم" in html
    english = {"lines": lines, "language": "fr", "key": key()}
    html = client.post(f"{base(place, 'en')}statements", english).content.decode()
    assert "Lines 2, 4 are not in the letters of this language." in html
    odd = add(client, place, "L’eau est à tous.", words_ar="Water for all").content.decode()
    assert 'id="f-words_ar-error"' in odd
    assert Statement.objects.count() == before
    assert add(client, place, lines, sure="on").status_code == 303
    assert Statement.objects.count() == before + 3


@pytest.mark.parametrize(
    ("words", "tag", "odd"),
    [
        ("الماء للجميع", "fr", True),
        ("الماء للجميع", "en", True),
        ("الماء للجميع", "zgh-Tfng", True),
        ("الماء للجميع", "ary-Latn", True),
        ("الماء للجميع", "ary-Arab", False),
        ("L’eau pour tous", "ar", True),
        ("L’eau pour tous", "ary-Arab", True),
        ("L’eau pour tous", "zgh-Tfng", True),
        ("aman i kra yan", "zgh-Latn", False),
        ("ⴰⵎⴰⵏ ⵉ ⴽⵔⴰ", "zgh-Tfng", False),
        ("ⴰⵎⴰⵏ ⵉ ⴽⵔⴰ", "zgh-Latn", True),
        ("ⴰⵎⴰⵏ ⵉ ⴽⵔⴰ", "fr", True),
        ("ⴰⵎⴰⵏ ⵉ ⴽⵔⴰ", "ar", True),
        ("تكوين في STEM لكل الشباب", "ar", False),
        ("Le mot « شورى » dit cela", "fr", False),
        ("Il y a 3 millions d’euros", "fr", False),
        ("120 000 ?", "ar", False),
        ("", "ar", False),
        ("Вода", "fr", False),
        ("L’eau pour tous", "und", False),
    ],
)
def test_letters_are_those_of_another_language_by_most_of_them(
    words: str, tag: str, odd: bool
) -> None:
    assert other_letters(words, tag) is odd


def test_a_statement_is_translated_and_its_own_words_stay(place: Any) -> None:
    client = a_member(Role.RAPPORTEUR, place.id)
    statement = Statement.objects.get(consultation=place, number=0)
    address = f"{base(place)}statements/{statement.short}"
    html = page(client, address)
    assert 'name="words_fr"' not in html
    shown = hidden(html.split('id="sources"')[0])
    form = shown | {"words_en": "Every well", "words_ar": "كل بئر", "key": key()}
    assert client.post(address, form)["Location"].endswith("done=saved")
    said = {tag: one.words for tag, one in in_every_language(statement.words).items()}
    assert said == {"fr": "Énoncé numéro 0 sur la santé", "ar": "كل بئر", "en": "Every well"}
    assert statement.uid in {found.id for found in find("every well")}
    # Another page shown before sees that someone was faster.
    late = client.post(address, form | {"words_ar": "بئر أخرى", "key": key()})
    assert late.status_code == 409
    assert "كل بئر" in late.content.decode()
    assert "بئر أخرى" in late.content.decode()
    own = Version.objects.get(text_id=statement.words, language="fr")
    sneaky = {"words_fr": "Volé", "seen_words_fr": str(own.pk), "key": key()}
    assert client.post(address, sneaky).status_code == 409
    assert client.post(address, form | {"words_en": "x" * 300, "key": key()}).status_code in (
        409,
        422,
    )
    assert client.get(f"{base(an_edition())}statements/{statement.short}").status_code == 403


def test_a_second_person_reviews_the_translation_of_a_statement(place: Any) -> None:
    statement = Statement.objects.get(consultation=place, number=0)
    address = f"{base(place)}statements/{statement.short}"
    version = Version.objects.get(text_id=statement.words, language="ar")
    client = a_member(Role.RAPPORTEUR, place.id)
    assert 'name="read_words_ar"' in page(client, address)
    form = {"read_words_ar": str(version.pk), "key": key()}
    assert client.post(address, form)["Location"].endswith("done=saved")
    version.refresh_from_db()
    assert version.reviewer
    assert 'name="read_words_ar"' not in page(client, address)


def test_a_statement_of_elsewhere_is_not_here(place: Any) -> None:
    other = an_edition()
    elsewhere = some_statements(other, 1)[0]
    client = a_member(Role.ADMINISTRATOR)
    assert client.get(f"{base(place)}statements/{elsewhere.short}").status_code == 404


def test_long_lists_have_pages(place: Any) -> None:
    some = [Stated(f"Numéro {i} de la liste", "fr", moderation="waiting") for i in range(45)]
    state(BUILDER, place, some, key=key(), at=AT)
    client = a_member(Role.SECRETARIAT)
    for screen in ("statements", "moderation"):
        seen: list[str] = []
        address: str | None = f"{base(place)}{screen}?list=waiting"
        while address:
            html = page(client, address)
            seen += re.findall(r"Numéro \d+ de la liste", html)
            onward = re.search(r'class="after" href="([^"]+)"', html)
            address = onward[1].replace("&amp;", "&") if onward else None
        assert len(seen) == 45 == len(set(seen)), screen
    assert page(client, f"{base(place)}statements?list=%00&after=-1")
    assert page(client, f"{base(place)}moderation?list=public&after=2026-13-45_x")


# ---- moderation ----


def test_a_refusal_needs_a_reason_that_everyone_reads(place: Any) -> None:
    actor, voice = a_voice(place)
    (uid,) = state(actor, place, [Stated("À lire", "fr", voice=voice)], key=key(), at=AT)
    client = a_member(Role.MODERATOR, place.id)
    refused = decide(client, place, "statement", uid, "refuse", seen="waiting", reason="  ")
    html = refused.content.decode()
    assert refused.status_code == 422
    assert "<details open>" in html
    assert 'aria-invalid="true"' in html
    assert Statement.objects.get(uid=uid).moderation == "waiting"
    done = decide(
        client, place, "statement", uid, "refuse", seen="waiting", reason="Vise <b>quelqu’un</b>."
    )
    assert done["Location"].endswith("?list=waiting&done=refused")
    assert Statement.objects.get(uid=uid).reason == "Vise <b>quelqu’un</b>."
    for screen in ("moderation", "statements"):
        html = page(a_member(Role.SECRETARIAT), f"{base(place)}{screen}?list=refused")
        assert "Vise &lt;b&gt;quelqu’un&lt;/b&gt;." in html, screen


def test_the_second_of_two_moderators_is_told(place: Any) -> None:
    actor, voice = a_voice(place)
    (uid,) = state(actor, place, [Stated("À lire", "fr", voice=voice)], key=key(), at=AT)
    one, other = (a_member(Role.MODERATOR, place.id) for _ in range(2))
    assert decide(one, place, "statement", uid, "accept", seen="waiting").status_code == 303
    late = decide(other, place, "statement", uid, "refuse", seen="waiting", reason="Non")
    assert late.status_code == 409
    assert Statement.objects.get(uid=uid).moderation == "accepted"
    again = decide(other, place, "statement", uid, "refuse", seen="accepted", reason="Non")
    assert again.status_code == 303


def test_a_decision_sent_twice_is_taken_once(place: Any) -> None:
    uid = Statement.objects.get(consultation=place, number=0).uid
    client = a_member(Role.MODERATOR, place.id)
    once = key()
    for _ in range(2):
        done = decide(
            client, place, "statement", uid, "refuse", seen="accepted", reason="Non", key=once
        )
        assert done.status_code == 303
    assert acts(place).count("contributions.moderate") == 1


def test_a_contribution_is_hidden_with_a_reason_and_shown_again(place: Any) -> None:
    actor, voice = a_voice(place)
    uid = say(actor, place, Saying(voice, "Mon numéro", "fr"), key=key(), at=AT)
    client = a_member(Role.MODERATOR, place.id)
    assert (
        decide(client, place, "contribution", uid, "refuse", seen="public", reason="").status_code
        == 422
    )
    decide(client, place, "contribution", uid, "refuse", seen="public", reason="Un numéro.")
    assert Contribution.objects.get(id=uid).state == "hidden"
    html = page(client, f"{base(place)}moderation?list=hidden")
    assert "Un numéro." in html
    assert str(voice) not in html
    decide(client, place, "contribution", uid, "accept", seen="hidden")
    assert Contribution.objects.get(id=uid).state == "public"


def test_what_is_not_here_is_not_decided_upon(place: Any) -> None:
    other = an_edition()
    elsewhere = some_statements(other, 1)[0]
    client = a_member(Role.MODERATOR, place.id)
    for uid in (elsewhere.uid, uuid4(), "x", ""):
        assert decide(client, place, "statement", uid, "accept", seen="waiting").status_code == 404
    assert decide(client, place, "voice", uuid4(), "accept").status_code == 404
    statement = Statement.objects.get(consultation=place, number=0)
    odd = decide(client, place, "statement", statement.uid, "burn", seen="accepted")
    assert odd.status_code == 422

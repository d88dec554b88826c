"""Themes as everyone reads them: in their language, of few nothing exact, and where one stands."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from assises.look.speech import LANGUAGES
from assises.rooms.contributions.acts.withdraw import withdraw
from assises.rooms.contributions.models import Contribution
from assises.rooms.insights.acts.merge_themes import merge_themes
from assises.rooms.insights.acts.move_contribution import move_contribution
from assises.rooms.insights.acts.rename_theme import rename_theme
from assises.rooms.insights.models import Theme
from assises.rooms.journal.permissions import Role
from tests.rooms.making import AT, an_edition, key, speaking, staff
from tests.rooms.talking import found, talk, theme_of

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def place() -> Any:
    return an_edition()


@pytest.fixture
def said(place: Any) -> dict[str, list[UUID]]:
    told = {subject: talk(place, subject, 11) for subject in ("puits", "école", "طريق")}
    found(place)
    return told


def read(address: str, status: int = 200) -> str:
    response = Client().get(address)
    assert response.status_code == status, address
    return str(response.content.decode())


def main_of(page: str) -> str:
    return page.partition("<main")[2]


def the_theme(uid: UUID) -> Theme:
    found_ = Theme.objects.get(id=theme_of(uid))
    assert found_.parent is None
    return found_


def short_of(uid: UUID) -> str:
    return Contribution.objects.get(id=uid).short


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_read_yet_says_so(place: Any, language: str) -> None:
    assert "<h1>" in read(f"/{language}/editions/{place.short}/themes")
    talk(place, "puits", 1)
    assert f"/{language}/editions/{place.short}/" in read(
        f"/{language}/editions/{place.short}/themes"
    )


def test_each_theme_is_named_in_a_language_that_it_has(
    place: Any, said: dict[str, list[UUID]]
) -> None:
    for language in ("fr", "zgh"):
        page = main_of(read(f"/{language}/editions/{place.short}/themes"))
        names = re.findall(r'<a href="/\w+/themes/[^"]+"><span lang="([\w-]+)" dir="auto">', page)
        assert sorted(names) == ["ar", "fr", "fr"]
    for uids in said.values():
        page = read(f"/fr/themes/{the_theme(uids[0]).short}")
        for uid in uids[:1]:
            assert "contributions" in page
            assert short_of(uid)


def test_a_theme_shows_who_says_so_in_their_own_script(
    place: Any, said: dict[str, list[UUID]]
) -> None:
    page = main_of(read(f"/fr/themes/{the_theme(said['طريق'][0]).short}"))
    assert re.search(r'<q class="words" lang="ar" dir="rtl">الطريق', page)
    links = set(re.findall(r"/fr/contributions/(\w+)", page))
    assert links == {short_of(uid) for uid in said["طريق"]}
    assert 'aria-current="step"' in page
    assert "trouvé par un logiciel" in page


def test_of_few_nothing_exact_is_told(place: Any) -> None:
    for subject in ("puits", "école"):
        talk(place, subject, 9)
    found(place)
    page = main_of(read(f"/fr/editions/{place.short}/themes"))
    assert "moins de dix contributions" in page
    assert not re.search(r"\b9\b", re.sub(r"<[^>]+>", " ", page))
    for theme in Theme.objects.all():
        told = re.sub(r"<ul.*?</ul>|<[^>]+>", " ", main_of(read(f"/fr/themes/{theme.short}")))
        assert not re.search(r"\b9 contributions", told)


def test_a_contribution_says_which_theme_it_is_in_and_by_whose_hand(
    place: Any, said: dict[str, list[UUID]]
) -> None:
    uid, theme = said["puits"][0], the_theme(said["puits"][0])
    page = main_of(read(f"/fr/contributions/{short_of(uid)}"))
    assert f"/fr/themes/{theme.short}" in page
    assert "placée là par le logiciel" in page
    other = the_theme(said["école"][0])
    move_contribution(
        staff(Role.RAPPORTEUR, place), place, uid, other.id, reason="Oui", key=key(), at=AT
    )
    page = main_of(read(f"/fr/contributions/{short_of(uid)}"))
    assert f"/fr/themes/{other.short}" in page
    assert "placée là par une personne" in page


def test_who_withdraws_is_in_no_theme_and_quoted_by_none(
    place: Any, said: dict[str, list[UUID]]
) -> None:
    theme = the_theme(said["puits"][0])
    quoted = theme.labels.get(language="fr").quote
    assert quoted is not None
    assert f"/fr/contributions/{quoted.short}" in read(f"/fr/themes/{theme.short}")
    withdraw(speaking(place, quoted.voice), place, quoted.voice, quoted.id, key=key(), at=AT)
    page = read(f"/fr/themes/{theme.short}")
    assert f"/fr/contributions/{quoted.short}" not in page
    assert "themes/" not in main_of(read(f"/fr/contributions/{quoted.short}"))


def test_a_name_that_a_person_gave_says_so(place: Any, said: dict[str, list[UUID]]) -> None:
    theme = the_theme(said["puits"][0])
    rename_theme(
        staff(Role.RAPPORTEUR, place),
        place,
        theme.id,
        {"fr": "L’eau <b>d’abord</b>"},
        reason="Plus clair",
        key=key(),
        at=AT,
    )
    page = read(f"/fr/editions/{place.short}/themes")
    assert "L’eau &lt;b&gt;d’abord&lt;/b&gt;" in page
    assert "nommé par une personne" in page
    assert 'lang="fr"' in main_of(read(f"/ar/themes/{theme.short}"))


def test_a_merged_theme_leads_to_the_other(place: Any, said: dict[str, list[UUID]]) -> None:
    old, new = the_theme(said["puits"][0]), the_theme(said["école"][0])
    merge_themes(
        staff(Role.RAPPORTEUR, place), place, old.id, new.id, reason="Oui", key=key(), at=AT
    )
    assert f"/fr/themes/{new.short}" in main_of(read(f"/fr/themes/{old.short}"))
    assert "22 contributions" in main_of(read(f"/fr/themes/{new.short}"))


def test_colleges_are_not_told_of_few(place: Any) -> None:
    talk(place, "puits", 14, college="citizen")
    talk(place, "puits", 3, begin=40, college="academia")
    talk(place, "école", 11, college="academia")
    found(place)
    for theme in Theme.objects.filter(parent=None):
        page = main_of(read(f"/fr/themes/{theme.short}"))
        assert not re.search(r'<td class="n">[1-9]</td>', page)


def test_pages_of_many_go_on(place: Any) -> None:
    uids = talk(place, "puits", 45) + talk(place, "école", 12, begin=400)
    found(place)
    seen: set[str] = set()
    for theme in Theme.objects.filter(parent=None):
        address = f"/fr/themes/{theme.short}"
        while address:
            page = main_of(read(address))
            seen |= set(re.findall(r"/fr/contributions/(\w+)", page))
            after = re.search(r'href="([^"]+)" rel="next"', page)
            address = after[1] if after else ""
    placed = {short_of(uid) for uid in uids if theme_of(uid) is not None}
    assert len(placed) > 50
    assert seen == placed


def test_a_draft_and_what_is_no_theme_are_nobodys(place: Any, said: dict[str, list[UUID]]) -> None:
    theme = the_theme(said["puits"][0])
    read("/fr/themes/0000000000", 404)
    type(place).objects.filter(id=place.id).update(state="draft")
    read(f"/fr/themes/{theme.short}", 404)
    read(f"/fr/editions/{place.short}/themes", 404)

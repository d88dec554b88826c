"""Finding what was said: words of each language, spellings nearly right, and nothing hidden."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db import connection, connections

from assises.rooms.consultations.acts.open import open_to_all
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.moderate import hide_contribution, moderate_statement
from assises.rooms.contributions.acts.say import LONGEST, Saying, say
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.acts.withdraw import withdraw
from assises.rooms.contributions.masked import show_masked
from assises.rooms.contributions.models import Contribution
from assises.rooms.contributions.queries import contributions_by_id, statements_by_uid
from assises.rooms.journal.permissions import Role
from assises.rooms.search.indexing import Found, forget, index
from assises.rooms.search.models import Entry
from assises.rooms.search.queries import find
from tests.rooms.making import AT, BUILDER, a_voice, an_edition, key, staff

pytestmark = pytest.mark.usefixtures("db")

SAID = {
    "hospital": ("fr", "Un hôpital public dans chaque province"),
    "school": ("fr", "L’école rurale manque d’enseignants"),
    "road": ("ary-Latn", "khassna tri9 mzyan f douar, ou l7oma bla dow"),
    "street": ("ary-Arab", "خاصنا طريق مزيان فالدوار"),
    "teaching": ("ar", "التَّعْلِيمُ حقٌّ لكل الأطفال في المدرسة"),
    "language": ("zgh-Tfng", "ⵜⴰⵎⴰⵣⵉⵖⵜ ⴳ ⵜⵉⵏⵎⵍ"),
    "farmers": ("en", "Farmers need weather forecasts"),
    "unknown": ("und", "Anonymisation obligatoire"),
}


@pytest.fixture
def shelf() -> dict[UUID, str]:
    found = {uuid4(): name for name in SAID}
    index(Found("contribution", uid, None, *SAID[name]) for uid, name in found.items())
    return found


ASKED = (
    ("hôpitaux publics", "hospital"),
    ("HOPITAL", "hospital"),
    ("hopitaux", "hospital"),
    ("écoles rurales", "school"),
    ("ecole rurale", "school"),
    ("enseignant", "school"),
    ("tri9", "road"),
    ("triq mzyan", "road"),
    ("lhoma", "road"),
    ("طريق مزيان", "street"),
    ("طريق", "street"),
    ("التعليم", "teaching"),
    ("تعليم", "teaching"),
    ("الاطفال", "teaching"),
    ("المدرسه", "teaching"),
    ("مدرسة", "teaching"),
    ("أطفــال", "teaching"),
    ("ⵜⴰⵎⴰⵣⵉⵖⵜ", "language"),
    ("tamazight", "language"),
    ("tinml", "language"),
    ("farmer forecast", "farmers"),
    ("anonymisation", "unknown"),
    ("anonimisation", "unknown"),
)


def test_words_are_found_as_people_write_them(shelf: dict[UUID, str]) -> None:
    found = [(asked, shelf[match.id]) for asked, _ in ASKED for match in find(asked)[:1]]
    assert found == list(ASKED)


HOSTILE = (
    "'); DROP TABLE search_entry; --", "' OR 1=1", "a' | 'b:*", ":* & | !( )", "\\", "\\'", "%",
    "_%", "<->", "((((", '"', '"hôpital', "\x00", "\x00\x00 \x00", "\u202e", "\u0301", "\ud800",
    "😀", "!" * 300, "-", "- -", "!hôpital", "-hôpital", "-zzz", "NOT zzz", "or", "le la les",
    "the",
)  # fmt: skip


def test_no_words_break_the_search_or_find_what_does_not_match(shelf: dict[UUID, str]) -> None:
    for asked in HOSTILE:
        found = {shelf[match.id] for match in find(asked)}
        assert found <= ({"hospital"} if "hôpital" in asked else set()), asked
    assert Entry.objects.count() == len(SAID)


def test_a_word_with_a_dash_is_looked_for_and_not_left_out(shelf: dict[UUID, str]) -> None:
    assert shelf[find("école -rurale")[0].id] == "school"
    assert shelf[find("-école")[0].id] == "school"


def test_only_the_first_letters_of_an_endless_question_count(shelf: dict[UUID, str]) -> None:
    assert find("zz " * 100_000) == []
    assert shelf[find("hôpital " + "public " * 50_000)[0].id] == "hospital"


def test_the_nearest_comes_first_and_the_order_is_always_the_same() -> None:
    near, far, along = uuid4(), uuid4(), "un mot de plus, " * 40
    index(
        Found("statement", uid, None, "fr", words)
        for uid, words in ((far, f"Un hôpital, {along}public"), (near, "Hôpital public"))
    )
    found = find("hôpital public")
    assert [match.id for match in found] == [near, far]
    assert found[0].score > found[1].score
    for _ in range(6):
        index([Found("statement", uuid4(), None, "fr", "Hôpital")])
    everything = find("hôpital", limit=50)
    pages = [find("hôpital", limit=1, offset=at)[0] for at in range(len(everything))]
    assert pages == everything
    assert len(everything) == 8


def test_a_thing_in_many_languages_is_found_once() -> None:
    uid = uuid4()
    for tag, words in (("fr", "Santé"), ("ar", "الصحة"), ("en", "Santé publique")):
        index([Found("statement", uid, None, tag, words)])
    assert [match.id for match in find("santé")] == [uid]
    assert [match.id for match in find("صحة")] == [uid]


def test_what_is_indexed_again_is_replaced_and_what_is_forgotten_is_gone() -> None:
    uid, other = uuid4(), uuid4()
    index(
        [Found("statement", uid, None, "fr", "Premier"), Found("statement", uid, None, "ar", "أول")]
    )
    index(
        [Found("statement", uid, None, "fr", "Second"), Found("theme", uid, None, "fr", "Second")]
    )
    index([Found("statement", other, None, "fr", "Second")])
    assert find("premier") == []
    assert {(m.kind, m.id) for m in find("second")} == {
        ("statement", uid),
        ("theme", uid),
        ("statement", other),
    }
    forget("statement", [uid])
    assert {(m.kind, m.id) for m in find("second")} == {("theme", uid), ("statement", other)}
    assert find("أول") == []


def test_one_edition_can_be_searched_alone() -> None:
    here, there = uuid4(), uuid4()
    index(Found("statement", uuid4(), place, "fr", "Le même mot") for place in (here, there, None))
    assert [match.consultation for match in find("mot", consultation=here)] == [here]
    assert len(find("mot")) == 3


def test_five_thousand_letters_can_be_found_by_their_beginning() -> None:
    for words in (
        "santé " * (LONGEST // 6),
        "x" * LONGEST,
        "ⵜⴰⵎⴰⵣⵉⵖⵜ " * (LONGEST // 10),
        " ".join(f"mot{i}" for i in range(LONGEST // 8)),
        "a'b\\c:d&e|f!g(h)i<j>k*" * (LONGEST // 22),
    ):
        uid = uuid4()
        index([Found("contribution", uid, None, "fr", words[:LONGEST])])
        assert [match.id for match in find(words[:100])] == [uid]


def test_long_texts_weigh_in_the_index_a_few_times_what_they_weigh_themselves() -> None:
    words = [" ".join(f"mot{i}{chr(97 + j % 26)}{j}" for j in range(550)) for i in range(60)]
    index(Found("contribution", uuid4(), None, "fr", w[:LONGEST]) for w in words)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_indexes_size('search_entry')")
        (size,) = cursor.fetchone()
    assert size < 12 * sum(len(w[:LONGEST]) for w in words)


class TestWhatIsNotPublic:
    """Whatever was taken back, hidden, refused, masked or not yet opened is found by nobody."""

    @pytest.fixture
    def place(self) -> Consultation:
        return an_edition()

    def said(self, place: Consultation, words: str) -> tuple[object, UUID, UUID]:
        who, voice = a_voice(place)
        uid = say(who, place, Saying(voice, words, "fr"), key=key(), at=AT)
        assert [match.id for match in find(words)] == [uid]
        return who, voice, uid

    def decide(self, place: Consultation, uid: UUID, decision: str) -> None:
        moderator = staff(Role.MODERATOR, place)
        hide_contribution(
            moderator, place, uid, decision=decision, reason="Un nom", key=key(), at=AT
        )

    def test_withdrawn_words_stand_in_no_table(self, place: Consultation) -> None:
        who, voice, uid = self.said(place, "Ambulances pour Imilchil")
        self.decide(place, uid, "refuse")
        self.decide(place, uid, "accept")
        show_masked({uid: "Ambulances pour ▮▮▮"})
        withdraw(who, place, voice, uid, key=key(), at=AT)  # type: ignore[arg-type]
        assert find("ambulances") == []
        with connections["owner"].cursor() as cursor:
            for table in connections["owner"].introspection.table_names(cursor):
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s', ("%ambulance%",)
                )
                assert cursor.fetchone() == (0,), table

    def test_what_is_hidden_is_found_again_when_it_is_shown_again(
        self, place: Consultation
    ) -> None:
        _, _, uid = self.said(place, "Ambulances")
        self.decide(place, uid, "refuse")
        assert find("ambulances") == []
        self.decide(place, uid, "accept")
        assert [match.id for match in find("ambulances")] == [uid]

    def test_what_is_masked_is_not_found_even_after_moderation(self, place: Consultation) -> None:
        _, _, uid = self.said(place, "Appelez Idriss au guichet")
        show_masked({uid: "Appelez ▮▮▮ au guichet"})
        for decision in ("", "refuse", "accept"):
            if decision:
                self.decide(place, uid, decision)
            assert find("Idriss") == [], decision
        assert [match.id for match in find("guichet")] == [uid]

    def test_a_statement_is_found_while_it_is_accepted(self, place: Consultation) -> None:
        stated = Stated("Ouvrir les données", "fr", {"ar": "فتح المعطيات"})
        (uid,) = state(BUILDER, place, [stated], key=key(), at=AT)
        assert find("données") == find("المعطيات") == []
        for decision, count in (("accept", 1), ("refuse", 0), ("accept", 1)):
            moderate_statement(
                staff(Role.MODERATOR, place), place, uid,
                decision=decision, reason="Hors sujet", key=key(), at=AT,
            )  # fmt: skip
            assert len(find("données")) == len(find("المعطيات")) == count

    def test_a_draft_is_not_public_before_it_opens(self) -> None:
        draft = an_edition(opened=False)
        stated = Stated("Ambulances partout", "fr", moderation="accepted")
        state(BUILDER, draft, [stated], key=key(), at=AT)
        uids = [match.id for match in find("ambulances")]
        assert statements_by_uid(uids, "fr") == {}
        open_to_all(BUILDER, draft, key=key(), at=AT)
        assert list(statements_by_uid(uids, "fr")) == uids

    def test_a_contribution_of_a_draft_is_not_public_either(self, place: Consultation) -> None:
        _, _, uid = self.said(place, "Ambulances")
        Consultation.objects.filter(id=place.id).update(state="draft")
        assert contributions_by_id([uid], "fr") == {}
        assert Contribution.objects.filter(id=uid).exists()

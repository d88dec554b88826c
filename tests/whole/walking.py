"""A walk through every address of the house, by everyone who may stand before it.

What each may do is read from ``docs/permissions.json``, not from the running table: a line that is
lost there is seen. Every address is asked with real objects, so that what is allowed answers as it
should, and a form is one that the page itself gave.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from assises.fronts.api.document import api
from assises.fronts.api.doors import Guard, guards_of
from assises.lib.ids import short_id, spoken_code, uuid7
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.models import Contribution
from assises.rooms.insights.computing import compute_now
from assises.rooms.insights.models import Theme, ThemeMembership
from assises.rooms.journal.logs import checkpoint_of
from assises.rooms.journal.permissions import Role
from assises.rooms.journal.sealing import seal, sealer_of
from assises.rooms.notices.letters import send
from assises.rooms.notices.models import Letter
from assises.rooms.people.acts.found import NewOrganisation, found
from assises.rooms.people.models import Account, Organisation
from tests.clients import a_member
from tests.conftest import ROOT
from tests.rooms.making import AT, BUILDER, a_voice, an_edition, key, some_statements, vote
from tests.web.doorway import code_in_letter, totp
from tests.whole.forms import Form, Values, forms_at

STAFF = (
    Role.RAPPORTEUR,
    Role.MODERATOR,
    Role.SECRETARIAT,
    Role.ADMINISTRATOR,
    Role.REGULATOR,
    Role.OPERATOR,
)
HERE, ELSEWHERE, EVERYWHERE = "here", "elsewhere", "everywhere"
LIBRARIES = ("ninja",)
LEAVES = ("leave", "enter-as")
"""What is done there changes who asks."""
_numbers = itertools.count()


# --- Addresses ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stop:
    """One address: how it is written, its pattern, and what its view says of itself."""

    where: str
    pattern: URLPattern

    @property
    def name(self) -> str:
        return self.pattern.name or self.where

    @property
    def view(self) -> Any:
        return self.pattern.callback

    @property
    def permissions(self) -> dict[str, str]:
        """Method to the act that it demands."""
        by_method = getattr(self.view, "permissions", None)
        if by_method is not None:
            return dict(by_method)
        methods = getattr(self.view, "methods", "GET")
        return dict.fromkeys(methods.split(), getattr(self.view, "permission", None))

    @property
    def inside(self) -> bool:
        """Whether it stands in one consultation, and a role there counts."""
        return "edition>" in self.where

    @property
    def by_programs(self) -> bool:
        return hasattr(self.view, "permissions")


def stops(patterns: Any = None, prefix: str = "") -> Iterator[Stop]:
    """Every address of the house; the description of the API is the library's own."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from stops(pattern.url_patterns, here)
        elif not pattern.callback.__module__.startswith(LIBRARIES):
            yield Stop(here, pattern)


# --- People ---------------------------------------------------------------------------------------


@dataclass
class Person:
    """Someone with a browser. ``roles``: what they may be, and where."""

    name: str
    roles: tuple[tuple[str, str], ...]
    comes: Callable[[], Client]
    browser: Client
    code: str = ""
    is_inside: bool = False

    @property
    def once(self) -> bool:
        """Whether of those with the same role this one is walked with wherever one is enough."""
        return not any(
            where == ELSEWHERE or (r in STAFF and where == HERE) for r, where in self.roles
        )

    @property
    def speaks_here(self) -> bool:
        return (Role.VOICE, HERE) in self.roles

    @property
    def holds_an_office(self) -> bool:
        return any(role in STAFF for role, _ in self.roles)

    def again(self) -> Client:
        """The same browser, before it did anything."""
        client = Client(raise_request_exception=False)
        client.cookies = copy(self.browser.cookies)
        return client

    def may(self, act: str, *, inside: bool) -> bool:
        """What the table in git says, read anew here."""
        return any(_reaches(TABLE[act].get(role), held, inside) for role, held in self.roles)


_VISITS = ((Role.VISITOR, EVERYWHERE),)
TABLE: dict[str, dict[str, str]] = json.loads(
    (ROOT / "docs" / "permissions.json").read_text("utf-8")
)


def _reaches(scope: str | None, held: str, inside: bool) -> bool:
    if scope == "anywhere":
        return held == EVERYWHERE or (inside and held == HERE)
    return scope == "consultation" and inside and held in (HERE, EVERYWHERE)


@dataclass
class World:
    """An edition where everything that has an address is there, and everyone who may ask."""

    place: Consultation
    given: dict[str, str]
    people: list[Person]
    site_body: str

    def address(self, stop: Stop) -> str:
        """Of what is there; KeyError: the world has no such thing yet, give it one."""
        given = dict(self.given)
        if not stop.inside:
            given["organisation"] = self.site_body
        if stop.by_programs:
            given["number"] = "1"
        return filled(stop, given)


def a_world() -> World:
    place, other = an_edition(), an_edition()
    statements = some_statements(place, 6)
    some_statements(other, 2)
    for i in range(12):
        vote(place, a_voice(place), {s.number: 1 if (i + s.number) % 2 else -1 for s in statements})
    Consultation.objects.filter(id=place.id).update(votes_published=True)
    place.refresh_from_db()
    assert compute_now(place, at=AT) is not None
    waiting = [Stated(f"Il faut un puits de plus, le {i}", "fr") for i in range(40)]
    state(BUILDER, place, waiting, key=key(), at=AT)  # more than any walk decides upon
    everyone = list(_people(place, other))
    contribution = Contribution.objects.filter(consultation=place).first()
    vertical = place.verticals.first()
    assert contribution is not None
    assert vertical is not None
    with sealer_of("simulation") as log:
        seal(log, "simulation")
    told = checkpoint_of("simulation")
    assert told is not None
    send("someone@example.ma", "Une lettre", "Quelques mots")
    given = {
        "language": "fr",
        "edition": place.short,
        "statement": statements[0].short,
        "vertical": vertical.short,
        "contribution": contribution.short,
        "theme": _a_theme(place, contribution).short,
        "organisation": _a_body(place),
        "number": str(Letter.objects.latest("id").id),
        "name": "simulation",
        "leaf": "0",
        "code": "not-found",
        "path": f"tile/entries/000.p/{told[0].size}",
    }
    return World(place, given, everyone, _a_body(None))


def _a_theme(place: Consultation, said: Contribution) -> Theme:
    """A theme with one contribution, as a run leaves it."""
    row = Theme.objects.create(
        id=uuid7(AT), short=short_id(said.id), consultation=place, key="t0", level=1, by="meaning",
        found_on=AT.date(),
    )  # fmt: skip
    ThemeMembership.objects.create(
        contribution=said, consultation=place, theme=row, sure=1, language="fr", since=AT
    )
    return row


def _a_body(place: Consultation | None) -> str:
    new = NewOrganisation({"fr": "Association d’essai"}, "civil-society")
    return Organisation.objects.get(id=found(BUILDER, place, new, key=key(), at=AT)).short


def _people(place: Consultation, other: Consultation) -> Iterator[Person]:
    for where, spoke in ((HERE, place), (ELSEWHERE, other)):
        code = spoken_code()
        browser = Client()
        browser.cookies["voice"] = code
        say = {"words": "Un mot", "language": "fr", "key": key()}
        assert browser.post(f"/fr/editions/{spoke.short}/say", say).status_code == 303
        roles = ((Role.VISITOR, EVERYWHERE), (Role.VOICE, where))
        yield Person(f"a voice {where}", roles, lambda b=browser: copy(b), browser, code)
    yield Person("a visitor", _VISITS, Client, Client())
    for role in STAFF:
        for where, held in ((HERE, place.id), (ELSEWHERE, other.id), (EVERYWHERE, None)):

            def comes(role: Role = role, held: Any = held) -> Client:
                return a_member(role, held)

            roles = ((Role.VISITOR, EVERYWHERE), (role, where))
            yield Person(f"{role} {where}", roles, comes, comes(), is_inside=True)
    yield Person("a participant", _VISITS, a_participant, a_participant(), is_inside=True)


def a_participant() -> Client:
    """A browser of someone who entered with an address and holds no office."""
    client = Client()
    client.force_login(Account.objects.create_user(f"walker{next(_numbers)}@example.ma"))
    return client


# --- What is expected -----------------------------------------------------------------------------

MOVED = (302, 303)
"""A form that was taken leads on; some pages send elsewhere whoever has no business there."""


def _expected(stop: Stop, method: str, person: Person) -> tuple[int, ...]:
    if not person.may(stop.permissions[method], inside=stop.inside):
        return (403,)
    act = _ACTS.get((stop.name, method))
    if act is not None and not person.may(act, inside=stop.inside):
        return (403,)
    special = _SPECIAL.get((stop.name, method))
    if special is not None:
        return special(person)
    return (200,) if method == "GET" else MOVED


def _second_factor(person: Person) -> tuple[int, ...]:
    if not person.is_inside:
        return MOVED
    return (200,) if person.holds_an_office else (403,)


_SPECIAL: dict[tuple[str, str], Callable[[Person], tuple[int, ...]]] = {
    ("root", "GET"): lambda _: MOVED,
    ("api", "GET"): lambda _: MOVED,
    ("api-root", "GET"): lambda _: MOVED,
    ("enter", "POST"): lambda p: (200,) if p.is_inside else MOVED,
    ("enter-confirm", "GET"): lambda p: MOVED if p.is_inside else (200,),
    ("notices", "GET"): lambda p: (200,) if p.is_inside else MOVED,
    # Only an office has one; whoever is nobody yet is asked to enter.
    ("second-factor", "GET"): _second_factor,
    # It answers with the recovery codes, which stand under no address.
    ("second-factor", "POST"): _second_factor,
    # Nobody's own page says so, and has no form.
    # Accounts have spoken in this very walk, each when its turn came.
    ("me", "POST"): lambda p: MOVED if p.speaks_here else (200, *MOVED) if p.is_inside else (200,),
    # Whoever keeps nothing is told so; nobody yet is asked to enter.
    ("office", "GET"): lambda p: (200,) if p.is_inside else MOVED,
}


_ACTS = {("office-desk", "POST"): "consultations.moderate"}
"""Pages with buttons for some: the act of the one that is pressed."""


# --- The walk -------------------------------------------------------------------------------------


class NoForm(Exception):
    """A page that takes a form shows none."""


@dataclass(frozen=True)
class Wrong:
    """A cell of the table that does not hold."""

    address: str
    method: str
    who: str
    expected: tuple[int, ...]
    answered: int

    def __str__(self) -> str:
        told = " or ".join(map(str, self.expected))
        if not self.answered:
            return f"{self.who}: no page shows the form of {self.address}; or give _FORMS one"
        return f"{self.who}: {self.method} {self.address} answered {self.answered}, not {told}"


def walk(world: World, *names: str) -> tuple[list[Wrong], int]:
    """What is wrong, and how many cells were looked at; of some addresses, or of all."""
    wrong, seen = [], 0
    chosen = [s for s in stops() if not s.by_programs and (not names or s.name in names)]
    # First what changes nothing.
    for method in ("GET", "POST"):
        for stop in chosen:
            if method not in stop.permissions:
                continue
            address = world.address(stop)
            for person in before(stop, method, world.people):
                expected = _expected(stop, method, person)
                status = _ask(world, stop, method, address, person)
                seen += 1
                if status not in expected:
                    wrong.append(Wrong(address, method, person.name, expected, status))
    return wrong, seen


def before(stop: Stop, method: str, people: list[Person]) -> list[Person]:
    """Who is sent there: everyone; where the table lets visitors in, everyone but once a role."""
    if TABLE[stop.permissions[method]].get("visitor") != "anywhere":
        return people
    return [p for p in people if p.once]


def walk_of_programs(world: World) -> tuple[list[Wrong], int]:
    """The same of the API, where a caller is a voice or nobody in particular."""
    (voice, stranger), nobody = world.people[:2], Person("nobody", _VISITS, Client, Client())
    unknown = Person("a code that nobody was given", _VISITS, Client, Client(), spoken_code())
    office = next(p for p in world.people if p.name == "administrator everywhere")
    guards = {(m, r): g for r, _, by_method in guards_of(api) for m, g in by_method.items()}
    # Before anybody begins a voice here: only one has something to take back.
    order = {"GET": 0, "DELETE": 1, "POST": 2}
    wrong = []
    for (method, route), guard in sorted(guards.items(), key=lambda each: order[each[0][0]]):
        stop = next(s for s in stops() if s.by_programs and _same(s.where, route))
        assert stop.permissions[method] == guard.permission
        address = world.address(stop)
        for person in (nobody, unknown, stranger, office, voice):
            told = _of_programs(guard, method, route, person, voice)
            status = _call(person, method, address)
            if status not in told:
                wrong.append(Wrong(address, method, person.name, told, status))
    return wrong, 5 * len(guards)


def _same(where: str, route: str) -> bool:
    plain = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", where.removeprefix("api/v1/"))
    return plain == route.lstrip("/")


def _of_programs(
    guard: Guard, method: str, route: str, person: Person, voice: Person
) -> tuple[int, ...]:
    taken = 201 if (method, route.rpartition("/")[2]) == ("POST", "contributions") else 200
    if guard.who == "anyone":
        assert TABLE[guard.permission]["visitor"] == "anywhere"
        return (taken,)
    assert TABLE[guard.permission].keys() <= {"voice", "system"}
    if person is voice or (guard.who == "speaker" and not person.code):
        return (taken,)  # who says nothing of themselves begins a voice
    if guard.who == "speaker" and person.roles != _VISITS:
        return (taken,)  # so does one who spoke elsewhere
    return (401, 403)


def _call(person: Person, method: str, address: str) -> int:
    cache.clear()
    client = Client(raise_request_exception=False)
    if person.is_inside:
        client.cookies = copy(person.browser.cookies)
    headers = {"Authorization": f"Voice {person.code}"} if person.code else {}
    sent: dict[str, Any] = {"headers": headers}
    if method == "POST":
        words = {"words": f"Une phrase, la {next(_numbers)}", "language": "fr"}
        votes = {"votes": [{"statement": 1, "vote": 1}]}
        sent["data"] = json.dumps(votes if address.endswith("votes") else words)
        sent["content_type"] = "application/json"
    if address.endswith("/search"):
        address += "?q=phrase"
    if method == "DELETE" and address.endswith("/votes"):
        address += "?all=true"
    return client.generic(method, address, **sent).status_code


def filled(stop: Stop, given: dict[str, str]) -> str:
    """The address with the things that it names."""
    plain = re.sub(r"\(\?P<(\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)", r"<\1>", stop.where)
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: given[m[1]], plain)
    return "/" + path.replace("^", "").replace(r"\Z", "")


def _ask(world: World, stop: Stop, method: str, address: str, person: Person) -> int:
    cache.clear()  # nobody asks too often
    if method == "GET":
        return person.again().get(address).status_code
    client = person.comes() if stop.name in LEAVES else person.again()
    client.raise_request_exception = False
    try:
        sent = _sent(world, stop, address, person, client)
    except NoForm:
        return 0
    return client.post(address, sent).status_code


def _sent(world: World, stop: Stop, address: str, person: Person, client: Client) -> dict[str, Any]:
    """The form of that page, as this person sees it, or else as one sees it who may."""
    if stop.name == "enter-confirm":
        if person.is_inside:
            return {"code": "AAAA-AAAA"}
        client.post("/fr/enter", {"email": f"walker{next(_numbers)}@example.ma"})
        return {"code": code_in_letter()}
    if stop.name == "second-factor" and person.holds_an_office:
        client.get(address)
        return {"code": totp(client.session["mfa.totp.secret"])}
    prepared = _FORMS.get(stop.name)
    if prepared is not None:
        return prepared(world)
    form = _form(client, stop, address) or _form(_who_may(world, stop).again(), stop, address)
    if form is None:
        raise NoForm(f"no page shows the form of {address}: give walking._FORMS one")
    return {**form.filled({name: write() for name, write in _WRITTEN.items()})}


_WRITTEN: dict[str, Callable[[], str]] = {
    "name_fr": lambda: f"Association numéro {next(_numbers)}",
    "title_fr": lambda: f"Assises numéro {next(_numbers)}",
    "words_ar": lambda: f"عبارة رقم {next(_numbers)}",
    "college": lambda: "civil-society",
}
"""What some fields want that a form does not mark as wanted."""
_FORMS: dict[str, Callable[[World], dict[str, Any]]] = {
    "leave": lambda _: {},
    "second-factor": lambda _: {"code": "000000"},
    "enter-as": lambda _: {"role": "moderator"},
    "enter": lambda _: {"email": f"walker{next(_numbers)}@example.ma"},
    "notices": lambda _: {"key": key()},
    "find-me": lambda world: {"code": world.people[0].code},
    "me": lambda _: {"region": "MA-04", "key": key()},
    "withdraw": lambda _: {"what": "everything", "key": key()},
    "office-themes": lambda _: {"do": "anew", "reason": "Pour voir", "key": key()},
    "office-theme": lambda _: {"do": "lock", "reason": "Pour voir", "key": key()},
    "office-desk": lambda _: {"do": "moderate", "moderated": "on", "key": key()},
}
"""Forms that stand on another page, on none, or beside others that would end the walk."""


_WITH = {"office-statement": "words_ar"}
"""Where several ask for something: a field of the one that is sent."""


def _form(client: Client, stop: Stop, address: str) -> Form | None:
    """Of several, the one with most to write: what takes away has little."""
    here = [form for form in forms_at(client, address) if _leads_to(form) == stop.name]
    if stop.name in _WITH:
        here = [form for form in here if _WITH[stop.name] in form.names]
    most = max((len(form.empty) for form in here), default=0)
    return next((form for form in here if len(form.empty) == most), None)


def _leads_to(form: Form) -> str | None:
    return resolve(urlsplit(form.action).path).url_name


def _who_may(world: World, stop: Stop) -> Person:
    act = stop.permissions["POST"]
    return next(p for p in reversed(world.people) if p.may(act, inside=stop.inside))


def every_form(world: World) -> Iterator[tuple[Stop, tuple[str, Values, Person]]]:
    """Each address that takes a form, a form for it, and someone who may send it."""
    for stop in stops():
        if stop.by_programs or "POST" not in stop.permissions:
            continue
        person = _sender(world, stop)
        address = world.address(stop)
        sent = _sent(world, stop, address, person, person.again())
        form = {name: v if isinstance(v, list) else [v] for name, v in sent.items()}
        yield stop, (address, form, person)


def _sender(world: World, stop: Stop) -> Person:
    """One's own pages want a voice, those of entering somebody who is not inside."""
    if stop.name in ("enter", "enter-confirm", "me", "withdraw", "find-me"):
        return world.people[0]
    return _who_may(world, stop)

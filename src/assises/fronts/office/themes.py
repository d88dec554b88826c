"""The rapporteur's themes: what the software proposes, what people make of it, always with why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from assises.fronts.office import cells, reading
from assises.fronts.office.faults import faults_of
from assises.fronts.office.forms import Faults, key_with_words, moment, typed_in, zone_of
from assises.fronts.office.pages import actor_of, base_of, done, screen
from assises.lib.clock import now
from assises.lib.errors import ActError, Invalid, NotFound
from assises.look.languages import language_name
from assises.look.pages.shapes import Field, Text
from assises.look.speech import LANGUAGES, NAMES, Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.queries import Spoken
from assises.rooms.insights.acts.lock_theme import lock_theme, unlock_theme
from assises.rooms.insights.acts.look_anew import look_anew
from assises.rooms.insights.acts.merge_themes import merge_themes
from assises.rooms.insights.acts.move_contribution import move_contribution
from assises.rooms.insights.acts.rename_theme import LONGEST, rename_theme
from assises.rooms.insights.acts.split_theme import split_theme
from assises.rooms.insights.models import ASKED, WHOLE, Theme
from assises.rooms.insights.themes import queries
from assises.rooms.insights.themes.queries import Branch
from assises.rooms.texts.queries import original
from assises.web.forms import uuid_of
from assises.web.pages import words_in
from assises.web.routes import route_in

SHAPE: Final = "insights.rename"
PAGE: Final = 20
_REASON: Final = "reason"


@dataclass(frozen=True, slots=True)
class Line:
    """A theme in the list, ``depth`` levels down; ``notes`` say what people made of it."""

    uid: UUID
    title: str
    tag: str
    depth: int
    url: str
    count: int
    languages: str
    notes: Sequence[str]
    new: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A contribution in a theme, and who placed it there."""

    uid: UUID
    code: str
    url: str
    text: Text | None
    placed: str


@route_in(SHAPE, methods="GET POST", kept=True)
def themes(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """The tree, what changed since the last run, and what stands in no theme."""
    s = words_in(language)
    here = f"{base_of(edition, language)}themes"
    faults = Faults()
    if request.method == "POST":
        try:
            return done(here, _do(request, edition, None))
        except ActError as error:
            faults = faults_of(s, error, [_REASON])
    tops, stands = queries.tree(edition.id, language), queries.standing(edition.id)
    after = uuid_of(request.GET.get("after", ""))
    rows = queries.strays(edition.id, language, after=after, limit=PAGE + 1)
    run = stands.run
    return screen(
        request,
        "themes",
        language,
        edition,
        faults=faults,
        lines=_lines(s, tops, here, run.changes["new"] if run else ()),
        stands=stands,
        run=run,
        run_at=None if run is None else moment(s, run.at, zone_of(edition)),
        contributions=_said(s, rows[:PAGE]),
        choices=_choices(s, tops),
        after=f"{here}?after={rows[PAGE - 1].row.id}#outside" if len(rows) > PAGE else None,
        here=here,
        sent=_sent(request, faults),
    )


@route_in(SHAPE, methods="GET POST", kept=True)
def theme(request: HttpRequest, language: str, edition: Consultation, theme: str) -> HttpResponse:
    """One theme: its names, its contributions, and what a person may do with it."""
    s = words_in(language)
    list_ = f"{base_of(edition, language)}themes"
    row = Theme.objects.filter(short=theme, consultation=edition).first()
    if row is None:
        raise NotFound("there is no such theme", next_step="Choose it in the list.")
    faults = Faults()
    if request.method == "POST":
        try:
            code = _do(request, edition, row)
            return done(list_ if code == "merged" else f"{list_}/{row.short}", code)
        except ActError as error:
            names = [f"name_{tag}" for tag in LANGUAGES]
            faults = faults_of(s, error, [_REASON, "into", *names])
    tops = queries.tree(edition.id, language)
    one, above, beside = queries.in_tree(tops, row.id)
    after = uuid_of(request.GET.get("after", ""))
    inside = [branch.row.id for branch in one.all()]
    rows = queries.members(inside, language, after=after, limit=PAGE + 1)
    here = f"{list_}/{row.short}"
    line = _line(s, one, 0, list_, ())
    return screen(
        request,
        "themes",
        language,
        edition,
        faults=faults,
        template="theme",
        theme=line,
        row=one.row,
        above=[_line(s, each, 0, list_, ()) for each in above],
        parts_=_lines(s, one.parts, list_, ()),
        fields=_names(row, typed_in(request) if faults else {}, faults),
        beside=_choices(s, beside, parts=False),
        choices=[each for each in _choices(s, tops) if each[0] != str(row.id)],
        contributions=_said(s, rows[:PAGE]),
        after=f"{here}?after={rows[PAGE - 1].row.id}" if len(rows) > PAGE else None,
        here=here,
        sent=_sent(request, faults),
    )


def _do(request: HttpRequest, edition: Consultation, row: Theme | None) -> str:
    """Send one of the forms; the code of what was done."""
    posted = typed_in(request)
    given: dict[str, Any] = {
        "reason": cells.tidy(posted.get(_REASON, "")),
        "key": key_with_words(request),
        "at": now(),
    }
    actor, what = actor_of(request), posted.get("do", "")
    if what == "move":
        uid, into = _uid(posted, "contribution"), _uid(posted, "into")
        move_contribution(actor, edition, uid, into, **given)
        return "placed"
    if row is None:
        if what != "anew":
            raise Invalid("there is no such button", next_step="Reload the page.")
        look_anew(actor, edition, **given)
        return "anew"
    acts: dict[str, tuple[Callable[[], None], str]] = {
        "rename": (
            lambda: rename_theme(actor, edition, row.id, _typed_names(posted), **given),
            "named",
        ),
        "merge": (
            lambda: merge_themes(actor, edition, row.id, _uid(posted, "into"), **given),
            "merged",
        ),
        "split": (lambda: split_theme(actor, edition, row.id, **given), "parting"),
        "lock": (lambda: lock_theme(actor, edition, row.id, **given), "locked"),
        "unlock": (lambda: unlock_theme(actor, edition, row.id, **given), "unlocked"),
    }
    if what not in acts:
        raise Invalid("there is no such button", next_step="Reload the page.")
    act, code = acts[what]
    act()
    return code


def _uid(posted: Mapping[str, str], name: str) -> UUID:
    uid = uuid_of(posted.get(name, ""))
    if uid is None:
        raise Invalid(
            "this is not one of the choices",
            next_step="Choose one of the list.",
            fields={name: "not in the list"},
        )
    return uid


def _typed_names(posted: Mapping[str, str]) -> dict[str, str]:
    return {code: cells.tidy(posted.get(f"name_{code}", "")) for code in LANGUAGES}


def _sent(request: HttpRequest, faults: Faults) -> dict[str, str]:
    """The form that was refused, so that it comes back open and with its words."""
    blank = dict.fromkeys(("do", "contribution", "into", _REASON), "")
    return blank | (typed_in(request) if faults else {})


def _names(row: Theme, posted: Mapping[str, str], faults: Faults) -> list[Field]:
    """A field for the name in each language, with what a person called it."""
    current = reading.versions([row.title]).get(row.title, {}) if row.title else {}
    fields = []
    for code in LANGUAGES:
        version = current.get(cells.TAGS[code])
        name = f"name_{code}"
        stands = version.words if version is not None else ""
        field = Field(
            name,
            NAMES[code],
            value=posted.get(name, stands),
            attributes={"maxlength": LONGEST, "lang": cells.TAGS[code]},
        )
        fields.append(replace(field, error=faults.of(name)))
    return fields


def _lines(s: Speech, branches: Sequence[Branch], list_: str, new: Sequence[str]) -> list[Line]:
    """Themes one below the other, each followed by its parts."""

    def below(found: Sequence[Branch], depth: int) -> list[Line]:
        return [
            line
            for one in found
            for line in (_line(s, one, depth, list_, new), *below(one.parts, depth + 1))
        ]

    return below(branches, 0)


def _line(s: Speech, one: Branch, depth: int, list_: str, new: Sequence[str]) -> Line:
    row = one.row
    notes = []
    if row.named_by:
        notes.append(s.say("named by a person"))
    if row.locked:
        notes.append(s.say("locked"))
    if row.split == ASKED:
        notes.append(s.say("is being parted"))
    elif row.split == WHOLE:
        notes.append(s.say("could not be parted: it says one thing"))
    if row.by == "words":
        notes.append(s.say("found by its words alone"))
    tongues = sorted(one.languages.items(), key=lambda each: (-each[1], each[0]))
    listed = (s.say("{what} {n}", what=language_name(s, t), n=s.number(n)) for t, n in tongues)
    return Line(
        row.id,
        _title(s, one),
        one.name.tag if one.name.words else s.tag,
        depth,
        f"{list_}/{row.short}",
        one.n,
        s.say(", ").join(listed),
        notes,
        row.short in new,
    )


def _title(s: Speech, one: Branch) -> str:
    if one.name.source == "quote":
        return f"“{one.name.words}”"
    return one.name.words or s.say("Theme {code}", code=one.row.short[:4].upper())


def _choices(
    s: Speech, branches: Sequence[Branch], *, parts: bool = True, depth: int = 0
) -> list[tuple[str, str]]:
    """Themes to choose among, parts behind what they are part of."""
    found = []
    for one in branches:
        found.append((str(one.row.id), f"{'— ' * depth}{_title(s, one)} ({s.number(one.n)})"))
        if parts:
            found += _choices(s, one.parts, depth=depth + 1)
    return found


def _said(s: Speech, rows: Sequence[Spoken]) -> list[Said]:
    first = original(r.row.words for r in rows)
    found = []
    for spoken in rows:
        row, own = spoken.row, first.get(spoken.row.words)
        member = row.membership
        placed = (
            s.say("placed by a person")
            if member.by == "person"
            else s.say(
                "placed by the software, {share} of its neighbours are there",
                share=s.percent(member.sure),
            )
            if member.theme_id is not None
            else _nowhere(s, member.why)
        )
        found.append(
            Said(
                row.id,
                row.short[:4].upper(),
                f"/{s.language}/contributions/{row.short}",
                None if own is None else Text(own.words, own.tag),
                placed,
            )
        )
    return found


def _nowhere(s: Speech, why: str) -> str:
    return s.say("read, and near no other") if not why else s.say("the software could not read it")

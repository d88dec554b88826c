"""Statements: what was decided of each, adding one or many, and their translations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from assises.fronts.office import cells, reading, reviewing, sources, wording
from assises.fronts.office.faults import faults_of, reason
from assises.fronts.office.forms import Faults, key_with_words, one_at_a_time, typed_in
from assises.fronts.office.letters import other_letters
from assises.fronts.office.pages import Shelf, actor_of, base_of, done, screen
from assises.lib.clock import now
from assises.lib.errors import ActError, Invalid
from assises.look.languages import language_name
from assises.look.pages.shapes import Field
from assises.look.speech import LANGUAGES, NAMES, Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.queries import sectors
from assises.rooms.contributions.acts.state import LONGEST, Stated, state
from assises.rooms.contributions.acts.translate import translate_statement
from assises.rooms.contributions.models import MODERATION
from assises.rooms.contributions.queries import Put
from assises.rooms.contributions.queries import statements as listed
from assises.rooms.journal.permissions import demand
from assises.rooms.texts.acts.review import review
from assises.rooms.texts.models import TAGS, Version
from assises.rooms.texts.queries import original
from assises.rooms.texts.writing import clean
from assises.web.forms import uuid_of, whole_number
from assises.web.pages import words_in
from assises.web.routes import route_in

PAGE: Final = 20
MOST_LINES: Final = 200
MODERATE: Final = "contributions.moderate"


@dataclass(frozen=True)
class Line:
    """A statement in the list: its own words, and the languages in which it can be read."""

    put: Put
    own: Version
    tongues: list[tuple[str, bool]]
    url: str


@route_in("texts.translate", methods="GET POST", kept=True)
def statements(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """The list by what was decided, and the form that adds to it."""
    s, actor = words_in(language), actor_of(request)
    posted = typed_in(request) if request.method == "POST" else None
    faults = Faults()
    if posted is not None and _add(s, request, edition, posted, faults):
        shown = "accepted" if _decided(request, edition, posted) == "accepted" else "waiting"
        return done(f"{base_of(edition, language)}statements?list={shown}", "stated")
    moderates = actor.may(MODERATE, edition.id)
    return screen(
        request,
        "statements",
        language,
        edition,
        faults=faults,
        **_listed(s, request, edition),
        fields=_fields(s, edition, posted or {}, faults, moderates=moderates),
        rows=_translations(s, posted, faults),
    )


@route_in("texts.translate", methods="GET POST", kept=True)
def statement(
    request: HttpRequest, language: str, edition: Consultation, statement: str
) -> HttpResponse:
    """One statement: its words, which stay; its translations; the contributions it came from."""
    s = words_in(language)
    put = reading.statement(edition, statement, language)
    posted = typed_in(request) if request.method == "POST" else None
    faults, clashes = Faults(), dict[str, str]()
    address = f"{base_of(edition, language)}statements/{put.row.short}"
    if posted is not None and posted.get("do") in ("link", "unlink"):
        demand(actor_of(request), f"chain.{posted['do']}", edition.id)
        told = sources.do(s, request, edition, put.row)
        if isinstance(told, str):
            return done(address, told)
        faults, posted = told, None
    elif posted is not None:
        with one_at_a_time(edition, actor_of(request), key_with_words(request)) as repeated:
            code = "saved" if repeated else _translate(s, request, edition, put, clashes, faults)
        if code:
            return done(address, code)
    current = reading.versions([put.row.words])[put.row.words]
    own = original([put.row.words])[put.row.words]
    rows = cells.rows_of(
        s,
        [("words", s.say("Translations"), "", LONGEST)],
        {"words": current},
        posted=posted,
        faults=faults,
        clashes={"words": clashes},
        fixed=True,
        reader=actor_of(request).pseudonym,
        told=reviewing.told(s, actor_of(request), edition, current.values()),
    )
    return screen(
        request,
        "statements",
        language,
        edition,
        faults=faults,
        template="statement",
        put=put,
        own=own,
        row=replace(rows[0], cells=tuple(cell for cell in rows[0].cells if not cell.fixed)),
        decision=wording.decision_name(s, put.row.moderation),
        sources=sources.lines(s, edition, put.row),
        naming=sources.field(s, request, faults),
        here=address,
    )


def _listed(s: Speech, request: HttpRequest, edition: Consultation) -> dict[str, Any]:
    """The three lists, and a page of the one that is asked for."""
    counts = reading.held([edition.id])[edition.id].statements
    which = _which(request, counts["accepted"])
    after = whole_number(request.GET.get("after", ""))
    rows = listed(
        edition.id,
        s.language,
        moderation=which,
        after=-1 if after is None else after,
        limit=PAGE + 1,
    )
    base = f"{base_of(edition, s.language)}statements"
    following = f"{base}?list={which}&after={rows[PAGE - 1].row.number}" if len(rows) > PAGE else ""
    return {
        "shelves": [
            Shelf(code, wording.decision_name(s, code), counts[code], f"{base}?list={code}")
            for code in ("accepted", "waiting", "refused")
        ],
        "which": which,
        "lines": _lines(rows[:PAGE], base),
        "after": following,
    }


def _translate(
    s: Speech,
    request: HttpRequest,
    edition: Consultation,
    put: Put,
    clashes: dict[str, str],
    faults: Faults,
) -> str:
    current = reading.versions([put.row.words])[put.row.words]
    found = cells.changes(typed_in(request), "words", put.row.words, current)
    clashes.update(found.clashes)
    cells.say_changes(s, "words", found, faults)
    actor, key = actor_of(request), key_with_words(request)
    read = cells.reviews(typed_in(request), "words", current, found, actor.pseudonym)
    if faults or not (found.words or read):
        return "" if faults else "same"
    try:
        # Both acts or neither.
        with transaction.atomic():
            if read:
                review(actor, edition, read, key=f"{key}r" if found.words else key, at=now())
            if found.words:
                translate_statement(actor, edition, put.row.uid, found.words, key=key, at=now())
    except ActError as error:
        faults.take(faults_of(s, error, [f"words_{code}" for code in LANGUAGES]))
        return ""
    return "saved"


def _add(
    s: Speech,
    request: HttpRequest,
    edition: Consultation,
    posted: Mapping[str, str],
    faults: Faults,
) -> bool:
    stated = _stated(s, request, edition, posted, faults)
    if faults:
        return False
    try:
        state(actor_of(request), edition, stated, key=key_with_words(request), at=now())
    except ActError as error:
        known = ["lines", "language", *(f"words_{code}" for code in LANGUAGES)]
        found = faults_of(s, error, [*known, *TAGS])
        # The act names a translation by its tag, the form by its page language.
        for code, tag in cells.TAGS.items():
            if tag in found.fields:
                found.fields[f"words_{code}"] = found.fields.pop(tag)
        faults.take(found)
        return False
    return True


def _stated(
    s: Speech,
    request: HttpRequest,
    edition: Consultation,
    posted: Mapping[str, str],
    faults: Faults,
) -> list[Stated]:
    language, vertical = posted.get("language", ""), posted.get("vertical", "")
    if language not in TAGS:
        faults.fields["language"] = reason(s, "not in the list")
    known = {str(sector.id) for sector in sectors(edition.id, s.language)}
    if vertical and vertical not in known:
        faults.fields["vertical"] = reason(s, "not in the list")
    lines = _lines_of(s, posted.get("lines", ""), faults)
    if posted.get("sure") != "on":
        _doubt(s, posted, faults)
    translations = {
        tag: words
        for code, tag in cells.TAGS.items()
        if (words := cells.tidy(posted.get(f"words_{code}", ""))) and tag != language
    }
    if translations and len(lines) > 1:
        faults.whole = s.say(
            "Translations can be given here for one statement only. Add the lines first, then "
            "translate each."
        )
    moderation = _decided(request, edition, posted)
    return [
        Stated(
            words,
            language,
            translations,
            vertical=uuid_of(vertical),
            seed=True,
            moderation=moderation,
        )
        for words in lines
    ]


def _lines_of(s: Speech, typed: str, faults: Faults) -> list[str]:
    """One statement a line; every line that cannot be taken is named."""
    found: dict[str, int] = {}
    wrong: list[str] = []
    lines = cells.tidy(typed).split("\n")
    for number, line in enumerate(lines[: MOST_LINES + 1], 1):
        if not line.strip():
            continue
        try:
            words = clean(line, longest=LONGEST)
        except Invalid as error:
            says = reason(s, next(iter(error.fields.values()), error.problem))
            wrong.append(s.say("Line {n}: {problem}", n=s.number(number), problem=says))
            continue
        if words in found:
            wrong.append(
                s.say(
                    "Line {n}: the same as line {first}.",
                    n=s.number(number),
                    first=s.number(found[words]),
                )
            )
        found.setdefault(words, number)
    if len(lines) > MOST_LINES:
        wrong = [s.say("Too many lines: at most {n} at a time.", n=s.number(MOST_LINES))]
    elif not found and not wrong:
        wrong = [s.say("Write at least one statement.")]
    if wrong:
        faults.fields["lines"] = " ".join(wrong[:5]) + (" …" if len(wrong) > 5 else "")
    return list(found)


def _doubt(s: Speech, posted: Mapping[str, str], faults: Faults) -> None:
    """Refuse words in the letters of another language: a wrong language is seen by every reader."""
    lines, codes = _in_other_letters(posted)
    if lines:
        named = s.say(", ").join(s.number(n) for n in lines[:5]) + (" …" if len(lines) > 5 else "")
        faults.fields["language"] = s.count(
            "Line {lines} is not in the letters of this language. Choose its language, or say "
            "below that you are sure.",
            "Lines {lines} are not in the letters of this language. Choose their language, or say "
            "below that you are sure.",
            len(lines),
            lines=named,
        )
    for code in codes:
        faults.fields[f"words_{code}"] = s.say(
            "This is not in the letters of this language. Correct it, or say that you are sure."
        )


def _in_other_letters(posted: Mapping[str, str]) -> tuple[list[int], list[str]]:
    """The numbers of such lines, and the page languages of such translations."""
    language = posted.get("language", "")
    lines = cells.tidy(posted.get("lines", "")).split("\n")[:MOST_LINES]
    return (
        [n for n, line in enumerate(lines, 1) if other_letters(line, language)],
        [
            code
            for code, tag in cells.TAGS.items()
            if tag != language and other_letters(posted.get(f"words_{code}", ""), tag)
        ],
    )


def _decided(request: HttpRequest, edition: Consultation, posted: Mapping[str, str]) -> str | None:
    """Shown at once only where a role that decides asks for it; None leaves it to the edition."""
    if not actor_of(request).may(MODERATE, edition.id):
        return None
    return "accepted" if posted.get("at_once") == "on" else "waiting"


def _which(request: HttpRequest, accepted: int) -> str:
    asked = request.GET.get("list", "")
    if asked in MODERATION:
        return asked
    return "accepted" if accepted else "waiting"


def _lines(rows: list[Put], base: str) -> list[Line]:
    current = reading.versions(put.row.words for put in rows)
    return [_line(put, current[put.row.words], base) for put in rows]


def _line(put: Put, versions: reading.Versions, base: str) -> Line:
    own = next((v for v in versions.values() if v.translates_id is None), None)
    return Line(
        put,
        own or next(iter(versions.values())),
        [(NAMES[code], cells.TAGS[code] in versions) for code in LANGUAGES],
        f"{base}/{put.row.short}",
    )


def _translations(s: Speech, posted: Mapping[str, str] | None, faults: Faults) -> list[cells.Row]:
    texts = [("words", s.say("Translations"), "", LONGEST)]
    return cells.rows_of(s, texts, {}, posted=posted, faults=faults)


def _fields(
    s: Speech,
    edition: Consultation,
    posted: Mapping[str, str],
    faults: Faults,
    *,
    moderates: bool,
) -> list[Field]:
    own = cells.TAGS[s.language]
    verticals = [(str(sector.id), sector.name.words) for sector in sectors(edition.id, s.language)]
    fields = [
        Field(
            "lines",
            s.say("Statements, one per line"),
            "textarea",
            posted.get("lines", ""),
            s.count(
                "Short sentences that one can agree or disagree with, one idea each: at most {n} "
                "character.",
                "Short sentences that one can agree or disagree with, one idea each: at most {n} "
                "characters.",
                LONGEST,
            ),
            required=True,
        ),
        Field(
            "language",
            s.say("Language in which they are written"),
            "select",
            posted.get("language", own),
            choices=[(tag, language_name(s, tag)) for tag in TAGS],
        ),
    ]
    if any(_in_other_letters(posted)):
        # Asked only where there is a doubt.
        label = s.say("I am sure: the languages are right")
        fields.append(Field("sure", label, "checkbox", posted.get("sure") == "on"))
    if verticals:
        choices = [("", s.say("None")), *verticals]
        chosen = posted.get("vertical", "")
        fields.append(Field("vertical", s.say("Vertical"), "select", chosen, choices=choices))
    if moderates:
        label = s.say("Show them at once; otherwise they wait in moderation")
        at_once = posted.get("at_once") == "on" if posted else True
        fields.append(Field("at_once", label, "checkbox", at_once))
    return [replace(field, error=faults.of(field.name)) for field in fields]

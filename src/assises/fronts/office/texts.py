"""What a consultation says of itself, in four languages, and its days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from assises.fronts.office import cells, reviewing, wording
from assises.fronts.office.faults import faults_of, reason
from assises.fronts.office.forms import Faults, day_of, key_with_words, one_at_a_time, typed_in
from assises.fronts.office.pages import actor_of, base_of, done, screen
from assises.fronts.office.reading import Versions, versions
from assises.lib.clock import now
from assises.lib.errors import ActError, Invalid
from assises.look.pages.shapes import Field
from assises.look.speech import LANGUAGES, Speech
from assises.rooms.consultations.acts.create import LONGEST
from assises.rooms.consultations.acts.rewrite import rewrite
from assises.rooms.consultations.acts.translate import translate
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.permissions import Actor
from assises.rooms.texts.acts.review import review
from assises.web.pages import words_in
from assises.web.routes import route_in

REWRITE = "consultations.rewrite"
DAYS = ("starts_on", "ends_on")


@dataclass
class Asked:
    """What a form changes: words by text and language, days by name; and where it clashes."""

    words: dict[str, dict[str, str]] = field(default_factory=dict)
    days: dict[str, date | None] = field(default_factory=dict)
    clashes: dict[str, dict[str, str]] = field(default_factory=dict)
    read: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.words or self.days or self.read)


@route_in("texts.translate", methods="GET POST", kept=True)
def texts(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """Write and translate; the original itself only for those who may rewrite."""
    s, actor = words_in(language), actor_of(request)
    posted = typed_in(request) if request.method == "POST" else None
    faults, asked = Faults(), Asked()
    if posted is not None:
        with one_at_a_time(edition, actor, key_with_words(request)) as repeated:
            code = _save(s, request, edition, asked, faults, repeated=repeated)
        if code:
            return done(f"{base_of(edition, language)}texts", code)
        edition.refresh_from_db()
    may_rewrite = actor.may(REWRITE, edition.id)
    names, helps = wording.text_names(s), wording.text_helps(s)
    current = _current(edition)
    return screen(
        request,
        "texts",
        language,
        edition,
        faults=faults,
        rows=cells.rows_of(
            s,
            [
                (name, names[name], helps[name], LONGEST[name])
                for name in wording.TEXTS
                if may_rewrite or current[name]
            ],
            current,
            posted=posted,
            faults=faults,
            clashes=asked.clashes,
            fixed=not may_rewrite,
            reader=actor.pseudonym,
            told=reviewing.told(
                s, actor, edition, (v for each in current.values() for v in each.values())
            ),
        ),
        days=_days(s, edition, posted, faults) if may_rewrite else [],
    )


def _save(
    s: Speech,
    request: HttpRequest,
    edition: Consultation,
    asked: Asked,
    faults: Faults,
    *,
    repeated: bool,
) -> str:
    """Take the form; the code of what was done, or nothing where something is wrong with it."""
    if repeated:
        return "saved"
    actor = actor_of(request)
    edition.refresh_from_db()
    posted = typed_in(request)
    _compare_words(s, actor, edition, posted, asked, faults)
    if actor.may(REWRITE, edition.id):
        _compare_days(s, edition, posted, asked, faults)
    if faults:
        return ""
    if not asked:
        return "same"
    try:
        # Both acts or neither.
        with transaction.atomic():
            _act(actor, edition, asked, key_with_words(request))
    except ActError as error:
        known = [f"{name}_{code}" for name in wording.TEXTS for code in LANGUAGES]
        faults.take(faults_of(s, error, [*known, *DAYS]))
        return ""
    return "saved"


def _act(actor: Actor, edition: Consultation, asked: Asked, key: str) -> None:
    if asked.read:
        both = f"{key}r" if asked.words or asked.days else key
        review(actor, edition, asked.read, key=both, at=now())
    if not asked.words and not asked.days:
        return
    if not actor.may(REWRITE, edition.id):
        translate(actor, edition, asked.words, key=key, at=now())
        return
    rewrite(
        actor,
        edition,
        asked.words,
        starts_on=asked.days.get("starts_on", edition.starts_on),
        ends_on=asked.days.get("ends_on", edition.ends_on),
        key=key,
        at=now(),
    )


def _compare_words(
    s: Speech,
    actor: Actor,
    edition: Consultation,
    posted: Mapping[str, str],
    asked: Asked,
    faults: Faults,
) -> None:
    current = _current(edition)
    for name in wording.TEXTS:
        found = cells.changes(posted, name, getattr(edition, name), current[name])
        if found.words:
            asked.words[name] = _original_first(found.words, current[name])
        if found.clashes:
            asked.clashes[name] = found.clashes
        asked.read += cells.reviews(posted, name, current[name], found, actor.pseudonym)
        cells.say_changes(s, name, found, faults)


def _original_first(words: dict[str, str], current: Versions) -> dict[str, str]:
    # A translation that is written with its original is a translation of the new words.
    tags = {tag for tag, version in current.items() if version.translates_id is None}
    order = sorted(words, key=lambda code: cells.TAGS[code] not in tags)
    return {code: words[code] for code in order}


def _compare_days(
    s: Speech, edition: Consultation, posted: Mapping[str, str], asked: Asked, faults: Faults
) -> None:
    for name in DAYS:
        if name not in posted:
            continue
        stands = _typed(getattr(edition, name))
        try:
            day = day_of(posted[name])
        except Invalid as error:
            faults.fields[name] = reason(s, error.problem)
            continue
        shown = posted.get(f"seen_{name}", "")
        if _typed(day) in (stands, shown):
            continue
        if shown == stands:
            asked.days[name] = day
        else:
            faults.status = 409
            faults.fields[name] = s.say(
                "Someone else changed this while you were writing. It is now: {words}",
                words=s.day(getattr(edition, name)) if stands else s.say("not fixed"),
            )


def _days(
    s: Speech, edition: Consultation, posted: Mapping[str, str] | None, faults: Faults
) -> list[tuple[Field, str]]:
    """The fields of the days, each with the day that stands."""
    given = posted or {}
    labels = {"starts_on": s.say("First day"), "ends_on": s.say("Last day")}
    fields = []
    for name, label in labels.items():
        stands = _typed(getattr(edition, name))
        shown = Field(name, label, "date", given.get(name, stands))
        fields.append((replace(shown, error=faults.of(name)), stands))
    return fields


def _current(edition: Consultation) -> dict[str, Versions]:
    found = versions(getattr(edition, name) for name in wording.TEXTS)
    return {name: found.get(getattr(edition, name), {}) for name in wording.TEXTS}


def _typed(day: date | None) -> str:
    return "" if day is None else day.isoformat()

"""Acts of the journal as sentences: what was done, to what, with which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from assises.fronts.office import wording
from assises.fronts.office.forms import closing_in_words, isolated, moment
from assises.look.speech import Speech
from assises.rooms.journal.queries import Entry
from assises.web.acts import names_of_acts

_LONGEST: Final = 160


@dataclass(frozen=True)
class Context:
    """What a sentence needs beside its event.

    Attributes:
        numbers: of statements, by their id as text.
        names: addresses of the staff, by pseudonym.
    """

    zone: ZoneInfo
    numbers: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


Told = Callable[[Speech, Any, Entry, Context], str]


def act_in_words(s: Speech, entry: Entry, context: Context) -> str:
    """What was done, in one sentence; the act's name alone where its words were not kept.

    A payload may be from an older version, or erased: what is missing is left out, never invented.
    """
    told = _SENTENCES.get(entry.act)
    try:
        said = told(s, entry.payload, entry, context) if told else ""
    except (LookupError, TypeError, ValueError, AttributeError):
        said = ""
    return said or names_of_acts(s).get(entry.act) or s.say("Another act: {act}", act=entry.act)


def _create(s: Speech, body: Any, _: Entry, __: Context) -> str:
    titles = body["title"]
    title = titles.get(s.language) or next(filter(None, titles.values()))
    return s.say("The edition was made, as a draft: “{title}”", title=_short(title))


def _rewrite(s: Speech, body: Any, _: Entry, __: Context) -> str:
    names = wording.text_names(s)
    written = [names[name] for name, said in body["texts"].items() if any(said.values())]
    days = [s.day(date.fromisoformat(day)) for day in (body["starts_on"], body["ends_on"]) if day]
    parts = []
    if written:
        parts.append(s.say("New words for: {texts}.", texts=s.say(", ").join(written)))
    if days:
        parts.append(s.say("Its days: {days}.", days=s.say(", ").join(dict.fromkeys(days))))
    return " ".join(parts)


def _schedule(s: Speech, body: Any, _: Entry, context: Context) -> str:
    names = wording.phase_names(s)
    said = []
    for kind, (opens, closes) in sorted(body.items(), key=lambda item: item[1][0]):
        first = moment(s, _instant(opens), context.zone)
        if closes is None:
            said.append(s.say("{phase} from {first}", phase=names[kind], first=first))
            continue
        last = closing_in_words(s, _instant(closes), context.zone)
        said.append(
            s.say("{phase} from {first} to {last}", phase=names[kind], first=first, last=last)
        )
    if not said:
        return s.say("The phases were taken away.")
    return s.say("The phases were set: {phases}.", phases=s.say("; ").join(said))


def _confirm(s: Speech, body: Any, _: Entry, __: Context) -> str:
    reference = _short(body["reference"])
    return s.say("The authority’s reference was confirmed: {reference}.", reference=reference)


def _moderated(s: Speech, body: Any, _: Entry, __: Context) -> str:
    if body["moderated"]:
        return s.say("From then on, new statements wait until someone has read them.")
    return s.say("From then on, new statements are shown at once.")


def _decided(s: Speech, body: Any, entry: Entry, context: Context) -> str:
    kind, _, uid = entry.subjects[0].partition(":")
    accepted, reason = body["decision"] == "accept", _short(body["reason"])
    if kind == "contribution":
        if accepted:
            return s.say("A hidden contribution is shown again.")
        return s.say("A contribution was hidden: {reason}", reason=reason)
    n = s.number(context.numbers[uid])
    if accepted:
        return s.say("Statement {n} was accepted.", n=n)
    return s.say("Statement {n} was refused: {reason}", n=n, reason=reason)


def _stated(s: Speech, body: Any, entry: Entry, context: Context) -> str:
    # One statement's words are kept with the act; of many the act keeps none.
    words = body[0]["words"]
    number = context.numbers.get(entry.subjects[0].partition(":")[2])
    if number is None:
        return s.say("A statement was added: “{words}”", words=_short(words))
    return s.say("Statement {n} was added: “{words}”", n=s.number(number), words=_short(words))


def _translated(s: Speech, body: Any, entry: Entry, context: Context) -> str:
    kind, _, uid = entry.subjects[0].partition(":")
    if kind == "statement":
        return s.say("Statement {n} was translated.", n=s.number(context.numbers[uid]))
    names = wording.text_names(s)
    listed = s.say(", ").join(names[name] for name in body["translations"])
    return s.say("Translated: {texts}.", texts=listed)


def _granted(s: Speech, body: Any, _: Entry, context: Context) -> str:
    role = wording.role_name(s, body["role"])
    who = context.names.get(body["account"])
    if who is None:
        return s.say("A role was given: {role}.", role=role)
    return s.say("A role was given to {who}: {role}.", who=isolated(who), role=role)


def _revoked(s: Speech, body: Any, _: Entry, context: Context) -> str:
    role = wording.role_name(s, body["role"])
    who = context.names.get(body["account"])
    if who is None:
        return s.say("A role was taken back: {role}.", role=role)
    return s.say("A role was taken back from {who}: {role}.", who=isolated(who), role=role)


_SENTENCES: Final[Mapping[str, Told]] = {
    "consultations.create": _create,
    "consultations.rewrite": _rewrite,
    "consultations.schedule": _schedule,
    "consultations.confirm": _confirm,
    "consultations.moderate": _moderated,
    "contributions.moderate": _decided,
    "contributions.state": _stated,
    "texts.translate": _translated,
    "people.grant": _granted,
    "people.revoke": _revoked,
}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _short(words: str) -> str:
    line = " ".join(words.split())
    kept = line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"
    return isolated(kept)

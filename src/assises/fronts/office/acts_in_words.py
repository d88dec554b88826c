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
from assises.web.acts import names_of_acts, names_of_site_acts

_LONGEST: Final = 160


@dataclass(frozen=True)
class Context:
    """What a sentence needs beside its event.

    Attributes:
        numbers: of statements, by their id as text.
        names: addresses of the staff, by pseudonym.
        organisations: what organisations are called, by their id as text.
    """

    zone: ZoneInfo
    numbers: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    organisations: Mapping[str, str] = field(default_factory=dict)


Told = Callable[[Speech, Any, Entry, Context], str]


def act_in_words(s: Speech, entry: Entry, context: Context) -> str:
    """What was done, in one sentence; the act's name alone where its words were not kept.

    A payload may be from an older version, or erased: what is missing is left out, never invented.
    """
    told = _SENTENCES.get(entry.act)
    try:
        said = told(s, entry.payload, entry, context) if told else ""
    except (LookupError, TypeError, ValueError, AttributeError, StopIteration):
        said = ""
    known = names_of_acts(s) | names_of_site_acts(s)
    return said or known.get(entry.act) or s.say("Another act: {act}", act=entry.act)


def account_in_words(s: Speech, pseudonym: str, names: Mapping[str, str]) -> str:
    """An account by its address, or by a few letters for those who may not read addresses."""
    code = pseudonym.partition(":")[2][:6].upper()
    return names.get(pseudonym) or s.say("Account {code}", code=code)


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


def _who(s: Speech, entry: Entry, context: Context) -> str:
    """The account that an act of the doors concerns."""
    account = next(who for who in entry.subjects if who.startswith("account:"))
    return isolated(account_in_words(s, account, context.names))


def _entered(s: Speech, _: Any, entry: Entry, context: Context) -> str:
    return s.say("{who} entered.", who=_who(s, entry, context))


def _left(s: Speech, _: Any, entry: Entry, context: Context) -> str:
    return s.say("{who} left.", who=_who(s, entry, context))


def _failed(s: Speech, body: Any, entry: Entry, context: Context) -> str:
    who = _who(s, entry, context)
    if body["step"] == "letter":
        return s.say("Someone tried to enter as {who} with a wrong code of a letter.", who=who)
    return s.say("Someone tried to enter as {who} with a wrong second factor.", who=who)


def _factor_set(s: Speech, _: Any, entry: Entry, context: Context) -> str:
    return s.say("{who} set up a second factor.", who=_who(s, entry, context))


def _factor_removed(s: Speech, _: Any, entry: Entry, context: Context) -> str:
    return s.say("The second factor of {who} was removed.", who=_who(s, entry, context))


def _codes_made(s: Speech, _: Any, entry: Entry, context: Context) -> str:
    return s.say("{who} made new recovery codes.", who=_who(s, entry, context))


def _founded(s: Speech, body: Any, _: Entry, __: Context) -> str:
    names = body["name"]
    name = names.get(s.language) or next(filter(None, names.values()))
    return s.say("The organisation “{name}” was added.", name=_short(name))


def _mandated(s: Speech, body: Any, entry: Entry, context: Context) -> str:
    name = _short(context.organisations[entry.subjects[0].partition(":")[2]])
    since = s.day(date.fromisoformat(body["since"]))
    who = isolated(account_in_words(s, body["holder"], context.names))
    if not body["until"]:
        return s.say("{who} speaks for “{name}” from {since}.", who=who, name=name, since=since)
    until = s.day(date.fromisoformat(body["until"]))
    return s.say(
        "{who} speaks for “{name}” from {since} to {until}.",
        who=who,
        name=name,
        since=since,
        until=until,
    )


def _mandate_ended(s: Speech, body: Any, _: Entry, __: Context) -> str:
    until = s.day(date.fromisoformat(body["until"]))
    return s.say("A mandate to speak for an organisation ended: its last day is {day}.", day=until)


def _tied(s: Speech, body: Any, _: Entry, __: Context) -> str:
    return s.count(
        "{n} vertical was tied to one of another edition. Source: {source}",
        "{n} verticals were tied to those of another edition. Source: {source}",
        len(body["pairs"]),
        source=_short(body["source"]),
    )


def _linked(s: Speech, _: Any, entry: Entry, context: Context) -> str:
    n = _number_of(s, entry, context)
    return s.say("Statement {n} was linked to a contribution it came from.", n=n)


def _unlinked(s: Speech, _: Any, entry: Entry, context: Context) -> str:
    n = _number_of(s, entry, context)
    return s.say("Statement {n} is no longer linked to a contribution.", n=n)


def _number_of(s: Speech, entry: Entry, context: Context) -> str:
    """The number of the statement that a link leads to; of other links the act's name is said."""
    kind, _, uid = entry.subjects[1].partition(":")
    if kind != "statement" or not entry.subjects[0].startswith("contribution:"):
        raise LookupError(kind)
    return s.number(context.numbers[uid])


def _shaped(s: Speech, body: Any, entry: Entry, _: Context) -> str:
    """What a person did to a theme, and why."""
    did = names_of_acts(s)[entry.act]
    return s.say("{act} Reason given: {reason}", act=did, reason=_short(body["reason"]))


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
    "people.found": _founded,
    "people.mandate": _mandated,
    "people.end_mandate": _mandate_ended,
    "people.logged_in": _entered,
    "people.logged_out": _left,
    "people.login_failed": _failed,
    "people.second_factor_set": _factor_set,
    "people.second_factor_removed": _factor_removed,
    "people.recovery_codes_made": _codes_made,
    "consultations.map": _tied,
    "chain.link": _linked,
    "chain.unlink": _unlinked,
    **{
        f"insights.{act}": _shaped
        for act in ("anew", "rename", "merge", "split", "move", "lock", "unlock")
    },
}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _short(words: str) -> str:
    line = " ".join(words.split())
    kept = line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"
    return isolated(kept)

"""What a statement came from: its contributions, linked and unlinked by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.http import HttpRequest

from assises.fronts.office import cells, reading, wording
from assises.fronts.office.faults import faults_of
from assises.fronts.office.forms import Faults, key_with_words, one_at_a_time
from assises.fronts.office.pages import actor_of
from assises.lib.clock import now
from assises.lib.errors import ActError
from assises.look.pages.shapes import Field
from assises.look.speech import Speech
from assises.rooms.chain.acts.link import link, unlink
from assises.rooms.chain.linking import Node
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.models import Contribution, Statement
from assises.rooms.texts.queries import Said
from assises.web.forms import uuid_of

MOST: Final = 20
"""Contributions that are linked at a time."""
SHORTEST: Final = 4
"""Letters by which pages name a contribution."""
# The address of a contribution, whole or the part that counts, or its first letters.
_IN_ADDRESS: Final = re.compile(r".*/contributions/")
_CODE: Final = re.compile(r"([0-9a-z]{4,10})(?:-.*)?")


@dataclass(frozen=True)
class Line:
    """A contribution beside a statement. ``until``: the day on which the link ended."""

    uid: str
    code: str
    words: Said | None
    state: str
    since: str
    until: str
    url: str


def lines(s: Speech, place: Consultation, row: Statement) -> list[Line]:
    """What it is linked to, then what it was linked to once."""
    zone_day = place.day_of
    found = [
        Line(
            str(source.row.id),
            source.row.short[:SHORTEST].upper(),
            source.words,
            "" if source.row.state == "public" else wording.decision_name(s, source.row.state),
            s.day(zone_day(source.since)),
            "" if source.until is None else s.day(zone_day(source.until)),
            f"/{s.language}/contributions/{source.row.short}",
        )
        for source in reading.sources(place, row.uid, s.language)
    ]
    return sorted(found, key=lambda line: bool(line.until))


def field(s: Speech, request: HttpRequest, faults: Faults) -> Field:
    """Where contributions are named."""
    return Field(
        "sources",
        s.say("Contributions it came from"),
        value=request.POST.get("sources", "")[:2000] if faults else "",
        help=s.say(
            "Their addresses, or the first letters that stand beside each, such as 7K2M; several "
            "with a space between them."
        ),
        error=faults.of("sources"),
        required=True,
        attributes={"autocomplete": "off", "dir": "ltr"},
    )


def do(s: Speech, request: HttpRequest, place: Consultation, row: Statement) -> str | Faults:
    """Link or unlink; the code of what was done, or what is wrong."""
    act = _link if request.POST.get("do") == "link" else _unlink
    try:
        return act(s, request, place, row)
    except ActError as error:
        return faults_of(s, error)


def _link(s: Speech, request: HttpRequest, place: Consultation, row: Statement) -> str | Faults:
    actor, key = actor_of(request), f"{key_with_words(request)}-0"
    with one_at_a_time(place, actor, key) as repeated:
        if repeated:
            return "linked"
        named, wrong = _named(s, place, cells.tidy(request.POST.get("sources", "")))
        if wrong:
            return Faults({"sources": " ".join(wrong)})
        linked = reading.sources(place, row.uid, s.language)
        already = {source.row.id for source in linked if source.until is None}
        new = [each for each in named if each.id not in already]
        with transaction.atomic():
            for n, each in enumerate(new):
                link(
                    actor,
                    place,
                    Node("contribution", each.id),
                    Node("statement", row.uid),
                    reading.CAME_FROM,
                    key=f"{key[:-2]}-{n}",
                    at=now(),
                )
    return "linked" if new else "same"


def _unlink(s: Speech, request: HttpRequest, place: Consultation, row: Statement) -> str | Faults:
    uid = uuid_of(request.POST.get("source", ""))
    if uid is None:
        return Faults(whole=s.say("They are not linked, or no longer."))
    unlink(
        actor_of(request),
        place,
        Node("contribution", uid),
        Node("statement", row.uid),
        reading.CAME_FROM,
        key=key_with_words(request),
        at=now(),
    )
    return "unlinked"


def _named(s: Speech, place: Consultation, typed: str) -> tuple[Sequence[Contribution], list[str]]:
    """The contributions that were named, and a sentence for each name that leads to none."""
    names = list(dict.fromkeys(re.split(r"[\s,;،؛]+", typed.strip(" ,;،؛"))))
    if names == [""]:
        return [], [s.say("Name at least one contribution.")]
    if len(names) > MOST:
        return [], [s.say("Too many: at most {n} at a time.", n=s.number(MOST))]
    found: dict[str, Contribution] = {}
    wrong = []
    for name in names:
        row = _called(s, place, name)
        if isinstance(row, str):
            wrong.append(row)
        else:
            found[row.short] = row
    return list(found.values()), wrong


def _called(s: Speech, place: Consultation, name: str) -> Contribution | str:
    """The contribution of that name, or why there is none."""
    shown = f"\u2068{name[:40]}\u2069"
    code = _CODE.fullmatch(_IN_ADDRESS.sub("", name.casefold()).partition("?")[0])
    rows = reading.contributions_called(place, code[1]) if code else []
    if not rows:
        return s.say("{name}: there is no such contribution in this edition.", name=shown)
    if len(rows) > 1:
        return s.say("{name}: several begin like this. Write more letters of it.", name=shown)
    if rows[0].state == "withdrawn":
        return s.say("{name}: its author withdrew it.", name=shown)
    if rows[0].state == "hidden":
        return s.say("{name}: it is hidden. Show it again first.", name=shown)
    return rows[0]

"""What a proof says, in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any, Final

from assises.flows.proof import Done, Held
from assises.look.speech import speech
from assises.web.acts import names_of_acts

_CLOSED: Final = (
    "note    what was done stays closed: it is an act of a participant, or of a draft, or outside",
    "        of every edition. This proves that the entry was sealed at that place and not changed",
    "        since; it says neither what it is nor whose",
)
_WHO: Final = {"account": "an office", "system": "the software"}


def in_words(held: Held) -> Iterator[str]:
    """Lines for a person: what was done, when, by what kind of someone, to what."""
    if held.done is None:
        yield from _CLOSED
        return
    done = held.done
    first = done.hour.astimezone(UTC)
    last = first + timedelta(hours=1)
    day = f"{first.day} {first:%b %Y}"
    name = names_of_acts(speech("en")).get(done.act, "Another act.")
    yield f"done    {done.act}, {day}, between {first:%H:%M} and {last:%H:%M} UTC"
    yield f"        {name} By {_WHO.get(done.by, done.by)}."
    for subject in done.subjects:
        kind, _, uid = subject.partition(":")
        yield f"about   {kind} {uid}"
    if done.asked not in (None, {}, []):
        yield from _asked(done)


def _asked(done: Done) -> Iterator[str]:
    values = done.asked.items() if isinstance(done.asked, dict) else [("asked", done.asked)]
    for name, value in values:
        yield f"asked   {name}: {_plain(value)}"


def _plain(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # A terminal obeys signs that nobody sees.
    return "".join(c if c.isprintable() else "·" for c in text)

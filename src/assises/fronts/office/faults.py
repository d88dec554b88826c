"""Refusals of the acts, said in the reader's language beside the answer they concern."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from assises.fronts.office.forms import Faults
from assises.lib.errors import ActError, Invalid
from assises.look.speech import Speech

_TOO_LONG: Final = re.compile(r"it is longer than (\d+) characters \((\d+)\)")


def faults_of(s: Speech, error: ActError, known: Collection[str] = ()) -> Faults:
    """A refusal as a form shows it.

    Args:
        known: the fields of this form; what concerns another is said of the whole.
    """
    found = Faults(status=error.status)
    for name, problem in error.fields.items() if isinstance(error, Invalid) else ():
        if name in known:
            found.fields[name] = reason(s, problem)
        else:
            found.whole = reason(s, problem)
    if not found:
        found.whole = reason(s, error.problem)
    return found


def reason(s: Speech, problem: str) -> str:
    """Why, in the reader's language; what no sentence stands for is said in general."""
    long = _TOO_LONG.search(problem)
    if long:
        most, found = (s.number(int(n)) for n in long.groups())
        return s.say("Too long: {found} characters, at most {most}.", found=found, most=most)
    return _sentences(s).get(problem) or s.say("This was refused. Correct it and send it again.")


def _sentences(s: Speech) -> dict[str, str]:
    return {
        "there is nothing to read in it": s.say("There is nothing to read in it."),
        "these are not letters that can be kept": s.say("Some of these characters cannot be kept."),
        "say it in one language at least": s.say("Write it in one language at least."),
        "before the first day": s.say("The last day is before the first one."),
        "closes before it opens": s.say("It would close before it opens."),
        "3 to 80 characters": s.say(
            "A reference has 3 to 80 characters. Copy it from the authority’s receipt."
        ),
        "empty": s.say("Say in one sentence why: everyone can read it."),
        "not in the list": s.say("Choose one of the list."),
        "no reason": s.say("Say in one sentence why: it is kept in the journal."),
        "there is no such theme": s.say("This theme is no longer here. Look at the list again."),
        "this theme has parts already": s.say("This theme has parts: split one of them."),
        "too few contributions to part": s.say(
            "Fewer than ten contributions cannot be parted. Put them elsewhere one by one."
        ),
        "this is not a day": s.say("This is not a day. Write it like 2026-07-01."),
        "this is not a day of this century": s.say("This day is too far away."),
        "this is not an hour": s.say("This is not an hour. Write it like 09:30."),
        "this is not an hour of that day": s.say(
            "This hour does not exist on that day, because the clocks change."
        ),
        "the authority's reference is not confirmed": s.say(
            "It cannot open yet: an administrator must first confirm the authority’s reference."
        ),
        "this key was already used for something else": s.say(
            "This form was already sent with other words. Check what stands, then send it again."
        ),
        "nobody reviews their own translation": s.say("Nobody reviews their own translation."),
        "someone has changed it meanwhile": s.say(
            "Someone has changed this translation meanwhile. Read it again."
        ),
        "not an address": s.say("This is not an e-mail address. Write it like name@example.ma."),
        "this account has that role already": s.say("They hold this role already."),
        "this account has no such role here": s.say("They no longer hold this role."),
        "this is the last administrator": s.say(
            "This is the last administrator. Give the role to someone else first."
        ),
        "the role bar reaches no further than the simulations": s.say(
            "You came by the bar of roles, where anyone enters: this is decided only by someone "
            "who entered by a letter."
        ),
        "not a code": s.say("Choose one of the list."),
        "there is no such body here": s.say("This organisation is not here."),
        "this account speaks for it already": s.say(
            "They speak for this organisation already. End that mandate first."
        ),
        "there is no such mandate here": s.say("There is no such mandate here."),
        "this mandate has ended already": s.say("This mandate has its last day already."),
        "a pair must join this edition to another": s.say(
            "One of these verticals is not where it should be. Reload the page."
        ),
        "these two are not linked so": s.say("They are not linked, or no longer."),
        "there is no such statement": s.say("This statement is no longer here."),
        "there is no such contribution": s.say(
            "This contribution is no longer here: its author withdrew it."
        ),
    }

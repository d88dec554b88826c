"""Sentences of pages that hang on a code or a number."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from assises.look import charts
from assises.look.pages.shapes import Counts
from assises.look.report import words
from assises.look.speech import Speech

CHAIN: Final = (
    "contribution",
    "theme",
    "statement",
    "vote",
    "finding",
    "recommendation",
    "strategy",
    "measure",
)
"""The kinds in the order of the thread."""


def kind(s: Speech, code: str) -> str:
    """The name of a kind of object on the thread."""
    return {
        "contribution": s.say("Contribution"),
        "theme": s.say("Theme"),
        "statement": s.say("Statement"),
        "vote": s.say("Vote"),
        "finding": s.say("Finding"),
        "recommendation": s.say("Recommendation"),
        "strategy": s.say("Strategy"),
        "measure": s.say("Measure"),
    }[code]


def so_many(s: Speech, code: str, n: int) -> str:
    """How many of a kind: "14 contributions"."""
    return {
        "contribution": s.count("{n} contribution", "{n} contributions", n),
        "theme": s.count("{n} theme", "{n} themes", n),
        "statement": s.count("{n} statement", "{n} statements", n),
        "vote": s.count("{n} vote", "{n} votes", n),
        "finding": s.count("{n} finding", "{n} findings", n),
        "recommendation": s.count("{n} recommendation", "{n} recommendations", n),
        "strategy": s.count("{n} objective", "{n} objectives", n),
        "measure": s.count("{n} measure", "{n} measures", n),
    }[code]


def channel(s: Speech, code: str) -> str:
    """How a contribution reached us."""
    return {
        "web": s.say("on this site"),
        "paper": s.say("on paper"),
        "workshop": s.say("in a workshop"),
        "hearing": s.say("at a hearing"),
        "voice": s.say("by voice message"),
        "floor": s.say("from the floor"),
        "import": s.say("from another platform"),
    }[code]


def verdict(s: Speech, counts: Counts) -> str:
    """What people answer, as a person would say it: "7 in 10 of those who answered agree (…)"."""
    total = counts.agrees + counts.disagrees + counts.passes
    if total == 0:
        return s.say("Nobody has answered yet.")
    for side, n in (("agree", counts.agrees), ("disagree", counts.disagrees)):
        if 2 * n > total:
            said = words.in_words(s, {"successes": n, "trials": total}, side)
            return said if counts.interval is None else f"{said} {_between(s, counts.interval)}"
    return s.say(
        "No answer has a majority: of {n} voices, {agrees} agree, {disagrees} disagree and "
        "{passes} pass.",
        n=s.number(total),
        agrees=s.number(counts.agrees),
        disagrees=s.number(counts.disagrees),
        passes=s.number(counts.passes),
    )


def _between(s: Speech, bounds: tuple[float, float]) -> str:
    low, high = (s.percent(bound) for bound in bounds)
    return s.say("Between {low} and {high}.", low=low, high=high)


def shares(s: Speech, counts: Counts) -> Markup:
    """The bar of the three answers, with its words for a screen reader."""
    label = s.say(
        "{agrees} agree, {disagrees} disagree, {passes} pass",
        agrees=s.number(counts.agrees),
        disagrees=s.number(counts.disagrees),
        passes=s.number(counts.passes),
    )
    simulation = s.say("Simulation") if counts.simulated else ""
    return charts.shares(
        counts.agrees, counts.disagrees, counts.passes, label, simulation=simulation
    )

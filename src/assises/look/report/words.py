"""Sentences of the report that hang on a code or a number rather than on the page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from assises.look.speech import Speech


def tenths(s: Speech, share: float) -> str:
    """A share as a person would say it: 7 in 10."""
    n = round(share * 10)
    if share == 1:
        return s.say("Everyone who answered")
    if n == 10:
        return s.say("Nearly everyone who answered")
    return s.say("{n} in 10 of those who answered", n=s.number(n))


def in_words(s: Speech, item: Mapping[str, Any], side: str) -> str:
    """How many share an answer: "7 in 10 of those who answered agree (24 of 34)"."""
    who = tenths(s, item["successes"] / max(item["trials"], 1))
    counts = {"successes": s.number(item["successes"]), "trials": s.number(item["trials"])}
    if side == "agree":
        return s.say("{who} agree ({successes} of {trials}).", who=who, **counts)
    return s.say("{who} disagree ({successes} of {trials}).", who=who, **counts)


def interval(s: Speech, bounds: tuple[float, float]) -> str:
    """ "[66 % to 74 %]": bounds of a share."""
    text = s.say("[{low} to {high}]", low=s.percent(bounds[0]), high=s.percent(bounds[1]))
    return text.replace(" ", "\u00a0")


FOUND_AGAIN: Final = 0.75
DISSOLVED: Final = 0.5
"""Bounds of the Jaccard similarity of a group with the one most like it (Hennig 2007)."""
CLEAR: Final = 3.0
"""Nats of evidence from which one answer is clearly better (Kass and Raftery 1995)."""


def points(s: Speech, difference: Mapping[str, float]) -> str:
    """ "42 points more than the others [31 to 52]": how far a group stands from the others."""
    low, high = (s.number(round(100 * difference[end])) for end in ("low", "high"))
    return s.say(
        "Among groups formed without it: {value} points more than the others [{low} to {high}].",
        value=s.number(round(100 * difference["value"])),
        low=low,
        high=high,
    )


def verdict(s: Speech, found: Mapping[str, Any]) -> dict[str, str]:
    """Whether there are groups: in a clause, in sentences, and what the next best number was."""
    one_in = s.number(round(1 / found["p"])) if found["p"] else ""
    bent = _bent(s, found)
    if not found["lines"]:
        return {
            "short": s.say("their votes hang together no more than chance; there are no groups")
            + ".",
            "structure": bent
            + s.say(
                "Votes dealt anew within each statement hung together as closely in {n} of {deals} "
                "trials: nothing shows that opinions go together. No groups are formed.",
                n=s.number(max(round(found["p"] * (found["deals"] + 1)) - 1, 0)),
                deals=s.number(found["deals"]),
            ),
            "runner_up": "",
        }
    structure = bent + s.say(
        "The votes hang together: by chance so closely at most one time in {n} (votes dealt anew "
        "within each statement, {deals} times).",
        n=one_in,
        deals=s.number(found["deals"]),
    )
    if found["groups"] == 1:
        short = s.say("opinions go together, without dividing into groups") + "."
        structure += " " + s.say("But nothing shows a gap between people: no groups are formed.")
    else:
        short = (
            s.count(
                "opinions divide them into {n} group",
                "opinions divide them into {n} groups",
                found["groups"],
            )
            + "."
        )
    return {"short": short, "structure": structure, "runner_up": _runner_up(s, found["runner_up"])}


def _bent(s: Speech, found: Mapping[str, Any]) -> str:
    """What was made of how readily people agree, and a space; nothing where they are alike."""
    if found["camps"]:
        told = s.say("Two camps differ in how readily they agree; here that is taken for opinion.")
    elif found["agreeing"] > 0:
        told = s.say(
            "Some agree more readily than others, whatever is asked; that alone makes no group."
        )
    else:
        return ""
    return told + " "


def _runner_up(s: Speech, found: Mapping[str, Any] | None) -> str:
    if found is None:
        return ""
    number = (
        s.say("no groups")
        if found["groups"] == 1
        else s.count("{n} group", "{n} groups", found["groups"])
    )
    if found["nats"] <= 0:
        return s.say(
            "The next best answer, {number}, is as well supported; the fewest are taken.",
            number=number,
        )
    if found["nats"] < CLEAR:
        return s.say("The next best answer, {number}, is hardly worse supported.", number=number)
    return s.say("The next best answer, {number}, is clearly worse supported.", number=number)


def similar(s: Speech, value: float | None) -> str:
    """Whether a group is found again, with the figure."""
    if value is None:
        return s.say("cannot be said")
    if value >= FOUND_AGAIN:
        word = s.say("found again")
    elif value >= DISSOLVED:
        word = s.say("found in part")
    else:
        word = s.say("dissolved")
    return s.say("{word} ({value})", word=word, value=s.number(value, 2))


def found_again(s: Speech, again: Mapping[str, Any]) -> dict[str, str]:
    """How many groups were found in how many halves."""

    def numbers(of: Mapping[str, Any]) -> str:
        return s.say(", ").join(
            s.say(
                "{groups}: {times}",
                groups=s.count("{n} group", "{n} groups", one["groups"]),
                times=s.count("{n} time", "{n} times", one["times"]),
            )
            for one in of["numbers"]
        )

    people, statements = again["people"], again["statements"]
    return {
        "people": s.say(
            "Halves of the people, divided anew {halves} times, gave: {numbers}.",
            halves=s.number(people["halves"]),
            numbers=numbers(people),
        ),
        "statements": s.say(
            "By halves of the statements, {halves} times: {numbers}.",
            halves=s.number(statements["halves"]),
            numbers=numbers(statements),
        )
        if statements["halves"]
        else "",
    }


def campaigns(s: Speech, number: int) -> str:
    """How many sets of near-identical ballots there are."""
    if not number:
        return s.say("No near-identical ballots stand out")
    return s.count(
        "{n} set of near-identical ballots", "{n} sets of near-identical ballots", number
    )


def campaign(s: Speech, one: Mapping[str, Any], *, fewest: int = 0) -> list[str]:
    """Who cast near-identical ballots, when, and what hangs on them.

    Args:
        s: the language.
        one: of ``results["sure"]["campaigns"]``.
        fewest: people below which their number is not told.
    """
    people = (
        s.count("{n} person", "{n} people", one["people"])
        if one["people"] >= fewest
        else s.say("fewer than ten")
    )
    told = s.say(
        "{people}: the same answers to {n} statements, or nearly ({kept} of their answers).",
        people=people,
        n=s.number(one["statements"]),
        kept=s.percent(one["kept"]),
    )
    when = "" if one["first"] is None else period(s, one["first"], one["last"])
    changes = one["changes"]
    hang = sum(len(ids) for ids in changes.values())
    if not hang:
        return [told, when, s.say("Without them nothing that is said above would change.")]

    def named(kind: str) -> str:
        return s.say(", ").join(s.number(number) for number in changes[kind])

    lines = []
    if changes["agreed"]:
        ids = named("agreed")
        lines.append(s.say("whether every group agrees would change on statements {ids}", ids=ids))
    if changes["rejected"]:
        ids = named("rejected")
        lines.append(s.say("whether every group rejects would change on {ids}", ids=ids))
    if changes["division"]:
        ids = named("division")
        lines.append(s.say("whether the groups stand apart would change on {ids}", ids=ids))
    return [told, when, s.say("Without them:") + " " + (s.say(";") + " ").join(lines) + "."]


def source(s: Speech, table: str, number: int, *, casts: bool = False) -> str:
    """Where a figure comes from and how many it counts."""
    if casts:
        counted = s.count("{n} vote cast", "{n} votes cast", number)
    else:
        counted = s.count("{n} person", "{n} people", number)
    return s.say("Source: {table}; n = {counted}.", table=f"tables/{table}.csv", counted=counted)


def declared_by(s: Speech) -> str:
    """Where figures come from that no table of the bundle holds."""
    return s.say(
        "Source: {file}; who declared what is not in the bundle, so that only whoever has that "
        "file can compute this again ({command}).",
        file="results.json",
        # Isolated, so that it stays whole among Arabic letters.
        command="\u2066assises verify --people\u2069",
    )


def source_by_statement(s: Speech, table: str) -> str:
    """Where figures come from whose n differs from statement to statement."""
    return s.say("Source: {table}; n as said at each statement.", table=f"tables/{table}.csv")


def what(s: Speech, code: str) -> str:
    """The name of a figure that the export publishes."""
    return {
        "voters": s.say("People who voted"),
        "voters_in_conversation": s.say("People who voted enough"),
        "authors": s.say("Authors of statements"),
        "statements": s.say("Statements"),
        "groups": s.say("Groups"),
        "counts_over_all_casts": s.say(
            "Statements whose counts equal ours over all votes cast, replaced ones included"
        ),
        "cells": s.say("Cells of the table of participants that equal the last votes"),
        "people_in_groups": s.say("People in a group"),
    }[code]


def why(s: Speech, code: str) -> str:
    """Why a figure differs."""
    return {
        "counted_otherwise": s.say("The export counts otherwise, or was made at another moment."),
        "all_voters_written": s.say(
            "Known defect of these exports: they write the number of all voters on this line."
        ),
        "not_known": s.say("Not known: the export does not say."),
        "no_fixed_start": s.say(
            "The server's groups depend on the history of its runs; ours on these votes alone."
        ),
        "other_moment": s.say("The files of the export were not written at the same moment."),
    }[code]


def why_groups(s: Speech, code: str) -> str:
    """Why the two divisions into groups differ."""
    return {
        "same": s.say("The two divisions are the same."),
        "other_start": s.say(
            "The positions agree; the borders differ, since the server's groups depend on "
            "the history of its runs."
        ),
        "other_number": s.say(
            "The positions agree; the number of groups differs, since the server only changes it "
            "after several runs and ours is chosen once, at the end."
        ),
        "does_not_follow": s.say(
            "By this method the published groups do not follow from these votes; why is not known."
        ),
    }[code]


def period(s: Speech, first: str, last: str) -> str:
    """From when to when."""
    a, b = _day(first), _day(last)
    if a.date() == b.date():
        return s.say("on {day}", day=s.day(a))
    return s.say("from {first} to {last}", first=s.day(a), last=s.day(b))


def moment(s: Speech, start: str, unit: str) -> str:
    """The label of a bin of time."""
    return s.moment(_day(start), unit)


def every(s: Speech, unit: str) -> str:
    """What one column of the timeline is."""
    return {
        "hour": s.say("Votes cast by hour (universal time)."),
        "day": s.say("Votes cast by day (universal time)."),
        "week": s.say("Votes cast by week (universal time)."),
        "month": s.say("Votes cast by month (universal time)."),
        "year": s.say("Votes cast by year (universal time)."),
    }[unit]


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=UTC)

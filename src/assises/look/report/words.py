"""Sentences of the report that hang on a code or a number rather than on the page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

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


def source(s: Speech, table: str, number: int, *, casts: bool = False) -> str:
    """Where a figure comes from and how many it counts."""
    if casts:
        counted = s.count("{n} vote cast", "{n} votes cast", number)
    else:
        counted = s.count("{n} person", "{n} people", number)
    return s.say("Source: {table}; n = {counted}.", table=f"tables/{table}.csv", counted=counted)


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

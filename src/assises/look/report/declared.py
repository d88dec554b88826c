"""What is said of those who are different by their own word: colleges, regions, channels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from assises.look.report import words
from assises.look.speech import Speech

FIRST: Final = ("college", "region", "area", "language", "sex", "age", "channel", "assurance")
"""Attributes in the order in which they are told; others follow by name."""
MOST_NUMBERS: Final = 8
"""Statements named in one cell; of more the number is told."""
MOST_ROWS: Final = 30

Names = Mapping[str, Mapping[str, Mapping[str, str]]]
Linked = Callable[[int], str | Markup]


def attribute_name(s: Speech, attribute: str) -> str:
    """What an attribute is called; one we do not know, as it stands in the file."""
    return {
        "college": s.say("College"),
        "region": s.say("Region"),
        "area": s.say("Town or country"),
        "language": s.say("Language"),
        "sex": s.say("Sex"),
        "age": s.say("Age"),
        "channel": s.say("Way of taking part"),
        "assurance": s.say("Assurance"),
    }.get(attribute, attribute)


def value_name(s: Speech, attribute: str, value: str, names: Names) -> str:
    """What a value is called; one we do not know, as it stands in the file."""
    named = names.get(attribute, {}).get(value)
    if named is not None:
        return named[s.language]
    return {
        ("area", "urban"): s.say("Town"),
        ("area", "rural"): s.say("Country"),
        ("region", "abroad"): s.say("Abroad"),
        ("sex", "female"): s.say("Women"),
        ("sex", "male"): s.say("Men"),
        ("channel", "web"): s.say("Online"),
        ("channel", "paper"): s.say("On paper"),
        ("channel", "workshop"): s.say("In a workshop"),
        ("channel", "hearing"): s.say("At a hearing"),
        ("channel", "voice"): s.say("By voice"),
        ("channel", "floor"): s.say("From the floor"),
        ("channel", "import"): s.say("From a file"),
        ("assurance", ""): s.say("nobody vouches for them"),
        ("assurance", "none"): s.say("nobody vouches for them"),
        ("assurance", "address"): s.say("an address was confirmed"),
        ("assurance", "identity"): s.say("an identity was confirmed"),
    }.get((attribute, value), value)


def kind_name(s: Speech, attribute: str, value: str, names: Names) -> str:
    """ "College: academia"."""
    return s.say(
        "{attribute}: {value}",
        attribute=attribute_name(s, attribute),
        value=value_name(s, attribute, value, names),
    )


def in_each(s: Speech, row: Mapping[str, Any]) -> str:
    """How many of even the most reluctant answer so.

    Args:
        s: the language.
        row: of ``results["across"]``, with its ``side``.
    """
    share = s.percent(row["bound"])
    if row["side"] == "agree":
        return s.count(
            "In the {n} of which ten answered it, at least {share} agree.",
            "In each of the {n} of which ten answered it, at least {share} agree.",
            row["of"],
            share=share,
        )
    return s.count(
        "In the {n} of which ten answered it, at least {share} disagree.",
        "In each of the {n} of which ten answered it, at least {share} disagree.",
        row["of"],
        share=share,
    )


def _in_short(s: Speech, row: Mapping[str, Any]) -> str:
    """The same where the attribute stands beside it."""
    counted = {"share": s.percent(row["bound"]), "n": s.number(row["of"])}
    if row["side"] == "agree":
        return s.say("at least {share} agree in each ({n})", **counted)
    return s.say("at least {share} disagree in each ({n})", **counted)


def across(s: Speech, results: Mapping[str, Any], most: int) -> dict[str, Any]:
    """What is answered alike by people of every kind.

    Returns:
        ``kinds``: each attribute and who is counted; ``statements``: those that people of every
        value of an attribute answer alike, those first of which that is true of most attributes,
        each with a sentence for every one of these; ``none``: attributes without any.
    """
    told, names = results["across"], results["names"]
    attributes = sorted(told, key=_place)
    found: dict[int, list[tuple[str, dict[str, Any]]]] = {}
    for attribute in attributes:
        for row in surest(told[attribute]):
            found.setdefault(row["statement"], []).append((attribute, row))
    ordered = sorted(
        found, key=lambda n: (-len(found[n]), -min(row["bound"] for _, row in found[n]), n)
    )
    return {
        "kinds": [
            (
                attribute_name(s, attribute),
                s.say(", ").join(
                    value_name(s, attribute, v, names) for v in told[attribute]["counted"]
                ),
            )
            for attribute in attributes
        ],
        "statements": [
            (n, [(attribute_name(s, a), _in_short(s, row)) for a, row in found[n]])
            for n in ordered[:most]
        ],
        "none": s.say(", ").join(attribute_name(s, a) for a in attributes if not surest(told[a])),
    }


def surest(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Statements of either side, the highest bound first."""
    rows = [{**row, "side": side} for side in ("agree", "disagree") for row in told[side]]
    return sorted(rows, key=lambda row: (-row["bound"], row["statement"]))


def weighed(s: Speech, told: Mapping[str, Any], most: int) -> dict[str, Any]:
    """Who was weighed by what, and the statements that weighing moves most."""
    said = {n: r for n, r in told["statements"].items() if r["plain"] and r["weighted"]}
    moved = sorted(said, key=lambda n: (-_moved(said[n]), int(n)))
    unsaid = len(told["statements"]) - len(said)
    return {
        "how": [
            s.say(
                "Weighted by: {variables}. The population: {source}.",
                variables=s.say(", ").join(attribute_name(s, v) for v in told["by"]),
                source=told["source"],
            ),
            _inside(s, told["counts"]),
            s.say(
                "After weighing, their answers are worth those of {effective} people (Kish); "
                "nobody counts for more than {cap}.",
                effective=s.number(round(told["effective"])),
                cap=s.number(told["cap"]),
            ),
            "" if not told["missed"] else _missed(s, told["missed"]),
            *(_unrepresented(s, m, share) for m, share in told["unrepresented"].items() if share),
        ],
        "rows": [
            (int(n), *(_with_interval(s, said[n][way]) for way in ("plain", "weighted")))
            for n in moved[:most]
        ],
        "unsaid": ""
        if not unsaid
        else s.count(
            "Of {n} statement it cannot be said: the weighted answers are worth fewer than ten.",
            "Of {n} statements it cannot be said: the weighted answers are worth fewer than ten.",
            unsaid,
        ),
    }


def _moved(row: Mapping[str, Any]) -> float:
    return round(abs(float(row["weighted"][0]) - float(row["plain"][0])), 6)


def _inside(s: Speech, counts: Mapping[str, int | None]) -> str:
    if counts["inside"] is None:
        return s.say("Nearly everyone who voted is inside this population.")
    inside = s.number(counts["inside"])
    if counts["abroad"] is None or counts["not_said"] is None or counts["uncounted"] is None:
        return s.say(
            "{inside} of those who voted are inside this population; the others live abroad, are "
            "not counted in it or did not say: they count in the first column alone.",
            inside=inside,
        )
    return s.say(
        "{inside} of those who voted are inside this population. {abroad} live abroad, {uncounted} "
        "are not counted in it and {silent} did not say: they count in the first column alone.",
        inside=inside,
        abroad=s.number(counts["abroad"]),
        uncounted=s.number(counts["uncounted"]),
        silent=s.number(counts["not_said"]),
    )


def _missed(s: Speech, share: float) -> str:
    return s.say(
        "For that limit a share misses its target by up to {points} points.",
        points=s.number(100 * share, 1),
    )


def _unrepresented(s: Speech, margin: str, share: float) -> str:
    return s.say(
        "{margin}: of {share} of the population nobody voted, and nothing can be said of them.",
        margin=" × ".join(attribute_name(s, part) for part in margin.split(" x ")),
        share=s.percent(share),
    )


def _with_interval(s: Speech, parts: Sequence[float]) -> str:
    value, low, high = parts
    return f"{s.percent(value)} {words.interval(s, (low, high))}"


def hanging(
    s: Speech, told: Sequence[Mapping[str, Any]], names: Names, linked: Linked | None = None
) -> dict[str, Any]:
    """What would be said otherwise without each kind of people.

    Args:
        s: the language.
        told: ``results["hangs"]``.
        names: ``results["names"]``.
        linked: how a statement is named in a cell; by default by its number.

    Returns:
        ``columns`` and ``rows`` of cells, those first on which most hangs; ``unchanged`` and
        ``more``, sentences on the kinds that are in no row.
    """
    changing = [one for one in told if any(one["changes"].values())]
    changing.sort(
        key=lambda one: (
            -sum(len(ids) for ids in one["changes"].values()),
            _place(one["attribute"]),
            one["value"],
        )
    )
    same = sorted(
        (one for one in told if not any(one["changes"].values())),
        key=lambda one: (_place(one["attribute"]), one["value"]),
    )

    def name(one: Mapping[str, Any]) -> str:
        return kind_name(s, one["attribute"], one["value"], names)

    kinds = {
        "majority": s.say("Most answer alike"),
        "agreed": s.say("Every group agrees"),
        "rejected": s.say("Every group rejects"),
        "division": s.say("The groups stand apart"),
    }
    shown = [kind for kind in kinds if any(one["changes"][kind] for one in changing)]
    return {
        "columns": [s.say("Without"), *(kinds[kind] for kind in shown)],
        "rows": [
            [name(one), *(_numbers(s, one["changes"][kind], linked) for kind in shown)]
            for one in changing[:MOST_ROWS]
        ],
        "more": ""
        if len(changing) <= MOST_ROWS
        else s.count(
            "{n} more kind, on which less hangs, is in {file}.",
            "{n} more kinds, on which less hangs, are in {file}.",
            len(changing) - MOST_ROWS,
            file="results.json",
        ),
        "unchanged": _unchanged(s, [name(one) for one in same], all_of_them=not changing),
    }


def _unchanged(s: Speech, names: Sequence[str], *, all_of_them: bool) -> str:
    if not names:
        return ""
    if len(names) > MOST_ROWS:
        return s.count(
            "Without {n} other kind nothing would change.",
            "Without any single one of {n} other kinds nothing would change.",
            len(names),
        )
    listed = (s.say(";") + " ").join(names)
    if all_of_them:
        return s.say("Without any single one of these nothing would change: {names}.", names=listed)
    return s.say("Nor would anything change without one of these: {names}.", names=listed)


def _numbers(s: Speech, ids: Sequence[int], linked: Linked | None) -> str | Markup:
    """The statements of one cell."""
    if not ids:
        return "–"
    named = [s.number(n) if linked is None else linked(n) for n in ids[:MOST_NUMBERS]]
    text = Markup("{}").format(s.say(", ")).join(named)
    if len(ids) > MOST_NUMBERS:
        text += " " + s.say("and {n} more", n=s.number(len(ids) - MOST_NUMBERS))
    return text


def _place(attribute: str) -> tuple[int, str]:
    return (FIRST.index(attribute) if attribute in FIRST else len(FIRST), attribute)

"""From ``results.json`` to a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from assises.look import charts
from assises.look.charts.opinion_map import shape_of_letter
from assises.look.report import declared, words
from assises.look.report.frame import drawn, fitted
from assises.look.speech import Speech, speech

MOST_STATEMENTS: Final = 120
FEWEST_STATEMENTS: Final = 5
MOST_RANKED: Final = 10
FEWEST_RANKED: Final = 3
MOST_ROWS: Final = 20
"""Rows of bars in one ranking: with many groups it names fewer statements."""


class Lengths(NamedTuple):
    """How long the lists of a page are."""

    statements: int = MOST_STATEMENTS
    ranked: int = MOST_RANKED


def fitting_lengths(results: Mapping[str, Any]) -> Lengths:
    """The longest lists with which the page weighs no more than ``MOST_BYTES`` in any language.

    What is shown must not depend on the language: the heaviest one decides for all.
    """
    shorter = range(MOST_STATEMENTS, FEWEST_STATEMENTS - 1, -1)
    fewer = range(MOST_RANKED - 1, FEWEST_RANKED - 1, -1)
    return fitted(
        [Lengths(n) for n in shorter] + [Lengths(FEWEST_STATEMENTS, n) for n in fewer],
        lambda code, lengths: _draw(results, speech(code), {}, lengths),
    )


def render(
    results: Mapping[str, Any],
    language: str,
    others: Mapping[str, str] | None = None,
    lengths: Lengths | None = None,
) -> str:
    """The report as one HTML document.

    Args:
        results: ``results.json`` of a bundle.
        language: ``fr``, ``ar``, ``zgh`` or ``en``.
        others: the same report in other languages, file name by language, to link to.
        lengths: of its lists, if :func:`fitting_lengths` has been asked already.
    """
    return _draw(results, speech(language), others or {}, lengths or fitting_lengths(results))


def _draw(
    results: Mapping[str, Any], s: Speech, others: Mapping[str, str], lengths: Lengths
) -> str:
    page = _Page(results, s, lengths)
    given = {**page.functions(), **page.content(), "r": results, "c": results["counts"]}
    return drawn("report.html.j2", s, others, given)


class _Page:
    def __init__(self, results: Mapping[str, Any], s: Speech, lengths: Lengths) -> None:
        self.r = results
        self.s = s
        self.statements = lengths.statements
        self.rank = min(lengths.ranked, max(5, MOST_ROWS // max(len(results["groups"]), 1)))
        self.simulation = s.say("Simulation") if results["simulation"] else ""
        self.letters = [group["letter"] for group in results["groups"]]

    def functions(self) -> dict[str, Any]:
        s = self.s
        return {
            "text": lambda statement: self.r["statements"][str(statement)]["text"],
            "number_of": self.number_of,
            "shape": shape_of_letter,
            "shares": self.shares,
            "percent_agree": self.percent_agree,
            "in_words": partial(words.in_words, s),
            "interval": partial(words.interval, s),
            "source": partial(words.source, s),
            "source_by_statement": partial(words.source_by_statement, s),
            "declared_by": partial(words.declared_by, s),
            "against": self.against,
            "what": partial(words.what, s),
            "why": partial(words.why, s),
            "why_groups": partial(words.why_groups, s),
            "key": self.key,
            "ranked": self.ranked,
            "versus": self.versus,
            "bins_table": self.bins_table,
            "points": partial(words.points, s),
        }

    def content(self) -> dict[str, Any]:
        r, s = self.r, self.s
        time, person = r["participation"]["over_time"], r["participation"]["per_person"]
        heading = self.headings()
        shown = [
            key
            for key in heading
            if len(r["groups"]) > 1 or key not in ("groups", "divisive", "bridges")
        ]
        bins = time["bins"]
        variance = r["method"]["variance_shown"]
        return {
            **self.sureness(),
            **self.declared(),
            "title": r["title"] or s.say("A conversation without a title"),
            "heading": heading,
            "contents": [(key, heading[key]) for key in shown],
            "period": words.period(s, time["first"], time["last"]),
            "shared": [
                {**item, "side": side}
                for side in ("agree", "disagree")
                for item in r["consensus"][side]["strongest"]
            ],
            "shared_total": sum(r["consensus"][side]["total"] for side in ("agree", "disagree")),
            "time_top": max(b["casts"] for b in bins),
            "spread_top": max(b["people"] for b in person["bins"]),
            "variance": None if variance is None else s.percent(variance),
            "opinion_map": charts.opinion_map(
                r["map"], self.letters, heading["map"], simulation=self.simulation
            ),
            "timeline": self.histogram([b["casts"] for b in bins], words.every(s, time["unit"])),
            "time_title": words.every(s, time["unit"]),
            "time_ends": [words.moment(s, bins[i]["start"], time["unit"]) for i in (0, -1)],
            "time_rows": [
                (
                    words.moment(s, b["start"], time["unit"]),
                    s.number(b["casts"]),
                    s.number(b["people"]),
                )
                for b in bins
                if b["casts"]
            ],
            "spread": self.histogram(
                [b["people"] for b in person["bins"]],
                s.say("How many people voted on how many statements."),
            ),
            "spread_ends": [self.span(person["bins"][i]) for i in (0, -1)],
            "spread_rows": [(self.span(b), s.number(b["people"])) for b in person["bins"]],
            "listed": self.listed(),
            "partition": r["published"]["partition"],
        }

    def sureness(self) -> dict[str, Any]:
        """What is said of how sure the results are; nothing by a method that says nothing of it."""
        sure, s = self.r["sure"], self.s
        if sure is None:
            return {
                "verdict": None,
                "again": None,
                "again_words": None,
                "guaranteed": (),
                "campaigns": (),
            }
        found, again = sure["verdict"], sure["stability"]
        several = len(self.r["groups"]) > 1
        guaranteed = [
            {**item, "side": side}
            for side in ("agree", "disagree")
            for item in sure["guaranteed"][side]["strongest"]
        ]
        return {
            "verdict": None if found is None else words.verdict(s, found),
            "again": None
            if again is None or not several
            else [
                {
                    "people": words.similar(s, people),
                    "statements": words.similar(s, statements),
                }
                for people, statements in zip(
                    again["people"]["groups"], again["statements"]["groups"], strict=True
                )
            ],
            "again_words": None if again is None else words.found_again(s, again),
            "campaigns": [words.campaign(s, one) for one in sure["campaigns"]],
            "guaranteed": sorted(guaranteed, key=lambda item: (-item["bound"], item["statement"])),
        }

    def declared(self) -> dict[str, Any]:
        """What rests on what people said of themselves; nothing where nobody said."""
        r, s = self.r, self.s
        return {
            "across": None if not r["across"] else declared.across(s, r, self.rank),
            "weighed": None if not r["weighed"] else declared.weighed(s, r["weighed"], self.rank),
            "hangs": None if not r["hangs"] else declared.hanging(s, r["hangs"], r["names"]),
        }

    def headings(self) -> dict[str, str]:
        r, s = self.r, self.s
        sure = r["sure"]
        shared = sum(r["consensus"][side]["total"] for side in ("agree", "disagree"))
        unequal = sum(1 for line in r["published"]["lines"] if not line["equal"])
        return {
            "consensus": s.count(
                "On {n} statement, most of those who saw it answer alike",
                "On {n} statements, most of those who saw them answer alike",
                shared,
            ),
            "map": self.map_heading(),
            "groups": s.say("What stands for each group"),
            "divisive": s.say("What divides the groups most")
            if sure is None
            else s.count(
                "On {n} statement the groups stand apart for sure",
                "On {n} statements the groups stand apart for sure",
                sure["divided"]["total"],
            ),
            "bridges": s.say("What every group agrees with")
            if sure is None
            else s.count(
                "On {n} statement every group answers alike",
                "On {n} statements every group answers alike",
                sum(side["total"] for side in sure["guaranteed"].values()),
            ),
            **({} if sure is None else {"campaigns": words.campaigns(s, len(sure["campaigns"]))}),
            **self.headings_of_declared(),
            "participation": s.count(
                "{n} vote was cast; when, and by how many",
                "{n} votes were cast; when, and by how many",
                r["counts"]["casts"],
            ),
            "statements": s.count(
                "The {n} statement and its answers",
                "The {n} statements and their answers",
                r["counts"]["statements_listed"],
            ),
            "published": s.count(
                "{n} published figure differs from ours",
                "{n} published figures differ from ours",
                unequal,
            ),
            "method": s.say("How this was computed, and its limits"),
        }

    def headings_of_declared(self) -> dict[str, str]:
        r, s = self.r, self.s
        headings = {
            "across": s.say("What is shared by people of every kind"),
            "weighed": s.say("As answered, and weighted"),
            "hangs": s.say("What hangs on one kind of people alone"),
        }
        return {key: heading for key, heading in headings.items() if r[key]}

    def map_heading(self) -> str:
        groups = self.r["groups"]
        if len(groups) < 2:
            return self.s.say("The map: no opinion groups stand out")
        sizes = self.s.say(", ").join(
            f"{group['letter']}\u00a0({self.s.number(group['people'])})" for group in groups
        )
        return self.s.count(
            "{n} opinion group: {sizes}", "{n} opinion groups: {sizes}", len(groups), sizes=sizes
        )

    def shares(self, agrees: int, disagrees: int, passes: int) -> Markup:
        label = self.s.say(
            "{agrees} agree, {disagrees} disagree, {passes} pass",
            agrees=self.s.number(agrees),
            disagrees=self.s.number(disagrees),
            passes=self.s.number(passes),
        )
        return charts.shares(agrees, disagrees, passes, label, simulation=self.simulation)

    def percent_agree(self, group: Mapping[str, Any]) -> str:
        seen = group["agrees"] + group["disagrees"] + group["passes"]
        if seen == 0:
            return self.s.say("not seen")
        return self.s.say(
            "{share} agree, of {n}",
            share=self.s.percent(group["agrees"] / seen),
            n=self.s.number(seen),
        )

    def against(self, item: Mapping[str, Any], letter: str, answer: str) -> dict[str, str]:
        others = self.versus(item["by_group"], letter)[1]
        return {
            "successes": self.s.number(item["successes"]),
            "trials": self.s.number(item["trials"]),
            "interval": words.interval(self.s, item["interval"]),
            "there": self.s.number(others[answer]),
            "others": self.s.number(others["agrees"] + others["disagrees"] + others["passes"]),
        }

    def number_of(self, statement: int) -> Markup:
        return Markup('<p class="source">{}</p>').format(self.s.say("Statement {id}", id=statement))

    def histogram(self, heights: Sequence[int], label: str) -> Markup:
        return charts.histogram(
            heights, label, mirrored=self.s.direction == "rtl", simulation=self.simulation
        )

    def span(self, bounds: Mapping[str, int]) -> str:
        if bounds["from"] == bounds["to"]:
            return self.s.number(bounds["from"])
        return self.s.say(
            "{low} to {high}", low=self.s.number(bounds["from"]), high=self.s.number(bounds["to"])
        )

    def listed(self) -> list[tuple[str, Mapping[str, Any]]]:
        def seen(entry: tuple[str, Mapping[str, Any]]) -> tuple[int, int]:
            number, x = entry
            return -(x["agrees"] + x["disagrees"] + x["passes"]), int(number)

        return sorted(self.r["statements"].items(), key=seen)[: self.statements]

    def ranked(self, entries: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        return entries[: self.rank]

    def versus(self, groups: Sequence[Mapping[str, Any]], letter: str) -> list[dict[str, Any]]:
        """A group and all the others together."""
        own = next(group for group in groups if group["letter"] == letter)
        rest = {
            name: sum(group[name] for group in groups if group is not own)
            for name in ("agrees", "disagrees", "passes")
        }
        return [dict(own), {"letter": "", **rest}]

    def key(self) -> Markup:
        s = self.s
        swatch = Markup(
            '<li><svg viewBox="0 0 16 9" aria-hidden="true">'
            '<path class="{}" d="M0 0h16v9H0"/></svg>{}</li>'
        )
        return Markup('<ul class="key">{}</ul>').format(
            Markup("").join(
                swatch.format(name, word)
                for name, word in (
                    ("agree", s.say("Agree")),
                    ("pass", s.say("Pass")),
                    ("disagree", s.say("Disagree")),
                )
            )
        )

    def bins_table(
        self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> Markup:
        head = Markup("").join(
            Markup('<th scope="col"{}>{}</th>').format(Markup(' class="n"') if i else "", name)
            for i, name in enumerate(columns)
        )
        body = Markup("").join(
            Markup("<tr><th scope=row>{}</th>{}</tr>").format(
                row[0], Markup("").join(Markup("<td class=n>{}</td>").format(v) for v in row[1:])
            )
            for row in rows
        )
        return Markup(
            '<details><summary>{}</summary><div class="scroll" tabindex="0" role="region" '
            'aria-label="{}"><table><caption>{}</caption><thead><tr>{}</tr></thead>'
            "<tbody>{}</tbody></table></div></details>"
        ).format(self.s.say("As a table"), title, title, head, body)

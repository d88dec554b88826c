"""The report of themes: what people wrote about, in their words, as one page without scripts.

    pages = pages_of(results, ["fr", "ar"])

``results`` is ``results.json`` of a bundle of themes; a page says nothing that is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from assises.look import charts
from assises.look.languages import direction, language_name
from assises.look.report import declared, words
from assises.look.report.frame import drawn, fitted, in_languages
from assises.look.speech import Speech, speech

READS: Final = {
    "fr": ("fr",),
    "ar": ("ar", "ary-Arab"),
    "zgh": ("zgh-Tfng", "zgh-Latn"),
    "en": ("en",),
}
"""Languages that a reader of a page reads, the first best."""
MOST_VALUES: Final = 12
"""Columns of a table of what was declared."""
_TAMAZIGHT: Final = ("zgh-Tfng", "zgh-Latn")


class Lengths(NamedTuple):
    """How long the lists of a page are."""

    themes: int
    """At the top."""
    parts: int
    """Of a theme."""
    quotes: int
    """Of a theme at the top."""
    quoted: int
    """Of a part."""
    families: int


LENGTHS: Final = (
    Lengths(60, 12, 6, 2, 20),
    Lengths(60, 12, 4, 1, 20),
    Lengths(60, 12, 3, 1, 10),
    Lengths(60, 8, 3, 0, 10),
    Lengths(60, 8, 2, 0, 5),
    *(Lengths(n, 5, 2, 0, 5) for n in range(60, 14, -1)),
    *(Lengths(n, 3, 1, 0, 3) for n in range(15, 4, -1)),
    *(Lengths(5, 1, 1, 0, n) for n in (1, 0)),
)
"""From the longest to the shortest."""


def pages_of(results: Mapping[str, Any], languages: Sequence[str]) -> dict[str, str]:
    """The report in each language by its file name: the first is ``report.html``.

    Args:
        results: ``results.json`` of a bundle of themes.
        languages: ``fr``, ``ar``, ``zgh`` or ``en``, each once; none for no page.
    """
    if not languages:
        return {}
    lengths = fitting_lengths(results)
    return in_languages(
        languages, lambda language, others: render(results, language, others, lengths)
    )


def fitting_lengths(results: Mapping[str, Any]) -> Lengths:
    """The longest lists with which the page is light enough in every language."""
    return fitted(LENGTHS, lambda code, lengths: render(results, code, {}, lengths))


def render(
    results: Mapping[str, Any],
    language: str,
    others: Mapping[str, str] | None = None,
    lengths: Lengths | None = None,
) -> str:
    """The report as one HTML document.

    Args:
        results: ``results.json`` of a bundle of themes.
        language: ``fr``, ``ar``, ``zgh`` or ``en``.
        others: the same report in other languages, file name by language, to link to.
        lengths: of its lists, if :func:`fitting_lengths` has been asked already.
    """
    page = _Page(results, speech(language), lengths or fitting_lengths(results))
    given = {**page.content(), "r": results, "c": results["counts"]}
    return drawn("themes.html.j2", page.s, others or {}, given, ("report.css", "themes.css"))


class _Page:
    def __init__(self, results: Mapping[str, Any], s: Speech, lengths: Lengths) -> None:
        self.r, self.s, self.lengths = results, s, lengths
        self.simulation = s.say("Simulation") if results["simulation"] else ""
        # Only where a language model was asked is there any.
        self.drafts = {one["theme"]: one for one in results.get("drafts", ()) if one["clauses"]}
        self.below: dict[str, list[Mapping[str, Any]]] = {}
        for one in results["themes"]:
            self.below.setdefault(one["parent"], []).append(one)
        self.tops = self.below.get("", [])

    def content(self) -> dict[str, Any]:
        r, s = self.r, self.s
        heading = self.headings()
        times = r["times"]
        return {
            "title": r["title"] or s.say("A consultation without a title"),
            "heading": heading,
            "contents": list(heading.items()),
            "period": "" if times is None else words.period(s, times["first"], times["last"]),
            "tops": len(self.tops),
            "tree": [self.theme(one) for one in self.tops[: self.lengths.themes]],
            "more": self.more(self.tops[self.lengths.themes :]),
            "standing": self.standing(),
            "by_person": sum(one["named_by"] == "person" for one in r["themes"]),
            "drafted": bool(self.drafts),
            "spoken": self.spoken(),
            "tamazight": any(tag in r["languages"] for tag in _TAMAZIGHT),
            "declared": [self.declared(one) for one in r["declared"]],
            "copies": [self.copies(one) for one in r["families"][: self.lengths.families]],
            "more_copies": self.more_copies(),
            "quotation": self.quotation,
            "direction": direction,
            "share": self.share,
            "source": self.source,
        }

    def headings(self) -> dict[str, str]:
        r, s = self.r, self.s
        counts = r["counts"]
        headings = {
            "standing": s.count(
                "{n} contribution of {all} is in a theme",
                "{n} contributions of {all} are in a theme",
                counts["classified"],
                all=s.number(counts["contributions"]),
            ),
            "themes": s.count(
                "{n} theme, in people’s own words",
                "{n} themes, the largest first, in people’s own words",
                len(self.tops),
            ),
            "languages": s.count(
                "Written in {n} language", "Written in {n} languages", self.known_languages()
            ),
            "declared": s.say("What was declared with the contributions"),
            "copies": s.count(
                "{n} text came more than once",
                "{n} texts came more than once",
                counts["families"],
            )
            if counts["families"]
            else s.say("No text came more than once"),
            "method": s.say("How this was computed, and its limits"),
        }
        return {key: words for key, words in headings.items() if key != "declared" or r[key]}

    def known_languages(self) -> int:
        return len(self.r["languages"].keys() - {"und"})

    def share(self, n: int) -> str:
        """Of all contributions."""
        return self.s.percent(n / max(self.r["counts"]["contributions"], 1))

    def source(self, table: str) -> str:
        """Where a figure comes from."""
        counted = self.s.count(
            "{n} contribution", "{n} contributions", self.r["counts"]["contributions"]
        )
        return self.s.say(
            "Source: {table}; n = {counted}.", table=f"tables/{table}.csv", counted=counted
        )

    def standing(self) -> list[tuple[str, int, str]]:
        """Where each contribution stands: what, how many, what it means."""
        r, s = self.r, self.s
        reasons = [self.reason(code, n) for code, n in r["undecidable"].items() if n]
        unread = s.say("The software cannot read it; that is no judgement of what it says.")
        return [
            (
                s.say("In a theme"),
                r["counts"]["classified"],
                s.count(
                    "Of {n} of them less than half speaks for that theme: look before you rely "
                    "on it.",
                    "Of {n} of them less than half speaks for that theme: look before you rely "
                    "on them.",
                    r["unsure"],
                )
                if r["unsure"]
                else s.say("At least half of each speaks for its theme."),
            ),
            (
                s.say("Fits nowhere"),
                r["counts"]["unclassified"],
                s.say("It was read, and is like no others; it may matter as much as they do."),
            ),
            (
                s.say("Could not be read"),
                r["counts"]["undecidable"],
                " ".join([unread, *self.why(reasons)]),
            ),
        ]

    def why(self, reasons: Sequence[str]) -> list[str]:
        """The reasons in a sentence, if there are any."""
        listed = (self.s.say(";") + " ").join(reasons)
        return [self.s.say("Why: {reasons}.", reasons=listed)] if reasons else []

    def reason(self, code: str, n: int) -> str:
        """Why so many could not be read."""
        s = self.s
        why = {
            "empty": s.say("no letter and no digit"),
            "language": s.say("in a language that is not read"),
            "few": s.say("in a language compared by words alone, and too few to compare"),
            "nothing": s.say("no word that the model knows"),
        }[code]
        return s.say("{attribute}: {value}", attribute=why, value=s.number(n))

    def theme(self, one: Mapping[str, Any]) -> dict[str, Any]:
        """A theme as it is shown, with its parts."""
        parts = self.below.get(one["theme"], [])
        name, others = self.names(one)
        top = not one["parent"]
        most = self.lengths.quotes if top else self.lengths.quoted
        return {
            **one,
            "name": name,
            "read": name is not None and name["tag"] in READS[self.s.language],
            "others": others,
            "bar": charts.part(
                one["n"],
                max(self.r["counts"]["contributions"], 1),
                self.share(one["n"]),
                simulation=self.simulation,
            ),
            "spoken": self.in_each(one["languages"]),
            "draft": self.drafts.get(one["theme"]),
            "quotes": self.first_read(one["quotes"])[:most],
            "parts": [self.theme(part) for part in parts[: self.lengths.parts]],
            "parts_in_all": len(parts),
            "more": self.more(parts[self.lengths.parts :]),
        }

    def names(self, one: Mapping[str, Any]) -> tuple[dict[str, str] | None, list[dict[str, str]]]:
        """The name for readers of this page, else that in the largest language; and the others."""
        names = [
            {
                "tag": name["language"],
                "dir": direction(name["language"]),
                "words": " · ".join(name["words"]),
                "language": language_name(self.s, name["language"]),
            }
            for name in one["names"]
        ]
        mine = READS[self.s.language]
        read = sorted((n for n in names if n["tag"] in mine), key=lambda n: mine.index(n["tag"]))
        first = read[0] if read else names[0] if names else None
        return first, [name for name in names if name is not first]

    def first_read(self, quotes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Quotations, those first that readers of this page can read."""
        mine = READS[self.s.language]
        return sorted(quotes, key=lambda quote: quote["language"] not in mine)

    def more(self, left: Sequence[Mapping[str, Any]]) -> str:
        """The themes that are not shown."""
        if not left:
            return ""
        return self.s.count(
            "and {n} more in {file}, with {contributions}",
            "and {n} more in {file}, with {contributions}",
            len(left),
            file="tables/themes.csv",
            contributions=self.s.count(
                "{n} contribution", "{n} contributions", sum(one["n"] for one in left)
            ),
        )

    def more_copies(self) -> str:
        left = self.r["counts"]["families"] - min(self.lengths.families, len(self.r["families"]))
        if not left:
            return ""
        return self.s.say(
            "and {n} more in {file}", n=self.s.number(left), file="tables/families.csv"
        )

    def in_each(self, counts: Mapping[str, int]) -> str:
        """ "French 12 · Darija 5": the largest first."""
        ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        return " · ".join(
            f"{language_name(self.s, tag)}\u00a0{self.s.number(n)}" for tag, n in ordered
        )

    def spoken(self) -> list[tuple[str, int]]:
        """Languages, the largest first."""
        ordered = sorted(self.r["languages"].items(), key=lambda one: (-one[1], one[0]))
        return [(language_name(self.s, tag), n) for tag, n in ordered]

    def declared(self, one: Mapping[str, Any]) -> dict[str, Any]:
        """A table of what was declared: all contributions and the themes that are shown."""
        s, attribute = self.s, one["attribute"]
        values = [value["value"] for value in one["values"]][:MOST_VALUES]
        left = len(one["values"]) - len(values)
        all_of_them = {value["value"]: value["n"] for value in one["values"]}
        rows: list[tuple[Any, list[str]]] = [(None, self.cells(all_of_them, values))]
        for theme in self.tops[: self.lengths.themes]:
            counts = one["themes"].get(theme["theme"], {})
            rows.append((self.names(theme)[0], self.cells(counts, values)))
        return {
            "name": declared.attribute_name(s, attribute),
            "values": [
                declared.value_name(s, attribute, value, {}) if value else s.say("not declared")
                for value in values
            ],
            "rows": rows,
            "more": s.count(
                "{n} more value is in {file}.",
                "{n} more values are in {file}.",
                left,
                file="tables/theme_counts.csv",
            )
            if left
            else "",
        }

    def cells(self, counts: Mapping[str, int | None], values: Sequence[str]) -> list[str]:
        """Counts of these values; a dash for what is not told."""
        told = (counts.get(value, 0) for value in values)
        return ["–" if n is None else self.s.number(n) for n in told]

    def copies(self, one: Mapping[str, Any]) -> dict[str, Any]:
        """A set of copies: the text, how often, and when."""
        s, when = self.s, one["when"]
        told = s.count(
            "{n} contribution, {exact} of them in the same letters.",
            "{n} contributions, {exact} of them in the same letters.",
            one["n"],
            exact=s.number(one["exact"]),
        )
        if when is None:
            return {"quote": one["shown"], "told": told}
        came = s.say(
            "They came {period}, {share} of them within one hour.",
            period=words.period(s, when["first"], when["last"]),
            share=s.percent(when["densest"]),
        )
        return {"quote": one["shown"], "told": f"{told} {came}"}

    def quotation(self, quote: Mapping[str, Any]) -> Markup:
        """What someone wrote, in its script, with the translation that the source gives."""
        mine = READS[self.s.language]
        said = _words(quote["text"], quote["language"], quote["cut_before"], quote["cut_after"])
        about = Markup('<p class="source">{} · <bdi>{}</bdi></p>').format(
            language_name(self.s, quote["language"]), quote["contribution"]
        )
        if quote["language"] not in mine:
            for one in quote["translations"]:
                if one["language"] in mine:
                    how = (
                        self.s.say("Translated by a machine, as the source says:")
                        if one["machine"]
                        else self.s.say("Translation that the source gives:")
                    )
                    other = _words(one["text"], one["language"], False, False)
                    return said + Markup('<p class="source">{}</p>{}').format(how, other) + about
        return said + about


def _words(text: str, tag: str, before: bool, after: bool) -> Markup:
    cut = f"{'[…] ' if before else ''}{text}{' […]' if after else ''}"
    lang = Markup("") if tag == "und" else Markup(' lang="{}"').format(tag)
    return Markup('<q class="words"{} dir="{}">{}</q>').format(lang, direction(tag), cut)

"""Drafts of a language model, of which only what checks is left.

A model may propose clauses about a theme, each with the words it leans on. Code holds each against
what was said and computed: ids, quotes, numbers, directions of votes, every *no*, names, words that
no source has. What fails is dropped with its reasons; what only a reader can tell is held for one;
and where nothing is left, the names and quotes of the theme are shown, which nobody drafted.

That a clause is kept says that nothing was found against it, not that it is true: every draft says
that nobody has read it yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from assises.engines.themes.characters import composed
from assises.engines.themes.drafting import draft_claims as claims
from assises.engines.themes.drafting import draft_numbers as numbers
from assises.engines.themes.drafting.draft_claims import Source
from assises.engines.themes.drafting.draft_form import (
    Finding,
    Reason,
    speaks_to_programs,
    wrong_form,
)
from assises.engines.themes.drafting.draft_material import Figure, Material, Proposed, Quote, Votes
from assises.engines.themes.drafting.draft_quotes import around, find_quote, long_enough
from assises.engines.themes.drafting.draft_words import (
    Words,
    clauses,
    family,
    negated,
    words_for,
    words_of,
)
from assises.engines.themes.moderation.personal import find
from assises.lib.masking import Shape, mask
from assises.lib.progress import SILENT, Progress

__all__ = ["Checked", "Draft", "Finding", "Reason", "Status", "check", "refused"]

MORE_THAN_SOURCES: Final = 0.34
"""Share of words that no source has, above which a clause is dropped; below it a reader decides."""
_ALIKE: Final = 0.85
"""Share of words in common from which two clauses are one."""


class Status(Enum):
    """What becomes of a clause."""

    KEPT = "kept"
    HELD = "needs a reader"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Checked:
    """A clause with what was found."""

    proposed: Proposed
    findings: tuple[Finding, ...]
    sources: tuple[Source, ...]
    """The quotes that were found, with their places in the contributions."""

    @property
    def status(self) -> Status:
        """Dropped for one finding that is sure; held for one that is not."""
        if any(finding.sure for finding in self.findings):
            return Status.DROPPED
        return Status.HELD if self.findings else Status.KEPT


@dataclass(frozen=True, slots=True)
class Draft:
    """What is left of an answer."""

    language: str
    clauses: tuple[Checked, ...]
    """All of them, in the order of the answer."""
    model: str
    names: tuple[str, ...] = ()
    """Names of the theme, shown where no clause is left."""
    central: tuple[Quote, ...] = ()
    """Quotes of the theme, likewise."""
    refused: str = ""
    """Why there is no answer at all, if so."""
    unreflected: tuple[str, ...] = field(default=())
    """Contributions that no kept clause leans on, in the order they were given."""

    @property
    def kept(self) -> tuple[Checked, ...]:
        """Clauses that may be shown."""
        return tuple(one for one in self.clauses if one.status is Status.KEPT)

    @property
    def extractive(self) -> bool:
        """Whether names and quotes are shown, since no clause is left."""
        return not self.kept

    @property
    def mark(self) -> str:
        """What stands beside every draft; nothing where none is shown."""
        if self.extractive:
            return ""
        return f"draft by {self.model}, checked, not yet read by a person"


def check(
    material: Material,
    proposed: Sequence[Proposed],
    *,
    language: str,
    model: str,
    patterns: Iterable[re.Pattern[str] | Shape] = (),
    progress: Progress = SILENT,
) -> Draft:
    """Hold every clause of an answer against what was said and computed.

    Args:
        material: the theme.
        proposed: clauses of the answer, from :func:`.draft_material.proposals`.
        language: tag of the language that was asked for.
        model: name of the model, for the mark.
        patterns: shapes of personal data of the country.
        progress: told of each clause; may raise to stop.
    """
    room = _Room(material, language, tuple(patterns))
    done: list[Checked] = []
    progress.step("clauses", len(proposed))
    for clause in proposed:
        done.append(room.checked(clause, done))
        progress.advance(1)
    leant = {source.id for one in done if one.status is Status.KEPT for source in one.sources}
    return Draft(
        language,
        tuple(done),
        model,
        tuple(material.names.get(language, ())),
        _central(material),
        unreflected=tuple(one.id for one in material.contributions if one.id not in leant),
    )


def refused(material: Material, *, language: str, model: str, why: str) -> Draft:
    """What is shown where there is no answer: names and quotes, and why."""
    return Draft(
        language,
        (),
        model,
        tuple(material.names.get(language, ())),
        _central(material),
        refused=why,
        unreflected=tuple(one.id for one in material.contributions),
    )


class _Room:
    """All that clauses of one draft are held against."""

    def __init__(
        self, material: Material, language: str, patterns: tuple[re.Pattern[str] | Shape, ...]
    ) -> None:
        self.material = material
        self.language = language
        self.words = words_for(language)
        self.patterns = patterns
        self.by_id = {one.id: one for one in material.contributions}
        self.figures = material.all_figures()
        self.votes = {one.statement: one for one in material.votes}
        self.called = numbers.labels(list(self.figures.values()))
        self.theme_words = [
            word for names in material.names.values() for name in names for word in words_of(name)
        ]
        self.label_words = [
            word for named in self.called.values() for name in named for word in name
        ]

    def checked(self, clause: Proposed, before: Sequence[Checked]) -> Checked:
        if clause.wrong:
            return Checked(clause, (Finding(Reason.NOT_AS_ASKED, clause.wrong),), ())
        form = list(
            wrong_form(
                clause.text,
                self.language,
                patterns=self.patterns,
                canary=self.material.canary,
            )
        )
        if any(finding.reason is Reason.EMPTY for finding in form):
            return Checked(clause, tuple(form), ())
        sources, unfound = self._sources(clause)
        found = [*form, *unfound, *self._repeated(clause, before)]
        found += self._numbers(clause, sources)
        found += self._direction(clause)
        found += self._claims(clause, sources)
        return Checked(clause, tuple(found), tuple(sources))

    def _sources(self, clause: Proposed) -> tuple[list[Source], list[Finding]]:
        found: dict[tuple[str, str], Source] = {}
        wrong = [] if clause.sources else [Finding(Reason.NO_SOURCE, "it leans on nothing")]
        for quote in clause.sources:
            source = self._source(quote)
            if isinstance(source, Finding):
                wrong.append(source)
                continue
            found[source.id, source.quoted] = source
            if mask(source.quoted, self.patterns) != source.quoted:
                wrong.append(Finding(Reason.PERSONAL, f"the quote of {source.id} is not masked"))
            if any(one.kind == "name" for one in find(source.quoted, ())):
                wrong.append(Finding(Reason.NAME, f"perhaps in the quote of {source.id}", False))
            if speaks_to_programs(source.text):
                why = f"{source.id} speaks to programs"
                wrong.append(Finding(Reason.SUSPECT_SOURCE, why, sure=False))
        return list(found.values()), wrong

    def _source(self, quote: Quote) -> Source | Finding:
        said = self.by_id.get(quote.id)
        if said is None and quote.id in self.material.elsewhere:
            return Finding(Reason.OTHER_THEME, f"{quote.id} is of another theme")
        if said is None:
            return Finding(Reason.UNKNOWN_ID, f"there is no {quote.id}")
        text = composed(said.text)
        if not long_enough(quote.quote, text):
            return Finding(Reason.QUOTE_TOO_SHORT, f"too little of {quote.id} to lean on")
        spans = find_quote(quote.quote, text)
        if spans is None:
            return Finding(Reason.NOT_VERBATIM, f"{quote.id} does not say so word for word")
        return Source(said.id, said.language, text, spans, around(spans, text))

    def _repeated(self, clause: Proposed, before: Sequence[Checked]) -> Iterable[Finding]:
        mine = set(words_of(clause.text))
        for other in before:
            if other.status is Status.DROPPED:
                continue
            theirs = set(words_of(other.proposed.text))
            if len(mine & theirs) >= _ALIKE * len(mine | theirs) and _same_no(
                clause.text, other.proposed.text, self.words
            ):
                yield Finding(Reason.DUPLICATE, "an earlier clause says so")
                return

    def _numbers(self, clause: Proposed, sources: Sequence[Source]) -> Iterable[Finding]:
        wrong = numbers.wrong_figures(clause.numbers, self.figures)
        yield from (Finding(Reason.FIGURE, one) for one in wrong)
        named = [self.figures[one.what] for one in clause.numbers if one.what in self.figures]
        quoted = self._quoted(clause, sources)
        ids = len({source.id for source in sources})
        parts = clauses(numbers.spelled(clause.text), self.words)
        themes, groups = self.theme_words, self.label_words
        for at, part in enumerate(parts):
            for one in numbers.wrong_numbers(part, self.words, named, quoted, ids, themes, groups):
                yield Finding(Reason.NUMBER, one)
            if numbers.has_numbers(part, self.words, quoted) and not self._voted(part, named):
                beside = [one for one in parts[max(0, at - 1) : at + 2] if self._place(one)]
                yield from self._groups([word for one in (part, *beside) for word in one], named)

    def _quoted(self, clause: Proposed, sources: Sequence[Source]) -> list[list[str]]:
        """Words of the sentences it leans on, and of the statement it says was voted on."""
        texts = [source.sentence for source in sources]
        if clause.direction and (votes := self.votes.get(clause.direction.statement)):
            texts += [text for tag, text in votes.text.items() if tag == self.language]
        return [words_of(numbers.spelled(text)) for text in texts]

    def _groups(self, part: Sequence[str], named: Sequence[Figure]) -> Iterable[Finding]:
        """A count of one group that is said of another."""
        told = numbers.mentioned(part, self.called)
        counted = {figure.what for figure in named}
        for what in sorted(told - counted):
            yield Finding(Reason.ANOTHER_GROUP, f"it speaks of {what} and counts another")
        if named and not told and all(figure.words for figure in named):
            yield Finding(Reason.ANOTHER_GROUP, "it does not say whom it counts")

    def _place(self, part: Sequence[str]) -> bool:
        """Whether words say nothing but where or among whom: *in the north, …*"""
        return all(word in self.label_words for word in self.words.content(part))

    def _voted(self, part: Sequence[str], named: Sequence[Figure]) -> bool:
        """Whether words speak of votes."""
        if any(self.words.are(word, "voters") for word in part):
            return True
        counted = any(figure.votes for figure in named)
        return counted and bool(
            claims.sides(part, self.words) or numbers.numbers_of(part, self.words)
        )

    def _direction(self, clause: Proposed) -> Iterable[Finding]:
        told = clause.direction
        votes = self.votes.get(told.statement) if told else None
        if told and (votes is None or votes.side != told.side):
            computed = votes.side if votes else "there is no such statement"
            yield Finding(Reason.DIRECTION, f"the votes say: {computed}")
        named = [self.figures[one.what] for one in clause.numbers if one.what in self.figures]
        for part in clauses(numbers.spelled(clause.text), self.words):
            said = claims.sides(part, self.words)
            if told and said and told.side not in said and self._voted(part, named):
                yield Finding(Reason.DIRECTION, f"it says {' and '.join(sorted(said))}")
            if told is None and self._voted(part, named):
                yield Finding(Reason.DIRECTION, "it speaks of votes and names no statement")
            if votes and self._voted(part, named):
                yield from self._statement(part, votes)

    def _statement(self, part: Sequence[str], votes: Votes) -> Iterable[Finding]:
        """What was voted on is what the clause says was."""
        text = votes.text.get(self.language)
        if text is None:
            yield Finding(Reason.DIRECTION, "the statement is in another language", sure=False)
            return
        missing, share = claims.unsaid(" ".join(part), self.words, words_of(text))
        if missing:
            sure = share > MORE_THAN_SOURCES
            yield Finding(Reason.DIRECTION, f"not voted on: {', '.join(missing)}", sure=sure)

    def _claims(self, clause: Proposed, sources: Sequence[Source]) -> Iterable[Finding]:
        near = [one for one in sources if family(one.language) == family(self.language)]
        yield from self._asks(clause, sources)
        named = [self.figures[one.what] for one in clause.numbers if one.what in self.figures]
        quoted = self._quoted(clause, sources)

        def counted(part: Sequence[str]) -> bool:
            votes = clause.direction is not None and self._voted(part, named)
            return votes or (bool(named) and numbers.has_numbers(part, self.words, quoted))

        for one in claims.turned(numbers.spelled(clause.text), self.words, near, counted):
            yield Finding(Reason.NEGATION, ", ".join(one.words) or "twice no", sure=one.sure)
        if swapped := claims.reordered(numbers.spelled(clause.text), self.words, near, counted):
            yield Finding(Reason.ORDER, " ".join(swapped), sure=False)
        if joined := claims.torn(numbers.spelled(clause.text), self.words, near, counted):
            yield Finding(Reason.JOINED, " ".join(joined), sure=False)
        counts = any(counted(part) for part in clauses(numbers.spelled(clause.text), self.words))
        if not counts and claims.wished(clause.text, self.words, near):
            yield Finding(Reason.WISH, "its sources ask for it", sure=False)
        if word := claims.opposite(clause.text, self.words, near):
            yield Finding(Reason.OPPOSITE, word)
        yield from self._unsaid(clause, sources, near)

    def _asks(self, clause: Proposed, sources: Sequence[Source]) -> Iterable[Finding]:
        asked = clause.kind == "normative" or (
            clause.direction is None and claims.asks(clause.text, self.words)
        )
        if asked and sources and not any(claims.somebody_asks(one) for one in sources):
            yield Finding(Reason.ASKS, "none of its sources asks")

    def _unsaid(
        self, clause: Proposed, sources: Sequence[Source], near: Sequence[Source]
    ) -> Iterable[Finding]:
        known = [word for source in sources for word in words_of(source.text)]
        known += self.label_words
        if clause.numbers:
            known += self.theme_words
        if clause.direction and (votes := self.votes.get(clause.direction.statement)):
            known += [word for text in votes.text.values() for word in words_of(text)]
        for name in claims.names(clause.text, self.words, known):
            yield Finding(Reason.NAME, name)
        if not sources:
            return
        if not near:
            yield Finding(Reason.OTHER_LANGUAGES, "no source in its language", sure=False)
            return
        if cause := claims.reasons_given(clause.text, self.words, sources):
            yield Finding(Reason.MORE, f"{cause}: no source gives a reason", sure=False)
        missing, share = claims.unsaid(clause.text, self.words, known)
        alone = len(near) == len(sources) and {one.language for one in near} == {self.language}
        if missing:
            sure = share > MORE_THAN_SOURCES and alone
            yield Finding(Reason.MORE, ", ".join(missing), sure=sure)


def _central(material: Material) -> tuple[Quote, ...]:
    """Quotes of the theme; where none was chosen, its shortest contribution."""
    said = [one for one in material.contributions if any(c.isalnum() for c in one.text)]
    if material.central or not said:
        return material.central
    shortest = min(said, key=lambda one: (len(one.text), one.id))
    return (Quote(shortest.id, shortest.text),)


def _same_no(one: str, other: str, words: Words) -> bool:
    """Whether two clauses of the same words say the same."""
    return negated(words_of(one), words) % 2 == negated(words_of(other), words) % 2

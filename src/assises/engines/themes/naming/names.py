"""Names of themes: what its contributions say and the others do not, as people wrote it.

Of each language of a theme two or three words or phrases, chosen by class-based TF-IDF
(Grootendorst 2022) against the other contributions in the same language: the share that hold a
phrase, times the logarithm of how much larger it is than elsewhere. And one contribution to be
quoted, the shortest of the most central. No language model has a part in it, and nothing is shown
that nobody wrote.

What few hold is no name: a phrase stands in three contributions at least, of three authors where
they are known, so that the name of one person does not become that of a theme.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.themes.naming.choosing import Choice, choose
from assises.engines.themes.naming.words import FAMILY, Phrases, is_public, phrases
from assises.engines.themes.sentences import FEWEST_WORDS
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

FEWEST: Final = 3
"""Contributions, and authors, that hold a phrase for it to be a name."""
SURPRISE: Final = 10.83
"""Of G squared, for a phrase to be said of a theme: one in a thousand by chance (chi squared, one
degree of freedom)."""
CENTRAL: Final = 8
"""The shortest of so many most central contributions is quoted (measured in
``docs/engines/themes.md``)."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase that tells some texts from others."""

    text: str
    """The commonest of its forms among those texts, letter for letter."""
    key: str
    """Where its spellings meet; never shown."""
    score: float
    inside: int
    """Of those texts, how many hold it."""
    outside: int
    """Of the others in the same language."""


@dataclass(frozen=True, slots=True)
class InLanguage:
    """How a theme is called in one language."""

    tag: str
    contributions: int
    """Of the theme, in this language."""
    terms: tuple[Term, ...]
    """Three at most, the most telling first; none where people do not agree on words."""
    quote: int | None
    """Which contribution to quote, an index of the texts; None if each holds what may be personal
    data."""


@dataclass(frozen=True, slots=True)
class ThemeName:
    """How a theme is called."""

    theme: int
    languages: tuple[InLanguage, ...]
    """Those that are asked for and that the theme has, the largest first."""


def name(
    texts: Sequence[str],
    tags: Sequence[str],
    theme: Int32,
    centrality: Float64,
    *,
    languages: Sequence[str] | None = None,
    authors: Sequence[str] | None = None,
    progress: Progress = SILENT,
) -> list[ThemeName]:
    """Name the themes of contributions.

    Args:
        texts: as written; each counts once for each phrase.
        tags: language and script of each, as of :func:`.identify`.
        theme: of each, shape (n,); negative for none: such texts are background.
        centrality: how central each is to its theme, shape (n,); more is more.
        languages: tags to name; all that there are, if None.
        authors: who wrote each, by any pseudonym; then a phrase needs as many authors as texts.
        progress: told of texts read and themes named; may raise to stop.

    Returns:
        One for each theme that has a text, in order of their numbers; the same whatever the order
        of the texts, but for the indices.

    Raises:
        InputError: if these are of different lengths, or a centrality is no number.
    """
    theme, centrality = np.asarray(theme), np.asarray(centrality, dtype=np.float64)
    _refuse_unequal(len(texts), tags, theme, centrality, authors)
    wanted = set(tags) if languages is None else set(languages)
    tag_of = np.array(tags, dtype=object)
    found: dict[int, list[InLanguage]] = {int(t): [] for t in np.unique(theme) if t >= 0}
    families = sorted({FAMILY.get(tag, tag) for tag in wanted & set(tags)})
    for family in families:
        own = {tag for tag in set(tags) if FAMILY.get(tag, tag) == family}
        at = np.flatnonzero(np.isin(tag_of, sorted(own)))
        some = _Some(
            [texts[i] for i in at.tolist()],
            tag_of[at],
            theme[at].astype(np.int64),
            centrality[at],
            None if authors is None else [authors[i] for i in at.tolist()],
        )
        for which, one in _named(some, family, sorted(own & wanted), progress):
            quote = None if one.quote is None else int(at[one.quote])
            found[which].append(InLanguage(one.tag, one.contributions, one.terms, quote))
    return [ThemeName(which, tuple(sorted(ones, key=_by_size))) for which, ones in found.items()]


def distinctive(
    texts: Sequence[str], tag: str, inside: Bools, *, most: int = 20, progress: Progress = SILENT
) -> list[Term]:
    """What some texts of a language say more than the others, the most telling first.

    Args:
        texts: of one language, or of one family of them.
        tag: that language.
        inside: which texts are meant, shape (n,).
        most: terms at most. They may overlap: "eau potable" and "eau".
        progress: told of texts read; may raise to stop.

    Raises:
        InputError: if there is not a truth for each text.
    """
    inside = np.asarray(inside, dtype=bool)
    if inside.shape != (len(texts),):
        raise InputError(
            "There must be one truth for each text.",
            value=str(inside.shape),
            next_step="Give an array of truths, shape (n,), as long as the texts.",
        )
    of = phrases(texts, tag, fewest=FEWEST, progress=progress)
    table = _count(of, np.where(inside, 0, -1).astype(np.int64), None)
    if not inside.any():
        return []
    return [
        _term(of, choice, of.places(choice.phrase)[inside[of.text[of.places(choice.phrase)]]])
        for choice in table.of_theme(0)[:most]
    ]


@dataclass(frozen=True, slots=True)
class _Some:
    """Contributions of one family of languages."""

    texts: list[str]
    tags: npt.NDArray[np.object_]
    theme: Int64
    centrality: Float64
    authors: list[str] | None


def _named(
    some: _Some, family: str, tags: Sequence[str], progress: Progress
) -> Iterator[tuple[int, InLanguage]]:
    of = phrases(some.texts, family, fewest=FEWEST, progress=progress)
    table = _count(of, some.theme, some.authors)
    progress.step("names", len(table.themes))
    for which in table.themes.tolist():
        chosen = choose(of, table.of_theme(which), family)
        for tag in tags:
            mine = (some.theme == which) & (some.tags == tag)
            if mine.any():
                terms = tuple(_shown(of, chosen, mine))
                yield which, InLanguage(tag, int(mine.sum()), terms, _quote(some, of, mine))
        progress.advance(1)


def _shown(of: Phrases, chosen: Sequence[Choice], mine: Bools) -> Iterator[Term]:
    """The terms in the spelling of these texts; a term that none of them holds is left out."""
    for choice in chosen:
        places = of.places(choice.phrase)
        places = places[mine[of.text[places]]]
        if len(places):
            yield _term(of, choice, places)


def _term(of: Phrases, choice: Choice, places: Int64) -> Term:
    text = of.surface(places)
    return Term(text, of.key(choice.phrase), choice.score, choice.inside, choice.outside)


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many texts of each theme hold each phrase, where any does."""

    themes: Int64
    """Those that are named, in order."""
    size: Int64
    """Texts of each of them."""
    texts: int
    which: Int64
    """Index of the theme, shape (m,), in order; the next three go with it."""
    phrase: Int64
    inside: Int64
    authors: Int64
    every: Int64
    """Texts that hold each phrase, shape (T,)."""

    def of_theme(self, theme: int) -> list[Choice]:
        """What this theme says more than the others, the most telling first."""
        at = int(np.searchsorted(self.themes, theme))
        first, last = np.searchsorted(self.which, [at, at + 1])
        size = int(self.size[at])
        found = []
        for k in range(first, last):
            inside, phrase = int(self.inside[k]), int(self.phrase[k])
            if min(inside, int(self.authors[k])) < FEWEST:
                continue
            outside = int(self.every[phrase]) - inside
            score = _score(inside, size, outside, self.texts - size)
            if score > 0:
                found.append(Choice(phrase, score, inside, outside))
        return sorted(found, key=lambda choice: (-choice.score, choice.phrase))


def _score(inside: int, size: int, outside: int, others: int) -> float:
    """Share inside times the logarithm of its ratio to that outside; by the share alone if there is
    no outside; 0 of what chance may have brought there.

    Half a text more holds it outside, so that the ratio is finite.
    """
    if not others:
        return inside / size
    share, elsewhere = inside / size, outside / others
    if share <= elsewhere or _surprise(inside, size, outside, others) < SURPRISE:
        return 0.0
    return share * math.log(share / ((outside + 0.5) / (others + 1)))


def _surprise(inside: int, size: int, outside: int, others: int) -> float:
    """The log-likelihood ratio of two shares, G squared (Dunning 1993), by the texts that hold it:
    those that do not add next to nothing."""
    expected = (inside + outside) * size / (size + others)
    beyond = outside * math.log(outside / (inside + outside - expected)) if outside else 0.0
    return 2 * (inside * math.log(inside / expected) + beyond)


def _count(of: Phrases, theme: Int64, authors: Sequence[str] | None) -> _Counts:
    themes, size = np.unique(theme[theme >= 0], return_counts=True)
    # Entries are in order of phrase and text: a phrase counts once where the text changes.
    once = np.ones(len(of.phrase), dtype=bool)
    once[1:] = (of.phrase[1:] != of.phrase[:-1]) | (of.text[1:] != of.text[:-1])
    phrase, text = of.phrase[once].astype(np.int64), of.text[once]
    every = np.bincount(phrase, minlength=len(of.keys)).astype(np.int64)
    named = theme[text] >= 0
    phrase, text = phrase[named], text[named]
    code = np.searchsorted(themes, theme[text]) * len(of.keys) + phrase
    codes, inside = np.unique(code, return_counts=True)
    by = inside
    if authors is not None:
        _, writer = np.unique(np.array(authors, dtype=str), return_inverse=True)
        pairs = np.unique(np.stack([code, writer[text]]), axis=1)
        by = np.unique(pairs[0], return_counts=True)[1]
    which, of_code = np.divmod(codes, max(len(of.keys), 1))
    return _Counts(themes, size, len(theme), which, of_code, inside, by, every)


def _quote(some: _Some, of: Phrases, mine: Bools) -> int | None:
    """The shortest of the most central of these, without what may be personal data.

    One of fewer words than an idea has is quoted only if there is none longer.
    """
    order = sorted(
        np.flatnonzero(mine).tolist(), key=lambda i: (-some.centrality[i], of.texts[i], i)
    )
    public = (i for i in order if is_public(of.texts[i]))
    central: list[int] = []
    short: list[int] = []
    for i in public:
        enough = len(of.texts[i].split()) >= FEWEST_WORDS
        (central if enough else short).append(i)
        if len(central) == CENTRAL:
            break
    return min(central or short, key=lambda i: (len(of.texts[i]), of.texts[i], i), default=None)


def _by_size(one: InLanguage) -> tuple[int, str]:
    return -one.contributions, one.tag


def _refuse_unequal(
    count: int,
    tags: Sequence[str],
    theme: Int32,
    centrality: Float64,
    authors: Sequence[str] | None,
) -> None:
    lengths = {"tags": len(tags), "theme": len(theme), "centrality": len(centrality)}
    if authors is not None:
        lengths["authors"] = len(authors)
    for what, length in lengths.items():
        if length != count:
            raise InputError(
                f"There are {count} texts, but {length} of {what}.",
                value=str(length),
                next_step="Give one for each text, in the same order.",
            )
    if not np.isfinite(centrality).all():
        raise InputError(
            "How central a text is must be a number.",
            next_step="Give 0 for a text of which it is not known.",
        )

"""The way of a text: language, copies, ideas, vectors, themes, names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from assises.engines.themes import standing, units
from assises.engines.themes.arranging import Arranged, Before, arranged
from assises.engines.themes.characters import composed
from assises.engines.themes.copies.families import Families, families
from assises.engines.themes.finding import Vectors, compare, find
from assises.engines.themes.meaning.vectors import Embedder
from assises.engines.themes.naming.names import InLanguage, name
from assises.engines.themes.ordering import as_given, by_id, taken
from assises.engines.themes.result import Float32, Ideas, Int32, Theme, ThemeMap
from assises.engines.themes.returning import as_known, known_of, rejoined
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

QUOTED = 3
"""Contributions that speak for a theme, over all languages."""


def analyse(
    texts: Sequence[str],
    embedder: Embedder,
    *,
    ids: Sequence[str] | None = None,
    declared: Sequence[str | None] | None = None,
    authors: Sequence[str] | None = None,
    apart: Sequence[str] = (),
    vectors: Vectors | None = None,
    priors: Mapping[str, Float32] | None = None,
    before: Before | None = None,
    levels: int = 2,
    progress: Progress = SILENT,
) -> ThemeMap:
    """Find what texts are about.

    The same texts give the same result, whatever their order and the number of cores.

    Args:
        texts: as written, shape (n,).
        embedder: what reads them.
        ids: of each, distinct; their places unless told.
        declared: language of each, one of our tags, or None.
        authors: pseudonyms that tell who wrote each; then a name takes several people.
        apart: words that tell texts apart that are else alike, such as names of places.
        vectors: vectors of texts and tags, as of a store that keeps them; ``embedder``'s unless
            told.
        priors: where each language lies, for languages of which there are too few texts to tell.
        before: an earlier run.
        levels: of themes within themes, 1 to 3.
        progress: may raise to stop.

    Raises:
        InputError: if the columns have different lengths or an id stands twice.
    """
    known = _ids(len(texts), ids, declared, authors)
    order = by_id(known) if ids is not None else np.arange(len(known))
    found = _analysed(
        taken(texts, order),
        taken(known, order),
        None if declared is None else taken(declared, order),
        None if authors is None else taken(authors, order),
        _How(embedder, apart, vectors, priors or {}, before, levels),
        progress,
    )
    return as_given(found, order)


@dataclass(frozen=True, slots=True)
class _How:
    embedder: Embedder
    apart: Sequence[str]
    vectors: Vectors | None
    priors: Mapping[str, Float32]
    before: Before | None
    levels: int


def _analysed(
    texts: Sequence[str],
    ids: Sequence[str],
    declared: Sequence[str | None] | None,
    authors: Sequence[str] | None,
    how: _How,
    progress: Progress,
) -> ThemeMap:
    """Themes of contributions in an order of their own."""
    whole = [composed(text) for text in texts]
    languages = units.languages_of(whole, declared, progress)
    copies = families(whole, languages.tags, apart=how.apart, progress=progress)
    parts = units.cut(whole, languages, copies, progress)
    compared = compare(parts, how.embedder, how.vectors, how.priors, progress)
    past = known_of(parts, ids, how.before)
    if past is None:
        found = find(parts, compared, how.levels, progress)
    else:
        found = rejoined(parts, compared, past, progress)
    ideas = standing.ideas_of(parts, found)
    main, sure = standing.mains(parts, found, ideas)
    central = standing.central_of(parts, found, main)
    status, why = standing.statuses(parts, found, main)
    known = arranged(found, main, ids, how.before) if past is None else as_known(found, past)
    ideas, theme = _settled(ideas, main, known)
    trees = _Trees(known, theme)
    about = _About(whole, languages.tags, central, _voices(ids, authors, copies))
    return ThemeMap(
        tuple(ids),
        languages,
        status,
        why,
        theme,
        sure,
        copies,
        ideas,
        _themes(trees, ideas, about, progress),
        how.embedder.name,
        found.stranger,
        known.kept,
    )


def _ids(
    n: int,
    ids: Sequence[str] | None,
    declared: Sequence[str | None] | None,
    authors: Sequence[str] | None,
) -> tuple[str, ...]:
    found = tuple(ids) if ids is not None else tuple(str(at) for at in range(n))
    for column, what in ((found, "ids"), (declared, "languages"), (authors, "authors")):
        if column is not None and len(column) != n:
            raise InputError(
                f"there are {n} texts and {len(column)} {what}",
                next_step="Give one for each text.",
            )
    if len(set(found)) < n:
        twice = next(one for one, times in Counter(found).items() if times > 1)
        raise InputError("an id stands twice", value=twice, next_step="Give each text its own.")
    return found


def _voices(ids: Sequence[str], authors: Sequence[str] | None, copies: Families) -> tuple[str, ...]:
    """Who says what each contribution says: copies speak with one voice when a name is sought."""
    own = authors if authors is not None else ids
    return tuple(
        f"copies {family}" if family >= 0 else f"by {author or name}"
        for name, author, family in zip(ids, own, copies.family.tolist(), strict=True)
    )


def _settled(ideas: Ideas, main: Int32, known: Arranged) -> tuple[Ideas, Int32]:
    """Themes by their places as they are known, and what people put elsewhere there."""
    place = np.append(known.place, np.int32(-1))
    theme, of_idea = place[main], place[ideas.theme]
    for at, where in known.pinned.items():
        theme[at] = where
    moved = np.isin(ideas.of, list(known.pinned))
    of_idea[moved] = theme[ideas.of[moved]]
    return replace(ideas, theme=of_idea), theme


@dataclass(frozen=True, slots=True)
class _About:
    texts: Sequence[str]
    tags: Sequence[str]
    central: npt.NDArray[np.float64]
    authors: Sequence[str]


class _Trees:
    """Themes, their levels, and what is in each with its parts."""

    def __init__(self, known: Arranged, theme: Int32) -> None:
        self.known, self.theme = known, theme
        self.level = np.zeros(len(known.ids), dtype=np.int32)
        for one in self.order():
            above = known.parent[one]
            self.level[one] = self.level[above] + 1 if above >= 0 else 0

    def order(self) -> list[int]:
        """Parents before their parts."""
        below: dict[int, list[int]] = {}
        for one, above in enumerate(self.known.parent.tolist()):
            below.setdefault(above, []).append(one)
        found, waiting = [], below.get(-1, [])[::-1]
        while waiting:
            found.append(waiting.pop())
            waiting += below.get(found[-1], [])[::-1]
        return found

    def at(self, level: int, theme: Int32) -> Int32:
        """The theme at a level of what is in a theme, -1 for none."""
        up = np.full(len(self.known.ids) + 1, -1, dtype=np.int32)
        for one in self.order():
            above = int(self.known.parent[one])
            up[one] = one if self.level[one] == level else up[above] if above >= 0 else -1
        return up[theme]


def _themes(trees: _Trees, ideas: Ideas, about: _About, progress: Progress) -> tuple[Theme, ...]:
    known = trees.known
    names: dict[int, tuple[InLanguage, ...]] = {}
    n, cut = np.zeros(len(known.ids), np.int64), np.zeros(len(known.ids), np.int64)
    for level in range(int(trees.level.max()) + 1 if len(known.ids) else 0):
        at = trees.at(level, trees.theme)
        n += np.bincount(at[at >= 0], minlength=len(n))
        of_ideas = trees.at(level, ideas.theme)
        cut += np.bincount(of_ideas[of_ideas >= 0], minlength=len(cut))
        for one in name(
            about.texts, about.tags, at, about.central, authors=about.authors, progress=progress
        ):
            names[one.theme] = one.languages
    return tuple(
        Theme(
            known.ids[one],
            known.ids[known.parent[one]] if known.parent[one] >= 0 else "",
            int(trees.level[one]) + 1,
            known.by[one],
            int(n[one]),
            int(cut[one]),
            names.get(one, ()),
            _quotes(names.get(one, ())),
        )
        for one in range(len(known.ids))
    )


def _quotes(names: Sequence[InLanguage]) -> tuple[int, ...]:
    return tuple(one.quote for one in names if one.quote is not None)[:QUOTED]

"""Everything that was found comes out the same whatever the order of the rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from assises.engines.themes.analyse import analyse
from assises.engines.themes.result import ThemeMap

from .talk import Hearing, sentences


def told(found: ThemeMap) -> dict[str, Any]:
    """All of it, by ids."""
    ids, of = found.ids, found.families
    spans = zip(found.ideas.of, found.ideas.begin, found.ideas.end, found.ideas.theme, strict=True)
    return {
        "stand": {
            name: (
                (found.languages.tags[at], found.languages.mixed[at]),
                (found.status[at], found.why[at], int(found.theme[at]), float(found.sure[at])),
            )
            for at, name in enumerate(ids)
        },
        "shown": sorted(
            (ids[at], int(size), int(exact))
            for at, size, exact in zip(of.shown, of.size, of.exact, strict=True)
        ),
        "family": {
            name: (ids[of.shown[family]] if family >= 0 else "", int(kind), float(like))
            for name, family, kind, like in zip(ids, of.family, of.kind, of.likeness, strict=True)
        },
        "different": [ids[at] for at in of.different],
        "ideas": sorted((ids[one], int(a), int(b), int(theme)) for one, a, b, theme in spans),
        "themes": [
            (
                one.id,
                one.n,
                [ids[at] for at in one.quotes],
                [
                    (own.tag, own.terms, None if own.quote is None else ids[own.quote])
                    for own in one.names
                ],
            )
            for one in found.themes
        ],
    }


def test_the_one_that_is_shown_and_the_one_that_is_quoted_do_not_hang_on_the_order() -> None:
    texts, _ = sentences(25)
    texts += [*texts[:40], f"{texts[3]}; et puis {texts[60]} et {texts[61]}", "", "ⴰⴷ"]
    ids = [f"c{at * 37 % 1000:03d}" for at in range(len(texts))]
    one = analyse(texts, Hearing(), ids=ids)
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(texts)).tolist()
        other = analyse([texts[at] for at in order], Hearing(), ids=[ids[at] for at in order])
        assert other.ids == tuple(ids[at] for at in order)
        assert told(other) == told(one)
        assert (np.diff(other.ideas.of) >= 0).all()


def test_each_row_is_told_in_its_place() -> None:
    texts, _ = sentences(25)
    texts += [*texts[:10], "", "ⴰⴷ"]
    backwards = [f"{len(texts) - at:04d}" for at in range(len(texts))]
    places = analyse(texts, Hearing())
    named = analyse(texts, Hearing(), ids=backwards)
    assert named.status == places.status
    assert named.languages.tags == places.languages.tags
    same = named.families.family[:, None] == named.families.family
    assert (same == (places.families.family[:, None] == places.families.family)).all()
    for found in (named, places):
        for at, begin, end in zip(found.ideas.of, found.ideas.begin, found.ideas.end, strict=True):
            assert 0 <= begin < end <= len(texts[at])
        for theme in found.themes:
            for own in theme.names:
                assert own.quote is None or found.languages.tags[own.quote] == own.tag

"""Themes that keep their name when contributions arrive.

A theme of a new run is an old one if they share members, whatever their numbers. What people have
shaped (merged, split, locked) is not taken apart again: a new theme that is made mostly of it joins
it, and a text that a person has moved stays where it was put.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

LEAST: Final = 0.25
"""Of the members of either that both have, below which a new theme is not an old one."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a new run keeps of an old one."""

    names: tuple[str, ...]
    """Of each new theme its id; two have the same where people merged what they are made of."""
    share: float
    """Of the texts in both runs that had a theme, how many are in the same one."""


def stamp(members: Sequence[str]) -> str:
    """An id for a theme: of its first members, whatever their order.

    Args:
        members: hashes of its texts, not empty.
    """
    digest = hashlib.sha256("\n".join(sorted(members)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"t{digest[:10]}"


def kept(
    before: Mapping[str, str],
    now: Mapping[str, int],
    shaped: Set[str] = frozenset(),
) -> Kept:
    """Ids for the themes of a new run.

    Args:
        before: id of the theme of each text, by the text's hash; texts without one are left out.
        now: number of the theme of each text in the new run, from 0; -1 is none.
        shaped: ids that people have shaped.
    """
    members: dict[int, list[str]] = {}
    for text, theme in now.items():
        if theme >= 0:
            members.setdefault(theme, []).append(text)
    was = Counter(before.values())
    shared = {
        theme: Counter(before[text] for text in texts if text in before)
        for theme, texts in members.items()
    }
    names = _joined(shared, shaped)
    taken = set(names.values())
    pairs = sorted(
        (-_jaccard(both, len(members[theme]), was[name]), name, theme)
        for theme, counts in shared.items()
        for name, both in counts.items()
    )
    for minus, name, theme in pairs:
        if -minus >= LEAST and theme not in names and name not in taken and name not in shaped:
            names[theme] = name
            taken.add(name)
    fresh = {theme: stamp(texts) for theme, texts in members.items() if theme not in names}
    # The very members of a theme that another took the id of: told apart by what it is not.
    fresh = {theme: name if name not in taken else f"{name}b" for theme, name in fresh.items()}
    every = names | fresh
    stayed = sum(
        every[now[text]] == name for text, name in before.items() if now.get(text, -1) >= 0
    )
    asked = sum(text in now for text in before)
    ordered = tuple(every[theme] for theme in range(max(members, default=-1) + 1))
    return Kept(ordered, stayed / asked if asked else 1.0)


def _joined(shared: Mapping[int, Counter[str]], shaped: Set[str]) -> dict[int, str]:
    """New themes of which more than half of the known texts were in one that people shaped."""
    found = {}
    for theme, counts in shared.items():
        known = counts.total()
        for name, both in counts.items():
            if name in shaped and 2 * both > known:
                found[theme] = name
    return found


def _jaccard(both: int, one: int, other: int) -> float:
    return both / (one + other - both)

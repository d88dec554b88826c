"""Texts that are copies of each other: families with their counts; nothing is left out.

* *Exact*: the same letters and digits, whatever the case, the marks and the vowel signs.
* *Near*: copied and changed a little, as comparison word by word tells; more than half of the
  pieces of five letters are shared. A number, a negation, a name or a word that opposes makes
  another text, and so does any other word in a text of fewer than sixteen.
* *Paraphrase* and *translation* are proposals for a person, by the cosine of vectors
  (:mod:`.nearness`); they join nothing.

Candidates share two or three of their six rarest words, or all words. A family is a star: each
member is a copy of the text that was chosen for it, so that a chain of small changes is no family.
The result does not depend on the order of rows.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.themes.copies import joining_kernels, shingle_kernels
from assises.engines.themes.copies.reading import Distinct, read
from assises.engines.themes.copies.shingle_kernels import RARE, Int32, Int64, Uint64
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

Int8 = npt.NDArray[np.int8]
Float32 = npt.NDArray[np.float32]

ALONE, EXACT, NEAR = -1, 0, 1
"""How a text is in its family, or that it is in none."""
_WAYS: Final = np.array(
    [
        *((*two, -1) for two in itertools.combinations(range(RARE), 2)),
        *itertools.combinations(range(5), 3),
    ]
)
"""Which of the rarest words are looked up together."""
_KEYS: Final = 1 << 23
"""So many keys are put in order at once."""
HOUR: Final = 3_600_000
NEVER: Final = int(np.iinfo(np.int64).min)
"""The time of a text of which it is not known."""
FEWEST: Final = 5
"""So many copies with a time are shown as a campaign."""


@dataclass(frozen=True, slots=True)
class Families:
    """Which texts are copies of which. Families are in order: the largest first."""

    family: Int32
    """Of each row, -1 alone; shape (n,)."""
    kind: Int8
    """Of each row: ALONE, EXACT (the same letters as the one that is shown) or NEAR; shape (n,)."""
    likeness: Float32
    """Of each row: share of pieces that it and the one that is shown both have; shape (n,)."""
    shown: Int32
    """Of each family the row that stands for it, shape (F,)."""
    size: Int64
    """Of each family how many rows it has, shape (F,)."""
    exact: Int64
    """Of these how many have the same letters as the one that is shown, shape (F,)."""
    different: Int64
    """A row for each text that is no copy: those that are shown and those that are alone, without
    empty ones, in an order that depends on the texts only; for :func:`.nearness.propose`."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Copies with times, as a campaign is shown."""

    family: int
    n: int
    """Copies whose time is known."""
    first: int
    last: int
    """Milliseconds since 1970."""
    densest: float
    """Share of them within one hour, the fullest."""


def families(
    texts: Sequence[str],
    tags: Sequence[str],
    *,
    apart: Sequence[str] = (),
    progress: Progress = SILENT,
) -> Families:
    """Find the copies among texts.

    Args:
        texts: as they were written, shape (n,); empty ones are alone.
        tags: language and script of each (``language.identify``), shape (n,); they choose how
            spellings are folded, and a text may be a copy of one with another tag.
        apart: further words that tell texts apart in any text, such as names of places.
        progress: listener; may raise to stop.

    Raises:
        InputError: if there are not as many tags as texts.
    """
    if len(texts) != len(tags):
        raise InputError(
            "each text needs its language",
            value=f"{len(texts)} texts, {len(tags)} languages",
            next_step="Give one tag a text; und where it is not known.",
        )
    distinct = read(texts, tags, apart, progress)
    return _told(distinct, _chosen(distinct, progress))


def bursts(found: Families, times: Int64, fewest: int = FEWEST) -> list[Burst]:
    """Families with the times of their members, the largest first.

    Args:
        found: of :func:`families`.
        times: of each row, milliseconds since 1970, or NEVER; shape (n,).
        fewest: copies with a time that are shown.

    Raises:
        InputError: if there is not one time for each text.
    """
    if np.shape(times) != np.shape(found.family):
        raise InputError(
            "each text needs its time",
            value=f"{len(found.family)} texts, {len(times)} times",
            next_step="Give one a text; NEVER where it is not known.",
        )
    known = np.flatnonzero((found.family >= 0) & (times != NEVER))
    known = known[np.lexsort((times[known], found.family[known]))]
    cuts = np.searchsorted(found.family[known], np.arange(len(found.size) + 1))
    shown = []
    for family, (begin, end) in enumerate(itertools.pairwise(cuts.tolist())):
        if end - begin < fewest:
            continue
        at = times[known[begin:end]]
        # From each copy on, how many come within an hour of it.
        within = np.searchsorted(at, at + HOUR, side="left") - np.arange(len(at))
        shown.append(Burst(family, len(at), int(at[0]), int(at[-1]), float(within.max() / len(at))))
    return sorted(shown, key=lambda one: -one.n)


def _chosen(distinct: Distinct, progress: Progress) -> Int32:
    """Of each distinct text the one it is a copy of, or itself; shape (D,)."""
    w, size = distinct.words, len(distinct.count)
    parent = np.arange(size, dtype=np.int32)
    degree = np.zeros(size, dtype=np.int64)
    rare = np.empty((size, RARE), dtype=np.uint64)
    shingle_kernels.rarest(w.hashes, w.firsts, w.often, rare)
    shift = size.bit_length()
    parts = 1 + len(_WAYS) * size // _KEYS
    progress.step("copies", parts + 1)
    keys = np.empty(size, dtype=np.uint64)
    shingle_kernels.whole_keys(w.hashes, w.firsts, shift, keys)
    _linked(distinct, keys, shift, parent, degree)
    progress.advance(1)
    keys = np.empty(len(_WAYS) * size, dtype=np.uint64)
    for part in range(parts):
        held = shingle_kernels.some_keys(rare, _WAYS, part, parts, shift, keys)
        _linked(distinct, keys[:held], shift, parent, degree)
        progress.advance(1)
    return _stars(distinct, parent, degree, progress)


def _linked(distinct: Distinct, keys: Uint64, shift: int, parent: Int32, degree: Int64) -> None:
    keys.sort()
    joining_kernels.link(distinct.words, keys, shift, distinct.count, parent, degree)


def _stars(distinct: Distinct, parent: Int32, degree: Int64, progress: Progress) -> Int32:
    size = len(parent)
    chosen = np.arange(size, dtype=np.int32)
    heap = np.array([joining_kernels.root(parent, at) for at in range(size)], dtype=np.int64)
    several = np.flatnonzero(np.bincount(heap, minlength=size)[heap] > 1)
    members = several[np.argsort(heap[several], kind="stable")]
    begins = np.flatnonzero(np.diff(heap[members], prepend=-1))
    progress.step("families", len(begins))
    joining_kernels.stars(
        distinct.words, members, np.append(begins, len(members)), distinct.count, degree, chosen
    )
    progress.advance(len(begins))
    return chosen


def _told(distinct: Distinct, chosen: Int32) -> Families:
    """Families of rows, of the texts that were chosen for the distinct ones."""
    people = np.bincount(chosen, weights=distinct.count, minlength=len(chosen)).astype(np.int64)
    heads = np.flatnonzero(people > 1)
    heads = heads[np.lexsort((heads, -people[heads]))]
    number = np.full(len(chosen), -1, dtype=np.int32)
    number[heads] = np.arange(len(heads), dtype=np.int32)
    like = np.ones(len(chosen), dtype=np.float32)
    joining_kernels.likenesses(distinct.words, chosen, like)
    family = np.full(len(distinct.of), -1, dtype=np.int32)
    kind = np.full(len(distinct.of), ALONE, dtype=np.int8)
    alike = np.zeros(len(distinct.of), dtype=np.float32)
    rows = np.flatnonzero(distinct.of >= 0)
    text = distinct.of[rows]
    family[rows] = number[chosen[text]]
    mine = family[rows] >= 0
    kind[rows[mine]] = np.where(chosen[text] == text, EXACT, NEAR)[mine]
    alike[rows[mine]] = like[text[mine]]
    itself = chosen == np.arange(len(chosen))
    return Families(
        family,
        kind,
        alike,
        distinct.row[heads],
        people[heads],
        distinct.count[heads],
        distinct.row[itself].astype(np.int64),
    )

"""How each headline changes without each campaign, college or channel; nothing is deleted.

    sets = {
        **each_label("campaign", campaign_label(campaigns, people)),
        **each("college", colleges),
        **each("channel", channels),
        "no assurance": unassured,
    }
    table = without_counts(votes, label, sets)
    table.flips, table.change

Results that are functions of counts cost only the votes of those who are left out, since counts
are whole numbers and can be taken back exactly; what is not (the groups themselves) is computed
again from the votes that remain.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.inference.counting import AGREE, DISAGREE, labels_of
from assises.engines.opinion.intervals import newcombe_interval, ratio, wilson_interval
from assises.engines.opinion.matrix import Float64, Int64, VoteMatrix
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

Mask: TypeAlias = npt.NDArray[np.bool_]
Measure: TypeAlias = Callable[[VoteMatrix], Mapping[str, float]]
"""Headlines of votes: name to figure. A headline that cannot be said is left out or NaN."""
Verdict: TypeAlias = Callable[[str, float], Hashable]
"""What is said of a headline's figure; a headline flips where this differs."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """H headlines, with everyone and without each of E sets of people."""

    headlines: tuple[str, ...]
    """Names, those of the whole first."""
    exclusions: tuple[str, ...]
    """Names of the sets, as given."""
    people: Int64
    """How many each set leaves out, shape (E,)."""
    full: Float64
    """Figures with everyone, shape (H,); NaN for a headline that only shows without some."""
    without: Float64
    """Figures without each set, shape (E, H); NaN for what can no longer be said."""
    flips: Mask
    """Where the verdict is another one without the set, shape (E, H)."""

    @property
    def change(self) -> Float64:
        """Figure without the set less the figure with everyone, shape (E, H)."""
        return np.asarray(self.without - self.full)

    def flipped(self, exclusion: str) -> list[str]:
        """Headlines that flip without a set."""
        at = self.exclusions.index(exclusion)
        return [self.headlines[h] for h in np.flatnonzero(self.flips[at])]

    def fragile(self) -> dict[str, list[str]]:
        """For each headline that flips, the sets whose absence flips it."""
        return {
            self.headlines[h]: [self.exclusions[e] for e in np.flatnonzero(self.flips[:, h])]
            for h in np.flatnonzero(self.flips.any(axis=0))
        }


def verdict(name: str, figure: float) -> Hashable:
    """What our own headlines say, by the word before the colon.

    ``agreed``, ``rejected``, ``found``: whether it is above one half. ``division``: whether it is
    above 0. These do not hold where they cannot be said. ``groups``: the number itself. Anything
    else: whether it can be said.
    """
    kind = name.partition(":")[0]
    if kind in {"agreed", "rejected", "found"}:
        return figure > 0.5
    if kind == "division":
        return figure > 0.0
    if math.isnan(figure):
        return None
    return figure if kind == "groups" else True


def each(name: str, values: Sequence[Hashable] | npt.NDArray[np.generic]) -> dict[str, Mask]:
    """One set for each value of an attribute: everyone of a college, of a channel.

    Args:
        name: of the attribute; the sets are called ``name: value``.
        values: of each participant, length P. None, the empty text and NaN are in no set.

    Returns:
        name of each set to who is in it, shape (P,): numbers ascending, then the rest by name.
    """
    column = [v.item() if isinstance(v, np.generic) else v for v in values]
    known = {v for v in column if v is not None and v != "" and v == v}  # noqa: PLR0124
    return {
        f"{name}: {value}": np.array([v == value for v in column], dtype=np.bool_)
        for value in sorted(known, key=_place)
    }


def each_label(name: str, label: Int64) -> dict[str, Mask]:
    """One set for each label that somebody has: the members of each campaign.

    Args:
        name: of what is labelled; the sets are called ``name 1`` for label 0, and so on.
        label: of each participant, from 0; -1 for none, shape (P,).

    Raises:
        InputError: for labels that are not whole numbers from -1.
    """
    known = labels_of(label, len(label))
    return {f"{name} {g + 1}": known == g for g in np.unique(known[known >= 0]).tolist()}


def _place(value: Hashable) -> tuple[str, float, str]:
    """Where a value stands: 10 after 2."""
    number = float(value) if isinstance(value, int | float) else 0.0
    return str(type(value)), number, str(value)


def without(
    votes: VoteMatrix,
    exclusions: Mapping[str, Mask],
    measure: Measure,
    *,
    says: Verdict = verdict,
    progress: Progress = SILENT,
) -> Sensitivity:
    """Any headlines, computed again without each set.

    A set that leaves no one gives headlines that cannot be said.

    Args:
        votes: of everyone.
        exclusions: name to who is left out, shape (P,).
        measure: votes to figures.
        says: figure to verdict.
        progress: told of each set.

    Raises:
        InputError: for a set that is not one flag a participant.
    """
    _check(exclusions, len(votes.participants))
    full = measure(votes)
    parts = []
    progress.step("without each set", len(exclusions))
    for out in exclusions.values():
        parts.append({} if out.all() else measure(votes.of_people(~out)))
        progress.advance(1)
    return _table(full, dict(zip(exclusions, parts, strict=True)), exclusions, says)


def without_counts(
    votes: VoteMatrix,
    label: Int64,
    exclusions: Mapping[str, Mask],
    *,
    listed: Int64 | None = None,
    says: Verdict = verdict,
) -> Sensitivity:
    """The headlines of :func:`count_headlines` with fixed groups; costs only the votes left out.

    Args:
        votes: of everyone.
        label: opinion group, college or region of each participant, from 0; -1 for none, (P,).
        exclusions: name to who is left out, shape (P,).
        listed: statement indices that headlines may name; by default all.
        says: figure to verdict.

    Raises:
        InputError: for a set or labels that are not one for each participant.
    """
    full, parts = leave_out_counts(votes, label, exclusions)
    sizes = np.bincount(label[label >= 0], minlength=len(full))
    at = np.arange(len(votes.statements)) if listed is None else listed

    def headlines(counts: Int64, people: Int64) -> dict[str, float]:
        said = {f"people:{g}": float(n) for g, n in enumerate(people.tolist())}
        return said | count_headlines(counts, votes.statements, at)

    left = {
        name: sizes - np.bincount(label[out & (label >= 0)], minlength=len(full))
        for name, out in exclusions.items()
    }
    return _table(
        headlines(full, sizes),
        {name: headlines(counts, left[name]) for name, counts in parts.items()},
        exclusions,
        says,
    )


def leave_out_counts(
    votes: VoteMatrix, label: Int64, exclusions: Mapping[str, Mask]
) -> tuple[Int64, dict[str, Int64]]:
    """Agreements, disagreements, passes by group, with everyone and without each set.

    The same integers as a recount of those who remain. One pass over all votes, then only over the
    votes of each set.

    Args:
        votes: of everyone.
        label: group of each participant, from 0; -1 for none, shape (P,).
        exclusions: name to who is left out, shape (P,).

    Returns:
        counts of everyone, shape (G, S, 3), and of each remainder, likewise.
    """
    people = labels_of(label, len(votes.participants))
    _check(exclusions, len(people))
    labels = max(int(people.max(initial=-1)) + 1, 1)
    full = votes.counts_by(people, labels)
    gone = {n: votes.counts_by(np.where(out, people, -1), labels) for n, out in exclusions.items()}
    return full, {name: full - counts for name, counts in gone.items()}


def count_headlines(counts: Int64, statements: Int64, listed: Int64) -> dict[str, float]:
    """The headlines that counts alone decide.

    ``agreed:ID`` and ``rejected:ID``: the guarantee, the least over the groups of the lower bound
    of the share that agrees (disagrees) of those who saw it, passes included; above one half it is
    consensus in every group. ``division:ID``: lower bound of the widest gap between two groups'
    shares of agreement; above 0 it divides. Bounds are of 95 % intervals: Wilson (1927) for a
    share, Newcombe (1998, method 10) for a difference. A group that did not see a statement
    guarantees nothing: its bound is 0.

    Args:
        counts: shape (G, S, 3).
        statements: ids, shape (S,).
        listed: statement indices that may be named.
    """
    chosen = counts[:, listed].astype(np.float64)
    n = chosen.sum(axis=2)
    agreed, rejected = (wilson_interval(chosen[..., side], n)[0] for side in (AGREE, DISAGREE))
    said: dict[str, float] = {}
    for name, figure in (
        ("agreed", agreed.min(axis=0)),
        ("rejected", rejected.min(axis=0)),
        ("division", _division(chosen[..., AGREE], n)),
    ):
        said |= zip(
            [f"{name}:{s}" for s in statements[listed].tolist()], figure.tolist(), strict=True
        )
    return said


def group_headlines(
    votes: VoteMatrix, label: Int64, regroup: Callable[[VoteMatrix], Int64]
) -> Measure:
    """A measure for :func:`without`: how the groups come out when they are formed again.

    ``groups``: how many. ``found:G``: Jaccard similarity of what remains of group G with the group
    that resembles it most; below one half it has dissolved (Hennig 2007). ``share:G``: the part of
    the people in groups who are in that group.

    Args:
        votes: of everyone.
        label: group of each participant with everyone, -1 for none, shape (P,).
        regroup: votes to the group of each of their participants, -1 for none.
    """

    def measure(remaining: VoteMatrix) -> dict[str, float]:
        old = label[np.searchsorted(votes.participants, remaining.participants)]
        new = np.asarray(regroup(remaining))
        groups = int(new.max(initial=-1)) + 1
        said = {"groups": float(groups)}
        for g in range(int(label.max(initial=-1)) + 1):
            inside = old == g
            if not inside.any() or groups == 0:
                continue
            both = np.bincount(new[inside & (new >= 0)], minlength=groups)
            sizes = np.bincount(new[new >= 0], minlength=groups)
            similar = both / (sizes + int(inside.sum()) - both)
            best = int(similar.argmax())
            said[f"found:{g}"] = float(similar[best])
            said[f"share:{g}"] = float(sizes[best] / sizes.sum())
        return said

    return measure


def _check(exclusions: Mapping[str, Mask], people: int) -> None:
    for name, out in exclusions.items():
        if out.shape != (people,) or out.dtype != np.bool_:
            raise InputError(
                "a set to leave out is one flag for each participant",
                column=name,
                value=f"{out.dtype} of shape {out.shape}",
                next_step="Give True for those to leave out.",
            )


def _table(
    full: Mapping[str, float],
    parts: Mapping[str, Mapping[str, float]],
    exclusions: Mapping[str, Mask],
    says: Verdict,
) -> Sensitivity:
    names = list(full) + sorted({h for part in parts.values() for h in part} - set(full))
    whole = np.array([full.get(h, math.nan) for h in names], dtype=np.float64)
    left = np.array(
        [[part.get(h, math.nan) for h in names] for part in parts.values()], dtype=np.float64
    ).reshape(len(parts), len(names))
    before = [says(h, x) for h, x in zip(names, whole.tolist(), strict=True)]
    flips = [
        [says(h, x) != b for h, x, b in zip(names, row, before, strict=True)]
        for row in left.tolist()
    ]
    return Sensitivity(
        headlines=tuple(names),
        exclusions=tuple(exclusions),
        people=np.array([int(out.sum()) for out in exclusions.values()], dtype=np.int64),
        full=whole,
        without=left,
        flips=np.array(flips, dtype=np.bool_).reshape(left.shape),
    )


def _division(agreed: Float64, n: Float64) -> Float64:
    """Lower bound of the difference of the two groups furthest apart, shape (S,).

    NaN where fewer than two groups saw the statement.
    """
    share = ratio(agreed, n)
    top = np.where(n > 0, share, -np.inf).argmax(axis=0)
    bottom = np.where(n > 0, share, np.inf).argmin(axis=0)
    at = np.arange(n.shape[1])
    bound, _ = newcombe_interval((agreed[top, at], n[top, at]), (agreed[bottom, at], n[bottom, at]))
    return np.where((n > 0).sum(axis=0) > 1, bound, np.nan)

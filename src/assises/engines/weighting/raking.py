"""Weights that make a sample look like a census on its margins (raking)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.weighting.kish import design_effect, effective_n
from assises.lib.errors import InputError

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

OUTSIDE: Final = -1
"""Code of someone whom the census does not count: abroad, too young, not said."""
_SAME_TOTAL: Final = 1e-6
"""How far two margins' totals may differ, relatively: rounded counts do."""
_LIGHTEST: Final = 1e-200
_DENSE: Final = 1 << 24
"""Combinations of categories up to which cells are addressed directly."""


@dataclass(frozen=True, slots=True)
class Unrepresented:
    """A category of the census that nobody in the sample is of: of it nothing can be said."""

    margin: str
    code: int
    share: float
    """Of the population."""


@dataclass(frozen=True, slots=True)
class Trimming:
    """What bounding the weights did and cost."""

    cap: float
    people: int
    """At the bound."""
    effective_n_before: float
    """Kish's, without the bound."""
    heaviest_before: float
    """Largest weight without the bound, in mean weights."""
    unmet: Mapping[str, Float64]
    """For each margin, weighted share less target share of each category: 0 where it is met."""

    @property
    def cost(self) -> float:
        """Largest share by which a category misses its target."""
        return max((float(np.abs(u).max(initial=0.0)) for u in self.unmet.values()), default=0.0)


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of a sample and how they came about."""

    weight: Float64
    """Of each person, shape (P,), mean 1 over those inside the frame; 0 outside it."""
    outside: npt.NDArray[np.bool_]
    """Who is outside the frame, shape (P,)."""
    unrepresented: tuple[Unrepresented, ...]
    """Categories of which nothing can be said. The others stand for the rest of the population."""
    shares: Mapping[str, Float64]
    """For each margin, the weighted share of each category."""
    rounds: int
    """Passes over all margins."""
    deviation: float
    """Largest difference left between a weighted share and what it was raked to."""
    trimming: Trimming | None
    """Where a cap was given."""

    @property
    def effective_n(self) -> float:
        """Kish's effective number of people inside the frame."""
        return effective_n(self.weight)

    @property
    def design_effect(self) -> float:
        """Kish's: people inside the frame over their effective number."""
        return design_effect(self.weight)

    @property
    def unrepresented_share(self) -> Mapping[str, float]:
        """For each margin, the share of the population that nobody represents."""
        total = dict.fromkeys(self.shares, 0.0)
        for one in self.unrepresented:
            total[one.margin] += one.share
        return total


@dataclass(frozen=True, slots=True)
class _Margin:
    """A margin on the cells: the categories that somebody is of, from 0."""

    name: str
    index: Int64
    """Category of each cell, shape (cells,)."""
    codes: Int64
    """Their codes in the census."""
    target: Float64
    """Shares that sum to 1."""


def rake(
    categories: Mapping[str, npt.ArrayLike],
    margins: Mapping[str, npt.ArrayLike],
    *,
    cap: float | None = None,
    tolerance: float = 1e-12,
    max_rounds: int = 10_000,
) -> Weights:
    """Weight a sample so that its shares on each margin are those of a population.

    Iterative proportional fitting (Deming & Stephan 1940): each margin in turn is scaled to its
    target until all hold. Of all weights that meet the margins these are nearest to equal ones in
    relative entropy (Ireland & Kullback 1968). A joint distribution is one margin whose categories
    are its cells (region x area x sex x age); then one round is exact. People who answer alike on
    all margins weigh the same, so that the work is on their combinations, and its result does not
    depend on the order of people.

    With ``cap``, weights are min(cap, product of factors), the factors refitted with the bound in
    place (Deville & Sarndal 1992, case 7, upper bound only), rather than cut once and left off
    target. A category too small to reach its target under the cap is held at the cap, its
    shortfall is shared out over the others of its margin, and ``trimming`` says so.

    Args:
        categories: for each variable, the code of each person, shape (P,), from 0;
            :data:`OUTSIDE` for those the census does not count. Who is outside on one variable is
            outside the frame.
        margins: for each of the same variables, people or shares of each code, shape (K,). All in
            one unit: their totals must agree.
        cap: largest weight, in mean weights, above 1; by default none.
        tolerance: largest difference between a weighted share and its target.
        max_rounds: passes over the margins before giving up.

    Returns:
        weights. Categories of the census that nobody is of are in ``unrepresented``; the shares of
        the others are then of those represented.

    Raises:
        InputError: naming the margin, where a code has no target or a target of nobody, totals
            disagree, a target is negative, the targets contradict each other given who is in the
            sample, or the cap cannot be kept.
    """
    codes = _codes(categories, margins)
    targets = _targets(margins)
    outside = np.any([c == OUTSIDE for c in codes.values()], axis=0)
    if outside.all():
        raise InputError(
            "nobody is inside the frame",
            column=next(iter(codes)),
            next_step="Give codes from 0 to those whom the census counts.",
        )
    inside = {name: c[~outside] for name, c in codes.items()}
    cell, size, by_cell = _cells(inside, targets)
    fitted, unrepresented = _margins(by_cell, targets)
    weight, rounds, deviation = _fit(size, fitted, np.inf, tolerance, max_rounds)
    trimming = None
    if cap is not None:
        free, held = weight, _reachable(size, fitted, _cap(cap))
        weight, more, deviation = _fit(size, held, cap, tolerance, max_rounds)
        trimming = _trimming(size, fitted, free, weight, cap, targets)
        rounds += more
    each = np.zeros(len(outside))
    each[~outside] = weight[cell]
    shares = {m.name: _all_codes(m, _shares(size * weight, m), targets) for m in fitted}
    return Weights(each, outside, unrepresented, shares, rounds, deviation, trimming)


def _codes(
    categories: Mapping[str, npt.ArrayLike], margins: Mapping[str, npt.ArrayLike]
) -> dict[str, Int64]:
    if not margins or set(categories) != set(margins):
        raise InputError(
            "each margin needs a category for each person, and the reverse",
            column=next(iter(sorted(set(categories) ^ set(margins))), None),
            next_step="Give the same names to categories and margins.",
        )
    codes = {name: np.asarray(categories[name]) for name in margins}
    people = len(next(iter(codes.values())))
    for name, code in codes.items():
        if code.shape != (people,) or not np.issubdtype(code.dtype, np.integer):
            raise InputError(
                "categories are whole numbers, one for each person",
                column=name,
                value=f"{code.dtype} of shape {code.shape} for {people} people",
                next_step="Number the categories from 0; -1 is for those outside the frame.",
            )
        beyond = (code < OUTSIDE) | (code >= np.size(margins[name]))
        if beyond.any():
            raise InputError(
                "a category has no target",
                line=int(np.flatnonzero(beyond)[0]) + 1,
                column=name,
                value=int(code[beyond][0]),
                next_step="Give a target for each code, and -1 to those outside the frame.",
            )
    return {name: code.astype(np.int64) for name, code in codes.items()}


def _targets(margins: Mapping[str, npt.ArrayLike]) -> dict[str, Float64]:
    """Each margin in its own unit; all sum to about the same."""
    targets = {name: np.asarray(t, dtype=np.float64) for name, t in margins.items()}
    totals = {name: float(t.sum()) for name, t in targets.items()}
    first = next(iter(totals))
    for name, target in targets.items():
        if target.ndim != 1 or not np.isfinite(target).all() or (target < 0).any():
            raise InputError(
                "targets are finite and not negative, one for each category",
                column=name,
                value=target.tolist(),
                next_step="Give the people, or the shares, of each category.",
            )
        if not totals[name] > 0.0:
            raise InputError(
                "the population is empty",
                column=name,
                value=totals[name],
                next_step="Give the people, or the shares, of each category.",
            )
        if abs(totals[name] - totals[first]) > _SAME_TOTAL * totals[first]:
            raise InputError(
                f"the margin does not count the same population as {first}, {totals[first]:g}",
                column=name,
                value=totals[name],
                next_step="Bring all margins to the same total.",
            )
    return targets


def _cap(cap: float) -> float:
    if not cap > 1.0:
        raise InputError(
            "a cap lies above the mean weight, 1",
            column="cap",
            value=cap,
            next_step="Give for example 5.",
        )
    return cap


def _cells(
    codes: Mapping[str, Int64], targets: Mapping[str, Float64]
) -> tuple[Int64, Float64, dict[str, Int64]]:
    """Combinations that occur: that of each person, how many each has, and their categories.

    Ascending by code, so that what follows does not know the order of people.
    """
    joint = np.zeros(len(next(iter(codes.values()))), dtype=np.int64)
    wide, members = 1, {name: np.zeros(1, dtype=np.int64) for name in codes}
    for name, code in codes.items():
        k = len(targets[name])
        joint = joint * k + code
        present, joint = _compressed(joint, wide * k)
        members = {other: index[present // k] for other, index in members.items()}
        members[name] = present % k
        wide = len(present)
    size = np.bincount(joint, minlength=wide).astype(np.float64)
    return joint, size, members


def _compressed(codes: Int64, width: int) -> tuple[Int64, Int64]:
    """The codes that occur, ascending, and the place of each person's among them."""
    if width > _DENSE:
        present, place = np.unique(codes, return_inverse=True)
        return present, place
    present = np.flatnonzero(np.bincount(codes, minlength=width))
    place_of = np.zeros(width, dtype=np.int64)
    place_of[present] = np.arange(len(present))
    return present, place_of[codes]


def _margins(
    members: Mapping[str, Int64], targets: Mapping[str, Float64]
) -> tuple[list[_Margin], tuple[Unrepresented, ...]]:
    margins, nobody = [], []
    for name, target in targets.items():
        share = target / target.sum()
        codes, index = np.unique(members[name], return_inverse=True)
        vacant = codes[share[codes] == 0.0]
        if len(vacant):
            raise InputError(
                "the sample has people where the population has none",
                column=name,
                value=int(vacant[0]),
                next_step="Correct the target, or give them -1: outside the frame.",
            )
        missing = np.setdiff1d(np.flatnonzero(share), codes)
        nobody += [Unrepresented(name, int(c), float(share[c])) for c in missing]
        margins.append(_Margin(name, index, codes, share[codes] / share[codes].sum()))
    return margins, tuple(nobody)


def _fit(
    size: Float64, margins: list[_Margin], cap: float, tolerance: float, max_rounds: int
) -> tuple[Float64, int, float]:
    """Weight of each cell, mean 1 over people; passes made; largest deviation left."""
    people = size.sum()
    free = np.ones(len(size))
    for done in range(1, max_rounds + 1):
        for margin in margins:
            free = free * _factors(size, free, margin, people, cap)[margin.index]
            # Margins that contradict each other drive weights to nothing without end.
            free = np.clip(free, _LIGHTEST, 1.0 / _LIGHTEST)
        weight = np.minimum(free, cap)
        gaps = [float(np.abs(_shares(size * weight, m) - m.target).max()) for m in margins]
        if max(gaps) <= tolerance:
            return weight, done, max(gaps)
    raise _contradiction(size * np.minimum(free, cap), margins, gaps, cap, max_rounds)


def _factors(size: Float64, free: Float64, margin: _Margin, people: float, cap: float) -> Float64:
    """What each category is multiplied by so that its weights, bounded, add up to its target."""
    k, wanted = len(margin.codes), margin.target * people
    bound = np.zeros(len(size), dtype=bool)
    while True:
        at_cap = np.bincount(margin.index, weights=np.where(bound, size * cap, 0.0), minlength=k)
        below = np.bincount(margin.index, weights=np.where(bound, 0.0, size * free), minlength=k)
        # All at the bound: just enough for the lightest cell to reach it.
        lightest = np.full(k, np.inf)
        np.minimum.at(lightest, margin.index, free)
        full = below <= 0.0
        factor = np.divide(wanted - at_cap, below, out=cap / lightest, where=~full)
        more = ~full[margin.index] & ~bound & (factor[margin.index] * free > cap)
        if not more.any():
            return factor
        bound |= more


def _contradiction(
    mass: Float64, margins: list[_Margin], gaps: list[float], cap: float, rounds: int
) -> InputError:
    worst = margins[int(np.argmax(gaps))]
    gap = _shares(mass, worst) - worst.target
    at = int(np.abs(gap).argmax())
    why = (
        "who is in the sample" if np.isinf(cap) else f"who is in the sample and the cap of {cap:g}"
    )
    return InputError(
        f"the margin contradicts the others, given {why}: after {rounds} rounds category "
        f"{int(worst.codes[at])} is off by {gap[at]:+.2g} of the population",
        column=worst.name,
        next_step="Merge categories that few people are of, or drop a margin"
        + (", or allow more rounds." if np.isinf(cap) else ", or raise the cap."),
    )


def _reachable(size: Float64, margins: list[_Margin], cap: float) -> list[_Margin]:
    """Targets that the cap allows; the excess goes to the other categories of the margin."""
    result = []
    for m in margins:
        most = cap * _shares(size, m)
        target, held = m.target, m.target > most
        while (target > most).any():
            held = held | (target > most)
            rest = np.where(held, 0.0, m.target)
            target = np.where(held, most, rest * (1.0 - most[held].sum()) / rest.sum())
        result.append(_Margin(m.name, m.index, m.codes, target))
    return result


def _trimming(
    size: Float64,
    margins: list[_Margin],
    free: Float64,
    weight: Float64,
    cap: float,
    targets: Mapping[str, Float64],
) -> Trimming:
    return Trimming(
        cap=cap,
        people=int(size[weight >= cap].sum()),
        effective_n_before=effective_n(np.repeat(free, size.astype(np.int64))),
        heaviest_before=float(free.max()),
        unmet={
            m.name: _all_codes(m, _shares(size * weight, m) - m.target, targets) for m in margins
        },
    )


def _shares(mass: Float64, margin: _Margin) -> Float64:
    by_category = np.bincount(margin.index, weights=mass, minlength=len(margin.codes))
    return np.asarray(by_category / mass.sum())


def _all_codes(margin: _Margin, values: Float64, targets: Mapping[str, Float64]) -> Float64:
    """Of every category of the census; 0 for those that nobody is of."""
    out = np.zeros(len(targets[margin.name]))
    out[margin.codes] = values
    return out

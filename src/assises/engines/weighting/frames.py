"""A sample joined with a frame: what people answered becomes codes, and codes become weights."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.weighting.raking import OUTSIDE, Weights, rake
from assises.lib.errors import InputError
from assises.lib.frames import ABROAD, BY, Cell, Frame, Margin, unknown

Int64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Answers = Sequence[str | None] | npt.NDArray[np.str_] | npt.NDArray[np.object_] | Int64

NOT_SAID: Final = OUTSIDE
"""Code of who did not say."""
IS_ABROAD: Final = -2
"""Code of who lives outside the country; as a label it is ``abroad``."""
UNCOUNTED: Final = -3
"""Code of who answered what the frame does not count."""


@dataclass(frozen=True, slots=True)
class Side:
    """A cell of a margin, raw and weighted side by side."""

    margin: str
    cell: Cell
    people: int
    """Of the sample, inside the frame."""
    raw: float
    """Their share of the sample inside the frame."""
    weighted: float
    """Their share once weighted."""
    population: float
    """Share of the population: not the weighted one where a cap holds, or nobody is of a cell."""
    estimated: bool
    """Whether the census did not count the cell, but it was computed from what it counted."""


@dataclass(frozen=True, slots=True)
class Weighting:
    """Who speaks for whom in a frame, and who stands outside it and why.

    Someone is outside for one reason: abroad, else not counted by the frame, else not said.
    """

    frame: Frame
    weights: Weights
    abroad: Bools
    """Who lives abroad, shape (P,): reported, never weighted."""
    uncounted: Bools
    """Who answered what the frame does not count, shape (P,)."""
    not_said: Bools
    """Who left a variable of the frame unanswered, shape (P,)."""
    sides: tuple[Side, ...]
    """Every cell of every margin, in the order of the frame."""

    @property
    def weight(self) -> npt.NDArray[np.float64]:
        """Of each person, shape (P,): mean 1 inside the frame, 0 outside."""
        return self.weights.weight

    @property
    def counts(self) -> Mapping[str, int]:
        """People ``inside`` the frame, ``abroad``, ``uncounted`` and who have ``not said``."""
        outside = {
            "abroad": int(self.abroad.sum()),
            "uncounted": int(self.uncounted.sum()),
            "not said": int(self.not_said.sum()),
        }
        return {"inside": len(self.abroad) - sum(outside.values())} | outside

    @property
    def unrepresented(self) -> tuple[Side, ...]:
        """Cells that people live in and nobody in the sample is of: of them nothing can be said."""
        return tuple(side for side in self.sides if not side.people and side.population > 0)


def weigh(
    people: Mapping[str, Answers],
    frame: Frame,
    *,
    cap: float | None = None,
    uncounted: Mapping[str, Collection[str]] | None = None,
) -> Weighting:
    """Rake a sample to a frame.

    Who did not answer a variable of the frame, lives abroad, or answered what the frame does not
    count, has weight 0 and is counted apart.

    Args:
        people: for each variable of the frame, what each person answered, shape (P,): labels,
            where ``None`` and the empty text are not said and ``abroad`` is abroad; or whole
            numbers, the place in ``frame.categories(variable)``, :data:`NOT_SAID`,
            :data:`IS_ABROAD` or :data:`UNCOUNTED`. Other variables are not looked at.
        frame: the margins to meet. A variable that nobody was asked has to be left out of it, with
            ``frame.on(…)``: else nobody is inside.
        cap: largest weight, in mean weights, above 1; by default none.
        uncounted: for each variable, labels that may be answered and that the frame does not
            count: people who are too young, for example.

    Raises:
        InputError: for a variable of the frame that is missing, answers of different lengths, an
            answer that is none of the frame's categories, people where the population has none,
            nobody inside, and what :func:`assises.engines.weighting.rake` refuses.
    """
    codes = _codes(people, frame, uncounted or {})
    abroad = np.any([c == IS_ABROAD for c in codes.values()], axis=0)
    beyond = np.any([c == UNCOUNTED for c in codes.values()], axis=0) & ~abroad
    not_said = np.any([c == NOT_SAID for c in codes.values()], axis=0) & ~abroad & ~beyond
    outside = abroad | beyond | not_said
    if outside.all():
        raise InputError(
            f"nobody is inside the frame: of {len(outside)} people {int(abroad.sum())} are abroad, "
            f"{int(beyond.sum())} not counted, and {int(not_said.sum())} have not said",
            column=frame.variables[0],
            next_step="Rake on fewer variables: frame.on(…).",
        )
    cells = {m.name: _cells(m, frame, codes, outside) for m in frame.margins}
    targets = {m.name: list(m.people.values()) for m in frame.margins}
    weights = rake(cells, targets, cap=cap)
    sides = tuple(s for m in frame.margins for s in _sides(m, cells[m.name], weights))
    return Weighting(frame, weights, abroad, beyond, not_said, sides)


def _codes(
    people: Mapping[str, Answers], frame: Frame, uncounted: Mapping[str, Collection[str]]
) -> dict[str, Int64]:
    codes: dict[str, Int64] = {}
    for variable in frame.variables:
        if variable not in people:
            raise InputError(
                "the frame asks for what the sample does not have",
                column=variable,
                next_step="Give each person's answer, or leave it out of the frame: frame.on(…).",
            )
        answers, known = people[variable], frame.categories(variable)
        if isinstance(answers, np.ndarray) and np.issubdtype(answers.dtype, np.integer):
            codes[variable] = _numbered(answers.astype(np.int64), known, variable)
        else:
            codes[variable] = _labelled(answers, known, variable, uncounted.get(variable, ()))
        first = next(iter(codes.values()))
        if codes[variable].shape != first.shape:
            raise InputError(
                f"answers are not of the same people as those to {frame.variables[0]}, "
                f"{len(first)} of them",
                column=variable,
                value=len(answers),
                next_step="Give one answer for each person, in one order.",
            )
    return codes


def _numbered(codes: Int64, known: Sequence[str], variable: str) -> Int64:
    wrong = (codes < UNCOUNTED) | (codes >= len(known))
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"the code is no place among the {len(known)} categories of the frame",
            line=at + 1,
            column=variable,
            value=int(codes[at]),
            next_step="Number them as frame.categories(…) lists them, from 0.",
        )
    return codes


def _labelled(
    answers: Answers, known: Sequence[str], variable: str, uncounted: Collection[str]
) -> Int64:
    code_of: dict[object, int] = dict.fromkeys(uncounted, UNCOUNTED)
    code_of |= {label: code for code, label in enumerate(known)}
    code_of |= {None: NOT_SAID, "": NOT_SAID, ABROAD: IS_ABROAD}
    try:
        return np.fromiter((code_of[a] for a in answers), dtype=np.int64, count=len(answers))
    except KeyError:
        at, label = next((at, a) for at, a in enumerate(answers) if a not in code_of)
    raise unknown(str(label), known, line=at + 1, column=variable)


def _cells(margin: Margin, frame: Frame, codes: Mapping[str, Int64], outside: Bools) -> Int64:
    """The cell of each person, shape (P,), numbered as in the margin; those outside -1."""
    lengths = [len(frame.categories(v)) for v in margin.variables]
    place = [{c: at for at, c in enumerate(frame.categories(v))} for v in margin.variables]
    members = np.array(
        [[p[c] for p, c in zip(place, cell, strict=True)] for cell in margin.people], dtype=np.int64
    )
    mine, theirs = members[:, 0], codes[margin.variables[0]][~outside]
    for at, variable in enumerate(margin.variables[1:], start=1):
        # Numbers of the beginnings that the frame has stay small, however many variables there are.
        wide = np.unique(mine)
        mine = np.searchsorted(wide, mine) * lengths[at] + members[:, at]
        # A beginning that the frame does not have stays below 0 whatever is added.
        theirs = _found(wide, theirs) * lengths[at] + codes[variable][~outside]
    order = np.argsort(mine)
    at_sorted = _found(mine[order], theirs)
    cells = np.full(len(outside), OUTSIDE, dtype=np.int64)
    cells[~outside] = np.where(at_sorted < 0, at_sorted, order[at_sorted])
    _check_populated(margin, frame, codes, cells, ~outside)
    return cells


def _found(sorted_values: Int64, wanted: Int64) -> Int64:
    """The place of each value, or -1."""
    at = np.minimum(np.searchsorted(sorted_values, wanted), len(sorted_values) - 1)
    return np.where(sorted_values[at] == wanted, at, -1)


def _check_populated(
    margin: Margin, frame: Frame, codes: Mapping[str, Int64], cells: Int64, inside: Bools
) -> None:
    """Refuse people of a cell where the census has none, by its name rather than its number."""
    empty = np.array([n == 0 for n in margin.people.values()])
    wrong = inside & ((cells < 0) | empty[cells])
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        cell = (frame.categories(v)[codes[v][at]] for v in margin.variables)
        raise InputError(
            "the sample has people where the population has none",
            line=at + 1,
            column=margin.name,
            value=BY.join(cell),
            next_step="Correct the frame, or give these people no answer: they are outside it.",
        )


def _sides(margin: Margin, cells: Int64, weights: Weights) -> list[Side]:
    names = list(margin.people)
    counts = np.bincount(cells[cells >= 0], minlength=len(names))
    inside, total = int(counts.sum()), margin.total
    shares = weights.shares[margin.name]
    return [
        Side(
            margin.name,
            cell,
            int(counts[at]),
            int(counts[at]) / inside,
            float(shares[at]),
            margin.people[cell] / total,
            cell in margin.estimated,
        )
        for at, cell in enumerate(names)
    ]

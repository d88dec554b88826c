"""What the charts show, as rows of plain values: nothing here draws, and nothing rounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import OpinionMap
from assises.engines.opinion.evidence import Evidence
from assises.engines.opinion.inference import AGREE, DISAGREE, SIDES
from assises.engines.opinion.intervals import beta_interval
from assises.engines.opinion.stability import Stability
from assises.flows.results import drawing
from assises.flows.tables import letter
from assises.lib.errors import InputError

Row = dict[str, Any]
Rows = list[Row]
Texts = Mapping[int, str]
Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

EVERYONE: Final = "everyone"
NOBODY: Final = "Give groups, or look at opinion.to_polars()."
_LONGEST: Final = 52
"""Letters of a statement beside its mark; the whole of it is told on hover."""
_FIRST_STRONG, _POP = "\u2068", "\u2069"
_NORMAL: Final = 1.959963984540054
"""Standard deviations on either side that hold 95 % of a normal posterior."""


def group_names(opinion: OpinionMap, names: Sequence[str] | None) -> list[str]:
    """What the groups are called: as given, else by letters, else everyone."""
    count = len(opinion.centres)
    if count == 0:
        raise InputError("nobody is in a group", column="group", value=0, next_step=NOBODY)
    if names is not None:
        if len(names) != count or len(set(names)) != count:
            raise InputError(
                f"there are {count} groups, and each needs a name of its own",
                column="names",
                value=", ".join(names),
                next_step="Give one name for each group, in their order.",
            )
        return list(names)
    return [EVERYONE] if count == 1 else [letter(g) for g in range(count)]


def evidence_of(opinion: OpinionMap, *, weighted: bool) -> Evidence:
    """What is sure, of people or of those whom the weights speak for."""
    if weighted and opinion.weighted is None:
        raise InputError(
            "this map has no weights",
            column="weighted",
            value=True,
            next_step="Give them: analyse(votes, weights=…).",
        )
    found = opinion.weighted if weighted else opinion.evidence
    if found is None:
        problem = (
            "nobody is in a group"
            if opinion.method == "factors"
            else f"the method {opinion.method} does not say how sure it is"
        )
        raise InputError(
            problem,
            column="method",
            value=opinion.method,
            next_step="Use the method factors, the default of analyse, or statements().",
        )
    return found


def side_of(side: str) -> int:
    """The place of an answer among :data:`SIDES`."""
    if side not in SIDES:
        raise InputError(
            "there is no such answer",
            column="side",
            value=side,
            next_step=f"Use one of {', '.join(SIDES)}.",
        )
    return SIDES.index(side)


def chosen(
    opinion: OpinionMap, score: Float64, only: Sequence[int] | None, most: int | None
) -> list[int]:
    """Indices of the statements to show.

    Args:
        opinion: the map.
        score: of each statement, shape (S,); NaN where it cannot be said.
        only: ids, in the order to show them; by default the listed ones with the highest score,
            equal ones by id.
        most: how many at most; None for all. Not asked where ``only`` is given.
    """
    if only is not None:
        place = {one: at for at, one in enumerate(opinion.statements.tolist())}
        unknown = [one for one in only if one not in place]
        if unknown:
            raise InputError(
                "nobody voted on this statement",
                column="only",
                value=unknown[0],
                next_step="Use ids of opinion.statements.",
            )
        return [place[one] for one in dict.fromkeys(only)]
    listed = opinion.listed[np.isfinite(score[opinion.listed])]
    # Rounded, so that the last bit does not choose between equals.
    order = listed[np.argsort(-np.round(score[listed], 12), kind="stable")]
    found: list[int] = order[:most].tolist()
    return found


def label_of(statement: int, texts: Texts | None) -> str:
    """A statement on one short line, told apart from all others by its id."""
    text = "" if texts is None else " ".join(texts.get(statement, "").split())
    if not text:
        return f"{statement}"
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
    # Set apart, so that the number stays in front whichever way the text runs.
    return f"{statement} · {_FIRST_STRONG}{short}{_POP}"


def plain(value: float) -> float | None:
    """A number, or None where it cannot be said: JSON has no NaN."""
    return float(value) if np.isfinite(value) else None


def people(opinion: OpinionMap, names: Sequence[str]) -> Rows:
    """Everyone in a group: place, its 95 % interval on each axis, and how sure the group is."""
    told = opinion.to_polars()[0].rows(named=True)
    return [
        {
            "person": one["participant"],
            "group": names[one["group"]],
            **_place(one, "x"),
            **_place(one, "y"),
            "probability": plain(one["probability"]),
            "again": plain(one["stability"]),
        }
        for one in told
        if one["group"] >= 0
    ]


def _place(one: Mapping[str, Any], axis: str) -> Row:
    at, spread = one[axis], _NORMAL * one[f"{axis}_sd"]
    return {
        axis: float(at),
        f"{axis}_low": plain(at - spread),
        f"{axis}_high": plain(at + spread),
    }


def places(opinion: OpinionMap, names: Sequence[str]) -> Rows:
    """How many people stand where: the hexagons of the report, each by its largest group."""
    inside = opinion.group >= 0
    drawn = drawing(
        opinion.positions[inside],
        opinion.group[inside],
        groups=len(names),
        people=len(opinion.participants),
    )
    return [
        {
            "x": cell["x"],
            "y": cell["y"],
            "people": sum(cell["people"]),
            "group": names[max(range(len(names)), key=lambda g: cell["people"][g])],
            "of": " · ".join(
                f"{name} {n:,}" for name, n in zip(names, cell["people"], strict=True) if n
            ),
        }
        for cell in drawn["cells"]
    ]


def centres(opinion: OpinionMap, names: Sequence[str]) -> Rows:
    """The middle of each group."""
    return [
        {"x": float(x), "y": float(y), "group": name, "people": int(n)}
        for name, (x, y), n in zip(names, opinion.centres, opinion.group_sizes, strict=True)
    ]


def shares_of(
    opinion: OpinionMap, at: int, names: Sequence[str] | None, *, weighted: bool
) -> dict[str, tuple[Float64, Float64, Float64, Int64]]:
    """Share, bounds and people who saw, shape (S,) each: of each group, or of everyone.

    The method ``polis`` has no intervals of its own; its counts have.
    """
    labels = [EVERYONE] if names is None else list(names)
    if opinion.evidence is None and not weighted:
        counts = opinion.counts[None] if names is None else opinion.group_counts
        n, did = counts.sum(axis=2), counts[..., at]
        share = np.divide(did, n, out=np.full(n.shape, np.nan), where=n > 0)
        low, high = beta_interval(did, n)
        return {one: (share[g], low[g], high[g], n[g]) for g, one in enumerate(labels)}
    found = evidence_of(opinion, weighted=weighted)
    table = found.overall if names is None else found.shares
    return {
        one: (table.share[g, :, at], table.low[g, :, at], table.high[g, :, at], table.n[g])
        for g, one in enumerate(labels)
    }


def answers(
    opinion: OpinionMap,
    texts: Texts | None,
    told: Mapping[str, tuple[Float64, Float64, Float64, Int64]],
    shown: Sequence[int],
) -> Rows:
    """A row for each statement and group of whom someone saw it."""
    return [
        {
            **_statement(opinion, texts, s),
            "group": name,
            "share": float(share[s]),
            "low": plain(low[s]),
            "high": plain(high[s]),
            "people": int(n[s]),
        }
        for s in shown
        for name, (share, low, high, n) in told.items()
        if np.isfinite(share[s])
    ]


def guarantees(
    opinion: OpinionMap,
    found: Evidence,
    at: int,
    texts: Texts | None,
    names: Sequence[str],
    shown: Sequence[int],
) -> tuple[Rows, Rows]:
    """What holds in every group, and the bound of each group alone."""
    floor = {AGREE: found.agreed, DISAGREE: found.rejected}[at]
    share = found.shares.share[..., at]
    together = [
        {
            **_statement(opinion, texts, s),
            "bound": plain(floor.bound[s]),
            "binding": names[int(floor.binding[s])],
            "common": plain(found.common[s]) if at == AGREE else None,
        }
        for s in shown
    ]
    alone = [
        {
            **_statement(opinion, texts, s),
            "group": name,
            "bound": float(floor.bounds[g, s]),
            "share": float(share[g, s]),
            "people": int(found.shares.n[g, s]),
        }
        for s in shown
        for g, name in enumerate(names)
        if np.isfinite(floor.bounds[g, s])
    ]
    return together, alone


def divisions(
    opinion: OpinionMap, found: Evidence, texts: Texts | None, shown: Sequence[int]
) -> Rows:
    """How far the groups stand apart, with its interval."""
    d = found.division
    return [
        {
            **_statement(opinion, texts, s),
            "value": plain(d.value[s]),
            "low": plain(d.low[s]),
            "high": plain(d.high[s]),
        }
        for s in shown
    ]


def again(opinion: OpinionMap, names: Sequence[str]) -> Rows:
    """How alike each group is to the nearest of halves of the people, and of the statements."""
    asked: dict[str, Stability | None] = {
        "halves of the people": opinion.among_people,
        "halves of the statements": opinion.on_statements,
    }
    rows = [
        {
            "group": name,
            "people": int(n),
            "by": by,
            "similarity": plain(found.group[g]),
            "halves": len(found.groups),
            "same_number": found.again(len(names)),
        }
        for by, found in asked.items()
        if found is not None
        for g, (name, n) in enumerate(zip(names, opinion.group_sizes, strict=True))
    ]
    if not rows:
        raise InputError(
            "it was not asked whether these groups are found again",
            column="method",
            value=opinion.method,
            next_step="Have groups found by the method factors, with cuts above 0.",
        )
    return rows


def _statement(opinion: OpinionMap, texts: Texts | None, at: int) -> Row:
    one = int(opinion.statements[at])
    return {
        "statement": one,
        "label": label_of(one, texts),
        "text": "" if texts is None else texts.get(one, ""),
    }

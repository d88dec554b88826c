"""How sure the results of an analysis are, in numbers: a part of ``results.json``."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import Characteristic, OpinionMap
from assises.engines.opinion.evidence import Evidence
from assises.engines.opinion.inference import Guarantee
from assises.engines.opinion.stability import Stability
from assises.engines.opinion.statistics import share
from assises.flows.tables import letter
from assises.lib.canonical import published

Float64 = npt.NDArray[np.float64]

LIST: Final = 10
MAJORITY: Final = 0.5


def sure_of(opinion: OpinionMap, campaigns: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Verdict, stability, guarantees and division; None for a method that says nothing of it."""
    found = opinion.evidence
    if found is None:
        return None
    listed = opinion.listed
    agreed, rejected = (_guaranteed(opinion, bounds) for bounds in (found.agreed, found.rejected))
    divided = _divided(opinion, found)
    return {
        "verdict": _verdict(opinion),
        "stability": _stability(opinion),
        "alike": published(found.alike),
        "guaranteed": {"agree": agreed, "disagree": rejected},
        "divided": divided,
        "campaigns": campaigns,
        "statements": {
            str(opinion.statements[s]): {
                "agree": _share(found, s),
                "guarantee": _number(found.agreed.bound[s]),
                "division": _division(found, s),
                "bridging": None if opinion.ideal is None else _bridging(opinion, s),
            }
            for s in listed.tolist()
        },
    }


def difference_of(item: Characteristic) -> dict[str, float] | None:
    """How far a group stands from the others where a statement sets it apart."""
    if math.isnan(item.difference):
        return None
    return {
        "value": published(item.difference),
        "low": published(item.low),
        "high": published(item.high),
        "q": published(item.q),
    }


def by_group(opinion: OpinionMap, statement: int) -> list[dict[str, Any]]:
    """How each group answered one statement."""
    at = int(np.searchsorted(opinion.statements, statement))
    return [
        {
            "letter": letter(g),
            "agrees": int(counts[0]),
            "disagrees": int(counts[1]),
            "passes": int(counts[2]),
            "agree_share": published(float(share(counts[0], counts.sum()))),
        }
        for g, counts in enumerate(opinion.group_counts[:, at])
    ]


def _verdict(opinion: OpinionMap) -> dict[str, Any] | None:
    partition = opinion.partition
    if partition is None:
        return None
    structure, runner_up = partition.structure, partition.runner_up
    return {
        "p": published(structure.p),
        "deals": structure.deals,
        "lines": structure.lines,
        "agreeing": published(structure.agreeing),
        "camps": structure.camps,
        "people": structure.people,
        "groups": partition.groups,
        "runner_up": None
        if runner_up is None
        else {"groups": runner_up[0], "nats": published(runner_up[1])},
    }


def _stability(opinion: OpinionMap) -> dict[str, Any] | None:
    people, statements = opinion.among_people, opinion.on_statements
    if people is None or statements is None:
        return None
    return {"people": _again(people), "statements": _again(statements)}


def _again(found: Stability) -> dict[str, Any]:
    times = Counter(found.groups.tolist())
    return {
        "halves": len(found.groups),
        "numbers": [{"groups": k, "times": n} for k, n in sorted(times.items())],
        "rand": _number(float(found.rand.mean())) if len(found.rand) else None,
        "groups": [_number(similar) for similar in found.group],
    }


def _guaranteed(opinion: OpinionMap, found: Guarantee) -> dict[str, Any]:
    """Statements that more than half of every group answer so, as far as can be said at 95 %."""
    above = [s for s in opinion.listed.tolist() if found.bound[s] > MAJORITY]
    ordered = sorted(above, key=lambda s: (-published(float(found.bound[s])), s))
    return {
        "total": len(above),
        "unheard": int(found.unheard[:, opinion.listed].any(axis=0).sum()),
        "strongest": [
            {
                "statement": int(opinion.statements[s]),
                "bound": published(float(found.bound[s])),
                "binding": int(found.binding[s]),
                "by_group": by_group(opinion, int(opinion.statements[s])),
            }
            for s in ordered[:LIST]
        ],
    }


def _divided(opinion: OpinionMap, found: Evidence) -> dict[str, Any]:
    """Statements on which groups stand apart for sure, the widest first."""
    low = found.division.low
    apart = [s for s in opinion.listed.tolist() if low[s] > 0.0]
    ordered = sorted(apart, key=lambda s: (-published(float(low[s])), s))
    return {
        "total": len(apart),
        "strongest": [
            {
                "statement": int(opinion.statements[s]),
                "division": _division(found, s),
                "by_group": by_group(opinion, int(opinion.statements[s])),
            }
            for s in ordered[:LIST]
        ],
    }


def _division(found: Evidence, s: int) -> list[float] | None:
    """Value and interval."""
    parts = (found.division.value[s], found.division.low[s], found.division.high[s])
    return None if np.isnan(parts).any() else [published(part) for part in parts]


def _share(found: Evidence, s: int) -> list[float] | None:
    """Share of agreement of all who saw it, and interval."""
    of = found.overall
    parts = (of.share[0, s, 0], of.low[0, s, 0], of.high[0, s, 0])
    return None if np.isnan(parts).any() else [published(part) for part in parts]


def _bridging(opinion: OpinionMap, s: int) -> float | None:
    return None if opinion.ideal is None else _number(opinion.ideal.statement_intercept[s])


def _number(value: float) -> float | None:
    return None if math.isnan(value) else published(float(value))

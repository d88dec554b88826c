"""Our own method: ideal points, groups that may not exist, and how sure all of it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import factors, statistics
from assises.engines.opinion.evidence import Evidence, evidence
from assises.engines.opinion.inference import AGREE, CrossFit
from assises.engines.opinion.inference.cross_fitting import canonical, count_apart, form_apart
from assises.engines.opinion.matrix import Float64, Int64, VoteMatrix
from assises.engines.opinion.partition import Partition, divide, find_groups
from assises.engines.opinion.result import UNGROUPED, Characteristic, OpinionMap
from assises.engines.opinion.shared import centres_of, counted, who_is_grouped
from assises.engines.opinion.stability import Stability, among_people, on_statements
from assises.engines.opinion.structure import Structure
from assises.lib.errors import InputError
from assises.lib.progress import Progress

ENOUGH_TO_CUT: Final = 500_000
"""Votes of which half tell where groups are: from twice as many on, one person in two, three, ...
is asked whether the groups are found again, drawn by what the ballots say."""


@dataclass(frozen=True, slots=True)
class Resampling:
    """How what is left to chance is drawn."""

    seed: int
    cuts: int


def factor_map(
    votes: VoteMatrix,
    zeroed: Int64,
    given: Int64 | None,
    weights: npt.ArrayLike | None,
    again: Resampling,
    threads: int | None,
    progress: Progress,
) -> OpinionMap:
    """See :func:`.analyse`; ``zeroed`` are indices of statements that form nothing."""
    checked = None if weights is None else _weights(votes, weights)
    ideal = factors.fit(
        votes, left_out=votes.statements[zeroed].tolist(), threads=threads, progress=progress
    )
    positions = np.zeros((len(votes.participants), 2))
    loading = np.zeros((len(votes.statements), 2))
    shown = min(2, ideal.dimensions)
    positions[:, :shown], loading[:, :shown] = ideal.position[:, :shown], ideal.loading[:, :shown]

    inside = who_is_grouped(votes)
    kept = np.ones(len(votes.statements), dtype=bool)
    kept[zeroed] = False
    grouped = (
        _Grouped(label=given)
        if given is not None
        else _grouped(votes, inside, kept, again, threads, progress)
    )
    label = grouped.label
    progress.step("statistics")
    count = int(label.max(initial=-1)) + 1
    counts = votes.counts(None)
    told = counted(votes, counts, label, count, zeroed, threads)
    plain = weighted = None
    if count:
        plain = evidence(votes, label, apart=grouped.apart(votes, None, threads), threads=threads)
    if count and checked is not None and (checked[label >= 0] > 0).any():
        weighted = evidence(
            votes,
            label,
            checked,
            apart=grouped.apart(votes, checked, threads),
            groups=count,
            threads=threads,
        )
    voted = np.maximum(counts.sum(axis=1), 1)
    return OpinionMap(
        method="factors",
        in_conversation=inside,
        positions=positions,
        group=label,
        centres=centres_of(positions, label) if count else np.empty((0, 2)),
        silhouettes={},
        mean=np.where(kept, (counts[:, 0] - counts[:, 1]) / voted, 0.0),
        axes=np.ascontiguousarray(loading.T),
        variances=np.pad(ideal.explained[:2], (0, 2 - shown)),
        variance=float(ideal.explained.sum()),
        statement_positions=loading,
        priority=np.full(len(votes.statements), np.nan),
        characteristics=[]
        if plain is None
        else _setting_apart(votes, plain, told["group_counts"], told["listed"]),
        ideal=ideal,
        partition=grouped.partition,
        among_people=grouped.among_people,
        on_statements=grouped.on_statements,
        evidence=plain,
        weighted=weighted,
        **told,
    )


@dataclass(frozen=True, slots=True)
class _Grouped:
    """Groups of everyone, and how they came about."""

    label: Int64
    partition: Partition | None = None
    among_people: Stability | None = None
    on_statements: Stability | None = None
    fold: Int64 | None = None
    labels: Int64 | None = None
    """Groups formed without the statements of each fold, shape (folds, P)."""
    alike: Float64 | None = None

    def apart(
        self, votes: VoteMatrix, weights: Float64 | None, threads: int | None
    ) -> CrossFit | None:
        """Answers counted by groups that they had no part in forming; None for given groups."""
        if self.fold is None or self.labels is None or self.alike is None:
            return None
        groups = int(self.label.max(initial=-1)) + 1
        return count_apart(
            votes, self.fold, self.labels, self.alike, groups, weights, threads=threads
        )


def _grouped(
    votes: VoteMatrix,
    inside: npt.NDArray[np.bool_],
    kept: npt.NDArray[np.bool_],
    again: Resampling,
    threads: int | None,
    progress: Progress,
) -> _Grouped:
    # By the votes and not by the ids: deals and cuts go through people and statements one after the
    # other, and the same votes under other numbers should not fall into other groups.
    part, back, place = canonical(votes.of_people(inside).on_statements(kept), again.seed)
    partition = (
        find_groups(part, seed=again.seed, threads=threads, progress=progress)
        if len(part)
        else _no_groups(len(part.participants))
    )
    label = np.full(len(votes.participants), UNGROUPED, dtype=np.int64)
    label[inside] = partition.label[back]
    told = replace(partition, membership=partition.membership[back])
    lines = partition.structure.lines
    if not lines:
        return _Grouped(label, told)

    def anew(some: VoteMatrix) -> Int64:
        found, _ = divide(some, lines, threads=threads)
        return np.asarray(found.argmax(axis=1), dtype=np.int64)

    people = statements = None
    if again.cuts:
        how = {"groups": partition.groups, "cuts": again.cuts, "seed": again.seed}
        asked = part.drawn(len(part) // ENOUGH_TO_CUT)
        few, of = part.of_people(asked), partition.label[asked]
        people = among_people(few, of, anew, **how, progress=progress)
        statements = on_statements(few, of, anew, **how, progress=progress)
        people = replace(people, person=_among(asked, people.person)[back])
        statements = replace(statements, person=_among(asked, statements.person)[back])
    if partition.groups < 2 or int(kept.sum()) < 2:
        return _Grouped(label, told, people, statements)
    progress.step("groups without the statement", 2)
    crossed = form_apart(part, anew, seed=again.seed, reference=partition.label)
    fold = np.zeros(len(kept), dtype=np.int64)
    fold[kept] = crossed.fold[place]
    labels = np.full((len(crossed.label), len(inside)), UNGROUPED, dtype=np.int64)
    labels[:, inside] = crossed.label[:, back]
    return _Grouped(label, told, people, statements, fold, labels, crossed.alike)


def _among(asked: npt.NDArray[np.bool_], values: Float64) -> Float64:
    """Of everyone, NaN for those who were not asked."""
    found = np.full(len(asked), np.nan)
    found[asked] = values
    return found


def _no_groups(people: int) -> Partition:
    """Where moderation left no vote."""
    structure = Structure(1.0, 0, 0, np.zeros(0), 0.0, people)
    return Partition(structure, np.ones((people, 1)), np.zeros(1))


def _weights(votes: VoteMatrix, weights: npt.ArrayLike) -> Float64:
    given = np.asarray(weights, dtype=np.float64)
    usable = given.shape == (len(votes.participants),) and bool(
        (np.isfinite(given) & (given >= 0)).all()
    )
    if not usable:
        raise InputError(
            "weights are numbers of 0 or more, one for each participant",
            column="weights",
            value=f"shape {given.shape}, smallest {given.min(initial=np.inf)}",
            next_step="Give them in the order of votes.participants; 0 for whom nobody speaks for.",
        )
    return given


def _setting_apart(
    votes: VoteMatrix, found: Evidence, counts: Int64, listed: Int64
) -> list[list[Characteristic]]:
    return [
        [_difference(votes, found, counts, g, s, side) for s, side in statements]
        for g, statements in enumerate(found.standing_out(listed))
    ]


def _difference(
    votes: VoteMatrix, found: Evidence, counts: Int64, g: int, s: int, side: int
) -> Characteristic:
    c = statistics.compare(counts[:, [s]])
    agree = side == AGREE
    p, z, r, rz = (c.pa, c.pat, c.ra, c.rat) if agree else (c.pd, c.pdt, c.rd, c.rdt)
    tests = found.tests
    return Characteristic(
        statement=int(votes.statements[s]),
        agree=agree,
        successes=int(counts[g, s, side]),
        trials=int(counts[g, s].sum()),
        share=float(p[g, 0]),
        share_z=float(z[g, 0]),
        ratio=float(r[g, 0]),
        ratio_z=float(rz[g, 0]),
        significant=True,
        difference=float(tests.difference[g, s, side]),
        low=float(tests.low[g, s, side]),
        high=float(tests.high[g, s, side]),
        q=float(tests.q[g, s, side]),
    )

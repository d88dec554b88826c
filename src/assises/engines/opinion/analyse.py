"""From votes to an :class:`OpinionMap`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import groups as grouping
from assises.engines.opinion import pca, statistics
from assises.engines.opinion.gram import Gram
from assises.engines.opinion.matrix import Float64, Int64, Votes
from assises.engines.opinion.result import UNGROUPED, Characteristic, Consensus, OpinionMap
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

METHODS: Final = ("polis",)
ENOUGH_VOTES: Final = 7
FEWEST_PEOPLE: Final = 15


def analyse(
    votes: Votes,
    method: str = "polis",
    *,
    moderated_out: Iterable[int] = (),
    meta: Iterable[int] = (),
    groups: Mapping[int, int] | None = None,
    gram: Gram | None = None,
    threads: int | None = None,
    progress: Progress = SILENT,
) -> OpinionMap:
    """Map the opinions of a conversation.

    ``method="polis"`` computes what the Polis server computes, from scratch and from a fixed start:
    principal axes over all voters, groups among those who cast enough votes, representative and
    consensual statements. The axes, the statistics and the priorities are the server's to rounding;
    its groups cannot be reproduced by anyone, since they depend on the history of its runs.

    Args:
        votes: last vote of each person on each statement, in one matrix or in shards.
        method: ``"polis"``.
        moderated_out: ids of statements that moderation took out. Their column counts as zero for
            everyone in the axes, and no list names them.
        meta: ids of statements about the conversation itself, treated likewise.
        groups: participant id to group number, from 0 without gaps, to use instead of computing
            groups (published groups, colleges, regions). Those left out are in no group.
        gram: co-votes of exactly these votes, kept by whoever adds votes one by one; it spares
            passes over the votes and changes no byte of the result.
        threads: how many at most, by default as many as the process may use; the same.
        progress: told of the steps.

    Raises:
        InputError: for an unknown method, unknown participants or groups with gaps.
    """
    if method not in METHODS:
        raise InputError(
            "there is no such method", value=method, next_step=f"Use one of {', '.join(METHODS)}."
        )
    out = votes.index_of(list(moderated_out))
    about = votes.index_of(list(meta))
    zeroed = np.union1d(out, about)
    listed = np.setdiff1d(np.arange(len(votes.statements)), zeroed)

    progress.step("principal axes")
    z = pca.centre(votes, zeroed)
    axes, variances = pca.components(z, gram=gram, threads=threads)
    positions = pca.project(z, axes)
    statement_positions = pca.project_statements(z.mean, axes)

    progress.step("groups")
    inside = _in_conversation(votes)
    label = np.full(len(votes.participants), UNGROUPED, dtype=np.int64)
    silhouettes: dict[int, float] = {}
    if groups is None:
        found = grouping.group(positions[inside])
        label[inside] = found.label
        centres, silhouettes = found.centres, found.silhouettes
    else:
        label = _given(votes, groups)
        centres = _centres(positions, label)

    progress.step("statistics")
    counts = z.counts
    by_group = votes.counts_by(label, len(centres), threads=threads)
    comparison = statistics.compare(by_group)
    agreed, rejected = statistics.consensus(counts, listed)
    extremity = np.sqrt((statement_positions**2).sum(axis=1))
    return OpinionMap(
        method=method,
        participants=votes.participants,
        statements=votes.statements,
        in_conversation=inside,
        positions=positions,
        group=label,
        centres=centres,
        silhouettes=silhouettes,
        mean=z.mean,
        axes=axes,
        variances=variances,
        variance=z.variance,
        statement_positions=statement_positions,
        counts=counts,
        group_counts=by_group,
        comparison=comparison,
        group_informed_consensus=statistics.group_informed_consensus(by_group),
        divisiveness=statistics.divisiveness(by_group),
        priority=statistics.priority(by_group.sum(axis=0), extremity, about),
        listed=listed,
        characteristics=[
            _characteristics(votes, comparison, by_group, g, listed) for g in range(len(centres))
        ],
        agreed=[_consensus(votes, counts, s, agree=True) for s in agreed],
        rejected=[_consensus(votes, counts, s, agree=False) for s in rejected],
    )


def _in_conversation(votes: Votes) -> npt.NDArray[np.bool_]:
    cast = votes.votes_per_participant
    inside = cast >= min(ENOUGH_VOTES, len(votes.statements))
    lacking = FEWEST_PEOPLE - int(inside.sum())
    if lacking > 0:
        # The most active first, equal counts in order of id.
        order = np.argsort(-cast, kind="stable")
        outside = order[~inside[order]]
        inside[outside[:lacking]] = True
    return np.asarray(inside)


def _given(votes: Votes, groups: Mapping[int, int]) -> Int64:
    people = np.array(sorted(groups), dtype=np.int64)
    at = np.minimum(np.searchsorted(votes.participants, people), len(votes.participants) - 1)
    strangers = people[votes.participants[at] != people]
    if len(strangers):
        raise InputError(
            "a group names someone who has not voted",
            column="groups",
            value=int(strangers[0]),
            next_step="Leave out those without a vote.",
        )
    numbers = np.array([groups[int(person)] for person in people], dtype=np.int64)
    if not len(numbers) or not np.array_equal(np.unique(numbers), np.arange(numbers.max() + 1)):
        raise InputError(
            "groups are numbered from 0 without gaps",
            column="groups",
            value=np.unique(numbers).tolist(),
            next_step="Renumber them.",
        )
    label = np.full(len(votes.participants), UNGROUPED, dtype=np.int64)
    label[at] = numbers
    return label


def _centres(positions: Float64, label: Int64) -> Float64:
    inside = label >= 0
    size = np.bincount(label[inside])
    return np.stack(
        [np.bincount(label[inside], weights=positions[inside, d]) / size for d in (0, 1)], axis=1
    )


def _characteristics(
    votes: Votes, c: statistics.Comparison, counts: Int64, g: int, listed: Int64
) -> list[Characteristic]:
    result = []
    for s in statistics.representative(c, counts, g, listed):
        agree = bool(c.agree_side[g, s])
        p, z, r, rz = (c.pa, c.pat, c.ra, c.rat) if agree else (c.pd, c.pdt, c.rd, c.rdt)
        result.append(
            Characteristic(
                statement=int(votes.statements[s]),
                agree=agree,
                successes=int(counts[g, s, 0 if agree else 1]),
                trials=int(counts[g, s].sum()),
                share=float(p[g, s]),
                share_z=float(z[g, s]),
                ratio=float(r[g, s]),
                ratio_z=float(rz[g, s]),
                significant=bool(c.significant[g, s]),
            )
        )
    return result


def _consensus(votes: Votes, counts: Int64, s: int, *, agree: bool) -> Consensus:
    successes, trials = counts[s, 0 if agree else 1], counts[s].sum()
    return Consensus(
        statement=int(votes.statements[s]),
        agree=agree,
        successes=int(successes),
        trials=int(trials),
        share=float(statistics.share(successes, trials)),
        share_z=float(statistics.z_against_half(successes, trials)),
    )

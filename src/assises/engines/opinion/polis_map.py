"""The method of the Polis server, from scratch and from a fixed start."""

from __future__ import annotations

import numpy as np

from assises.engines.opinion import groups as grouping
from assises.engines.opinion import pca, statistics
from assises.engines.opinion.gram import Gram
from assises.engines.opinion.matrix import Int64, Votes
from assises.engines.opinion.result import UNGROUPED, Characteristic, OpinionMap
from assises.engines.opinion.shared import centres_of, counted, who_is_grouped
from assises.lib.progress import Progress


def polis_map(
    votes: Votes,
    zeroed: Int64,
    about: Int64,
    given: Int64 | None,
    gram: Gram | None,
    threads: int | None,
    progress: Progress,
) -> OpinionMap:
    """See :func:`.analyse`; ``zeroed`` and ``about`` are indices of statements."""
    progress.step("principal axes")
    z = pca.centre(votes, zeroed)
    axes, variances = pca.components(z, gram=gram, threads=threads)
    positions = pca.project(z, axes)
    statement_positions = pca.project_statements(z.mean, axes)

    progress.step("groups")
    inside = who_is_grouped(votes)
    silhouettes: dict[int, float] = {}
    if given is None:
        label = np.full(len(votes.participants), UNGROUPED, dtype=np.int64)
        found = grouping.group(positions[inside])
        label[inside] = found.label
        centres, silhouettes = found.centres, found.silhouettes
    else:
        label, centres = given, centres_of(positions, given)

    progress.step("statistics")
    extremity = np.sqrt((statement_positions**2).sum(axis=1))
    told = counted(votes, z.counts, label, len(centres), zeroed, threads)
    comparison, by_group, listed = told["comparison"], told["group_counts"], told["listed"]
    return OpinionMap(
        method="polis",
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
        priority=statistics.priority(by_group.sum(axis=0), extremity, about),
        characteristics=[
            _characteristics(votes, comparison, by_group, g, listed) for g in range(len(centres))
        ],
        **told,
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

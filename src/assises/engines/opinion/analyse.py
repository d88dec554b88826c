"""From votes to an :class:`OpinionMap`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.factor_map import Resampling, factor_map
from assises.engines.opinion.gram import Gram
from assises.engines.opinion.matrix import VoteMatrix, Votes
from assises.engines.opinion.polis_map import polis_map
from assises.engines.opinion.result import OpinionMap
from assises.engines.opinion.shared import given_groups
from assises.engines.opinion.stability import CUTS
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

METHODS: Final = ("factors", "polis")


def analyse(
    votes: Votes,
    method: str = "factors",
    *,
    moderated_out: Iterable[int] = (),
    meta: Iterable[int] = (),
    groups: Mapping[int, int] | None = None,
    weights: npt.ArrayLike | None = None,
    seed: int = 0,
    cuts: int = CUTS,
    gram: Gram | None = None,
    threads: int | None = None,
    progress: Progress = SILENT,
) -> OpinionMap:
    """Map the opinions of a conversation.

    ``method="factors"``: ideal points of a latent-factor model, with their uncertainty; groups that
    are allowed not to exist; intervals, guarantees, tests on votes that did not form the groups;
    and whether the groups are found again in halves of the people and of the statements.

    ``method="polis"`` computes what the Polis server computes, from scratch and from a fixed start:
    principal axes over all voters, groups among those who cast enough votes, representative and
    consensual statements. The axes, the statistics and the priorities are the server's to rounding;
    its groups cannot be reproduced by anyone, since they depend on the history of its runs.

    Args:
        votes: last vote of each person on each statement; ``polis`` also takes them in shards.
        method: ``"factors"`` or ``"polis"``.
        moderated_out: ids of statements that moderation took out. They form no axis and no group,
            and no list names them. For ``polis`` their column counts as zero for everyone.
        meta: ids of statements about the conversation itself, treated likewise.
        groups: participant id to group number, from 0 without gaps, to use instead of computing
            groups (published groups, colleges, regions). Those left out are in no group.
        weights: of each participant, shape (P,), any unit; 0 for those whom they do not speak for.
            What is weighted stands beside what is not, in ``weighted``; positions, groups and
            counts are those of people, each counting as one. ``factors`` only.
        seed: of the deals of the test for any structure and of the cuts in two.
        cuts: how often people, and statements, are cut in two to see whether the groups are found
            again; 0 for not at all.
        gram: for ``polis``, co-votes of exactly these votes, kept by whoever adds votes one by one;
            it spares passes over the votes and changes no byte of the result.
        threads: how many at most, by default as many as the process may use; the same.
        progress: told of the steps; may raise to stop.

    Raises:
        InputError: for an unknown method, unknown participants, groups with gaps, weights that are
            not one for each participant, and what a method does not take.
    """
    if method not in METHODS:
        raise InputError(
            "there is no such method", value=method, next_step=f"Use one of {', '.join(METHODS)}."
        )
    about = votes.index_of(list(meta))
    zeroed = np.union1d(votes.index_of(list(moderated_out)), about)
    given = None if groups is None else given_groups(votes, groups)
    if method == "polis":
        if weights is not None:
            raise InputError(
                "the method polis knows no weights",
                column="weights",
                value="given",
                next_step="Use the method factors, which shows both side by side.",
            )
        return polis_map(votes, zeroed, about, given, gram, threads, progress)
    if not isinstance(votes, VoteMatrix):
        raise InputError(
            "the method factors takes votes in one matrix",
            value=type(votes).__name__,
            next_step="Build a VoteMatrix, or use the method polis.",
        )
    return factor_map(votes, zeroed, given, weights, Resampling(seed, cuts), threads, progress)

"""What everyone else thinks: the latent classes of those who are in no suspected set.

Two axes do not hold many camps. A class does: a ballot that is common within some group of other
people, at any time, is an opinion, however odd it looks from the axes.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from assises.engines.opinion.campaigns.null import sample
from assises.engines.opinion.kernels import Float64, Int64
from assises.engines.opinion.matrix import VoteMatrix
from assises.engines.opinion.partition import FEWEST_PEOPLE, latent_classes
from assises.lib.progress import SILENT, Progress

_SAMPLE: Final = 1 << 12
_LINES: Final = 4
_STRENGTH: Final = 4.0
"""Votes that the shares of everyone count for in each class and statement, as in the fit."""


def class_shares(
    votes: VoteMatrix, people: Int64, *, progress: Progress = SILENT
) -> Float64 | None:
    """Logarithms of the shares of disagreement, pass, agreement by class, shape (G, S, 3).

    Latent classes (:mod:`assises.engines.opinion.classes`), as many as the evidence bears, of at
    most 4,096 of the people.

    Args:
        votes: of everyone, any order of people.
        people: indices of those who are asked, ascending.
        progress: told of the steps; may raise to stop.

    Returns:
        None where too few are asked for any class.
    """
    people = sample(votes, people, _SAMPLE)
    if len(people) < FEWEST_PEOPLE:
        return None
    keep = np.zeros(len(votes.participants), dtype=np.bool_)
    keep[people] = True
    asked = votes.of_people(keep)
    lines = min(_LINES, len(votes.statements))
    membership = latent_classes(asked, lines, threads=1, progress=progress)
    shares = asked.counts()[:, [1, 2, 0]] + 0.5
    prior = _STRENGTH * shares / shares.sum(axis=1, keepdims=True)
    label = np.asarray(membership.argmax(axis=1), dtype=np.int64)
    counts = asked.counts_by(label, membership.shape[1])[..., [1, 2, 0]] + prior
    return np.asarray(np.log(counts / counts.sum(axis=2, keepdims=True)))

"""What may be said of groups of people on statements, and how surely: one object a division.

    told = evidence(votes, label)            # colleges, regions, languages: any attribute
    told = evidence(votes, label, weights)   # the same for those whom the weights speak for

The division may stand beside opinion groups or instead of them. Groups that the same votes formed
are tested on votes that did not form them: give ``apart``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.inference import (
    AGREE,
    DISAGREE,
    CrossFit,
    Divisiveness,
    Guarantee,
    Shares,
    Tests,
    consensus,
    divisiveness,
    guarantee,
    representative,
    shares,
    tally,
)
from assises.engines.opinion.kernels import Float64, Int64
from assises.engines.opinion.matrix import Votes

LEVEL: Final = 0.95
FALSE_RATE: Final = 0.05
"""Of what is said to set a group apart, no more than this share is expected to be chance."""
MOST_LISTED: Final = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """G groups on S statements. Levels are of each statement by itself, 95 %, and not of all."""

    shares: Shares
    """Of each group, with intervals, shape (G, S, 3)."""
    overall: Shares
    """Of everyone who voted, in a group or not, with intervals, shape (1, S, 3)."""
    agreed: Guarantee
    """What even the most reluctant group agrees to, as these groups answered."""
    rejected: Guarantee
    """The same of disagreement."""
    common: Float64
    """Geometric mean over the groups of the share that agrees, shape (S,)."""
    tests: Tests
    """Where a group differs from the others."""
    division: Divisiveness
    """How far the groups stand apart."""
    alike: float
    """Of the people grouped by both halves of the statements, the share in the same group; 1 for
    groups that no vote formed. Tests and division speak of groups formed without the statement."""

    def standing_out(self, listed: Int64) -> list[list[tuple[int, int]]]:
        """For each group the statements that set it apart, the surest difference first.

        Args:
            listed: statement indices that may be named.

        Returns:
            (statement index, side): five at most; none where nothing passes.
        """
        found = self.tests.significant(FALSE_RATE) & (self.tests.low > 0.0)
        allowed = np.zeros(found.shape[1], dtype=bool)
        allowed[listed] = True
        lists = []
        for g in range(len(found)):
            cells = np.argwhere(found[g] & allowed[:, None])
            # Rounded, so that the last bit of a bound does not choose between equals.
            surest = [(-round(float(self.tests.low[g, s, side]), 12), s, side) for s, side in cells]
            lists.append([(int(s), int(side)) for _, s, side in sorted(surest)[:MOST_LISTED]])
        return lists


def evidence(
    votes: Votes,
    label: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    apart: CrossFit | None = None,
    groups: int | None = None,
    threads: int | None = None,
) -> Evidence:
    """Count, and say how surely.

    Args:
        votes: last votes.
        label: group of each participant, from 0; -1 for none, shape (P,).
        weights: of each participant, any unit; 0 for those whom they do not speak for, shape (P,).
        apart: for groups that these votes formed, the same counted on votes that did not.
        groups: how many there are; by default one more than the largest label.
        threads: how many at most; they change no byte.

    Raises:
        InputError: for labels or weights of another shape, and where nobody is in a group.
    """
    counted = tally(votes, label, weights, groups=groups, threads=threads)
    everyone = np.zeros(len(votes.participants), dtype=np.int64)
    overall = tally(votes, everyone, weights, groups=1, threads=threads)
    tested = counted if apart is None else apart.counted
    return Evidence(
        shares=shares(counted, LEVEL),
        overall=shares(overall, LEVEL),
        agreed=guarantee(counted, AGREE, LEVEL),
        rejected=guarantee(counted, DISAGREE, LEVEL),
        common=consensus(counted),
        tests=representative(tested, LEVEL),
        division=divisiveness(tested, AGREE, LEVEL),
        alike=1.0 if apart is None else float(apart.alike.min()),
    )

"""Votes to a map of opinion: projection, groups, what they agree on and what sets them apart.

    votes = VoteMatrix.from_arrays(participants, statements, values)
    opinion = analyse(votes, method="polis")

Votes are agree = +1, disagree = -1, pass = 0, unseen = absent. Formulas and where ours differ
from the Polis server: docs/engines/opinion.md.
"""

from assises.engines.opinion.analyse import analyse
from assises.engines.opinion.matrix import VoteMatrix
from assises.engines.opinion.result import Characteristic, Consensus, OpinionMap

__all__ = ["Characteristic", "Consensus", "OpinionMap", "VoteMatrix", "analyse"]

"""What may be said of shares: intervals, guarantees, tests and divisions that bear a second look.

    seen = tally(votes, label, weights)        # label: opinion group, college, region; -1 for none
    table = shares(seen)                       # shares with n, effective n and intervals
    floor = guarantee(seen)                    # what even the most reluctant group agrees to
    marks = representative(seen)               # which group differs, with q-values
    apart = divisiveness(seen)

A :class:`Tally` adds up (``a + b`` for two shards), so that everything here is a function of small
tables, never of votes. Nothing in it knows where the labels come from: opinion groups that the same
votes formed need :func:`cross_fit`, declared attributes do not.

**Cannot be said** is NaN: an interval over nobody, or over weights so unequal that fewer than
:data:`LEAST` people's worth of answers are left; a guarantee, a test or a division that would have
to speak for such a cell.
"""

from assises.engines.opinion.inference.counting import AGREE, DISAGREE, SIDES, Tally, tally
from assises.engines.opinion.inference.cross_fitting import CrossFit, cross_fit, split
from assises.engines.opinion.inference.division import (
    MOST_UNHEARD,
    Divisiveness,
    consensus,
    divisiveness,
)
from assises.engines.opinion.inference.estimates import (
    LEAST,
    Guarantee,
    Shares,
    guarantee,
    shares,
)
from assises.engines.opinion.inference.significance import (
    Tests,
    benjamini_hochberg,
    fisher_mid_p,
    representative,
)

__all__ = [
    "AGREE",
    "DISAGREE",
    "LEAST",
    "MOST_UNHEARD",
    "SIDES",
    "CrossFit",
    "Divisiveness",
    "Guarantee",
    "Shares",
    "Tally",
    "Tests",
    "benjamini_hochberg",
    "consensus",
    "cross_fit",
    "divisiveness",
    "fisher_mid_p",
    "guarantee",
    "representative",
    "shares",
    "split",
    "tally",
]

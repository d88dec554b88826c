"""Which statement to show next: informative, fair in exposure, and logged with its probability.

    place = locate(estimate, seen, values)
    choices = next_statements(estimate, seen, 5, key=b"consultation voice", step=20, at=place)

A statement is drawn from three lotteries: one that asks what tells most about the person, one that
asks where a statement's share is least known, and one in which every statement has the same chance.
Their parts are :class:`Mixture`; the last is a floor that nothing takes away. Everything is a pure
function of its arguments: the draw comes from a keyed hash of ``key`` and ``step``, and chances are
whole numbers, so that the probability that is logged is exactly the one that was used.

Those who like a statement may be likelier to be shown it. :func:`shares` undoes this with the
logged probabilities.
"""

from assises.engines.opinion.routing.estimate import (
    Place,
    RoutingEstimate,
    locate,
    person_information,
    share_information,
)
from assises.engines.opinion.routing.exposure import Shares, gini, inverse_probability, shares
from assises.engines.opinion.routing.lottery import (
    USUAL,
    Choices,
    Mixture,
    chances,
    next_statements,
)

__all__ = [
    "USUAL",
    "Choices",
    "Mixture",
    "Place",
    "RoutingEstimate",
    "Shares",
    "chances",
    "gini",
    "inverse_probability",
    "locate",
    "next_statements",
    "person_information",
    "share_information",
    "shares",
]

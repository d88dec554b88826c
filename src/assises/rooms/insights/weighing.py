"""What would be said if regions, and town and country, counted by their people."""

from __future__ import annotations

from typing import Any, Final

from assises.countries import ma
from assises.countries.ma.census import census
from assises.engines.opinion import VoteMatrix
from assises.flows.weighed import weighed as shares_weighed
from assises.lib.errors import InputError
from assises.rooms.consultations.models import Consultation
from assises.rooms.insights.across import at_of, declared_in
from assises.rooms.votes.queries import CurrentVotes

BY: Final = ("region", "area")


def weighed(place: Consultation, votes: CurrentVotes, listed: set[int]) -> dict[str, Any] | None:
    """Shares as they were answered and as they would be, side by side.

    By region, and by town and country too where half of those who told their region told it. Who
    lives abroad or did not say is counted apart. None where fewer than ten are inside the frame.

    Args:
        place: a consultation; only Morocco has a frame.
        votes: current ones.
        listed: numbers of the statements that may be named.

    Returns:
        what :func:`assises.flows.weighed.weighed` tells.
    """
    if place.country != ma.MA.code:
        return None
    matrix = VoteMatrix.from_arrays(votes.voice, votes.number, votes.vote)
    declared = declared_in(place.id, votes, matrix, BY)
    try:
        return shares_weighed(matrix, declared, census(BY), at_of(matrix, listed))
    except InputError:
        # So few that the cap cannot be kept, or a region of no census: there is nothing to weigh.
        return None

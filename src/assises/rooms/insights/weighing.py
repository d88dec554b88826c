"""What would be said if regions, and town and country, counted by their people."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import numpy as np

from assises.countries import ma
from assises.countries.ma.census import census
from assises.engines.opinion import VoteMatrix
from assises.engines.opinion.inference import Shares, shares, tally
from assises.engines.weighting import Weighting, weigh
from assises.lib.canonical import published as rounded
from assises.lib.errors import InputError
from assises.rooms.consultations.models import Consultation
from assises.rooms.insights.limits import TOLD
from assises.rooms.people.models import Voice
from assises.rooms.votes.queries import CurrentVotes

CAP: Final = 5.0
"""Nobody speaks for more than five: beyond it one voice would be an opinion of a region."""
_LEVEL: Final = 0.95


def weighed(place: Consultation, votes: CurrentVotes, listed: set[int]) -> dict[str, Any] | None:
    """Shares as they were answered and as they would be, side by side.

    By region, and by town and country too where half of those who told their region told it. Who
    lives abroad or did not say is counted apart. None where fewer than ten are inside the frame.

    Args:
        place: a consultation; only Morocco has a frame.
        votes: current ones.
        listed: numbers of the statements that may be named.
    """
    if place.country != ma.MA.code:
        return None
    matrix = VoteMatrix.from_arrays(votes.voice, votes.number, votes.vote)
    told = _told(place.id, [votes.voices[at] for at in matrix.participants.tolist()])
    found = _raked(told)
    if found is None or found.counts["inside"] < TOLD:
        return None
    everyone = np.zeros(len(matrix.participants), dtype=np.int64)
    plain = shares(tally(matrix, everyone, groups=1), _LEVEL)
    heavy = shares(tally(matrix, everyone, found.weight, groups=1), _LEVEL)
    missing = sum(side.population for side in found.unrepresented if side.margin == "region")
    return {
        "by": list(found.frame.variables),
        "source": found.frame.source,
        "counts": {name.replace(" ", "_"): n for name, n in found.counts.items()},
        "effective": rounded(float(found.weights.effective_n)),
        "unrepresented": rounded(float(missing)),
        "statements": {
            str(number): {"plain": _share(plain, at), "weighted": _share(heavy, at)}
            for at, number in enumerate(matrix.statements.tolist())
            if number in listed
        },
    }


def _raked(told: dict[str, list[str]]) -> Weighting | None:
    regions = [bool(region) and region != "abroad" for region in told["region"]]
    both = sum(inside and bool(area) for inside, area in zip(regions, told["area"], strict=True))
    margins = ["region", "area"] if 2 * both >= sum(regions) else ["region"]
    try:
        return weigh(told, census(margins), cap=CAP)
    except InputError:
        # Nobody inside, or so few that the cap cannot be kept: there is nothing to weigh.
        return None


def _told(consultation: UUID, voices: list[UUID]) -> dict[str, list[str]]:
    """Region and area that each of these declared, empty where not."""
    rows = Voice.objects.filter(consultation=consultation).values_list("id", "region", "area")
    known = {uid: (region, area) for uid, region, area in rows}
    pairs = [known.get(voice, ("", "")) for voice in voices]
    return {"region": [region for region, _ in pairs], "area": [area for _, area in pairs]}


def _share(found: Shares, at: int) -> list[float] | None:
    """Share of agreement and interval; None where it cannot be said."""
    parts = found.share[0, at, 0], found.low[0, at, 0], found.high[0, at, 0]
    return None if np.isnan(parts).any() else [rounded(float(part)) for part in parts]

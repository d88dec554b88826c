"""Who the people of the simulated conversation say they are, beside their votes.

The model is stated here. Camps are those of :mod:`.conversation`; someone of the third, far from
services, is more often rural and comes by a workshop or on paper, and some regions have more of
them. Colleges and assurance go by chance. One in twenty says nothing at all, and one in ten leaves
a cell empty. The line of every person says that it is a simulation.
"""

from __future__ import annotations

import io
import random
from typing import Final

from assises.demo.conversation import PEOPLE, SEED, camps
from assises.lib.csvio import write_rows

COLUMNS: Final = (
    "participant", "college", "region", "area", "sex", "channel", "assurance", "simulation",
)  # fmt: skip
_COLLEGES: Final = {
    "citizen": 0.46, "civil-society": 0.16, "academia": 0.13, "private-sector": 0.12,
    "start-up": 0.07, "diaspora": 0.04, "public-institution": 0.02,
}  # fmt: skip
_REGIONS: Final = (
    {"MA-04": 0.25, "MA-06": 0.3, "MA-01": 0.12, "MA-07": 0.09, "MA-03": 0.08, "abroad": 0.1,
     "MA-09": 0.04, "MA-08": 0.02},
    {"MA-06": 0.1, "MA-04": 0.08, "MA-07": 0.2, "MA-08": 0.2, "MA-05": 0.16, "MA-09": 0.16,
     "MA-02": 0.06, "MA-10": 0.04},
)  # fmt: skip
"""Of the first two camps, and of the third."""
_CHANNELS: Final = (
    {"web": 0.85, "workshop": 0.1, "paper": 0.05},
    {"web": 0.35, "workshop": 0.4, "paper": 0.25},
)
_RURAL: Final = (0.12, 0.6)
_WOMEN: Final = 0.38
_ASSURANCE: Final = {"none": 0.3, "address": 0.55, "identity": 0.15}
_SILENT: Final = 0.05
_LEFT_EMPTY: Final = 0.1


def portraits(people: int = PEOPLE, seed: int = SEED) -> str:
    """The file of people of the simulated conversation, as CSV; the same for the same arguments."""
    chance = random.Random(seed + 1)
    rows = [_portrait(person, camp, chance) for person, camp in enumerate(camps(people, seed))]
    out = io.StringIO()
    write_rows(out, COLUMNS, rows)
    return out.getvalue()


def _portrait(person: int, camp: int, chance: random.Random) -> tuple[str, ...]:
    far = int(camp == 2)
    region = _drawn(_REGIONS[far], chance)
    area = "rural" if chance.random() < _RURAL[far] else "urban"
    said = [
        _drawn(_COLLEGES, chance),
        region,
        "" if region == "abroad" else area,
        "female" if chance.random() < _WOMEN else "male",
    ]
    channel, assurance = _drawn(_CHANNELS[far], chance), _drawn(_ASSURANCE, chance)
    silent = chance.random() < _SILENT
    kept = [cell if chance.random() >= _LEFT_EMPTY and not silent else "" for cell in said]
    return (str(person), *kept, channel, assurance, "yes")


def _drawn(odds: dict[str, float], chance: random.Random) -> str:
    """One of these, with these odds; what rounding leaves over goes to the last."""
    draw = chance.random()
    for name, odd in odds.items():
        draw -= odd
        if draw < 0:
            return name
    return list(odds)[-1]

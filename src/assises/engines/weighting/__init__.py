"""A sample and a census to weights: who speaks for whom, and for whom nobody can.

    weights = rake({"region": region, "age": age}, {"region": people, "age": people_by_age}, cap=5)
    weighting = weigh({"region": answers, "age": answers_of_age}, frame, cap=5)

Promises: the margins are met or an error names the one that cannot be; what nobody in the sample
represents is listed with its share of the population; people outside the frame count for nothing
and are told apart, those abroad from those who did not say. May not know votes, groups or where the
census comes from.
"""

from assises.engines.weighting.frames import (
    IS_ABROAD,
    NOT_SAID,
    UNCOUNTED,
    Side,
    Weighting,
    weigh,
)
from assises.engines.weighting.kish import design_effect, effective_n
from assises.engines.weighting.raking import Trimming, Unrepresented, Weights, rake
from assises.lib.frames import ABROAD, Frame, Margin

__all__ = [
    "ABROAD",
    "IS_ABROAD",
    "NOT_SAID",
    "UNCOUNTED",
    "Frame",
    "Margin",
    "Side",
    "Trimming",
    "Unrepresented",
    "Weighting",
    "Weights",
    "design_effect",
    "effective_n",
    "rake",
    "weigh",
]

"""A sample and a census to weights: who speaks for whom, and for whom nobody can.

    weights = rake({"region": region, "age": age}, {"region": people, "age": people_by_age}, cap=5)

Promises: the margins are met or an error names the one that cannot be; what nobody in the sample
represents is listed with its share of the population; people outside the frame count for nothing
and are told apart. May not know votes, groups or where the census comes from.
"""

from assises.engines.weighting.kish import design_effect, effective_n
from assises.engines.weighting.raking import Trimming, Unrepresented, Weights, rake

__all__ = ["Trimming", "Unrepresented", "Weights", "design_effect", "effective_n", "rake"]

"""Themes that texts fall into, found from their vectors.

Texts near each other make a graph; what is near along many paths at once is near in its diffusion
map; Ward's tree over the map is cut where the graph has more links inside the parts than chance
would put there. Inside a theme the same is done again. Everything else is placed by its neighbours,
and what has none is said to be unclassified.
"""

from assises.engines.themes.discovery.discover import Themes, discover
from assises.engines.themes.discovery.identity import Kept, kept, stamp
from assises.engines.themes.discovery.steps import steps

__all__ = ["Kept", "Themes", "discover", "kept", "stamp", "steps"]

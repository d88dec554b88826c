"""assises: a national consultation carried from what people say to what is done about it.

The floors, from the ground: ``lib``, then ``look``, ``engines`` and ``formats``, then ``flows``,
then ``demo``, then ``fronts``. A floor imports only the floors below it (docs/map.md).
"""

__version__ = "0.2.0"

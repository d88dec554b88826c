"""Polis exports of both generations.

Promises: votes come out as agree = +1, disagree = -1, pass = 0 whatever the file's sign; every cast
is kept, re-votes included; nothing is written when something is refused. The column sets and their
traps are described in docs/formats/polis.md.
"""

from assises.formats.polis.model import Comments, Generation, Participants, PolisExport, Votes
from assises.formats.polis.read import read
from assises.formats.polis.write import write

__all__ = ["Comments", "Generation", "Participants", "PolisExport", "Votes", "read", "write"]

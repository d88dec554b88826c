"""What a fresh installation shows: a conversation in files, an edition in the house, the press.

Promises: ``conversation`` and ``edition`` are simulated, say so everywhere, and come out the same
every time; real authorities, companies and persons never act in them. ``press`` is a real edition
as published, and adds nothing. May use every floor below; none may use it, but the fronts and the
site that show it.
"""

from assises.demo.conversation import build
from assises.demo.portraits import portraits
from assises.demo.said import said

__all__ = ["build", "portraits", "said"]

"""The simulated edition: fictional people over sentences written for the project.

Promises: everything made here says that it is simulated, and comes out the same every time. Real
authorities, companies and persons never act in it. May use every floor below; none may use it,
but the fronts that show it.
"""

from assises.demo.conversation import build

__all__ = ["build"]

"""How long work says how far it is, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Listener of a long computation. A listener may raise to stop the work."""

    def step(self, name: str, total: int | None = None) -> None:
        """A new step begins; ``total`` is its size in its own units, if known."""

    def advance(self, amount: int) -> None:
        """``amount`` more units of the current step are done."""


class Silent:
    """The listener that does nothing."""

    def step(self, name: str, total: int | None = None) -> None:
        """Ignored."""

    def advance(self, amount: int) -> None:
        """Ignored."""


SILENT: Progress = Silent()

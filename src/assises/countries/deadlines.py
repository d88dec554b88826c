"""Legal deadlines that cannot be used before someone has confirmed them.

A length of time that no source was seen to state is kept as a claim, so that the person who
confirms it knows what to look for; it is never a default.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from assises.countries.wording import Source, Wording
from assises.lib.errors import InputError, SetupError

Unit = Literal["hour", "day", "clear_day", "working_day", "month", "year"]
UNITS: Final[tuple[Unit, ...]] = ("hour", "day", "clear_day", "working_day", "month", "year")
Bound = Literal["at_most", "at_least"]
BOUNDS: Final[tuple[Bound, ...]] = ("at_most", "at_least")


@dataclass(frozen=True, slots=True)
class Claim:
    """A length of time as it was heard, true or not."""

    amount: int
    unit: Unit
    extension: int | None = None
    """By how much it may be extended, once, in the same unit."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """How long the law gives, for what, and who says so."""

    code: str
    law: Wording
    about: Wording
    bound: Bound
    """``at_most``: an answer is due by then; ``at_least``: nothing may close before."""
    confirmed: bool
    sources: tuple[Source, ...]
    claim: Claim | None = field(repr=False)
    """What was heard. For showing to the person who is to confirm it; to count, use ``amount``."""
    confirmed_by: str | None = None
    """Name of the person who confirmed it here; ``None`` where the shipped sources do."""

    @property
    def status(self) -> Literal["confirmed", "unconfirmed"]:
        """Whether it may govern anything."""
        return "confirmed" if self.confirmed else "unconfirmed"

    @property
    def amount(self) -> int:
        """The length in ``unit``.

        Raises:
            SetupError: while it is not confirmed.
        """
        return self._usable().amount

    @property
    def unit(self) -> Unit:
        """What ``amount`` counts.

        Raises:
            SetupError: while it is not confirmed.
        """
        return self._usable().unit

    @property
    def extension(self) -> int | None:
        """The one extension in ``unit``; ``None`` where no source states its length.

        Raises:
            SetupError: while it is not confirmed.
        """
        return self._usable().extension

    @property
    def days(self) -> int:
        """The length in plain calendar days.

        Raises:
            SetupError: while it is not confirmed.
            InputError: if the law counts in something else, which needs a calendar.
        """
        claim = self._usable()
        if claim.unit != "day":
            raise InputError(
                f"the deadline {self.code} is not counted in calendar days",
                value=claim.unit,
                next_step="Use its amount and unit with a calendar of working days.",
            )
        return claim.amount

    def confirm(
        self,
        amount: int,
        unit: Unit,
        *,
        by: str,
        sources: tuple[Source, ...],
        extension: int | None = None,
    ) -> Deadline:
        """The deadline as a named person found it in a source, ready to be used.

        Raises:
            InputError: without a name, a source or a length above zero.
        """
        if not by.strip() or not sources or amount < 1 or (extension is not None and extension < 1):
            raise InputError(
                f"the deadline {self.code} cannot be confirmed like this",
                next_step="Give who confirms it, the source, and a length above zero.",
            )
        return replace(
            self,
            confirmed=True,
            sources=sources,
            claim=Claim(amount, unit, extension),
            confirmed_by=by.strip(),
        )

    def _usable(self) -> Claim:
        if not self.confirmed or self.claim is None:
            raise SetupError(
                f"the deadline {self.code} has no confirmed source",
                next_step="A named person has to confirm it before what it governs can open.",
            )
        return self.claim

"""The error tree of the house.

    AssisesError                 anything a person can be told and can mend
    ├── InputError               a file or value was refused; nothing was changed
    │   └── EncodingError        the bytes are not text in the encoding that was named
    ├── OutputError              the result could not be put where it was asked
    ├── SetupError               a part of the installation is missing
    └── ActError                 an act was refused; nothing was changed
        ├── NotAllowed           this role may not do it here
        ├── NotFound             there is no such thing, or it may not be seen
        ├── NotNow               the phase or the state of the thing forbids it
        ├── Conflict             someone else was there first
        │   └── KeyUsed          the same key came with other words: the first ones are kept
        ├── TooMany              too much came from one place; it says when there is room again
        └── Invalid              what was said cannot be taken; ``fields`` says which and why

Every error says what is wrong, where (file, line, column), with which value, and what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from typing import ClassVar

_LONGEST_VALUE_SHOWN = 60


class AssisesError(Exception):
    """Base of every error that is told to a person in words.

    Args:
        problem: one sentence, what is wrong.
        next_step: one sentence, what to do about it.
        file: the file concerned, if any.
        line: 1-based physical line in that file.
        column: the name or 1-based number of the column.
        value: the offending value as it was read; shown shortened.
    """

    exit_code: ClassVar[int] = 70

    def __init__(
        self,
        problem: str,
        *,
        next_step: str,
        file: str | PathLike[str] | None = None,
        line: int | None = None,
        column: str | int | None = None,
        value: object = None,
    ) -> None:
        self.problem = problem
        self.next_step = next_step
        self.file = None if file is None else fspath(file)
        self.line = line
        self.column = column
        self.value = value
        super().__init__(str(self))

    @property
    def place(self) -> str:
        """``file, line 3, column vote``: as much of it as is known."""
        parts = [self.file] if self.file else []
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        return ", ".join(parts)

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        what = f" (found {_shown(self.value)})" if self.value is not None else ""
        return f"{where}{self.problem}{what}. {self.next_step}"


class InputError(AssisesError):
    """What was given is refused; nothing was written."""

    exit_code = 3


class EncodingError(InputError):
    """The bytes of a file are not text in the encoding that was named or found."""


class OutputError(AssisesError):
    """The result could not be written where it was asked; what was there is untouched."""

    exit_code = 4


class SetupError(AssisesError):
    """A part of the installation is missing; the next step says how to get it."""

    exit_code = 5


class ActError(AssisesError):
    """An act was refused; nothing was changed.

    ``code`` is stable and stands in the API's problem+json; ``status`` is its HTTP status.
    """

    exit_code = 3
    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400


class NotAllowed(ActError):
    """This role may not do it here."""

    code = "not-allowed"
    status = 403


class NotFound(ActError):
    """There is no such thing, or it may not be seen."""

    code = "not-found"
    status = 404


class NotNow(ActError):
    """The phase or the state of the thing forbids it."""

    code = "not-now"
    status = 409


class Conflict(ActError):
    """Someone else was there first, or the same key came back with other words."""

    code = "conflict"
    status = 409


class KeyUsed(Conflict):
    """The same key came back with other words: what came first is kept, this is not."""


class Invalid(ActError):
    """What was said cannot be taken; ``fields`` says which and why."""

    code = "invalid"
    status = 422

    def __init__(self, problem: str, *, next_step: str, fields: Mapping[str, str] | None = None):
        self.fields = dict(fields or {})
        super().__init__(problem, next_step=next_step)


class TooMany(ActError):
    """Too much came from one place in a while; ``retry_after`` seconds from now there is room."""

    code = "too-many"
    status = 429

    def __init__(self, problem: str, *, next_step: str, retry_after: int):
        self.retry_after = retry_after
        super().__init__(problem, next_step=next_step)


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    if len(text) > _LONGEST_VALUE_SHOWN:
        text = text[:_LONGEST_VALUE_SHOWN] + "…"
    return repr(text) if isinstance(value, str) else text

"""What the API is asked with."""

from __future__ import annotations

import secrets
from typing import Annotated, Final

from ninja import Header
from pydantic import BaseModel, ConfigDict, Field

from assises.fronts.api.refusing import invalid
from assises.fronts.api.shapes import Tag, Vote
from assises.rooms.contributions.acts.say import LONGEST
from assises.rooms.votes.acts.cast import MOST

HEADER: Final = "Idempotency-Key"
_KEY: Final = r"^[ -~]{1,80}$"
Number = Annotated[
    int, Field(strict=True, ge=0, lt=2**31, description="Of a statement in its edition.")
]
Key = Annotated[
    str | None,
    Header(
        None,
        alias=HEADER,
        pattern=_KEY,
        description="The same voice's same key answers what it answered before.",
    ),
]
BodyKey = Annotated[str | None, Field(pattern=_KEY, description=f"Instead of {HEADER}.")]


class Answer(BaseModel):
    """What the caller thinks of one statement."""

    model_config = ConfigDict(extra="forbid")
    statement: Number
    vote: Vote


class Ballot(BaseModel):
    """A batch of votes: all are taken, or none. Each statement stands in it once."""

    model_config = ConfigDict(extra="forbid")
    votes: list[Answer] = Field(min_length=1, max_length=MOST)
    key: BodyKey = None


class Words(BaseModel):
    """Something to say. It is public at once; names, numbers and addresses do not belong in it."""

    model_config = ConfigDict(extra="forbid")
    words: str = Field(min_length=1, max_length=LONGEST, description="A letter at least.")
    language: Tag = Field("und", description="`und` where nobody knows.")
    vertical: str | None = Field(None, description="Short id of a vertical of this edition.")
    key: BodyKey = None


def key_of(header: str | None, body: str | None = None) -> str:
    """The idempotency key of a request; one that never comes again where none was sent.

    Raises:
        Refusal: two that differ.
    """
    if header is not None and body is not None and header != body:
        raise invalid("body", "key", f"it differs from the header {HEADER}")
    return header or body or secrets.token_hex()

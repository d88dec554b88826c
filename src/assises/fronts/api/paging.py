"""Pages: at most a hundred things, and a cursor that tells nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import urlencode

from django.http import HttpRequest
from ninja import Query

from assises.web.cursors import hide, show

__all__ = ["MOST", "USUAL", "Hidden", "Limit", "Offset", "following", "hide", "show"]

MOST: Final = 100
USUAL: Final = 50
_CURSOR: Final = "From a page's `next`."
Limit = Annotated[int, Query(USUAL, ge=1, le=MOST, description="How many at most.")]
Offset = Annotated[str | None, Query(None, pattern=r"^[0-9]{1,9}$", description=_CURSOR)]
Hidden = Annotated[str | None, Query(None, pattern=r"^[0-9a-f]{32}$", description=_CURSOR)]


def following(request: HttpRequest, cursor: str, **asked: object) -> str:
    """The address of the page that begins after ``cursor``, with what was asked of this one."""
    kept: Mapping[str, object] = {k: v for k, v in asked.items() if v is not None}
    return f"{request.path}?{urlencode({**kept, 'cursor': cursor})}"

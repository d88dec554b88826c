"""Refusals for programs: RFC 9457 problem+json, with stable codes and the places concerned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn, cast

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel, Field

from assises.lib.errors import ActError, Invalid, TooMany
from assises.web.problems import CODES as EXPLAINED
from assises.web.refusals import problem

MOST_FIELDS: Final = 20
CODES: Final[Mapping[str, int]] = {
    code: status for code, status in EXPLAINED.items() if code != "form-expired"
}
"""Every code that the API answers with, and its status: ``/problems/CODE`` explains it."""


class FieldFault(BaseModel):
    """One value that cannot be taken."""

    part: str = Field(description="Of the request: `body`, `query`, `path` or `header`.")
    pointer: str = Field(description="Where in that part, as a JSON Pointer (RFC 6901).")
    message: str


class Problem(BaseModel):
    """A refusal (RFC 9457). Nothing was changed."""

    type: str
    title: str
    status: int
    code: str = Field(description="Stable; the list is in the documentation.")
    detail: str
    next_step: str
    fields: list[FieldFault] | None = Field(
        default=None, description=f"At most {MOST_FIELDS}; only where values were refused."
    )


class Refusal(Exception):
    """What this front itself refuses, before or beside the acts."""

    def __init__(
        self, code: str, detail: str, next_step: str, *, fields: Sequence[FieldFault] = ()
    ) -> None:
        self.code, self.detail, self.next_step = code, detail, next_step
        self.fields = list(fields)
        super().__init__(detail)


def invalid(part: str, name: str | Sequence[object], message: str) -> Refusal:
    """One value of the request cannot be taken; ``name`` is its way, from the outside in."""
    steps = [name] if isinstance(name, str) else name
    return Refusal(
        "invalid",
        "the request holds values that cannot be taken",
        "Correct what `fields` names and send it again.",
        fields=[FieldFault(part=part, pointer=_pointer(steps), message=message)],
    )


def answer(refusal: Refusal) -> HttpResponse:
    """The refusal as a response."""
    fields = [fault.model_dump() for fault in refusal.fields[:MOST_FIELDS]]
    status = CODES[refusal.code]
    response = problem(
        status, refusal.code, refusal.detail, refusal.next_step, fields=fields or None
    )
    if status == 401:
        response["WWW-Authenticate"] = 'Voice realm="assises"'
    return response


def refuse_through(api: NinjaAPI) -> None:
    """Every error that a request can cause is told as a problem; defects go on to the 500 page."""
    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(ActError, _act_refused)
    api.add_exception_handler(ValidationError, _not_valid)
    api.add_exception_handler(HttpError, _not_parsed)
    api.add_exception_handler(Exception, _defect)


def _refused(_request: HttpRequest, error: Any) -> HttpResponse:
    return answer(cast("Refusal", error))


def _act_refused(_request: HttpRequest, error: Any) -> HttpResponse:
    act = cast("ActError", error)
    named = act.fields.items() if isinstance(act, Invalid) else ()
    fields = [FieldFault(part="body", pointer=_pointer([name]), message=why) for name, why in named]
    response = answer(Refusal(act.code, act.problem, act.next_step, fields=fields))
    if isinstance(act, TooMany):
        response["Retry-After"] = str(act.retry_after)
    return response


def _not_valid(_request: HttpRequest, error: Any) -> HttpResponse:
    refusal = invalid("body", "", "")
    refusal.fields = [_fault(each) for each in cast("ValidationError", error).errors]
    return answer(refusal)


def _not_parsed(_request: HttpRequest, error: Any) -> HttpResponse:
    """The framework wraps whatever the parser of bodies raised."""
    cause = cast("HttpError", error).__cause__
    if not isinstance(cause, Refusal):
        raise error
    return answer(cause)


def _defect(_request: HttpRequest, error: Any) -> NoReturn:
    raise error


def _fault(error: Mapping[str, Any]) -> FieldFault:
    part, *where = error["loc"]
    # The first step of a body is the name of our own parameter, which nobody sent.
    steps = where[1:] if part == "body" else where
    return FieldFault(part=str(part), pointer=_pointer(steps), message=str(error["msg"]))


def _pointer(steps: Sequence[object]) -> str:
    told = (str(step).replace("~", "~0").replace("/", "~1")[:80] for step in steps)
    return "".join(f"/{step}" for step in told if step)

"""Refusals: a page for people, RFC 9457 problem+json for programs."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from copy import copy
from http import HTTPStatus
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse

from assises.lib.errors import ActError, AssisesError, Invalid, KeyUsed, TooMany
from assises.rooms.people.sessions import SessionStore
from assises.web.identity import speak_with
from assises.web.pages import language_of, page

_LOG = logging.getLogger("assises.web")
_RETRY_AFTER: Final = 5


def refusal(request: HttpRequest, error: AssisesError) -> HttpResponse:
    """What to answer to a refused request."""
    status = error.status if isinstance(error, ActError) else 400
    code = error.code if isinstance(error, ActError) else "refused"
    response = _refusal(request, error, status, code)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response


def _refusal(request: HttpRequest, error: AssisesError, status: int, code: str) -> HttpResponse:
    if wants_json(request):
        return problem(status, code, error.problem, error.next_step, fields=_fields(error) or None)
    return page(
        request,
        "refused.html.j2",
        language_of(request),
        status=status,
        code=code,
        error=error,
        again=isinstance(error, KeyUsed),
    )


def is_away(error: BaseException | None) -> bool:
    """Whether the database is away for a moment: it restarts, or its session was cut."""
    return isinstance(error, OperationalError | InterfaceError)


def away(request: HttpRequest, error: BaseException) -> HttpResponse:
    """503: come back in a moment. Nobody knows whether what was sent was kept; its key does."""
    _LOG.warning("the database is away: %s", (str(error).splitlines() or [""])[0])
    response = _away(_nobody(request))
    response["Retry-After"] = str(_RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def _nobody(request: HttpRequest) -> HttpRequest:
    """The same request from nobody in particular: who asks stands in the database too."""
    asked = copy(request)
    asked.session, asked.user = SessionStore(), AnonymousUser()
    speak_with(asked, "")
    return asked


def _away(request: HttpRequest) -> HttpResponse:
    if not wants_json(request):
        return _plain(request, 503, "away")
    return problem(
        503,
        "away",
        "the database is away for a moment",
        "Send it again in a few seconds with the same idempotency key: it will count once.",
    )


_NEXT: Final[Mapping[int, str]] = {
    400: "Look at the address and at what was sent.",
    403: "Send the voice's code in Authorization, or ask the secretariat.",
    404: "Begin at /api/v1/ and follow the addresses given there.",
    500: "Try again later; if it stays so, tell whoever keeps this site.",
}


def problem(status: int, code: str, detail: str, next_step: str = "", **more: Any) -> JsonResponse:
    """``application/problem+json`` with a stable ``type``, whose page explains it."""
    body = {
        "type": f"/problems/{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "next_step": next_step or _NEXT.get(status, _NEXT[400]),
        **{k: v for k, v in more.items() if v is not None},
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks."""
    return request.path.startswith("/api/")


def _fields(error: AssisesError) -> dict[str, str]:
    return error.fields if isinstance(error, Invalid) else {}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """400: what the framework refused before us."""
    return _plain(request, 400, "refused")


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """403."""
    return _plain(request, 403, "not-allowed")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """404."""
    return _plain(request, 404, "not-found")


def failed(request: HttpRequest) -> HttpResponse:
    """500: a defect of ours. The log has the traceback; the page has none."""
    error = sys.exc_info()[1]
    # Sessions are read and written around the views, where no middleware is asked.
    if error is not None and is_away(error):
        return away(request, error)
    return _plain(request, 500, "failed")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that this browser did not get from us, or got too long ago."""
    _LOG.info("csrf refused: %s", reason)
    return _plain(request, 403, "form-expired")


def _plain(request: HttpRequest, status: int, code: str) -> HttpResponse:
    if wants_json(request):
        return problem(status, code, HTTPStatus(status).phrase)
    return page(
        request,
        "refused.html.j2",
        language_of(request),
        status=status,
        code=code,
        error=None,
        again=False,
    )

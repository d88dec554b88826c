"""Refusals: a page for people, RFC 9457 problem+json for programs."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from assises.lib.errors import ActError, AssisesError, Invalid
from assises.web.pages import language_of, page

_LOG = logging.getLogger("assises.web")


def refusal(request: HttpRequest, error: AssisesError) -> HttpResponse:
    """What to answer to a refused request."""
    status = error.status if isinstance(error, ActError) else 400
    code = error.code if isinstance(error, ActError) else "refused"
    if wants_json(request):
        return problem(status, code, error.problem, error.next_step, fields=_fields(error) or None)
    return page(
        request, "refused.html.j2", language_of(request), status=status, code=code, error=error
    )


def problem(status: int, code: str, detail: str, next_step: str = "", **more: Any) -> JsonResponse:
    """``application/problem+json`` with a stable ``type``."""
    body = {
        "type": f"/problems/{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "next_step": next_step,
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
    return _plain(request, 500, "failed")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that this browser did not get from us, or got too long ago."""
    _LOG.info("csrf refused: %s", reason)
    return _plain(request, 403, "form-expired")


def _plain(request: HttpRequest, status: int, code: str) -> HttpResponse:
    if wants_json(request):
        return problem(status, code, HTTPStatus(status).phrase)
    return page(
        request, "refused.html.j2", language_of(request), status=status, code=code, error=None
    )

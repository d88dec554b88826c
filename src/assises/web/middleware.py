"""What every answer carries, and what becomes of a refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from assises.lib.errors import AssisesError
from assises.web.identity import keep_code
from assises.web.refusals import away, is_away, refusal

Answer = Callable[[HttpRequest], HttpResponse]

# Nothing from elsewhere, nothing inline, nobody may frame us, forms go only to us.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)


class Headers:
    """Security headers on every answer, pages and files alike."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with its headers."""
        response = self._answer(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()"
        )
        if settings.SECURE_TLS:
            response.headers.setdefault(
                "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
            )
        return response


class Voices:
    """Gives the browser the code of a voice that this request made; turns refusals into pages."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with the code as a cookie where there is a new one."""
        response = self._answer(request)
        keep_code(request, response)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A refusal is a page or a problem, never a traceback; so is a database that restarts."""
        if is_away(error):
            return away(request, error)
        return refusal(request, error) if isinstance(error, AssisesError) else None

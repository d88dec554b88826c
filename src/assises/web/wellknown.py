"""Files that programs look for at fixed addresses, and the way to the documentation of the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path

from assises.lib.clock import now
from assises.lib.errors import NotFound
from assises.web.pages import language_of
from assises.web.problems import problem_page
from assises.web.routes import route

_TEXT: Final = "text/plain; charset=utf-8"
_DAY: Final = "public, max-age=86400"
_VALID: Final = timedelta(days=180)
# Nothing is secret behind these: they are one person's own, or forms.
_ROBOTS: Final = """User-agent: *
Disallow: /*/me
Disallow: /*/editions/*/me
Disallow: /*/enter
Disallow: /*/office/
Disallow: /*/search
"""


@route("consultations.read")
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """What search engines may read. Simulated editions say so themselves, on each page."""
    return _file(_ROBOTS.encode(), _TEXT)


@route("consultations.read")
def security(request: HttpRequest) -> HttpResponse:
    """To whom a defect of security is told (RFC 9116), if the installation names someone."""
    contact = settings.ENVIRONMENT.security_contact
    if contact is None:
        raise NotFound(
            "this installation names nobody to tell of a defect of security",
            next_step="Whoever keeps it sets ASSISES_SECURITY_CONTACT.",
        )
    until = (now() + _VALID).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {contact}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: fr, ar, en",
        f"Canonical: {request.scheme}://{request.get_host()}{request.path}",
    ]
    return _file("".join(f"{line}\n" for line in lines).encode(), _TEXT)


@route("consultations.read")
def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The star, for browsers that ask at the root."""
    return _file((settings.LOOK / "pages" / "star.svg").read_bytes(), "image/svg+xml")


@route("consultations.read")
def api(request: HttpRequest) -> HttpResponse:
    """To the page that tells what the API is."""
    response = HttpResponseRedirect(f"/{language_of(request)}/data#api")
    response["Vary"] = "Accept-Language"
    return response


def _file(content: bytes, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Cache-Control"] = _DAY
    return response


urlpatterns: list[URLPattern] = [
    path("robots.txt", robots, name="robots"),
    path(".well-known/security.txt", security, name="security"),
    path("favicon.ico", favicon, name="favicon"),
    path("api", api, name="api"),
    path("api/", api, name="api-root"),
    path("problems/<slug:code>", problem_page, name="problem"),
]

"""What the pages of entering share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from assises.look.pages.shapes import Field
from assises.web.pages import page

LONGEST: Final = 300
"""Letters that these forms read of anything sent to them."""


def shown(
    request: HttpRequest, template: str, language: str, *, status: int = 200, **given: Any
) -> HttpResponse:
    """A page of these, with the role bar where it is open; never kept by a browser or a proxy."""
    response = page(
        request,
        template,
        language,
        status=status,
        home=f"/{language}",
        **given,
    )
    response["Cache-Control"] = "no-store"
    return response


def code_field(label: str, value: str, fault: str) -> Field:
    """Where a code is written: of a letter, of an authenticator, of recovery."""
    attributes: Mapping[str, str | int] = {
        "autocomplete": "one-time-code",
        "autocapitalize": "characters",
        "spellcheck": "false",
        "maxlength": 40,
    }
    return Field(
        "code", label, value=value, error=fault or None, required=True, attributes=attributes
    )


def onward_of(request: HttpRequest) -> str:
    """Where someone was going, if it is on this site."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    fits = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if fits and len(asked) <= LONGEST else ""


def to(address: str, back: str = "") -> HttpResponse:
    """Go there, and remember where one came from."""
    return HttpResponseRedirect(f"{address}?next={quote(back)}" if back else address)

"""Every address of the house."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, include, path, register_converter

from assises.web.pages import language_of
from assises.web.routes import Address, Tongue, route

register_converter(Address, "address")
register_converter(Tongue, "tongue")


@route("consultations.read")
def root(request: HttpRequest) -> HttpResponse:
    """To the first page, in the language that the browser prefers."""
    response = HttpResponseRedirect(f"/{language_of(request)}/")
    response["Vary"] = "Accept-Language"
    return response


urlpatterns: list[URLPattern | URLResolver] = [
    path("", root, name="root"),
    path("", include("assises.web.wellknown")),
    path("log/", include("assises.web.logs")),
    path("api/v1/", include("assises.fronts.api.urls")),
    path("<tongue:language>/", include("assises.web.entering")),
    path("<tongue:language>/office/", include("assises.fronts.office.urls")),
    path("<tongue:language>/", include("assises.fronts.portal.urls")),
]
handler400 = "assises.web.refusals.bad_request"
handler403 = "assises.web.refusals.denied"
handler404 = "assises.web.refusals.not_found"
handler500 = "assises.web.refusals.failed"

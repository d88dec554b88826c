"""The description of the API that programs read: OpenAPI 3.1, kept in git and compared."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, TypeAlias

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.openapi import get_schema

from assises.fronts.api import editions, own, results, said
from assises.fronts.api.bodies import PlainRenderer, StrictParser
from assises.fronts.api.doors import ROUTER, Guard, guards_of, operation
from assises.fronts.api.refusing import CODES, FieldFault, Problem, refuse_through

BASE: Final = "/api/v1"
_PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_SECURITY: Final = {
    "voice": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Voice CODE`: the secret that a first write answers with.",
    },
    "browser": {
        "type": "apiKey",
        "in": "cookie",
        "name": "voice",
        "description": "A browser's own voice, on our pages.",
    },
    "token": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRFToken",
        "description": "The token of our page, beside the cookie of a browser that writes.",
    },
}
_Ways: TypeAlias = list[dict[str, list[str]]]
_READS: Final[_Ways] = [{"voice": []}, {"browser": []}]
_WRITES: Final[_Ways] = [{"voice": []}, {"browser": [], "token": []}]
_MODULES: Final = (editions, said, results, own)  # importing them declares their operations


@operation("GET", "/openapi.json", "consultations.read", dict[str, Any], tag="this description")
def get_openapi(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """This description."""
    return JsonResponse(document())


def _made() -> NinjaAPI:
    made = NinjaAPI(
        title="assises",
        version="1",
        description="A national consultation: what people say, what is thought of it, and what it "
        "amounts to. Open data to read; one's own voice to write.",
        openapi_url=None,
        docs_url=None,
        parser=StrictParser(),
        renderer=PlainRenderer(),
    )
    refuse_through(made)
    made.add_router("", ROUTER)
    return made


api: Final = _made()


@cache
def document() -> dict[str, Any]:
    """The whole description, with the refusals and the ways to say who one is."""
    made = dict(get_schema(api, BASE))
    schemas = made["components"]["schemas"]
    for model in (FieldFault, Problem):
        shape = model.model_json_schema(ref_template="#/components/schemas/{model}")
        shape.pop("$defs", None)
        schemas[model.__name__] = shape
    made["components"] = {"schemas": dict(sorted(schemas.items())), "securitySchemes": _SECURITY}
    made.pop("servers")
    for route, _, guards in guards_of(api):
        for method, guard in guards.items():
            _complete(made["paths"][f"{BASE}{route}"][method.lower()], route, method, guard)
    return made


def _complete(described: dict[str, Any], route: str, method: str, guard: Guard) -> None:
    """What the framework does not know: refusals, security, the permission."""
    described["x-permission"] = guard.permission
    for parameter in described["parameters"]:
        parameter["schema"] = _never_null(parameter["schema"])
    if guard.who != "anyone":
        ways = _READS if method == "GET" else _WRITES
        begins: _Ways = [{}] if guard.who == "speaker" else []
        described["security"] = [*ways, *begins]
    described["responses"] = {str(k): v for k, v in described["responses"].items()}
    for status in sorted(_refusals(route, method, guard)):
        codes = ", ".join(f"`{code}`" for code, its in CODES.items() if its == status)
        described["responses"][str(status)] = {"description": codes, "content": _PROBLEM}


def _never_null(schema: dict[str, Any]) -> dict[str, Any]:
    """What stands in an address or a header is there or not: null is a word like any other."""
    choices = [one for one in schema.pop("anyOf", []) if one != {"type": "null"}]
    return schema | (choices[0] if choices else {})


def _refusals(route: str, method: str, guard: Guard) -> set[int]:
    found = {422, 503}
    if "{" in route:
        found.add(404)
    if guard.who != "anyone":
        found |= {401, 403}
    if method != "GET":
        found.add(409)
    if guard.who == "speaker":
        found.add(429)
    if guard.has_body:
        found |= {400, 411, 413, 415}
    return found

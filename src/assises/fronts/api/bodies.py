"""Bodies of requests: small, JSON, UTF-8, and read strictly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from assises.fronts.api.refusing import Refusal

LARGEST: Final = 128 * 1024
"""Bytes: 5,000 characters written as escapes, or 500 votes, fit twice."""
_JSON: Final = "application/json"


def demand_json(request: HttpRequest) -> None:
    """Refuse a body by its headers, before any of it is read.

    A form or plain text is what another site's page can send in someone's name: JSON it cannot.
    """
    if "Transfer-Encoding" in request.headers:
        raise Refusal(
            "length-needed",
            "the body comes in pieces of no told length",
            "Send it whole, with the header Content-Length.",
        )
    if _length(request) > LARGEST:
        raise Refusal(
            "too-large",
            f"the body is larger than {LARGEST} bytes",
            "Send it in parts; each part has a key of its own.",
        )
    charset = (request.content_params or {}).get("charset", "utf-8")
    encoding = request.headers.get("Content-Encoding", "identity")
    if (
        request.content_type != _JSON
        or charset.casefold() not in {"utf-8", "utf8"}
        or encoding.casefold() != "identity"
    ):
        raise Refusal(
            "wrong-type",
            "the body is not said to be JSON in UTF-8",
            f"Send it as it is, with the header Content-Type: {_JSON}.",
        )


class StrictParser(Parser):
    """JSON as RFC 8259 has it, and nothing beside it."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as values.

        Raises:
            Refusal: not UTF-8, not JSON, a name given twice, or half of a character.
        """
        try:
            value = json.loads(
                request.body.decode("utf-8"), parse_constant=_no, object_pairs_hook=_once
            )
            # Half of a surrogate pair can be written as an escape, and be neither kept nor shown.
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except (ValueError, RecursionError) as error:
            why = "too deep" if isinstance(error, RecursionError) else str(error)
            raise Refusal(
                "malformed",
                f"the body is not JSON: {why[:120]}",
                "Send one JSON object in UTF-8.",
            ) from None
        return value


class PlainRenderer(JSONRenderer):
    """Letters as they are: an escaped Arabic word is three times as long."""

    json_dumps_params: Mapping[str, Any] = MappingProxyType({"ensure_ascii": False})


def _length(request: HttpRequest) -> int:
    told = str(request.META.get("CONTENT_LENGTH") or "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 16 else 0


def _no(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice in one object")
    return found

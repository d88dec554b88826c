"""The sealed logs over HTTP, as C2SP tlog-tiles: whoever wants it can mirror and check them.

Only what the checkpoint covers is served: a tile beyond it, left by a crash, will be written over,
and a cache would keep it for ever.
"""

from __future__ import annotations

import json
import re
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path

from assises.engines.ledger.tiles import HEIGHT, WIDTH, tile_path
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.logs import checkpoint_of, key_of, read_tile
from assises.rooms.journal.models import Event
from assises.rooms.journal.proofs import payload_of, proof_of
from assises.web.refusals import problem
from assises.web.routes import route
from assises.web.told import may_be_told

_TEXT: Final = "text/plain; charset=utf-8"
_BYTES: Final = "application/octet-stream"
_NEVER: Final = "no-cache"
_HOUR: Final = "public, max-age=3600"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_HIGHEST: Final = 7  # a tile of level 8 would stand over 2**64 leaves
_TILE: Final = re.compile(
    r"tile/(?P<level>entries|\d)/(?P<index>(?:x\d{3}/){0,5}\d{3})(?:\.p/(?P<width>\d{1,3}))?",
    re.ASCII,
)


@route("journal.log")
def checkpoint(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001
    """The signed size and root of the log; 404 before its first event is sealed."""
    told = checkpoint_of(name)
    return _absent() if told is None else _answer(told[1].encode(), _TEXT, _NEVER)


@route("journal.log")
def key(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001
    """The verifier key of the log; hold it yourself, from the first day on."""
    told = key_of(name)
    return _absent() if told is None else _answer(told.encode(), _TEXT, _HOUR)


@route("journal.log")
def tile(request: HttpRequest, name: str, path: str) -> HttpResponse:  # noqa: ARG001
    """A tile of hashes or a bundle of entries, as far as the checkpoint goes."""
    asked, told = _parsed(path), checkpoint_of(name)
    if asked is None or told is None:
        return _absent()
    level, index, width = asked
    if index * WIDTH + width > told[0].size >> (HEIGHT * max(level, 0)):
        return _absent()
    return _answer(read_tile(name, path), _BYTES, _FOR_EVER if width == WIDTH else _HOUR)


@route("journal.log")
def proof(request: HttpRequest, name: str, leaf: str) -> HttpResponse:  # noqa: ARG001
    """Why one leaf is in the log: all that it takes to check it without us, as JSON.

    Of an office's act, and of the software's, it also says what was done.
    """
    event = Event.objects.filter(log=name, leaf=int(leaf)).first()
    if event is None:
        return _absent()
    found = proof_of(
        event.id,
        opened=_is_seen(event),
        asked=may_be_told(event.act, event.subjects, payload_of(event)),
    )
    if found is None:
        return _absent()
    content = json.dumps(found, ensure_ascii=False, indent=1).encode()
    return _answer(content, "application/json", _NEVER)


def _is_seen(event: Event) -> bool:
    """Whether its consultation is there for everyone: what is done to a draft is not told yet."""
    kind, _, uid = event.stream.partition(":")
    drafts = Consultation.objects.filter(state="draft")
    return kind == "consultation" and not drafts.filter(id=UUID(uid)).exists()


def _parsed(path: str) -> tuple[int, int, int] | None:
    """Level (-1 for entries), index and width, if this is their one spelling."""
    found = _TILE.fullmatch(path)
    if found is None:
        return None
    level = -1 if found["level"] == "entries" else int(found["level"])
    index = int(found["index"].replace("x", "").replace("/", ""))
    width = int(found["width"] or WIDTH)
    right = level <= _HIGHEST and 0 < width <= WIDTH and tile_path(level, index, width) == path
    return (level, index, width) if right else None


def _answer(content: bytes, kind: str, caching: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Cache-Control"] = caching
    # Anyone's page may check it: it is the same for all, whoever asks.
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _absent() -> HttpResponse:
    response = problem(
        404,
        "not-found",
        "the log has no such file",
        "Read checkpoint first: it says how far the log goes.",
    )
    response["Cache-Control"] = "no-store"
    return response


_LOG: Final = r"^(?P<name>official|simulation)/"
urlpatterns: list[URLPattern] = [
    re_path(rf"{_LOG}checkpoint\Z", checkpoint, name="log-checkpoint"),
    re_path(rf"{_LOG}key\Z", key, name="log-key"),
    re_path(rf"{_LOG}proof/(?P<leaf>\d{{1,15}})\Z", proof, name="log-proof"),
    re_path(rf"{_LOG}(?P<path>tile/.{{1,60}})\Z", tile, name="log-tile"),
]

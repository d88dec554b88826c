"""A server of vectors is believed as far as it can be checked."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from assises.engines.themes.meaning.vectors import Embedder
from assises.flows.themes.endpoint import Endpoint
from assises.flows.themes.keeping import Vectors
from assises.flows.themes.local import Local
from assises.lib.errors import InputError

Change = Callable[[dict[str, Any]], Any]


def vector(text: str) -> list[float]:
    return [byte / 255 - 0.4 for byte in hashlib.sha256(text.encode()).digest()[:8]]


def honest(answer: dict[str, Any]) -> dict[str, Any]:
    return answer


class Stub(ThreadingHTTPServer):
    """Answers truly, then changed as the test asks."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.change: Change = honest
        self.asked: list[Any] = []

    @property
    def local(self) -> Local:
        return Local(f"http://127.0.0.1:{self.server_address[1]}/v1", seconds=5)


class Handler(BaseHTTPRequestHandler):
    server: Stub

    def log_message(self, *_: Any) -> None: ...

    def do_GET(self) -> None:
        self.say({"data": [{"id": "little", "object": "model"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body["input"])
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        rows = [{"index": at, "embedding": vector(text)} for at, text in enumerate(texts)]
        answer = {"object": "list", "model": body["model"], "data": rows}
        self.say(self.server.change(answer) if self.path == "/v1/embeddings" else {})

    def say(self, value: Any) -> None:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def serving() -> Iterator[Stub]:
    server = Stub()
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def stub() -> Iterator[Stub]:
    with serving() as server:
        yield server


def test_an_honest_server_is_an_embedder(stub: Stub) -> None:
    embedder: Embedder = Endpoint(stub.local, "little")
    assert embedder.dimensions == 8
    assert embedder.name.startswith("little/")
    found = embedder.encode(["l'eau", "", "الماء", "aman"], ["fr", "fr", "ar", "zgh-Latn"])
    wanted = np.array([vector("l'eau"), vector("الماء")])
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    assert np.abs(found[[0, 2]] - wanted).max() < 1e-6
    assert not found[[1, 3]].any()
    assert stub.asked[-2:] == ["l'eau", "الماء"]


def test_several_at_once_are_the_same_vectors(stub: Stub, tmp_path) -> None:
    texts, tags = [f"phrase {at}" for at in range(10)], ["fr"] * 10
    alone = Endpoint(stub.local, "little")
    together = Endpoint(stub.local, "little", at_once=4)
    assert alone.name != together.name
    assert np.array_equal(alone.encode(texts, tags), together.encode(texts, tags))
    stub.change = lambda answer: {**answer, "data": answer["data"][::-1]}
    assert np.array_equal(alone.encode(texts, tags), together.encode(texts, tags))
    kept = Vectors(together, tmp_path).of(texts, tags)
    count = len(stub.asked)
    assert np.array_equal(Vectors(alone, None).of(texts, tags), kept)
    assert np.array_equal(Vectors(together, tmp_path).of(texts, tags), kept)
    assert len(stub.asked) == count + 10


def test_a_prefix_is_sent_and_told_in_the_name(stub: Stub) -> None:
    found = Endpoint(stub.local, "little", prefix="passage: ")
    found.encode(["eau"], ["fr"])
    assert stub.asked[-1] == "passage: eau"
    assert found.name != Endpoint(stub.local, "little").name


def rounded_by_company(answer: dict[str, Any]) -> dict[str, Any]:
    rows = answer["data"]
    for row in rows:
        row["embedding"][0] += 0.01 * (len(rows) > 1)
    return answer


def test_a_server_that_rounds_by_company_is_asked_singly(stub: Stub) -> None:
    stub.change = rounded_by_company
    Endpoint(stub.local, "little")
    with pytest.raises(InputError, match="one text at a time"):
        Endpoint(stub.local, "little", at_once=2)


def with_row(**changes: Any) -> Change:
    return lambda answer: {**answer, "data": [{**answer["data"][0], **changes}]}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda _: b"<html>", "not JSON"),
        (lambda _: [], "no list of vectors"),
        (lambda _: {"data": {"0": [1.0]}}, "no list of vectors"),
        (lambda _: {"error": "busy"}, "no list of vectors"),
        (lambda answer: {**answer, "model": "other"}, "another model"),
        (lambda answer: {**answer, "data": []}, "1 vectors were asked for, 0 came"),
        (lambda answer: {**answer, "data": answer["data"] * 2}, "2 came"),
        (lambda answer: {**answer, "data": [None]}, "places"),
        (with_row(index=1), "places"),
        (with_row(index=-1), "places"),
        (with_row(index=True), "places"),
        (with_row(index="0"), "places"),
        (with_row(embedding=None), "a vector that is none"),
        (with_row(embedding=[]), "a vector that is none"),
        (with_row(embedding="AAAA"), "a vector that is none"),
        (with_row(embedding=["1"] * 8), "a vector that is none"),
        (with_row(embedding=[True] * 8), "a vector that is none"),
        (with_row(embedding=[[1.0] * 8]), "a vector that is none"),
        (with_row(embedding=[1.0] * 20_000), "a vector that is none"),
        (with_row(embedding=[0.0] * 8), "a vector is zero"),
        (with_row(embedding=[1e300] * 8), "a vector that is none"),
        (with_row(embedding=[1.0] * 9), "8 numbers here"),
        (lambda _: b'{"data": [{"index": 0, "embedding": [NaN]}]}', "not JSON"),
        (lambda _: b'{"data": [{"index": 0, "embedding": [1' + b"0" * 400 + b"]}]}", "is none"),
    ],
)
def test_a_lie_is_told(stub: Stub, change: Change, reason: str) -> None:
    embedder = Endpoint(stub.local, "little")
    stub.change = change
    with pytest.raises(InputError, match=reason):
        embedder.encode(["eau"], ["fr"])


def test_places_given_twice_or_sizes_that_differ_are_told(stub: Stub) -> None:
    embedder = Endpoint(stub.local, "little", at_once=2)
    rows = [{"index": 0, "embedding": [1.0] * 8}, {"index": 0, "embedding": [1.0] * 8}]
    stub.change = lambda answer: {**answer, "data": rows}
    with pytest.raises(InputError, match="places"):
        embedder.encode(["eau", "lma"], ["fr", "fr"])
    rows[1] = {"index": 1, "embedding": [1.0] * 7}
    with pytest.raises(InputError, match="differ in size"):
        embedder.encode(["eau", "lma"], ["fr", "fr"])


def test_a_model_that_is_not_there_is_told(stub: Stub) -> None:
    with pytest.raises(InputError, match="no model of this name"):
        Endpoint(stub.local, "large")


@pytest.mark.parametrize("at_once", [0, -1, 257])
def test_too_many_at_once_are_refused(stub: Stub, at_once: int) -> None:
    with pytest.raises(InputError, match="cannot be asked for at once"):
        Endpoint(stub.local, "little", at_once=at_once)


def test_an_address_outside_is_refused() -> None:
    with pytest.raises(InputError, match="neither of this machine"):
        Endpoint(Local("http://203.0.113.7/v1"), "little")

"""A language model that lies in every way: nothing of it is shown, and a page is never empty."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from assises.countries.ma.identifiers import PERSONAL
from assises.engines.themes.drafting.draft_material import Contribution, Figure, Material, Quote
from assises.flows.themes import local
from assises.flows.themes.local import Local, Unreachable
from assises.flows.themes.model import (
    MOST_CHARACTERS,
    Asked,
    draft_themes,
    masked,
    messages,
    model_of,
)
from assises.lib.errors import InputError

NAME = "small-model"
HONEST = {
    "text": "Le puits est à sec.",
    "kind": "factual",
    "sources": [{"id": "w1", "quote": "le puits est à sec"}],
    "numbers": [],
    "direction": None,
}
THEME = Material(
    "water",
    (
        Contribution("w1", "Il faut un forage, le puits est à sec. Appelez le 0612345678.", "fr"),
        Contribution("w2", "Nous ne voulons pas de citerne.", "fr"),
    ),
    (Figure("n", 12, 12),),
    names={"fr": ("puits", "forage")},
    central=(Quote("w1", "le puits est à sec"),),
)


class Stub(ThreadingHTTPServer):
    """A server of models that answers as it is told to."""

    daemon_threads = True

    def __init__(self, answer: Callable[[BaseHTTPRequestHandler, Any], None]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.asked: list[Any] = []
        self.models: Any = {"data": [{"id": NAME, "created": time.time(), "owned_by": "us"}]}

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, *_: Any) -> None:
        """A client that gives up is what is tested."""


class _Handler(BaseHTTPRequestHandler):
    server: Stub

    def log_message(self, *_: Any) -> None: ...

    def do_GET(self) -> None:
        say(self, self.server.models)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body, dict(self.headers)))
        self.server.answer(self, body)


def raw(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def say(handler: BaseHTTPRequestHandler, value: Any, status: int = 200) -> None:
    raw(handler, json.dumps(value).encode(), status)


def completion(content: Any, **changes: Any) -> dict[str, Any]:
    choice = {"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    return {"model": NAME, "choices": [choice]} | changes


def words(content: Any, **changes: Any) -> Callable[[BaseHTTPRequestHandler, Any], None]:
    return lambda handler, _: say(handler, completion(content, **changes))


def clauses(*some: Any) -> str:
    return json.dumps({"clauses": list(some)})


@contextmanager
def stub(answer: Callable[[BaseHTTPRequestHandler, Any], None]) -> Iterator[Stub]:
    server = Stub(answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def draft(server: Stub | str, *themes: Material, seconds: float = 5, **more: Any) -> list[Asked]:
    base = server if isinstance(server, str) else server.base
    return draft_themes(
        themes or (THEME,),
        Local(base, seconds=seconds),
        NAME,
        language="fr",
        patterns=PERSONAL,
        **more,
    )


def shows_names_and_quotes(asked: Asked, reason: str) -> None:
    assert asked.draft.extractive
    assert asked.draft.names == ("puits", "forage")
    assert asked.draft.central
    assert reason in asked.draft.refused
    assert asked.draft.mark == ""


def test_an_honest_model_is_shown_with_its_name_and_hash() -> None:
    with stub(words(clauses(HONEST))) as server:
        (asked,) = draft(server)
        (again,) = draft(server)
    assert [one.proposed.text for one in asked.draft.kept] == ["Le puits est à sec."]
    assert asked.draft.mark == f"draft by {NAME}, checked, not yet read by a person"
    told = asked.manifest()
    assert told["model"] == NAME
    assert len(told["model_sha256"]) == 64
    assert (told["form"], told["temperature"], told["kept"]) == ("json_schema", 0, 1)
    # "created" is new at each start, and says nothing of the model.
    assert told == again.manifest()
    path, body, headers = server.asked[0]
    assert path == "/v1/chat/completions"
    assert (body["temperature"], body["seed"]) == (0, 2025)
    assert "Authorization" not in headers


def test_what_leaves_is_masked_and_is_data() -> None:
    with stub(words(clauses(HONEST))) as server:
        draft(server)
    _, body, _ = server.asked[0]
    system, user = body["messages"]
    assert "0612345678" not in json.dumps(body)
    told = json.loads(user["content"])
    assert [one["id"] for one in told["contributions"]] == ["w1", "w2"]
    assert "forage" not in system["content"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (words("<html><body>Bonjour</body></html>"), "not JSON"),
        (words('{"clauses": [{"text": "Le pu'), "not JSON"),
        (words("[" * 100_000), "not JSON"),
        (words('{"summary": "Tout va bien."}'), "no list of clauses"),
        (words(json.dumps([HONEST])), "no list of clauses"),
        (words(clauses(*[HONEST] * 1000)), "more than 40"),
        (words(""), "not JSON"),
        (words(None), "holds no words"),
        (words(["Le puits"]), "holds no words"),
        (words(clauses(HONEST), model="other-model"), "another model"),
        (words(clauses(HONEST), model=None), "another model"),
        (words(clauses(HONEST), choices=[]), "holds no words"),
        (words(clauses(HONEST), choices="none"), "holds no words"),
        (words("", choices=[{"message": {"content": "{"}, "finish_reason": "length"}]), "cut off"),
        (lambda h, _: say(h, []), "another form"),
        (lambda h, _: raw(h, b"<html>Bienvenue</html>"), "not JSON"),
        (lambda h, _: raw(h, b""), "not JSON"),
        (lambda h, _: raw(h, b"\xff\xfe\x00"), "not JSON"),
        (lambda h, _: raw(h, b'{"model": NaN}'), "not JSON"),
        (lambda h, _: raw(h, b"[" * 100_000), "not JSON"),
        (lambda h, _: raw(h, b"9" * 10_000), "not JSON"),
        (lambda h, _: raw(h, b" " * (local.LARGEST_ANSWER + 10)), "more than 4 MB"),
        (lambda h, _: say(h, {"error": "no"}, 500), "status 500"),
        (lambda h, _: say(h, {"error": "no"}, 401), "status 401"),
        (lambda h, _: say(h, {"error": "no"}, 429), "status 429"),
        (lambda h, _: raw(h, b"", 204), "not JSON"),
        (lambda h, _: raw(h, b"", 302, Location="http://127.0.0.1:1/v1"), "status 302"),
        (lambda h, _: raw(h, b"", 307, Location="/v1/elsewhere"), "status 307"),
        (lambda h, _: h.connection.close(), "cannot be asked"),
        (lambda h, _: h.wfile.write(b"no http at all\r\n\r\n"), "cannot be asked"),
        (lambda h, _: h.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), "cannot be"),
    ],
)
def test_a_server_that_lies_is_told_and_the_page_is_not_empty(
    answer: Callable[[BaseHTTPRequestHandler, Any], None], reason: str
) -> None:
    with stub(answer) as server:
        (asked,) = draft(server)
    shows_names_and_quotes(asked, reason)


def test_a_redirect_is_not_followed() -> None:
    with (
        stub(words(clauses(HONEST))) as other,
        stub(lambda h, _: raw(h, b"", 308, Location=other.base)) as server,
    ):
        (asked,) = draft(server)
        assert other.asked == []
    shows_names_and_quotes(asked, "status 308")


def test_a_canary_anywhere_ends_the_draft() -> None:
    canary = masked(THEME, PERSONAL).canary
    with stub(words(json.dumps({"clauses": [HONEST], "note": canary}))) as server:
        (asked,) = draft(server)
    shows_names_and_quotes(asked, "told to keep to itself")


def test_lying_clauses_go_and_the_honest_stay() -> None:
    lies = [
        HONEST | {"text": "Tous veulent une citerne."},
        HONEST | {"sources": [{"id": "w3", "quote": "le puits est à sec"}]},
        {"text": 7},
        HONEST | {"text": "Appelez le 0612345678, le puits est à sec."},
    ]
    with stub(words("```json\n" + clauses(*lies, HONEST) + "\n```")) as server:
        (asked,) = draft(server)
    assert [one.proposed.text for one in asked.draft.kept] == ["Le puits est à sec."]
    assert asked.manifest()["clauses"] == 5


def test_where_all_clauses_lie_names_and_quotes_are_shown() -> None:
    with stub(words(clauses(HONEST | {"text": "Le barrage est plein."}))) as server:
        (asked,) = draft(server)
    shows_names_and_quotes(asked, "")
    assert asked.manifest()["kept"] == 0


@pytest.mark.parametrize(("taken", "form"), [("json_object", "json_object"), (None, "none")])
def test_a_server_without_schemas_is_asked_without(taken: str | None, form: str) -> None:
    def answer(handler: BaseHTTPRequestHandler, body: Any) -> None:
        if body.get("response_format", {}).get("type") != taken:
            say(handler, {"error": "unknown response_format"}, 400)
        else:
            say(handler, completion(clauses(HONEST)))

    with stub(answer) as server:
        (asked,) = draft(server)
    assert asked.form == form
    assert asked.draft.kept


def _sleeps(handler: BaseHTTPRequestHandler, _: Any) -> None:
    time.sleep(2)


def _drips(handler: BaseHTTPRequestHandler, _: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _beat in range(40):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [_sleeps, _drips])
def test_who_is_slow_is_not_waited_for_nor_asked_again(
    answer: Callable[[BaseHTTPRequestHandler, Any], None],
) -> None:
    begun = time.monotonic()
    with stub(answer) as server:
        found = draft(server, THEME, THEME, THEME, seconds=0.4)
        assert time.monotonic() - begun < 1.5
        assert len(server.asked) == 1
    for asked in found:
        shows_names_and_quotes(asked, "within 0.4 seconds")


def test_who_is_absent_is_told() -> None:
    with stub(words("")) as server:
        base = server.base
    for asked in draft(base, THEME, THEME):
        shows_names_and_quotes(asked, "cannot be asked")


@pytest.mark.parametrize(
    ("models", "reason"),
    [
        ({"data": []}, "no model of this name"),
        ({"data": [{"id": "other"}]}, "It has: other"),
        ({"data": [7, {"id": None}, {}]}, "It has: none"),
        ({"models": []}, "which models"),
        ([], "which models"),
        ({"data": [{"id": NAME, "size": 10**400}]}, "canonical"),
    ],
)
def test_a_server_without_the_model_is_told(models: Any, reason: str) -> None:
    with stub(words(clauses(HONEST))) as server:
        server.models = models
        (asked,) = draft(server)
        assert server.asked == []
        with pytest.raises(InputError, match=reason):
            model_of(Local(server.base), NAME)
    shows_names_and_quotes(asked, reason)


def test_another_build_of_a_model_has_another_hash() -> None:
    with stub(words("")) as server:
        one = model_of(Local(server.base), NAME)
        server.models["data"][0]["owned_by"] = "them"
        other = model_of(Local(server.base), NAME)
    assert one.digest != other.digest


def test_it_can_be_stopped_while_it_waits() -> None:
    class Stop:
        def __init__(self) -> None:
            self.heard = 0

        def step(self, name: str, total: int | None = None) -> None: ...

        def advance(self, amount: int) -> None:
            self.heard += 1
            if self.heard > 3:
                raise KeyboardInterrupt

    begun = time.monotonic()
    with stub(_sleeps) as server, pytest.raises(KeyboardInterrupt):
        draft(server, progress=Stop(), seconds=60)
    assert time.monotonic() - begun < 1.8


@pytest.mark.parametrize(
    "base",
    [
        "http://8.8.8.8/v1", "https://203.0.113.7/v1", "http://[2001:4860:4860::8888]/v1",
        "http://169.254.169.254/latest", "http://0.0.0.0/v1", "http://[::]/v1",
        "http://[::ffff:8.8.8.8]/v1", "ftp://127.0.0.1/v1", "file:///etc/passwd", "127.0.0.1:8080",
        "http://user:secret@127.0.0.1/v1", "http://127.0.0.1/v1?x=1", "http://", "http://127.0.0.1:x",
        "", "http://[::1", "http://127.0.0.1:99999/v1",
    ],
)  # fmt: skip
def test_an_address_outside_is_refused_before_anything_is_sent(base: str) -> None:
    with pytest.raises(InputError):
        Local(base)


@pytest.mark.parametrize(
    "base",
    ["http://127.0.0.1:8080/v1", "http://[::1]/v1", "http://10.1.2.3/v1", "http://192.168.1.4/v1",
     "http://localhost:11434/v1", "https://model.house/v1", "http://[fd00::1]/v1"],
)  # fmt: skip
def test_an_address_in_the_house_is_taken(base: str) -> None:
    assert Local(base).base == base


def test_an_address_outside_may_be_allowed() -> None:
    assert Local("https://203.0.113.7/v1", anywhere=True).anywhere


def test_a_name_that_means_an_address_outside_is_told_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local, "_inside", lambda _: False)
    with stub(words(clauses(HONEST))) as server:
        base = server.base.replace("127.0.0.1", "localhost")
        with pytest.raises(InputError, match="neither of this machine"):
            Local(base).post("chat/completions", {})
        assert server.asked == []


def test_no_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with stub(words(clauses(HONEST))) as server:
        assert draft(server)[0].draft.kept


def test_a_key_is_sent_and_not_shown() -> None:
    with stub(words(clauses(HONEST))) as server:
        asked = Local(server.base, key="a-key")
        asked.post("chat/completions", {})
        assert server.asked[0][2]["Authorization"] == "Bearer a-key"
    assert "a-key" not in repr(asked)


def test_what_finds_no_room_is_told() -> None:
    long = Contribution("w9", "eau " * 1000, "fr")
    many = tuple(Contribution(f"x{k}", "eau " * 400, "fr") for k in range(30))
    told, left_out = messages(Material("t", (long, *many)), language="fr")
    assert left_out[0] == "w9"
    assert len(told[1]["content"]) < 2 * MOST_CHARACTERS
    given = json.loads(told[1]["content"])["contributions"]
    assert len(given) + len(left_out) == 31


def test_a_server_that_is_gone_is_not_unreachable_for_ever() -> None:
    with pytest.raises(Unreachable):
        Local("http://127.0.0.1:1/v1").get("models")

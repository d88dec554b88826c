"""Whatever is sent to any address that people use, the house answers and never breaks.

The forms are those of the routes, each as its page gives it, so that what is wrong with one field
meets an otherwise right form; a new form is fuzzed without being named here. The API has its own
(``tests/fronts/test_api_fuzz.py``).
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.utils.html import escape

from tests.conftest import ROOT
from tests.whole.forms import Values
from tests.whole.walking import LEAVES, Person, World, a_world, every_form, stops

pytestmark = pytest.mark.usefixtures("db")

MARKUP = "<script>alert(7)</script>"
WORDS: dict[str, bytes] = {
    "bidi": "abc\u202edcba\u202c \u2066\u2067\u2068\u2069\u061c".encode(),
    "zero width": "a\u200bb\u200cc\u200d\ufeff\u2060\u00ad\U000e0041".encode(),
    "one megabyte": b"a" * 1_000_000,
    "one megabyte of lines": b"a\r\n" * 333_333,
    "markup": f"{MARKUP}{{{{ 7*7 }}}}{{% raw %}}<!--'\"><img src=x onerror=alert(7)>".encode(),
    "half of a pair": b"a\xed\xa0\x80b\xed\xbf\xbf",
    "not UTF-8": b"\xff\xfe\xc0\xaf",
    "nothing": b"",
    "NUL": b"a\x00b",
    "controls": bytes(range(1, 32)),
    "blank": "\u00a0\u2003\u3164\u115f".encode(),
    "huge": b"9" * 400,
    "negative": b"-1",
    "just too large": b"2147483648",
    "not a number": b"NaN",
    "an exponent": b"1e309",
    "digits of another script": "٣٤٥".encode(),
    "no day": b"0000-99-99",
    "a day out of reach": b"9999-12-31",
    "an hour": b"99:99",
    "an id of nobody": b"00000000-0000-0000-0000-000000000000",
    "an id in braces": b"{00000000-0000-7000-8000-000000000000}",
    "a list": b"['a', 'b']",
    "an address": b"javascript:alert(7)//@\"'\\..%2f..",
    "marks": ("e" + "\u0301" * 500).encode(),
}
QUOTED = {word: quote_plus(word) for word in WORDS.values()}
HARMLESS = {"csrfmiddlewaretoken"}


@pytest.fixture
def world() -> World:
    return a_world()


def encoded(form: Values, wrong: dict[str, bytes]) -> bytes:
    """As a browser writes it, with some values that none would write."""
    pairs = [
        (name, value)
        for name, values in form.items()
        for value in ([wrong[name]] if name in wrong else [v.encode() for v in values])
    ]
    written = [(quote_plus(name), QUOTED.get(value) or quote_plus(value)) for name, value in pairs]
    return "&".join(f"{name}={value}" for name, value in written).encode()


def bodies(form: Values) -> Iterator[tuple[str, bytes]]:
    """The form, with something wrong: everywhere at once, in one field, missing, too often."""
    names = [name for name in form if name not in HARMLESS]
    for what, word in WORDS.items():
        # A megabyte in twenty fields is refused for its size, and says nothing of a field.
        some = names[:1] if len(word) > 1000 else names
        yield f"{what} everywhere", encoded(form, dict.fromkeys(some, word))
    kinds = itertools.cycle(WORDS.items())
    for at, name in enumerate(names):
        for what, word in itertools.islice(kinds, 2 if len(names) < 20 else 1):
            yield f"{what} in {name}", encoded(form, {name: word})
        if at % 2:
            without = {other: values for other, values in form.items() if other != name}
            yield f"without {name}", encoded(without, {})
        else:
            again = f"&{quote_plus(name)}=a&{quote_plus(name)}%5B%5D=b&{quote_plus(name)}%00=c"
            yield f"{name} three times", encoded(form, {}) + again.encode()
    yield "two thousand fields", encoded(form, {}) + b"".join(b"&x%d=1" % i for i in range(2000))
    yield "nothing at all", b""


def kinds_of_body() -> Iterator[tuple[str, str, bytes]]:
    """What is no form: content type, and what is sent."""
    yield "JSON", "application/json", b'{"words": ["a", {"b": null}]}'
    yield "no boundary", "multipart/form-data", b"--x\r\n\r\n"
    yield "an open part", "multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-"
    yield (
        "a file for words",
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="words"; filename="a\x00"\r\n\r\nb\r\n--x--',
    )
    yield "another charset", "application/x-www-form-urlencoded; charset=utf-16", b"words=a"
    yield "an unknown charset", "application/x-www-form-urlencoded; charset=nothing", b"words=a"


def sent(person: Person, name: str, address: str, body: bytes, kind: str) -> Any:
    cache.clear()  # nobody asks too often
    client = person.comes() if name in LEAVES else person.again()
    client.raise_request_exception = False
    return client.generic("POST", address, body, content_type=kind)


def faults(response: Any) -> list[str]:
    """What is wrong with an answer to anything."""
    found = []
    if response.status_code >= 500:
        found.append(str(response.status_code))
    if "html" in response.headers.get("Content-Type", ""):
        text = response.content.decode()
        found += [f"shows {word}" for word in (MARKUP, "Traceback", "<img src=x") if word in text]
    return found


def test_a_defect_is_seen() -> None:
    assert faults(HttpResponse(status=500)) == ["500"]
    assert faults(HttpResponse(f"<p>{MARKUP}</p>")) == [f"shows {MARKUP}"]
    assert faults(HttpResponse(f"<p>{escape(MARKUP)}</p>", status=422)) == []


FORM = "application/x-www-form-urlencoded"


def test_whatever_is_sent_as_a_form_nothing_breaks(world: World) -> None:
    wrong, seen = [], Counter[str]()
    forms = [(stop, *each) for stop, each in every_form(world)]
    for stop, address, form, person in forms:
        tries = [(what, FORM, body) for what, body in bodies(form)]
        for what, kind, body in (*tries, *kinds_of_body()):
            response = sent(person, stop.name, address, body, kind)
            seen[stop.name] += 1
            wrong += [f"{address}: {what}: {fault}" for fault in faults(response)]
    assert not wrong, "\n".join(wrong)
    taking = {s.name for s in stops() if not s.by_programs and "POST" in s.permissions}
    assert set(seen) == taking
    assert min(seen.values()) > len(WORDS)


def asked_for() -> list[str]:
    """Every name that some page reads of an address."""
    reading = re.compile(
        r"""GET(?:\.get|\.getlist)?[(\[]\s*["'](\w+)["']|["'](\w+)["'] in \w*\.GET"""
    )
    found = set()
    for folder in ("web", "fronts/portal", "fronts/office"):
        for file in (ROOT / "src" / "assises" / folder).rglob("*.py"):
            found |= {a or b for a, b in reading.findall(file.read_text("utf-8"))}
    return sorted(found)


def test_whatever_an_address_asks_for_nothing_breaks(world: World) -> None:
    names = asked_for()
    assert {"after", "before", "from", "list", "next", "q", "statement"} <= set(names)
    keeper = next(p for p in world.people if p.name == "administrator everywhere")
    wrong = []
    for stop in stops():
        if stop.by_programs or "GET" not in stop.permissions:
            continue
        address = world.address(stop)
        client = keeper.again()
        for turn in range(8):
            cache.clear()
            words = itertools.islice(itertools.cycle(WORDS.items()), turn * 3, None)
            pairs = [
                (name, what, word[:2000]) for name, (what, word) in zip(names, words, strict=False)
            ]
            query = "&".join(f"{name}={quote_plus(word)}" for name, _, word in pairs)
            response = client.get(address, QUERY_STRING=query)
            told = ", ".join(f"{name}: {what}" for name, what, _ in pairs)
            wrong += [f"{address}: {told}: {fault}" for fault in faults(response)]
    assert not wrong, "\n".join(wrong)


def test_whatever_stands_in_an_address_nothing_breaks(world: World) -> None:
    client = Client(raise_request_exception=False)
    wrong = []
    for turn, stop in enumerate(stops()):
        address = world.address(stop)
        for at, (what, word) in enumerate(WORDS.items()):
            between = ("-", "", "/")[(turn + at) % 3]
            path = f"{address}{between}{quote_plus(word[:500]).replace('+', '%20')}"
            wrong += [f"{path}: {what}: {fault}" for fault in faults(client.get(path))]
    assert not wrong, "\n".join(wrong)

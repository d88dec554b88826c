"""Asking a program on this machine or in this house over HTTP, and believing nothing of it.

What people said leaves the process only for an address of this machine or of a private network,
unless someone allows another in so many words; the address is looked at again once the connection
stands, so that a name that means two addresses helps nobody. No proxy is used, no redirect is
followed, no answer is waited for or read for ever, and a listener may stop it at any time.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

LARGEST_ANSWER: Final = 4 << 20
"""Bytes of an answer at most."""
_PRIVATE: Final = tuple(
    ipaddress.ip_network(one)
    for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
"""RFC 1918 and RFC 4193; what else is not public is not of the house either."""
_TICK: Final = 0.1
"""Seconds after which a listener is heard again while an answer is waited for."""
_AT_ONCE: Final = 1 << 16


class Unreachable(InputError):
    """Nobody answers there, or not in time: asking again at once would not help."""


class Refused(InputError):
    """The server answered that it will not do this.

    ``status`` is its HTTP status.
    """

    def __init__(self, problem: str, *, next_step: str, status: int, value: object = None) -> None:
        super().__init__(problem, next_step=next_step, value=value)
        self.status = status


@dataclass(frozen=True, slots=True)
class Local:
    """A server that speaks JSON over HTTP."""

    base: str
    """Address without the last part, such as ``http://127.0.0.1:8080/v1``."""
    anywhere: bool = False
    """Whether it may be outside: then what is sent leaves the house."""
    seconds: float = 120.0
    """For each answer, from asking to its last byte."""
    key: str | None = field(default=None, repr=False)
    """Sent as a bearer token, if the server wants one."""

    def __post_init__(self) -> None:
        """Refuse an address that is none, or that is outside.

        Raises:
            InputError: if so.
        """
        try:
            parts = urlsplit(self.base)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        odd = bool(parts.username or parts.password or parts.query or parts.fragment)
        if parts.scheme not in {"http", "https"} or not parts.hostname or odd or port == 0:
            raise InputError(
                "this is not the address of a server",
                value=self.base,
                next_step="Give it like http://127.0.0.1:8080/v1, with nothing behind it.",
            )
        literal = _address(parts.hostname)
        if literal is not None and not self.anywhere and not _inside(literal):
            raise _outside(self.base)

    def get(self, path: str, *, progress: Progress = SILENT) -> Any:
        """What the server answers, read from JSON.

        Raises:
            Unreachable: if nobody answers in time.
            Refused: for any status but 200.
            InputError: for an answer that is too long, or no JSON.
        """
        return self._asked(path, None, progress)

    def post(self, path: str, body: Mapping[str, Any], *, progress: Progress = SILENT) -> Any:
        """The same, of a request with a body."""
        data = json.dumps(body, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
        return self._asked(path, data, progress)

    def _asked(self, path: str, data: bytes | None, progress: Progress) -> Any:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if data is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        url = f"{self.base.rstrip('/')}/{path.lstrip('/')}"
        asking = _Asking(self, urllib.request.Request(url, data=data, headers=headers))  # noqa: S310
        return _read(asking.answer(progress), url)


class _Asking:
    """One request, in a thread of its own so that it can be given up."""

    def __init__(self, server: Local, request: urllib.request.Request) -> None:
        self.server = server
        self.request = request
        self.sockets: list[socket.socket] = []
        self.given_up = threading.Event()
        self.result: bytes | BaseException | None = None

    def answer(self, progress: Progress) -> bytes:
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        until = time.monotonic() + self.server.seconds
        try:
            while thread.is_alive() and time.monotonic() < until:
                thread.join(_TICK)
                progress.advance(0)
        finally:
            late = thread.is_alive()
            self._give_up()
        if late or isinstance(self.result, TimeoutError):
            raise Unreachable(
                f"the server has not answered within {self.server.seconds:g} seconds",
                value=self.server.base,
                next_step="Give it more time, or a smaller model.",
            )
        if isinstance(self.result, bytes):
            return self.result
        raise self._told()

    def _run(self) -> None:
        try:
            self.result = self._opened()
        except urllib.error.HTTPError as error:
            error.close()
            self.result = error
        except Exception as error:
            self.result = error
        finally:
            for one in self.sockets:
                one.close()

    def _opened(self) -> bytes:
        opener = urllib.request.OpenerDirector()
        for handler in (_Http(self), _Https(self), urllib.request.HTTPErrorProcessor()):
            opener.add_handler(handler)
        opener.add_handler(_NoRedirect())
        opener.add_handler(urllib.request.HTTPDefaultErrorHandler())
        parts: list[bytes] = []
        size = 0
        with opener.open(self.request, timeout=self.server.seconds) as answer:
            while part := answer.read1(_AT_ONCE):
                parts.append(part)
                size += len(part)
                if size > LARGEST_ANSWER:
                    raise InputError(
                        f"the server answers with more than {LARGEST_ANSWER >> 20} MB",
                        value=self.server.base,
                        next_step="Look at what the address belongs to.",
                    )
            if answer.length:
                raise http.client.IncompleteRead(b"", answer.length)
        return b"".join(parts)

    def connected(self, opened: socket.socket) -> None:
        """Look at whom one is connected to, before a word is said."""
        self.sockets.append(opened)
        peer = _address(str(opened.getpeername()[0]))
        if self.given_up.is_set() or not (self.server.anywhere or (peer and _inside(peer))):
            opened.close()
            raise _outside(self.server.base)

    def _give_up(self) -> None:
        self.given_up.set()
        for one in self.sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def _told(self) -> InputError:
        error = self.result
        if isinstance(error, InputError):
            return error
        if isinstance(error, urllib.error.HTTPError):
            return Refused(
                f"the server answers with status {error.code}",
                value=self.server.base,
                next_step="Look at its own messages.",
                status=error.code,
            )
        return Unreachable(
            "the server cannot be asked",
            value=str(error) or type(error).__name__,
            next_step="Start it, and look at the address.",
        )


def _watched(kind: type[Any], asking: _Asking) -> Any:
    """A kind of connection that looks at whom it is connected to."""

    class Watched(kind):  # type: ignore[misc]
        def connect(self) -> None:
            super().connect()
            asking.connected(self.sock)

    return Watched


class _Http(urllib.request.HTTPHandler):
    def __init__(self, asking: _Asking) -> None:
        super().__init__()
        self.asking = asking

    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_watched(http.client.HTTPConnection, self.asking), req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, asking: _Asking) -> None:
        super().__init__()
        self.asking = asking

    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_watched(http.client.HTTPSConnection, self.asking), req)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Nowhere: what was asked of one address is not told to another."""


def _read(answer: bytes, url: str) -> Any:
    try:
        return json.loads(answer.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(
            "the server answers with something that is not JSON",
            value=answer[:60].decode("utf-8", "replace"),
            next_step=f"Look at what {url} belongs to.",
        ) from error


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return mapped or found


def _inside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Of this machine or a private network; a cloud's own service of metadata is in none."""
    return address.is_loopback or any(address in network for network in _PRIVATE)


def _outside(base: str) -> InputError:
    return InputError(
        "this address is neither of this machine nor of a private network",
        value=base,
        next_step="Use a server in the house, or allow one outside: what is sent leaves the house.",
    )

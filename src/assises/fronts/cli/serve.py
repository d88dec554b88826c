"""Until the portal stands: the simulated conversation, analysed and shown on this machine."""

from __future__ import annotations

import os
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from assises.demo import build
from assises.flows.opinion import content_of
from assises.formats import bundle
from assises.fronts.cli import terminal
from assises.fronts.cli.terminal import say
from assises.lib.errors import InputError, OutputError
from assises.look.speech import LANGUAGES

_HOST: Final = "127.0.0.1"
_PORT: Final = 8000
_PORTS_TRIED: Final = 20
_FOLDER: Final = Path(".assises") / "simulation.bundle"


def serve_simulation() -> None:
    """Write the bundle under ``.assises`` and serve it until Ctrl-C.

    Raises:
        OutputError: if no port is free.
    """
    server = _server()
    with terminal.steps() as progress:
        content = content_of(build(), LANGUAGES, progress)
        progress.step("writing")
        bundle.write(_FOLDER, content, replace=True)
    say("A simulated conversation was analysed: its people and votes were made by a program.")
    say(f"report  http://{_HOST}:{server.server_port}/report.html")
    say(f"bundle  {_FOLDER}")
    say("Your own: ./run analyse FOLDER     Stop: Ctrl-C")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("Stopped.")
    finally:
        server.server_close()


class _Handler(SimpleHTTPRequestHandler):
    """Files of the bundle; the root is the report."""

    def do_GET(self) -> None:
        if self.path == "/":
            self.path = "/report.html"
        super().do_GET()

    def end_headers(self) -> None:
        self.send_header(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:",
        )
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Silent: nobody's reading is written down."""


def _server() -> ThreadingHTTPServer:
    handler = partial(_Handler, directory=str(_FOLDER.absolute()))
    asked = os.environ.get("ASSISES_PORT")
    if asked is not None and not (asked.isdecimal() and 0 <= int(asked) < 65536):
        raise InputError(
            "ASSISES_PORT is not a port", value=asked, next_step="Use a number from 1 to 65535."
        )
    ports = [int(asked)] if asked is not None else range(_PORT, _PORT + _PORTS_TRIED)
    for port in ports:
        try:
            return ThreadingHTTPServer((_HOST, port), handler)
        except OSError:
            continue
    raise OutputError(
        f"no port is free on {_HOST}",
        value=asked or f"{_PORT} to {_PORT + _PORTS_TRIED - 1}",
        next_step="Set ASSISES_PORT to one that is.",
    )

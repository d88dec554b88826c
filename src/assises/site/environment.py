"""What the environment says, read once and refused whole: every bad value is told together.

A value is never guessed: an empty, unknown or doubtful variable stops the start with its name, what
was found (unless it may hold a password) and what to write instead.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, NoReturn, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from assises.lib.errors import SetupError
from assises.site.keys import ROLES, Secrets, secrets_of

__all__ = ["ROLES", "Environment", "Secrets", "Smtp", "checkout", "read_environment", "secrets_of"]

Mode = Literal["demonstration", "service"]
_T = TypeVar("_T")
_PREFIX: Final = "ASSISES_"
_OURS: Final = (
    "ASSISES_DATA",
    "ASSISES_HOST",
    "ASSISES_PORT",
    "ASSISES_ORIGIN",
    "ASSISES_SECRET_FOLDER",
    "ASSISES_MODE",
    "ASSISES_WEB_WORKERS",
    "ASSISES_VOICES_PER_HOUR",
    "ASSISES_SMTP_URL",
    "ASSISES_FROM_ADDRESS",
    "ASSISES_SECURITY_CONTACT",
)
# Read by ./run, by the terminal or by the tests: known here so that they are not taken for errors.
_OTHERS: Final = (
    "ASSISES_PYTHON",
    "ASSISES_NO_SKIPS",
    "ASSISES_ACCEPT",
    "ASSISES_TRACEBACK",
    "ASSISES_CHROMIUM",
)
_MOST_WORKERS: Final = 64
_VOICES: Final = 200
"""Voices from one address in an hour: a workshop of thirty phones behind one router, and more."""
# One wrong letter in a name of four.
_NEAR: Final = 0.75
_SMTP_PORTS: Final = {"smtp": 587, "smtps": 465}
_NAME_OF_A_HOST: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"(?:[^<>@\x00-\x1f\x7f]+ <)?[^\s<>@,;\"]+@[^\s<>@,;\"]+>?")
_LOOPBACK_HOSTS: Final = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Smtp:
    """The server that takes our letters.

    ``security`` is ``tls`` (smtps), ``starttls`` (smtp to another machine: a password or an address
    never travels in clear) or ``none`` (smtp to this machine).
    """

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    security: Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says, complete and coherent.

    ``database_url`` is None for the embedded PostgreSQL. ``port_chosen`` says whether the port was
    named by a person, who then gets that one or none. ``origin`` is ``scheme://host[:port]`` as a
    browser writes it, None where people reach ``host`` and ``port`` themselves.
    """

    data: Path
    database_url: str | None = field(repr=False)
    host: str
    port: int
    port_chosen: bool
    origin: str | None
    secret_folder: Path
    mode: Mode
    web_workers: int
    smtp: Smtp | None
    from_address: str
    security_contact: str | None = None
    voices_per_hour: int = _VOICES

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names by which a request may call us; this machine's own are for the probes."""
        public = (_bracketed(str(urlsplit(self.origin).hostname)),) if self.origin else ()
        return tuple(dict.fromkeys((*public, *_LOOPBACK_HOSTS)))

    def address(self, port: int | None = None) -> str:
        """Where a browser finds us; ``port`` instead of ours if another one had to be taken."""
        return self.origin or f"http://{_bracketed(self.host)}:{port or self.port}"


def checkout() -> Path:
    """The folder of the sources if this runs from them, else the current folder."""
    folder = Path(__file__).resolve().parents[3]
    return folder if (folder / "pyproject.toml").exists() else Path.cwd()


def read_environment(environ: Mapping[str, str], checkout: Path) -> Environment:
    """Read ``ASSISES_*`` and ``DATABASE_URL``; the data stand in ``checkout/.data`` if not told.

    Raises:
        SetupError: names every variable that is unknown or has a bad value, and what to write.
    """
    reader = _Reader(environ)
    reader.refuse_unknown_names()
    host = reader.take("ASSISES_HOST", _host, "127.0.0.1")
    origin = reader.take("ASSISES_ORIGIN", _origin, None)
    data = reader.take("ASSISES_DATA", _folder, checkout / ".data")
    public = not (_is_loopback(host) and (origin is None or _is_loopback(_host_of(origin))))
    found = Environment(
        data=data,
        database_url=reader.take("DATABASE_URL", _database_url, None),
        host=host,
        port=reader.take("ASSISES_PORT", _port, 8000),
        port_chosen="ASSISES_PORT" in environ,
        origin=origin,
        secret_folder=reader.take("ASSISES_SECRET_FOLDER", _folder, data / "secrets"),
        mode=reader.take("ASSISES_MODE", _mode, "service" if public else "demonstration"),
        web_workers=reader.take("ASSISES_WEB_WORKERS", _workers, 2),
        smtp=reader.take("ASSISES_SMTP_URL", _smtp, None),
        from_address=reader.take("ASSISES_FROM_ADDRESS", _from_address, _nobody(origin)),
        voices_per_hour=reader.take("ASSISES_VOICES_PER_HOUR", _voices, _VOICES),
        security_contact=reader.take("ASSISES_SECURITY_CONTACT", _contact, None),
    )
    reader.attempt(lambda: _refuse_an_unnamed_origin(found, environ))
    reader.attempt(lambda: _refuse_an_open_demonstration(found, public=public))
    reader.attempt(lambda: _refuse_letters_without_a_way(found, environ))
    reader.tell()
    return found


class _Reader:
    """Reads on after a refusal, so that a person mends everything at once."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._refusals: list[SetupError] = []

    def take(self, name: str, read: Callable[[str, str], _T], default: _T) -> _T:
        raw = self._environ.get(name)
        if raw is None:
            return default
        found = self.attempt(lambda: read(name, _written(name, raw)))
        return default if found is None else found

    def attempt(self, check: Callable[[], _T]) -> _T | None:
        try:
            return check()
        except SetupError as refusal:
            self._refusals.append(refusal)
            return None

    def refuse_unknown_names(self) -> None:
        ours = (name for name in self._environ if name.upper().startswith(_PREFIX))
        for name in sorted(set(ours).difference(_OURS, _OTHERS)):
            # The value is not shown: a misspelt name may well hold a password.
            # Without the prefix that all share, which would make every name look like every other.
            rest = {ours.removeprefix(_PREFIX): ours for ours in _OURS}
            said = name.upper().removeprefix(_PREFIX)
            near = difflib.get_close_matches(said, rest, n=1, cutoff=_NEAR)
            instead = f"Write {rest[near[0]]}" if near else f"Known are {', '.join(_OURS)}"
            self._refusals.append(
                SetupError(
                    f"there is no setting {name}",
                    next_step=f"{instead}, or remove it (unset {name}).",
                )
            )

    def tell(self) -> None:
        if len(self._refusals) == 1:
            raise self._refusals[0]
        if self._refusals:
            lines = "".join(f"\n- {refusal}" for refusal in self._refusals)
            raise SetupError(
                f"{len(self._refusals)} settings are refused and nothing was started",
                next_step=f"Mend each of them:{lines}",
            )


def _refuse(name: str, why: str, write: str, value: str | None = None) -> NoReturn:
    # What led here may hold a password, so it is not chained.
    raise SetupError(f"{name} {why}", value=value, next_step=f"Write {write}.") from None


def _written(name: str, raw: str) -> str:
    if not raw.strip():
        # An empty value is mostly a variable of a script that was never set; to take the default
        # then would, for DATABASE_URL, open an empty database in place of the right one.
        raise SetupError(f"{name} is empty", next_step=f"Give it a value, or unset {name}.")
    return raw


def _folder(name: str, raw: str) -> Path:
    path = Path(raw)
    if not path.is_absolute():
        _refuse(
            name, "does not begin at the root", f"the whole path, such as {path.absolute()}", raw
        )
    if path.exists() and not path.is_dir():
        _refuse(name, "is not a folder", "the path of a folder, or of one to be made", raw)
    return path


def _port(name: str, raw: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", raw) or not 0 < int(raw) < 65536:
        _refuse(name, "is not a port", "a whole number from 1 to 65535, such as 8000", raw)
    return int(raw)


def _workers(name: str, raw: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", raw) or not 0 < int(raw) <= _MOST_WORKERS:
        _refuse(
            name, "is not a number of workers", f"a whole number from 1 to {_MOST_WORKERS}", raw
        )
    return int(raw)


def _voices(name: str, raw: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", raw):
        _refuse(name, "is not a number of voices", "a whole number, or 0 for no limit", raw)
    return int(raw)


def _mode(name: str, raw: str) -> Mode:
    if raw == "demonstration":
        return "demonstration"
    if raw == "service":
        return "service"
    _refuse(name, "is not a mode", "demonstration or service", raw)


def _host(name: str, raw: str) -> str:
    if _ip(raw) is None and not _is_name(raw):
        example = "an address of this machine without a port, such as 127.0.0.1 or 0.0.0.0"
        # Someone may have put an origin with a password here.
        _refuse(name, "is not a host", example, raw if "@" not in raw else None)
    return raw


def _origin(name: str, raw: str) -> str:
    parts = _split(raw)
    scheme, host = parts.scheme.lower(), (parts.hostname or "")
    bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    if scheme not in ("http", "https") or "@" in parts.netloc or not bare or not _names(host):
        shown = None if "@" in raw else raw
        example = "scheme and host alone, such as https://assises.example"
        _refuse(name, "is not an origin", example, shown)
    if scheme == "http" and not _is_loopback(host):
        _refuse(name, "would send sessions in clear", f"https://{host}, with TLS before us", raw)
    port = _port_of(parts, name)
    # As browsers write it in the Origin header: lower case, without the port that goes unsaid.
    said = "" if port in (None, {"http": 80, "https": 443}[scheme]) else f":{port}"
    return f"{scheme}://{_bracketed(host.lower())}{said}"


def _database_url(name: str, raw: str) -> str:
    # psycopg's own words about a bad address repeat parts of it, so they are not passed on.
    example = "postgres://USER:PASSWORD@HOST:5432/DATABASE (with %40 for an @ in the password)"
    if not raw.startswith(("postgres://", "postgresql://")):
        _refuse(name, "does not begin with postgres://", example)
    try:
        parts = conninfo_to_dict(raw)
    except ProgrammingError:
        _refuse(name, "is not an address that PostgreSQL understands", example)
    if not parts.get("dbname"):
        _refuse(name, "names no database", example)
    return raw


def _smtp(name: str, raw: str) -> Smtp:
    example = "smtp://USER:PASSWORD@HOST:587 or smtps://…:465 (with %40 for an @ in the password)"
    parts = _split(raw)
    host = parts.hostname or ""
    bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    if parts.scheme not in _SMTP_PORTS or not bare or not _names(host):
        _refuse(name, "is not the address of a mail server", example)
    if parts.password and not parts.username:
        _refuse(name, "has a password without a user", example)
    starttls: Literal["none", "starttls"] = "none" if _is_loopback(host) else "starttls"
    return Smtp(
        host=host,
        port=_port_of(parts, name) or _SMTP_PORTS[parts.scheme],
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        security="tls" if parts.scheme == "smtps" else starttls,
    )


def _from_address(name: str, raw: str) -> str:
    if not _ADDRESS.fullmatch(raw) or raw.endswith(">") != ("<" in raw):
        example = "an address such as assises@example.ma, or Assises <assises@example.ma>"
        _refuse(name, "is not an e-mail address", example, raw)
    return raw


def _contact(name: str, raw: str) -> str:
    """As RFC 9116 has it: a page, or an address for letters."""
    if raw.startswith("https://") and _is_name(str(_split(raw).hostname)) and raw.isprintable():
        return raw
    address = raw.removeprefix("mailto:")
    if not _ADDRESS.fullmatch(address) or "<" in address:
        _refuse(name, "is not a contact", "security@example.ma or https://example.ma/security", raw)
    return f"mailto:{address}"


def _refuse_an_unnamed_origin(found: Environment, environ: Mapping[str, str]) -> None:
    if not _is_loopback(found.host) and found.origin is None and "ASSISES_ORIGIN" not in environ:
        raise SetupError(
            "ASSISES_ORIGIN is missing, since ASSISES_HOST opens this to other machines",
            value=found.host,
            next_step="Write the address that people type, such as "
            "ASSISES_ORIGIN=https://assises.example, or unset ASSISES_HOST.",
        )


def _refuse_an_open_demonstration(found: Environment, *, public: bool) -> None:
    if public and found.mode == "demonstration":
        raise SetupError(
            "ASSISES_MODE is demonstration, where anyone enters as any role without a password, "
            "yet ASSISES_HOST or ASSISES_ORIGIN is open to other machines",
            value=found.origin or found.host,
            next_step="Write ASSISES_MODE=service, or unset ASSISES_HOST and ASSISES_ORIGIN.",
        )


def _refuse_letters_without_a_way(found: Environment, environ: Mapping[str, str]) -> None:
    if found.mode == "service" and "ASSISES_SMTP_URL" not in environ:
        raise SetupError(
            "no mail server is named, and people enter by a letter",
            next_step="Set ASSISES_SMTP_URL, such as smtps://USER:PASSWORD@HOST:465, and "
            "ASSISES_FROM_ADDRESS.",
        )
    if found.smtp is not None and "ASSISES_FROM_ADDRESS" not in environ:
        raise SetupError(
            "ASSISES_FROM_ADDRESS is missing, since ASSISES_SMTP_URL sends letters to people",
            next_step="Write the address they come from, such as assises@example.ma.",
        )


def _split(raw: str) -> SplitResult:
    empty = SplitResult("", "", "", "", "")
    # urlsplit drops line ends in silence; what holds one is no address.
    if re.search(r"[\x00-\x20\x7f\\]", raw):
        return empty
    try:
        return urlsplit(raw)
    except ValueError:
        return empty


def _port_of(parts: SplitResult, name: str) -> int | None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        _refuse(name, "has no valid port after its host", "a whole number from 1 to 65535 there")
    return port


def _names(host: str) -> bool:
    return _ip(host) is not None or _is_name(host)


def _is_name(host: str) -> bool:
    # All digits and points is an address with a slip of the pen, not a name.
    return bool(_NAME_OF_A_HOST.fullmatch(host)) and not re.fullmatch(r"[0-9.]+", host)


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    address = _ip(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def _host_of(origin: str) -> str:
    return urlsplit(origin).hostname or ""


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _nobody(origin: str | None) -> str:
    return f"assises@{_host_of(origin) if origin else 'localhost'}"

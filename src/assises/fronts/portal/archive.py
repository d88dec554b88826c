"""The program that runs, as anyone may take it away."""

from __future__ import annotations

import gzip
import io
import tarfile
from functools import cache
from pathlib import Path

import assises
from assises import __version__


@cache
def source_of_this() -> bytes:
    """All files of the running package as .tar.gz, the same bytes whenever it is asked.

    What runs is what is given: were the program changed here, the archive would show it.
    """
    package = Path(assises.__file__).parent
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for path in sorted(package.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                name = path.relative_to(package).as_posix()
                entry = tarfile.TarInfo(f"assises-{__version__}/src/assises/{name}")
                content = path.read_bytes()
                entry.size, entry.mode = len(content), 0o644
                archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), mtime=0)

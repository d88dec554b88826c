from __future__ import annotations

import os
from pathlib import Path

import pytest

from assises.engines.ledger.checkpoint import Signer
from assises.engines.ledger.log import Log
from assises.engines.ledger.store import FileStore
from assises.lib.errors import InputError

SIGNER = Signer("example.org/log", bytes(range(32)))


def test_a_log_on_disk_is_opened_again(tmp_path: Path) -> None:
    folder = tmp_path / "a log" / "of ours"
    log = Log(FileStore(folder), SIGNER)
    log.append([b"one", b"two"])
    log.append([str(i).encode() for i in range(300)])
    again = Log(FileStore(folder), SIGNER)
    assert again.checkpoint == log.checkpoint
    assert again.reader().entries(0)[:2] == [b"one", b"two"]
    assert (folder / "tile" / "0" / "000").stat().st_size == 256 * 32


def test_nothing_but_whole_files_is_left(tmp_path: Path) -> None:
    Log(FileStore(tmp_path), SIGNER).append([b"one"])
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith(".draft")]


def test_content_is_synced_before_its_name_and_names_before_returning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    sync, replace = os.fsync, Path.replace

    def fsync(handle: int) -> None:
        kind = "folder" if Path(f"/proc/self/fd/{handle}").resolve().is_dir() else "content"
        happened.append(kind)
        sync(handle)

    def rename(self: Path, target: Path) -> Path:
        happened.append(f"name {target.name}")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", rename)
    Log(FileStore(tmp_path), SIGNER).append([b"one"])
    names = [at for at, what in enumerate(happened) if what.startswith("name")]
    assert all(happened[at - 1] == "content" for at in names)
    checkpoint = happened.index("name checkpoint")
    tiles = max(at for at in names if at < checkpoint)
    assert "folder" in happened[tiles:checkpoint]
    assert happened[-1] == "folder"


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "tile/../../x", ""])
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(InputError, match="stays inside"):
        FileStore(tmp_path).write(path, b"x")

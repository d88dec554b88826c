"""Small files of contributions, written for the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assises.formats.contributions import read
from assises.lib.errors import InputError

PLAIN = (
    "contribution_id,text,language,region,channel,created_at,author\n"
    'a1,"Un médecin, et vite.",fr,MA-01,web,2026-03-02T10:00:00+01:00,amina@example.org\n'
    "a2,بغينا الما ف الدوار,ary,MA-02,paper,2026-03-02T09:00:00Z,\n"
    "a3,bghina lma f douar,ary,,web,,amina@example.org\n"
    'a4,"",,MA-01,web,,x\n'
)


def written(tmp_path: Path, content: str | bytes, name: str = "file.csv") -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def lines(*objects: Any) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects)


def refusal(path: Path, **asked: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        read(path, **asked)
    return caught.value

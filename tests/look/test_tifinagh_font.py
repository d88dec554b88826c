from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FONT = ROOT / "src" / "assises" / "look" / "fonts" / "tifinagh.woff"
LETTERS = "ⴰⴱⴳⴷⴹⴻⴼⴽⵀⵃⵄⵅⵇⵉⵊⵍⵎⵏⵓⵔⵕⵖⵙⵚⵛⵜⵟⵡⵢⵣⵥⵯ"


@pytest.fixture(scope="module")
def font_tools() -> None:
    pytest.importorskip("fontTools", reason="input absent: fontTools")


def test_the_font_draws_every_letter_of_the_alphabet(font_tools: None) -> None:
    from fontTools.ttLib import TTFont

    font = TTFont(FONT)
    drawn = font.getBestCmap()
    assert not [letter for letter in LETTERS if ord(letter) not in drawn]
    glyphs = font["glyf"]
    assert all(glyphs[drawn[ord(letter)]].numberOfContours > 0 for letter in LETTERS)


def test_the_font_is_what_its_script_draws(font_tools: None, tmp_path: Path) -> None:
    from fontTools.ttLib import TTFont

    target = tmp_path / "drawn.woff"
    subprocess.run(
        [sys.executable, ROOT / "tools" / "tifinagh.py", target], check=True, capture_output=True
    )
    ours, again = TTFont(FONT), TTFont(target)
    # Table by table: another zlib may pack the same bytes otherwise.
    for tag in ours.reader.tables:
        assert ours.reader[tag] == again.reader[tag], tag


def test_the_font_is_small() -> None:
    assert FONT.stat().st_size < 8_000

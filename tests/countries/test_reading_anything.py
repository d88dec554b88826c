"""Whatever stands in the file of a country: it is read, or refused by its name."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assises.countries.reading import Table, read_rows, read_table
from assises.lib.errors import InputError

SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=10)
VALUES = st.recursive(
    st.booleans() | st.integers(-5, 5) | WORDS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["fr", "ar", "en", "zgh", "review", "name"]), inner)
    ),
    max_leaves=6,
)
NAMES = ("code", "name", "count", "open", "tags", "kind", "sources", "other")


def made(row: Table) -> tuple[Any, ...]:
    """Every way of asking, at once."""
    return (
        row.text("code"),
        row.wording("name"),
        row.number_or_none("count"),
        row.flag("open"),
        row.texts("tags"),
        row.choice("kind", ("a", "b")),
        row.sources(),
    )


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def rows(values: dict[str, Any]) -> str:
    return "[[row]]\n" + "".join(f"{name} = {toml(value)}\n" for name, value in values.items())


@SHARED
@given(st.binary(max_size=100) | st.dictionaries(st.sampled_from(NAMES), VALUES).map(rows))
@example(b"a = " + b"[" * 100_000)
@example(b"\xff\xfe")
@example(b"row = 1")
@example(b"a = " + b"9" * 5000)
def test_any_file_is_read_or_refused(tmp_path: Path, content: bytes | str) -> None:
    file = tmp_path / "file.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    for read in (lambda: read_table(file), lambda: read_rows(file, "row", made)):
        try:
            read()
        except InputError as refusal:
            told = refusal
        else:
            continue
        assert "file.toml" in str(told)
        assert told.next_step


@SHARED
@given(WORDS.map(str.strip).filter(bool), st.none() | st.integers(0, 9), st.booleans())
def test_what_fits_is_read_as_it_stands(
    tmp_path: Path, word: str, count: int | None, flag: bool
) -> None:
    values: dict[str, Any] = {
        "code": word,
        "name": {"fr": word, "ar": word, "en": word, "zgh": word, "review": flag},
        "open": flag,
        "tags": [word],
        "kind": "b",
        "sources": [{"name": word, "date": word}],
    }
    if count is not None:
        values["count"] = count
    file = tmp_path / "file.toml"
    file.write_text(rows(values), "utf-8")
    assert tomllib.loads(file.read_text("utf-8"))["row"] == [values]
    ((code, name, number, is_open, tags, kind, (source,)),) = read_rows(file, "row", made)
    assert (code, name.fr, name.zgh, name.review) == (word, word, word, flag)
    assert (number, is_open, tags, kind) == (count, flag, (word,), "b")
    assert (source.name, source.date) == (word, word)


@pytest.mark.parametrize("unknown", ["codes", "Code"])
def test_a_name_that_was_mistyped_is_refused(tmp_path: Path, unknown: str) -> None:
    file = tmp_path / "file.toml"
    file.write_text(f'[[row]]\n{unknown} = "a"\n', "utf-8")
    with pytest.raises(InputError, match="row 1"):
        read_rows(file, "row", lambda row: row.text_or_none("name"))

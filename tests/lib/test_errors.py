from __future__ import annotations

from pathlib import Path

import pytest

from assises.lib.errors import AssisesError, EncodingError, InputError, OutputError, SetupError

KINDS = (AssisesError, InputError, EncodingError, OutputError, SetupError)


def test_a_message_says_where_what_and_what_next() -> None:
    error = InputError(
        "this is not a whole number",
        next_step="Put a whole number there.",
        file=Path("votes.csv"),
        line=3,
        column="vote",
        value="agree",
    )
    assert str(error) == (
        "votes.csv, line 3, column vote: this is not a whole number (found 'agree'). "
        "Put a whole number there."
    )


def test_a_message_without_a_place_begins_with_the_problem() -> None:
    error = SetupError("chromium is missing", next_step="Install it.")
    assert str(error) == "chromium is missing. Install it."


def test_the_place_holds_as_much_as_is_known() -> None:
    assert InputError("x", next_step="y").place == ""
    assert InputError("x", next_step="y", line=7).place == "line 7"
    assert InputError("x", next_step="y", file="a.csv", column=2).place == "a.csv, column 2"


def test_a_long_value_is_shown_shortened_and_kept_whole() -> None:
    error = InputError("too long", next_step="Cut it.", value="x" * 5000)
    assert len(str(error)) < 120
    assert "…" in str(error)
    assert error.value == "x" * 5000


def test_a_value_of_nought_is_shown() -> None:
    assert "(found 0)" in str(InputError("too small", next_step="Add.", value=0))


def test_an_empty_value_is_shown_as_empty() -> None:
    assert "(found '')" in str(InputError("empty", next_step="Fill it.", value=""))


def test_a_value_of_many_lines_stays_on_one_line_and_cannot_turn_the_text_around() -> None:
    message = str(InputError("bad", next_step="Mend.", value="a\nb\x1b[31m\u202e"))
    assert "\n" not in message
    assert "\x1b" not in message
    assert "\u202e" not in message


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_an_assises_error_with_a_next_step(kind: type[AssisesError]) -> None:
    error = kind("wrong", next_step="Do this.")
    assert isinstance(error, AssisesError)
    assert error.next_step == "Do this."
    assert error.args == ("wrong. Do this.",)


@pytest.mark.parametrize("kind", KINDS)
def test_no_error_can_be_made_without_a_next_step(kind: type[AssisesError]) -> None:
    with pytest.raises(TypeError, match="next_step"):
        kind("wrong")  # type: ignore[call-arg]


def test_an_undecodable_file_is_an_input_that_was_refused() -> None:
    assert issubclass(EncodingError, InputError)
    assert EncodingError.exit_code == InputError.exit_code


def test_a_script_can_tell_the_kinds_apart_by_their_exit_codes() -> None:
    codes = {kind.exit_code for kind in (AssisesError, InputError, OutputError, SetupError)}
    assert codes == {70, 3, 4, 5}

"""The entry point ``assises``: the terminal's commands, and those that need the whole house."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assises.fronts.cli import app as terminal_app
from assises.fronts.cli import terminal
from assises.fronts.cli.app import AgreeIs, Encoding, Separator, one_separator
from assises.fronts.cli.terminal import say


def up() -> None:
    """Start everything on this machine: PostgreSQL, the web, the worker, the sealer.

    Example: assises up
    """
    from assises.site.up import up as start

    raise typer.Exit(start(say))


def load(
    folder: Annotated[Path, typer.Argument(help="A Polis export: votes.csv, comments.csv, …")],
    title: Annotated[
        str | None, typer.Option(help="Its title here. [default: the topic of its summary]")
    ] = None,
    language: Annotated[
        str, typer.Option(help="Language of its statements, such as fr or ary-Arab.")
    ] = "und",
    source: Annotated[str | None, typer.Option(help="Who published it; shown with it.")] = None,
    licence: Annotated[str | None, typer.Option(help="Under which licence; shown with it.")] = None,
    already_public: Annotated[
        bool,
        typer.Option(
            "--already-public",
            help="Let anyone take each person's votes from here too, as --source published them.",
        ),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Show only statements that moderation accepted.")
    ] = False,
    encoding: Encoding = None,
    separator: Separator = ",",
    agree_is: AgreeIs = None,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Leave refused rows out; list them in a file.")
    ] = False,
) -> None:
    """Load a Polis export into the running house, as a consultation.

    Example: assises load examples/simulation --title "Une conversation"
    """
    from assises.site.loading import load_command

    with terminal.steps() as progress:
        lines = load_command(
            folder,
            title=title,
            source=source,
            licence=licence,
            already_public=already_public,
            strict=strict,
            language=language,
            encoding=encoding,
            separator=one_separator(separator),
            agree_is=None if agree_is is None else int(agree_is.value),
            skip_bad_rows=skip_bad_rows,
            progress=progress,
        )
    for line in lines:
        say(line)


def administrator(
    email: Annotated[str, typer.Argument(help="The address that the letters go to.")],
) -> None:
    """Make the first administrator of the running house, who gives every other role.

    Example: assises administrator secretariat@example.org
    """
    from assises.site.loading import first_administrator

    first_administrator(email)
    say("Done. Enter with that address on the page /fr/enter; a second factor is asked for there.")


terminal_app.app.command()(up)
terminal_app.app.command()(load)
terminal_app.app.command()(administrator)
terminal_app.without_command(up)


def main() -> None:
    """Run the command that was asked for; without one, start everything."""
    terminal_app.main()

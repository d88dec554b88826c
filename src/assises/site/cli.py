"""The entry point ``assises``: the terminal's commands, and those that need the whole house."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assises.fronts.cli import app as terminal_app
from assises.fronts.cli import terminal
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
    source: Annotated[
        str | None, typer.Option(help="Where it was published; with --licence, its votes may be.")
    ] = None,
    licence: Annotated[
        str | None, typer.Option(help="Under which licence it was published.")
    ] = None,
) -> None:
    """Load a Polis export into the running house, as a consultation.

    Example: assises load examples/simulation --title "Une conversation"
    """
    from assises.site.loading import load_command

    with terminal.steps() as progress:
        lines = load_command(folder, title=title, source=source, licence=licence, progress=progress)
    for line in lines:
        say(line)


terminal_app.app.command()(up)
terminal_app.app.command()(load)
terminal_app.without_command(up)


def main() -> None:
    """Run the command that was asked for; without one, start everything."""
    terminal_app.main()

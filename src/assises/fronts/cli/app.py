"""The commands."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from assises import __version__
from assises.fronts.cli import terminal
from assises.fronts.cli.terminal import say
from assises.lib.errors import AssisesError, InputError, OutputError
from assises.lib.ids import slug

Language = StrEnum("Language", ("fr", "ar", "zgh", "en"))
Generation = StrEnum("Generation", ("first", "second"))
Groups = StrEnum("Groups", ("published", "ours"))
Method = StrEnum("Method", ("factors", "polis"))


class Sign(StrEnum):
    """How a file writes an agreement."""

    PLUS = "1"
    MINUS = "-1"


app = typer.Typer(
    name="assises",
    help="A national consultation that anyone can check.",
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 98},
)

_MOST_LINES: Final = 8
_PUBLISHED: Final = Groups.published
_FACTORS: Final = Method.factors

Encoding = Annotated[
    str | None,
    typer.Option(
        help="Encoding of the files, such as windows-1256 or iso-8859-1. [default: UTF-8]"
    ),
]
Separator = Annotated[str, typer.Option(help="What stands between two cells; 'tab' for a tab.")]
AgreeIs = Annotated[
    Sign | None,
    typer.Option(help="How votes.csv writes an agreement. [default: found from its counts]"),
]


PeopleFile = Annotated[
    Path | None,
    typer.Option(
        help="Who they are: a CSV file with the column participant and one for each attribute "
        "(college, region, channel, assurance, ...). It stays out of the bundle."
    ),
]
FrameName = Annotated[
    str | None,
    typer.Option(
        help="The population to weigh them by: ma (Morocco, census of 2024), or a CSV file with "
        "the column people."
    ),
]

_STARTS: Final[list[Callable[[], None]]] = []


def without_command(start: Callable[[], None]) -> None:
    """What to do when no command is given: the floor above knows how to start the whole house."""
    _STARTS.append(start)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """A national consultation that anyone can check.

    Without a command: start everything on this machine and print its address.

    Example: assises analyse examples/simulation --lang fr --lang ar
    """
    if version:
        say(f"assises {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        if not _STARTS:
            say(context.get_help())
            raise typer.Exit
        _STARTS[-1]()


@app.command()
def analyse(
    folder: Annotated[Path, typer.Argument(help="A Polis export: votes.csv, comments.csv, …")],
    out: Annotated[
        Path | None,
        typer.Option(help="Where the bundle goes. [default: NAME.bundle in this folder]"),
    ] = None,
    lang: Annotated[
        list[Language] | None,
        typer.Option(help="Language of report.html; give it again for more pages. [default: fr]"),
    ] = None,
    method: Annotated[
        Method,
        typer.Option(
            help="factors: ideal points, groups that may not exist, how sure all of it is; "
            "polis: what the Polis server computes."
        ),
    ] = _FACTORS,
    seed: Annotated[int, typer.Option(min=0, help="Of what is left to chance in factors.")] = 0,
    people: PeopleFile = None,
    frame: FrameName = None,
    encoding: Encoding = None,
    separator: Separator = ",",
    agree_is: AgreeIs = None,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Leave refused rows out; list them in a file.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the bundle that is there.")
    ] = False,
) -> None:
    """Analyse a Polis export into a bundle: report, tables, results, recount.py.

    Example: assises analyse examples/simulation --lang fr --lang ar
    """
    from assises.flows.opinion import How, content_of
    from assises.formats import bundle, polis
    from assises.fronts.cli.people import asked_in, who_is_known
    from assises.fronts.cli.rejects import write_rejects

    languages = list(dict.fromkeys(str(code) for code in lang or [Language.fr]))
    target = out or Path(f"{slug(folder.resolve().name)}.bundle")
    with terminal.steps() as progress:
        bundle.check_target(target, replace=replace)
        asked = None if people is None and frame is None else asked_in(people, frame, progress)
        export = polis.read(
            folder,
            encoding=encoding,
            separator=one_separator(separator),
            agree_is=None if agree_is is None else int(agree_is.value),
            skip_bad_rows=skip_bad_rows,
            progress=progress,
        )
        content = content_of(export, languages, progress, How(method.value, seed), asked)
        progress.step("writing")
        name = bundle.write(target, content, replace=replace)
    counts = content.results["counts"]
    say(
        ", ".join(
            (
                terminal.counted(counts["participants"], "person", "people"),
                terminal.counted(counts["votes"], "vote"),
                terminal.counted(counts["statements_voted_on"], "statement"),
                terminal.counted(len(content.results["groups"]), "group"),
            )
        )
    )
    for page in content.pages:
        say(f"report  {target / page}")
    say(f"bundle  {target}  ({name})")
    if asked is not None:
        say(who_is_known(asked, export.votes.voter))
        if asked.frame is not None and content.results["weighed"] is None:
            say("note    nothing is weighed: fewer than ten of them are inside the population")
    if export.agree_is < 0:
        say("note    the files write an agreement as -1; the bundle writes it as 1")
    if export.rejects:
        path = write_rejects(target, export.rejects)
        left_out = terminal.counted(len(export.rejects), "row was", "rows were")
        say(f"note    {left_out} left out; see {path}")
    say(f"check   python3 {shlex.quote(str(target / 'recount.py'))}")


@app.command()
def export(
    source: Annotated[Path, typer.Argument(help="A bundle, or a Polis export to convert.")],
    out: Annotated[Path, typer.Argument(help="The folder to write.")],
    generation: Annotated[
        Generation | None,
        typer.Option(
            help="first: milliseconds, participants-votes.csv; "
            "second: seconds, participant-votes.csv. [default: as in the source]"
        ),
    ] = None,
    groups: Annotated[
        Groups, typer.Option(help="Which groups to write when the source is a bundle.")
    ] = _PUBLISHED,
    for_spreadsheet: Annotated[
        bool,
        typer.Option("--for-spreadsheet", help="Put an apostrophe before texts like =1+1 or -5."),
    ] = False,
    encoding: Encoding = None,
    separator: Separator = ",",
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the export that is there.")
    ] = False,
) -> None:
    """Write a conversation as a Polis export.

    The same generation gives back the same rows; external ids (xid) are not in a bundle.

    Example: assises export examples/simulation exported --generation second
    """
    from assises.formats import bundle, polis
    from assises.fronts.cli.exporting import source_of

    with terminal.steps() as progress:
        bundle.check_target(out, replace=replace, replaceable="votes.csv")
        conversation, ours = source_of(source, encoding, one_separator(separator), progress)
        use_ours = ours is not None and (groups is Groups.ours or conversation.participants is None)
        progress.step("writing")
        with bundle.whole_folder(out, replace=replace, replaceable="votes.csv") as draft:
            written = polis.write(
                conversation,
                draft,
                generation=None if generation is None else polis.Generation(generation.value),
                groups=ours if use_ours else None,
                for_spreadsheet=for_spreadsheet,
            )
    for path in written:
        say(f"wrote   {out / path.name}")


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="A bundle.")],
    source: Annotated[
        Path | None,
        typer.Option(help="The Polis export it was made from, to be held against it too."),
    ] = None,
    people: Annotated[
        Path | None,
        typer.Option(help="The file of people it was made with: the bundle does not hold it."),
    ] = None,
    frame: Annotated[
        str | None,
        typer.Option(help="The population they were weighed by. [default: ma, where it was ma]"),
    ] = None,
    encoding: Encoding = None,
    separator: Separator = ",",
) -> None:
    """Check a bundle: its files, and every figure that can be computed again.

    Example: assises verify simulation.bundle --source examples/simulation
    """
    from assises.flows.verify import verify as check
    from assises.formats import bundle, polis
    from assises.fronts.cli.people import asked_again

    with terminal.steps() as progress:
        asked = None
        if people is not None or frame is not None:
            manifest = bundle.read_manifest(folder)
            asked = asked_again(people, frame, manifest, folder, progress)
        export = None
        if source is not None:
            export = polis.read(
                source, encoding=encoding, separator=one_separator(separator), progress=progress
            )
        checks = check(folder, export, progress, asked)
    for one in checks:
        word = "skipped" if one.note else "holds  " if one.ok else "BROKEN "
        counts = f"{one.held:,} held" + (f", {len(one.broken):,} not" if one.broken else "")
        say(f"{word} {one.name}: {one.note or counts}")
        for line in one.broken[:_MOST_LINES]:
            say(f"          {line}")
        if len(one.broken) > _MOST_LINES:
            say(f"          and {len(one.broken) - _MOST_LINES:,} more")
    if not all(one.ok for one in checks):
        say("This bundle does not hold: do not rely on it, and tell whoever gave it to you.")
        raise typer.Exit(1)
    unchecked = [one.name for one in checks if one.note]
    if unchecked:
        say(f"What was checked holds. NOT checked: {'; '.join(unchecked)}.")
    else:
        say("Everything holds.")


@app.command()
def proof(
    file: Annotated[Path, typer.Argument(help="A proof, as /log/NAME/proof/LEAF gives it.")],
    key: Annotated[
        str | None,
        typer.Option(
            help="The log's public key as you kept it: its file, or its text. "
            "[default: the one in the proof]"
        ),
    ] = None,
) -> None:
    """Check that an entry is in a sealed log, and what it says, with nothing but the proof.

    Example: assises proof 0 --key key
    """
    from assises.flows.proof import check_proof
    from assises.fronts.cli.proving import in_words

    told = check_proof(file, key)
    say(f"holds   leaf {told.leaf:,} of {told.log}, which has {told.size:,} entries")
    for line in in_words(told):
        say(line)
    say(f"entry   {told.entry}")
    if key is None:
        say("note    the key came with the proof: keep your own copy and give it with --key")


@app.command()
def diff(
    left: Annotated[Path, typer.Argument(help="A bundle.")],
    right: Annotated[Path, typer.Argument(help="Another bundle of the same conversation.")],
) -> None:
    """Say what changed between two bundles.

    Example: assises diff simulation.bundle exported.bundle
    """
    from assises.flows.diff import diff as compare

    sections = compare(left, right)
    for name, lines in sections:
        say(name)
        for line in lines:
            say(f"  {line}")
    if not sections:
        say("The two bundles say the same.")
        return
    raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Say what is installed, what is missing, and how to get it.

    Example: assises doctor
    """
    from assises.fronts.cli.doctor import examine

    missing = False
    for finding in examine():
        word = "ok     " if finding.ok else ("missing" if finding.needed else "without")
        say(f"{word} {finding.name}: {finding.found}")
        if finding.remedy:
            say(f"        {finding.remedy}")
        missing = missing or (finding.needed and not finding.ok)
    if missing:
        raise typer.Exit(1)


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="Which measurement: opinion.")],
    arguments: Annotated[
        list[str] | None, typer.Argument(help="Passed on to it; see bench/README.md.")
    ] = None,
) -> None:
    """Run one of the measurements of a source checkout.

    Example: assises bench opinion
    """
    from assises.fronts.cli.benches import run

    raise typer.Exit(run(name, arguments or []))


def main() -> None:
    """The entry point: no traceback reaches a person unless ASSISES_TRACEBACK is set."""
    try:
        status = app(prog_name="assises", standalone_mode=False)
        if status == terminal.STOPPED:
            # Typer turns Ctrl-C into this status without a word.
            status = terminal.stopped()
    except typer.Abort:
        status = terminal.stopped()
    except KeyboardInterrupt:
        status = terminal.stopped()
    except AssisesError as error:
        status = terminal.fail(error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except OSError as error:
        status = terminal.fail(
            OutputError(
                f"the machine refuses: {error.strerror or error}",
                file=error.filename,
                next_step="Look at the rights and the free space there, then try again.",
            )
        )
    except Exception as error:
        status = _unforeseen(error)
    sys.exit(int(status or 0))


def _unforeseen(error: Exception) -> int:
    # click's own errors (a misspelt option) know how to show themselves.
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if callable(show) and isinstance(code, int):
        show()
        return code
    if os.environ.get("ASSISES_TRACEBACK"):
        raise error
    return terminal.defect(error)


def one_separator(text: str) -> str:
    """The one character that a person meant; refuses more."""
    separator = "\t" if text in ("tab", "\\t") else text
    if len(separator) != 1:
        raise InputError(
            "a separator is one character",
            value=text,
            next_step="Use --separator ';' or --separator tab.",
        )
    return separator

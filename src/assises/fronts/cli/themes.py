"""The command that reads what people wrote."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from assises.fronts.cli import terminal
from assises.fronts.cli.app import Encoding, Language, app
from assises.fronts.cli.terminal import say
from assises.lib.errors import InputError
from assises.lib.ids import slug

if TYPE_CHECKING:
    from assises.formats.contributions import Contributions

Layout = StrEnum("Layout", ("plain", "kouchou", "themefinder", "decidim", "polis"))

_SIMULATED: Final = "simulation"


@app.command()
def themes(
    file: Annotated[Path, typer.Argument(help="CSV, JSON, JSON lines or Parquet: a text a row.")],
    out: Annotated[
        Path | None,
        typer.Option(help="Where the bundle goes. [default: NAME.bundle in this folder]"),
    ] = None,
    lang: Annotated[
        list[Language] | None,
        typer.Option(help="Language of report.html; give it again for more pages. [default: fr]"),
    ] = None,
    layout: Annotated[
        Layout | None,
        typer.Option(help="Whose columns the file has. [default: found from their names]"),
    ] = None,
    text: Annotated[str | None, typer.Option(help="The column of the text.")] = None,
    id_column: Annotated[str | None, typer.Option("--id", help="The column of its id.")] = None,
    language: Annotated[
        str | None, typer.Option(help="The column of its language, where it was declared.")
    ] = None,
    time: Annotated[str | None, typer.Option(help="The column of when it was said.")] = None,
    author: Annotated[
        str | None, typer.Option(help="The column of who said it; it is never written out.")
    ] = None,
    attribute: Annotated[
        list[str] | None,
        typer.Option(help="A column to count by, such as region; give it again for more."),
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title of the report.")] = None,
    levels: Annotated[
        int, typer.Option(min=1, max=3, help="Themes within themes, so many levels.")
    ] = 2,
    before: Annotated[
        Path | None,
        typer.Option(help="A bundle of an earlier run: its themes stay, and what is new joins."),
    ] = None,
    anew: Annotated[
        bool,
        typer.Option("--anew", help="Look for themes anew; those that go on keep their ids."),
    ] = False,
    without_texts: Annotated[
        bool, typer.Option("--without-texts", help="Leave the texts out of the tables.")
    ] = False,
    model_server: Annotated[
        str | None,
        typer.Option(
            help="A language model of the house that drafts about the largest themes: the address "
            "of its server, such as http://127.0.0.1:8080/v1. What it says is checked in code."
        ),
    ] = None,
    model: Annotated[str | None, typer.Option(help="Its name on that server.")] = None,
    keep: Annotated[
        Path | None,
        typer.Option(help="Where vectors are kept between runs. [default: the user's cache]"),
    ] = None,
    encoding: Encoding = None,
    separator: Annotated[
        str | None, typer.Option(help="What stands between two cells. [default: found]")
    ] = None,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Leave refused rows out; list them in a file.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the bundle that is there.")
    ] = False,
) -> None:
    """Find what contributions are about, in five languages, into a bundle with a report.

    Stopped, it goes on where it was: what was read stays kept.

    Example: assises themes examples/simulation-contributions.csv --lang fr --lang ar
    """
    from assises.countries.ma.identifiers import PERSONAL
    from assises.flows.themes.content import How, before_of, content_of
    from assises.flows.themes.drafting import Writer
    from assises.flows.themes.embedder import embedder
    from assises.flows.themes.keeping import Vectors
    from assises.flows.themes.local import Local
    from assises.formats import bundle, contributions
    from assises.fronts.cli.rejects import write_rejects

    languages = list(dict.fromkeys(str(code) for code in lang or [Language.fr]))
    target = out or Path(f"{slug(file.resolve().stem)}.bundle")
    kept = keep or cache()
    if (model_server is None) != (model is None):
        raise InputError(
            "a language model has an address and a name",
            value=model_server or model,
            next_step="Give both: --model-server http://127.0.0.1:8080/v1 --model NAME.",
        )
    writer = Writer(Local(model_server), model, languages[0]) if model_server and model else None
    with terminal.steps() as progress:
        bundle.check_target(target, replace=replace)
        earlier = None if before is None else before_of(before, anew=anew)
        given = contributions.read(
            file,
            layout=None if layout is None else layout.value,
            text=text,
            id=id_column,
            language=language,
            time=time,
            author=author,
            attributes=attribute,
            encoding=encoding,
            separator="\t" if separator in ("tab", "\\t") else separator,
            skip_bad_rows=skip_bad_rows,
            progress=progress,
        )
        vectors = Vectors(embedder(kept, progress=progress), kept)
        how = How(
            title or file.stem,
            levels,
            not without_texts,
            PERSONAL,
            simulation=_SIMULATED in file.stem.casefold(),
        )
        content = content_of(given, vectors, languages, how, earlier, progress, writer)
        progress.step("writing")
        name = bundle.write(target, content, replace=replace)
    _told(given, content.results)
    for note in given.notes:
        say(f"note    {note}")
    for page in content.pages:
        say(f"report  {target / page}")
    say(f"bundle  {target}  ({name})")
    if given.rejects:
        path = write_rejects(target, given.rejects)
        say(f"note    {terminal.counted(len(given.rejects), 'row')} left out; see {path}")
    say(f"check   python3 {shlex.quote(str(target / 'recount.py'))}")


def cache() -> Path:
    """Where vectors are kept unless someone says otherwise."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "assises" / "vectors"


def _told(given: Contributions, results: Mapping[str, Any]) -> None:
    say(f"read    {', '.join(f'{name} = {column}' for name, column in given.columns.items())}")
    counts = results["counts"]
    say(
        ", ".join(
            (
                terminal.counted(counts["contributions"], "contribution"),
                terminal.counted(counts["themes"], "theme"),
                f"{counts['unclassified']:,} fit nowhere",
                f"{counts['undecidable']:,} could not be read",
            )
        )
    )
    for draft in results["drafts"]:
        if draft["refused"]:
            say(f"note    no draft: {draft['refused']}")
            break
    spoken = sorted(results["languages"].items(), key=lambda one: (-one[1], one[0]))
    say(", ".join(f"{tag} {n:,}" for tag, n in spoken))

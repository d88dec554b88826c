"""The files of a country, each read into its dataclasses.

Every function takes the folder that holds the files and raises ``InputError`` for what does not
fit, with the file, the row and the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.resources.abc import Traversable
from typing import TypeVar

from assises.countries.deadlines import BOUNDS, UNITS, Claim, Deadline
from assises.countries.model import (
    Authority,
    Coded,
    College,
    ContentLanguage,
    FictionalBody,
    Mapping,
    Region,
    Relation,
    Taxonomy,
    TaxonomyEntry,
    Vertical,
    pick,
)
from assises.countries.reading import Table, read_rows, read_table, require_unique
from assises.lib.errors import InputError

Row = TypeVar("Row", bound=Coded)


def verticals(folder: Traversable) -> tuple[Vertical, ...]:
    """``verticals.toml``: the sectors, all of one taxonomy and from one source."""
    file = folder / "verticals.toml"
    table = read_table(file)
    taxonomy, sources = table.text("taxonomy"), table.sources()

    def make(row: Table) -> Vertical:
        return Vertical(
            code=row.text("code"),
            number=row.number("number"),
            name=row.wording("name"),
            question=row.wording("question"),
            taxonomy=taxonomy,
            sources=sources,
        )

    rows = tuple(table.each("vertical", make))
    table.close()
    require_unique(file, [row.code for row in rows])
    return rows


def taxonomies(folder: Traversable) -> tuple[Taxonomy, ...]:
    """``taxonomies.toml``: the lists of sectors; ``codes`` take their names from the verticals."""
    known = verticals(folder)

    def make(row: Table) -> Taxonomy:
        borrowed = [TaxonomyEntry(code, pick(known, code).name) for code in row.texts("codes")]
        own = row.each(
            "entry", lambda entry: TaxonomyEntry(entry.text("code"), entry.wording("name"))
        )
        return Taxonomy(
            version=row.text("version"),
            title=row.wording("title"),
            size=row.number_or_none("size"),
            complete=row.flag("complete"),
            entries=(*borrowed, *own),
            sources=row.sources(),
        )

    return _coded(folder / "taxonomies.toml", "taxonomy", make)


def mappings(folder: Traversable) -> tuple[Mapping, ...]:
    """``mappings.toml``: links between two lists; every code must stand in its list."""
    lists = taxonomies(folder)

    def make(row: Table) -> tuple[Mapping, ...]:
        source, target = (pick(lists, row.text(end)) for end in ("source", "target"))
        links = list(_links(row, source.version, target.version))
        for link in links:
            _require_entry(source, link.source_code)
            _require_entry(target, link.target_code)
        return tuple(links)

    blocks = read_rows(folder / "mappings.toml", "mapping", make)
    return tuple(link for block in blocks for link in block)


def _links(row: Table, source: str, target: str) -> Iterator[Mapping]:
    # A sector that was renamed, split or joined has its two codes written out; the others, one.
    for pair in row.each("pair", lambda pair: (pair.text("source"), pair.text("target"))):
        yield Mapping(source, target, *pair, "same")
    for code in row.texts("same"):
        yield Mapping(source, target, code, code, "same")
    loose: tuple[Relation, ...] = ("absent", "not_known")
    for relation in loose:
        for code in row.texts(f"source_{relation}"):
            yield Mapping(source, target, code, None, relation)
        for code in row.texts(f"target_{relation}"):
            yield Mapping(source, target, None, code, relation)


def _require_entry(taxonomy: Taxonomy, code: str | None) -> None:
    if code is not None and code not in {entry.code for entry in taxonomy.entries}:
        raise InputError(
            f"the taxonomy {taxonomy.version} has no such entry",
            file="mappings.toml",
            value=code,
            next_step="Correct the code, or add the entry with its source.",
        )


def regions(folder: Traversable) -> tuple[Region, ...]:
    """``regions.toml``: regions and their people at one census; the parts must make the whole."""
    file = folder / "regions.toml"
    table = read_table(file)
    census, sources = table.number("census"), table.sources()

    def make(row: Table) -> Region:
        region = Region(
            code=row.text("code"),
            iso=row.text("iso"),
            name=row.wording("name"),
            population=row.number("population"),
            urban=row.number("urban"),
            rural=row.number("rural"),
            fifteen_plus=row.number("fifteen_plus"),
            census=census,
            sources=sources,
        )
        if region.urban + region.rural != region.population:
            raise InputError(
                "urban and rural do not make the population",
                file=file.name,
                value=region.code,
                next_step="Compare the three figures with their source.",
            )
        return region

    rows = tuple(table.each("region", make))
    table.close()
    require_unique(file, [row.code for row in rows])
    return rows


def colleges(folder: Traversable) -> tuple[College, ...]:
    """``colleges.toml``."""
    return _coded(
        folder / "colleges.toml",
        "college",
        lambda row: College(row.text("code"), row.wording("name"), row.wording("meaning")),
    )


def languages(folder: Traversable) -> tuple[ContentLanguage, ...]:
    """``languages.toml``."""
    return _coded(
        folder / "languages.toml",
        "language",
        lambda row: ContentLanguage(
            row.text("tag"), row.wording("name"), row.choice("direction", ("ltr", "rtl", "auto"))
        ),
    )


def clocks(folder: Traversable) -> tuple[Deadline, ...]:
    """``clocks.toml``: a confirmed deadline must have a source and a length."""
    return _coded(folder / "clocks.toml", "clock", _deadline)


def _deadline(row: Table) -> Deadline:
    amount = row.number_or_none("amount")
    claim = None
    if amount is not None:
        claim = Claim(amount, row.choice("unit", UNITS), row.number_or_none("extension"))
    deadline = Deadline(
        code=row.text("code"),
        law=row.wording("law"),
        about=row.wording("about"),
        bound=row.choice("bound", BOUNDS),
        confirmed=row.flag("confirmed"),
        sources=row.sources(),
        claim=claim,
    )
    if deadline.confirmed and (claim is None or not deadline.sources):
        raise InputError(
            "a deadline is said to be confirmed without a source or a length",
            file="clocks.toml",
            value=deadline.code,
            next_step="Give its source, or write confirmed = false.",
        )
    return deadline


def authorities(folder: Traversable) -> tuple[Authority, ...]:
    """``authorities.toml``: real bodies."""
    return _coded(
        folder / "authorities.toml",
        "authority",
        lambda row: Authority(
            code=row.text("code"),
            acronym=row.text("acronym"),
            name=row.wording("name"),
            role=row.wording("role"),
            sources=row.sources(),
        ),
    )


def fictional_bodies(folder: Traversable) -> tuple[FictionalBody, ...]:
    """``fictional_bodies.toml``: each of a college that exists."""
    known = colleges(folder)

    def make(row: Table) -> FictionalBody:
        return FictionalBody(
            code=row.text("code"),
            college=pick(known, row.text("college")).code,
            kind=row.text("kind"),
            name=row.wording("name"),
        )

    return _coded(folder / "fictional_bodies.toml", "body", make)


def _coded(file: Traversable, key: str, make: Callable[[Table], Row]) -> tuple[Row, ...]:
    rows: Sequence[Row] = read_rows(file, key, make)
    require_unique(file, [row.code for row in rows])
    return tuple(rows)

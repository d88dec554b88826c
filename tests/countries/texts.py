"""Every text that the Moroccan data holds, with a name to tell it by."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

from assises.countries import PressEdition, Wording, ma

FILES = sorted(
    (path for path in resources.files(ma).joinpath("data").iterdir()), key=lambda p: p.name
)


def _named(edition: PressEdition) -> Iterator[tuple[str, Wording]]:
    yield "edition title", edition.title
    yield "edition note", edition.note
    for section in edition.sections:
        yield section.code, section.title
    for fact in edition.facts:
        yield fact.id, fact.text
        for number, reading in enumerate(fact.readings, start=1):
            yield f"{fact.id} {number}", reading.text


def wordings() -> list[tuple[str, Wording]]:
    found = [("country", ma.MA.name)]
    for vertical in ma.verticals():
        found += [(vertical.code, vertical.name), (vertical.code, vertical.question)]
    for taxonomy in ma.taxonomies():
        found += [(taxonomy.version, taxonomy.title)]
        found += [(entry.code, entry.name) for entry in taxonomy.entries]
    for college in ma.colleges():
        found += [(college.code, college.name), (college.code, college.meaning)]
    for deadline in ma.clocks():
        found += [(deadline.code, deadline.law), (deadline.code, deadline.about)]
    for authority in ma.authorities():
        found += [(authority.code, authority.name), (authority.code, authority.role)]
    found += [(region.code, region.name) for region in ma.regions()]
    found += [(language.tag, language.name) for language in ma.languages()]
    found += [(body.code, body.name) for body in ma.fictional_bodies()]
    return [*found, *_named(ma.edition_2025())]

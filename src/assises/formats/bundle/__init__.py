"""The bundle: what an analysis publishes, as a folder that anyone can check.

    manifest.json         what this is, its parameters, the hash of every file
    environment.json      the raw files and the versions that made it; outside the comparison
    results.json          what the report says, in numbers; results.schema.json describes it
    tables/*.csv, *.parquet, dictionary.csv
    report.html           for people
    recount.py            standard library only: recounts the headline figures from the CSV

A bundle is of one of :data:`KINDS`: what its tables are, and what travels with them.

Promises: immutable; the same input gives the same bytes; written whole or not at all.
"""

from assises.formats.bundle.dictionary import MISSING, TABLES, Column, TableSpec
from assises.formats.bundle.kinds import KINDS, OPINION, THEMES, BundleKind
from assises.formats.bundle.reading import Bundle, fitting, read, read_manifest
from assises.formats.bundle.writing import (
    Content,
    check_target,
    manifest_of,
    whole_folder,
    write,
)

__all__ = [
    "KINDS",
    "MISSING",
    "OPINION",
    "TABLES",
    "THEMES",
    "Bundle",
    "BundleKind",
    "Column",
    "Content",
    "TableSpec",
    "check_target",
    "fitting",
    "manifest_of",
    "read",
    "read_manifest",
    "whole_folder",
    "write",
]

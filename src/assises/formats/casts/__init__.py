"""Casts in a folder of Parquet files, more than memory holds: read in batches, divided by person.

    names = Names(time="created")
    for source in sources_of(folder, names):
        for casts in batches(source, names): ...

Promises: a batch has a bounded number of rows; what is refused is named by file, row and column;
the folder of parts is whole or not there, and what a stop leaves is cleared away. What a part
holds is for the caller to say: this package does not know votes, only columns.
"""

from assises.formats.casts.dividing import Divided
from assises.formats.casts.reading import Casts, Names, Source, batches, sources_of
from assises.formats.casts.store import Arrays, Draft, Store, find, replacing

__all__ = [
    "Arrays",
    "Casts",
    "Divided",
    "Draft",
    "Names",
    "Source",
    "Store",
    "batches",
    "find",
    "replacing",
    "sources_of",
]

"""What people wrote, from files of other platforms or from any table.

    found = read("answers.csv")
    found.layout, found.columns     whose columns, and what was read from which

Promises: every row that is not refused or taken out by its source is there, empty texts too; the
text is kept as it was written; what could be read in two ways is refused and not guessed. What was
read is of single people: authors are pseudonyms and not to be published.
"""

from assises.formats.contributions.layouts import LAYOUTS
from assises.formats.contributions.model import Contributions, Translation
from assises.formats.contributions.reading import read

__all__ = ["LAYOUTS", "Contributions", "Translation", "read"]

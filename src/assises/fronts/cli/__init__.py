"""The terminal: ``assises analyse, themes, export, verify, diff, doctor, bench``.

Exit status: 0 done; 1 the answer is no (``verify`` found a figure that does not hold, ``diff``
found a difference, ``doctor`` found something missing); 2 the command was misspelt; 3 the input
was refused; 4 the result could not be written; 5 a part of the installation is missing;
70 a defect of ours; 130 stopped.
"""

from assises.fronts.cli import themes
from assises.fronts.cli.app import main

__all__ = ["main", "themes"]

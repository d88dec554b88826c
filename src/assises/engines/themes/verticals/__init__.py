"""Which verticals a contribution belongs to, with a chance, a reason, or a person who decides.

Promises: an assignment depends on its text and on what was learnt alone; what is learnt depends on
the examples and not on their order; every chance was measured on texts that were held out.
"""

from assises.engines.themes.verticals.assigning import (
    DECIDED,
    FOLDS,
    PRECISION,
    VERSION,
    Assignment,
    Examples,
    HeldOut,
    Model,
    Near,
    Proposal,
    assign,
    fit,
    fold_of,
    held_out,
)

__all__ = [
    "DECIDED",
    "FOLDS",
    "PRECISION",
    "VERSION",
    "Assignment",
    "Examples",
    "HeldOut",
    "Model",
    "Near",
    "Proposal",
    "assign",
    "fit",
    "fold_of",
    "held_out",
]

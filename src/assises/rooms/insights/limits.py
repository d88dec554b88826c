"""From how much on anything is computed, shown and kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from assises.flows import declared

FEWEST: Final = 2
"""People and statements below which there is nothing to compute."""
KEPT: Final = 3
"""Snapshots kept of each consultation, beside the published one; bundles go with them."""
STEP: Final = 10
"""Voices by which the counts that everyone sees move on."""
TOLD: Final = declared.TOLD
"""Voices below whom no count is told, nor what would be left beside one that is."""
STILL: Final = timedelta(days=1)
"""How long they stay as they are where fewer came."""

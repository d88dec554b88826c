"""What stands on the shelves of a fresh installation: the press edition and a simulated one."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from assises.demo.edition.build import fill, finish, stay_open
from assises.demo.press import build_press, join
from assises.lib.clock import now
from assises.lib.progress import SILENT, Progress
from assises.rooms.consultations.models import Consultation


def first_start(progress: Progress = SILENT) -> bool:
    """Fill a demonstration in which there is no consultation; whether there was anything to do.

    Both shelves and what joins them are one transaction: a stop in the middle leaves an empty house
    for the next start. Only the results come after it; if they are missed, the worker computes
    them, since the votes have ordered it. Later starts let its vote go on, if it is over.
    """
    if not settings.DEMONSTRATION:
        return False
    at = now()
    if Consultation.objects.exists():
        stay_open(at)
        return False
    with transaction.atomic():
        progress.step("press edition")
        press = build_press(at)
        simulated = fill("demonstration", at=at, progress=progress)
        join(press, simulated.id, at)
    finish(simulated, at=at, progress=progress)
    return True

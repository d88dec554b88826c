"""Make an edition in a running house, through the acts: ``python -m tests.load.edition``."""

from __future__ import annotations

import sys

import django


def main(statements: int) -> None:
    """Print the short id of an open edition with so many statements, whose log is the official."""
    django.setup()
    from assises.lib.clock import now
    from assises.rooms.consultations.acts.create import NewConsultation, create
    from assises.rooms.consultations.acts.open import open_to_all
    from assises.rooms.consultations.models import Consultation
    from assises.rooms.contributions.acts.state import Stated, state
    from assises.rooms.journal.permissions import system

    builder = system("tests")
    uid = create(builder, NewConsultation({"fr": "Essai"}, "import"), key="create", at=now())
    place = Consultation.objects.get(id=uid)
    open_to_all(builder, place, key="open", at=now())
    place.refresh_from_db()
    said = [Stated(f"Énoncé {i}", "fr", moderation="accepted") for i in range(statements)]
    state(builder, place, said, key="state", at=now())
    print(uid, place.short)


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""What this room learns from the acts of the people's room, which does not know it."""

from __future__ import annotations

from typing import Final

from django.conf import settings

from assises.look.speech import speech
from assises.rooms.journal.acting import Writing, on
from assises.rooms.journal.permissions import Role
from assises.rooms.notices.letters import send
from assises.rooms.notices.telling import tell_account


def _(sentence: str) -> str:
    return sentence  # marks it for the catalogues; it is said when it is read


GIVEN: Final = {
    Role.RAPPORTEUR: _("You may now act here as rapporteur."),
    Role.MODERATOR: _("You may now act here as moderator."),
    Role.SECRETARIAT: _("You may now act here for the secretariat."),
    Role.ADMINISTRATOR: _("You may now act here as administrator."),
    Role.REGULATOR: _("You may now act here for the regulator."),
    Role.OPERATOR: _("You may now act here as operator of a system."),
}
ENDED: Final = _("A role that you held here has ended.")
ADDED: Final = _("A second factor was set up for your account.")
REMOVED: Final = _("The second factor of your account was removed.")
RENEWED: Final = _("New recovery codes were made for your account.")
FAILED: Final = _("Someone tried to enter with your address and failed.")


@on("people.grant")
def given(writing: Writing) -> None:
    """In the house, and by letter: one who never came here must learn of it."""
    if "account" not in writing.notes:
        return
    sentence = GIVEN[writing.notes["role"]]
    tell_account(writing.notes["account"], sentence, {}, "", writing.event, writing.at)
    if writing.notes["write"]:
        _invite(writing.notes["email"], writing.notes["language"], sentence)


@on("people.revoke")
def ended(writing: Writing) -> None:
    """One who loses a role is told."""
    if "account" in writing.notes:
        tell_account(writing.notes["account"], ENDED, {}, "", writing.event, writing.at)


@on(
    "people.second_factor_set",
    "people.second_factor_removed",
    "people.recovery_codes_made",
    "people.login_failed",
)
def watched(writing: Writing) -> None:
    """What someone else may have done in one's name."""
    sentence = {
        "people.second_factor_set": ADDED,
        "people.second_factor_removed": REMOVED,
        "people.recovery_codes_made": RENEWED,
        "people.login_failed": FAILED,
    }[writing.act]
    tell_account(writing.notes["account"], sentence, {}, "second-factor", writing.event, writing.at)


def _invite(email: str, language: str, sentence: str) -> None:
    s = speech(language)
    body = [
        s.say(sentence),
        s.say("Enter with this address; you then set up a second factor, which offices need:"),
        f"{settings.ENVIRONMENT.address()}/{language}/enter",
    ]
    send(email, s.say("A role was given to you"), "\n\n".join(body) + "\n")

"""Why a request may be refused: the stable codes, and a page that explains each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse

from assises.lib.errors import NotFound
from assises.look.speech import Speech
from assises.web.pages import language_of, page, words_in
from assises.web.routes import route

CODES: Final[Mapping[str, int]] = {
    "refused": 400,
    "malformed": 400,
    "voice-needed": 401,
    "voice-unknown": 401,
    "not-allowed": 403,
    "csrf-failed": 403,
    "form-expired": 403,
    "not-found": 404,
    "method-not-allowed": 405,
    "not-now": 409,
    "conflict": 409,
    "length-needed": 411,
    "too-large": 413,
    "wrong-type": 415,
    "invalid": 422,
    "too-many": 429,
    "failed": 500,
    "away": 503,
}
"""Every code, and its status. A code is never renamed or reused."""


def explained(s: Speech) -> dict[str, tuple[str, str]]:
    """What each code means, and what to do."""
    return {
        "refused": (
            s.say("The request itself is broken or sent to the wrong place."),
            s.say("Look at its address and its form."),
        ),
        "malformed": (
            s.say("The body is not JSON in UTF-8, or a name stands in it twice."),
            s.say("Send one JSON object."),
        ),
        "voice-needed": (
            s.say("Nothing says which voice it is."),
            s.say("Send the code in the header Authorization: Voice CODE."),
        ),
        "voice-unknown": (
            s.say("Nobody has spoken with this code."),
            s.say("Look at the code again. Without a code a new voice is made."),
        ),
        "not-allowed": (
            s.say("This role may not do this here."),
            s.say("Enter with a role that may, or ask the secretariat."),
        ),
        "csrf-failed": (
            s.say("A browser’s cookie came without the token of its page."),
            s.say("Send the token as X-CSRFToken, or the code of the voice."),
        ),
        "form-expired": (
            s.say("The form is too old, or is not from this site."),
            s.say("Reload the page and send it again."),
        ),
        "not-found": (
            s.say("It is not there, was withdrawn, or may not be seen."),
            s.say("Begin at /api/v1/ and follow the addresses given there."),
        ),
        "method-not-allowed": (
            s.say("This address does not know this method."),
            s.say("The header Allow says which it knows."),
        ),
        "not-now": (
            s.say("The edition is not open, or this phase has not begun or is over."),
            s.say("Look at the dates of its phases."),
        ),
        "conflict": (
            s.say("Someone else was first, or the same key came with other words."),
            s.say("Look at how it stands now, then send it under a new key."),
        ),
        "length-needed": (
            s.say("The body comes in pieces of no told length."),
            s.say("Send it whole, with the header Content-Length."),
        ),
        "too-large": (
            s.say("The body is larger than 128 KiB."),
            s.say("Send it in parts."),
        ),
        "wrong-type": (
            s.say("The body is not said to be JSON in UTF-8."),
            s.say("Send the header Content-Type: application/json."),
        ),
        "invalid": (
            s.say("Some values cannot be taken."),
            s.say("The list of fields says which and why; correct them."),
        ),
        "too-many": (
            s.say("Too many voices or votes came from one address within the hour."),
            s.say("Wait as long as the header Retry-After says."),
        ),
        "failed": (
            s.say("Something broke on our side. Nothing was kept."),
            s.say("Try again later, and tell us if it stays so."),
        ),
        "away": (
            s.say("The database restarts."),
            s.say("Send it again in a few seconds with the same key: it will count once."),
        ),
    }


@route("consultations.read")
def problem_page(request: HttpRequest, code: str) -> HttpResponse:
    """What the ``type`` of a refusal leads to: that code first, then the others."""
    if code not in CODES:
        raise NotFound("there is no such code", next_step="Look at the list in the documentation.")
    language = language_of(request)
    response = page(
        request,
        "problems.html.j2",
        language,
        code=code,
        codes=[
            (each, status, *explained(words_in(language))[each]) for each, status in CODES.items()
        ],
    )
    response["Vary"] = "Accept-Language"
    return response

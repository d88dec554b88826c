"""The promises of the Assises, each with the screen, the object and the tests that keep it.

``docs/promises.md`` says the same; a test compares the two and walks every link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assises.look.speech import Speech

State = Literal["kept", "partly", "not yet"]


@dataclass(frozen=True, slots=True)
class Kept:
    """One promise.

    Attributes:
        screen: address under the language, empty where nothing shows it yet.
        objects: modules of the source that hold it.
        tests: files of tests that fail if it is broken.
    """

    code: str
    title: str
    words: str
    state: State
    screen: str = ""
    objects: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


def promises(s: Speech) -> list[Kept]:
    """All of them, in the order in which they were made."""
    return [
        Kept(
            "convene",
            s.say("Convene everyone"),
            s.say(
                "An edition has a theme, days, a place, a host, a charter and phases, and opens "
                "only when the law's condition is confirmed by a person."
            ),
            "kept",
            "",
            ("assises/rooms/consultations",),
            ("tests/rooms/test_consultations.py",),
        ),
        Kept(
            "voices",
            s.say("Many voices"),
            s.say(
                "Anyone speaks in their language, without an account; who has not been heard is "
                "said on the first page."
            ),
            "partly",
            "say",
            ("assises/rooms/contributions", "assises/rooms/people"),
            ("tests/rooms/test_contributions.py", "tests/rooms/test_strangers.py"),
        ),
        Kept(
            "verticals",
            s.say("Thirteen verticals"),
            s.say(
                "Each sector has its page in four languages; editions are mapped to one another."
            ),
            "kept",
            "",
            ("assises/countries/ma", "assises/rooms/consultations"),
            ("tests/countries/test_ma.py", "tests/rooms/test_consultations.py"),
        ),
        Kept(
            "opinion",
            s.say("What people think, counted honestly"),
            s.say(
                "Votes are counted for everyone and by groups that vote alike; small numbers are "
                "not published."
            ),
            "partly",
            "data",
            ("assises/engines/opinion", "assises/rooms/votes", "assises/rooms/insights"),
            (
                "tests/engines/test_opinion_server.py",
                "tests/rooms/test_votes.py",
                "tests/rooms/test_routing.py",
            ),
        ),
        Kept(
            "strategy", s.say("A strategy"), s.say("Written and commented in the open."), "not yet"
        ),
        Kept(
            "recommendations",
            s.say("Recommendations with their sources"),
            s.say("No sentence without who asked for it."),
            "not yet",
        ),
        Kept(
            "protocols",
            s.say("Signed protocols"),
            s.say("Each obligation with its party and its deadline."),
            "not yet",
        ),
        Kept(
            "transparency",
            s.say("Transparency"),
            s.say(
                "Every act leaves an entry in a sealed log that anyone can copy and verify; the "
                "register of the administration's algorithms is not there yet."
            ),
            "partly",
            "check",
            ("assises/engines/ledger", "assises/rooms/journal"),
            ("tests/engines/test_ledger_tree.py", "tests/rooms/test_sealing.py"),
        ),
        Kept(
            "objection",
            s.say("The right to object"),
            s.say(
                "You can withdraw each word and each vote yourself; an objection with a clock is "
                "not there yet."
            ),
            "partly",
            "me",
            ("assises/rooms/votes", "assises/rooms/contributions"),
            ("tests/rooms/test_votes.py", "tests/rooms/test_contributions.py"),
        ),
        Kept(
            "equity",
            s.say("Equity and non-discrimination"),
            s.say("Audits of who is treated differently, with honest uncertainty."),
            "not yet",
        ),
        Kept(
            "sovereignty",
            s.say("Sovereignty"),
            s.say(
                "Everything runs on one machine with the network cut: no outside call, no outside "
                "font, no outside model."
            ),
            "kept",
            "source",
            ("assises/site",),
            (
                "tests/whole/test_no_network.py",
                "tests/whole/test_repository.py",
                "tests/browser/test_portal.py",
            ),
        ),
        Kept(
            "inclusion",
            s.say("Inclusion and human capital"),
            s.say(
                "The pages work on a simple phone, without JavaScript, from right to left and in "
                "Tifinagh; training programmes are not there yet."
            ),
            "partly",
            "",
            ("assises/look/pages",),
            ("tests/browser/test_portal.py",),
        ),
        Kept(
            "roadmap",
            s.say("A public roadmap"),
            s.say("Who does what by when, and whether it was done."),
            "not yet",
        ),
    ]

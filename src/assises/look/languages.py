"""The languages that people write in: what they are called, and how they run."""

from __future__ import annotations

from assises.look.speech import Speech


def language_name(s: Speech, tag: str) -> str:
    """The name of the language that a text is written in."""
    return {
        "fr": s.say("French"),
        "ar": s.say("Arabic"),
        "ary-Arab": s.say("Darija"),
        "ary-Latn": s.say("Darija, Latin letters"),
        "zgh-Tfng": s.say("Tamazight"),
        "zgh-Latn": s.say("Tamazight, Latin letters"),
        "en": s.say("English"),
        "und": s.say("language not known"),
    }[tag]


def direction(tag: str) -> str:
    """``rtl``, ``ltr``, or ``auto`` where the language of a text is not known."""
    if tag == "und":
        return "auto"
    return "rtl" if tag in ("ar", "ary-Arab") else "ltr"

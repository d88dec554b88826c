"""Codes of the domain as the office says them."""

from __future__ import annotations

from collections.abc import Mapping

from assises.look.speech import Speech
from assises.rooms.journal.permissions import Role

TEXTS = ("title", "theme", "summary", "host", "patronage", "place", "charter")


def text_names(s: Speech) -> Mapping[str, str]:
    """What a consultation says of itself."""
    return {
        "title": s.say("Title"),
        "theme": s.say("Theme"),
        "summary": s.say("Summary"),
        "host": s.say("Host"),
        "patronage": s.say("Patronage"),
        "place": s.say("Place"),
        "charter": s.say("Charter"),
    }


def text_helps(s: Speech) -> Mapping[str, str]:
    """What each of these texts is for."""
    return {
        "title": s.say("As it is announced."),
        "theme": s.say("In one sentence: what it is about."),
        "summary": s.say("In a few sentences: what is asked, and what will be done with it."),
        "host": s.say("The body that convenes it."),
        "patronage": "",
        "place": s.say("Town and hall, if people meet."),
        "charter": s.say("The rules that everyone here accepts: what is refused, and why."),
    }


def phase_names(s: Speech) -> Mapping[str, str]:
    """The phases of a consultation, in order."""
    return {
        "listen": s.say("Listening"),
        "vote": s.say("Voting"),
        "deliberate": s.say("Deliberating"),
        "follow": s.say("Following up"),
    }


def phase_helps(s: Speech) -> Mapping[str, str]:
    """What people do in each phase."""
    return {
        "listen": s.say("People say what they live and what they want."),
        "vote": s.say("People agree or disagree with statements."),
        "deliberate": s.say("Bodies and people weigh what was said and write recommendations."),
        "follow": s.say("Everyone can see what becomes of it."),
    }


def state_name(s: Speech, code: str) -> str:
    """Where a consultation stands."""
    return {"draft": s.say("Draft"), "open": s.say("Open"), "closed": s.say("Closed")}[code]


STATE_TONES = {"draft": "wait", "open": "good", "closed": "plain"}


def kind_name(s: Speech, code: str) -> str:
    """Where a consultation comes from; nothing is said of one held here."""
    return {
        "own": "",
        "simulated": s.say("Simulation"),
        "press": s.say("From the press"),
        "import": s.say("From another platform"),
    }[code]


def role_name(s: Speech, role: str) -> str:
    """What someone may be here."""
    return {
        Role.VISITOR: s.say("Visitor"),
        Role.VOICE: s.say("Participant"),
        Role.RAPPORTEUR: s.say("Rapporteur"),
        Role.MODERATOR: s.say("Moderator"),
        Role.SECRETARIAT: s.say("Secretariat"),
        Role.ADMINISTRATOR: s.say("Administrator"),
        Role.REGULATOR: s.say("Regulator"),
        Role.OPERATOR: s.say("Operator"),
        Role.SYSTEM: s.say("The software"),
    }[Role(role)]


def role_help(s: Speech, role: str) -> str:
    """What a role lets someone do."""
    return {
        Role.RAPPORTEUR: s.say("translates texts, writes statements and shapes themes"),
        Role.MODERATOR: s.say("accepts, refuses and hides, always with a reason"),
        Role.SECRETARIAT: s.say("does everything here but confirm the authority’s reference"),
        Role.ADMINISTRATOR: s.say("does everything, and confirms the authority’s reference"),
        Role.REGULATOR: s.say("reads the log, and changes nothing"),
        Role.OPERATOR: s.say("speaks for those who run a public system; may do nothing more yet"),
    }.get(Role(role), "")


def decision_name(s: Speech, code: str) -> str:
    """What was decided of a statement or a contribution."""
    return {
        "waiting": s.say("Waiting"),
        "accepted": s.say("Accepted"),
        "refused": s.say("Refused"),
        "public": s.say("Shown"),
        "hidden": s.say("Hidden"),
        "withdrawn": s.say("Withdrawn by its author"),
    }[code]


def done_sentence(s: Speech, code: str) -> str:
    """What has just been done, by the code that the address carries; nothing for an unknown one."""
    return {
        "created": s.say("The draft is made. Nobody but you sees it until it opens."),
        "already": s.say(
            "This form had already been sent. Here is the draft that was made from it; what you "
            "changed since then is not in it."
        ),
        "saved": s.say("Saved."),
        "same": s.say("Nothing had changed, so nothing was saved."),
        "confirmed": s.say("The authority’s reference is confirmed, and the journal says by whom."),
        "opened": s.say("It is open: everyone sees it and can take part."),
        "closed": s.say("It is closed. Everything stays readable."),
        "reading-on": s.say("From now on, new statements wait until someone has read them."),
        "votes-on": s.say("From now on, anyone can take each vote, under a pseudonym."),
        "votes-off": s.say("From now on, only counts are published."),
        "reading-off": s.say("From now on, new statements are shown at once."),
        "stated": s.say("The statements are added."),
        "accepted": s.say("Accepted."),
        "refused": s.say("Refused, and the reason is public."),
        "shown": s.say("The contribution is shown again."),
        "hidden": s.say("The contribution is hidden, and the reason is kept."),
        "granted": s.say("The role is given."),
        "revoked": s.say("The role is taken back."),
        "founded": s.say("The organisation is in the list."),
        "mandated": s.say("From that day on, they speak for this organisation."),
        "ended": s.say("The mandate has its last day."),
        "tied": s.say("The verticals are tied."),
        "linked": s.say("The contributions are linked to this statement."),
        "named": s.say("The theme has this name now."),
        "merged": s.say("They are one theme now, and it is locked."),
        "parting": s.say("It is being parted: reload this page in a minute."),
        "placed": s.say("The contribution is there now, and stays."),
        "locked": s.say("The theme stays as it is."),
        "unlocked": s.say("The software may change this theme again."),
        "anew": s.say("Themes are looked for anew: reload this page in a minute."),
        "unlinked": s.say("The link has ended today; that it was there stays known."),
    }.get(code, "")

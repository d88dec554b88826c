"""The acts of the journal by name, for whoever shows it."""

from __future__ import annotations

from assises.look.speech import Speech


def names_of_acts(s: Speech) -> dict[str, str]:
    """Every act that can happen in a consultation, by its name in the journal."""
    return {
        "consultations.create": s.say("The edition was made, as a draft."),
        "consultations.rewrite": s.say("Its texts or its days were changed."),
        "consultations.schedule": s.say("The phases were set."),
        "consultations.confirm": s.say("The authority’s reference was confirmed."),
        "consultations.open": s.say("It was opened to everyone."),
        "consultations.close": s.say("It was closed."),
        "consultations.moderate": s.say("Reading before showing was turned on or off."),
        "consultations.publish_votes": s.say("Publishing single votes was turned on or off."),
        "consultations.map": s.say("Its verticals were tied to those of another edition."),
        "contributions.say": s.say("Something was said."),
        "contributions.withdraw": s.say("A contribution was withdrawn by its author."),
        "contributions.retract": s.say("A proposed statement was taken back by its author."),
        "contributions.state": s.say("Statements were added."),
        "contributions.moderate": s.say("A statement or a contribution was decided upon."),
        "texts.translate": s.say("Translations were written."),
        "texts.review": s.say("Translations were reviewed."),
        "people.enter": s.say("Someone began to speak here."),
        "people.describe": s.say("A participant changed what they say of themselves."),
        "people.depart": s.say("A participant left with everything."),
        "people.grant": s.say("A role was given."),
        "people.revoke": s.say("A role was taken back."),
        "people.found": s.say("A body was added."),
        "people.mandate": s.say("Someone was mandated to speak for a body."),
        "people.end_mandate": s.say("A mandate to speak for a body ended."),
        "votes.cast": s.say("A participant voted."),
        "votes.withdraw": s.say("A participant took votes back."),
        "votes.load": s.say("Votes were loaded from a file."),
        "insights.refresh": s.say("The results were computed again."),
        "insights.publish": s.say("New results were shown to everyone."),
        "insights.theme": s.say("The software found themes, or changed them."),
        "insights.anew": s.say("Themes were to be looked for anew."),
        "insights.rename": s.say("A theme was given a name."),
        "insights.merge": s.say("Two themes became one."),
        "insights.split": s.say("A theme was to be parted."),
        "insights.move": s.say("A contribution was put into a theme."),
        "insights.lock": s.say("A theme was locked as it is."),
        "insights.unlock": s.say("A theme was unlocked."),
        "chain.link": s.say("Two things were linked."),
        "chain.unlink": s.say("A link was taken away."),
        "notices.tell": s.say("People were told of something."),
    }


def names_of_site_acts(s: Speech) -> dict[str, str]:
    """Every act that can happen outside of any consultation."""
    names = names_of_acts(s)
    shared = ("grant", "revoke", "found", "mandate", "end_mandate")
    return {f"people.{act}": names[f"people.{act}"] for act in shared} | {
        "people.logged_in": s.say("Someone of an office entered."),
        "people.logged_out": s.say("Someone of an office left."),
        "people.login_failed": s.say("Someone tried to enter an office and failed."),
        "people.second_factor_set": s.say("A second factor was set up."),
        "people.second_factor_removed": s.say("A second factor was removed."),
        "people.recovery_codes_made": s.say("New recovery codes were made."),
        "notices.read": s.say("Someone read their notices."),
    }


def kind_of_actor(s: Speech, actor: str) -> str:
    """What kind of someone acted; who it was stays in the journal."""
    kinds = {
        "voice": s.say("A participant"),
        "account": s.say("An office"),
        "system": s.say("The software"),
        "visitor": s.say("A visitor"),
    }
    return kinds.get(actor.split(":", maxsplit=1)[0], kinds["system"])

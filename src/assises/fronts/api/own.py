"""What a voice does and what is its own: say, vote, take back, see oneself."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from assises.fronts.api import shapes, wording
from assises.fronts.api.asking import Ballot, Key, Words, key_of
from assises.fronts.api.callers import Caller, owning, speaking
from assises.fronts.api.doors import Short, operation
from assises.fronts.api.refusing import invalid
from assises.fronts.api.said import sector_of
from assises.lib.clock import now
from assises.lib.errors import NotFound
from assises.lib.ids import short_id
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.opening import demand_open
from assises.rooms.contributions import queries
from assises.rooms.contributions.acts.say import LONGEST, Saying, say
from assises.rooms.contributions.acts.withdraw import withdraw as withdraw_words
from assises.rooms.insights.queries import place_of
from assises.rooms.texts.writing import clean
from assises.rooms.votes.acts.cast import MOST, Answer, cast
from assises.rooms.votes.acts.withdraw import withdraw as withdraw_votes
from assises.rooms.votes.queries import mine
from assises.web.limits import demand_few_casts
from assises.web.masked import masked

_TAG = "a voice"
Numbers = Annotated[
    list[Annotated[int, Field(ge=0, lt=2**31)]] | None,
    Query(None, max_length=MOST, description="Numbers of statements; may be given many times."),
]


@operation("POST", "/editions/{edition}/votes", "votes.cast", shapes.Taken, who="speaker", tag=_TAG)
def post_votes(
    request: HttpRequest, *, place: Consultation, ballot: Ballot, key: Key = None
) -> shapes.Taken:
    """Vote on statements: one or many, all or none."""
    _demand_once(ballot)
    at, answers = now(), [Answer(a.statement, a.vote) for a in ballot.votes]
    demand_few_casts(request)
    with speaking(request, place, at=at) as caller:
        taken = cast(caller.actor, place, caller.voice, answers, key=key_of(key, ballot.key), at=at)
    return shapes.Taken(**wording.label(place), taken=taken, code=caller.new_code)


@operation(
    "DELETE", "/editions/{edition}/votes", "votes.withdraw", shapes.Withdrawn, who="owner", tag=_TAG
)
def delete_votes(
    request: HttpRequest,
    *,
    place: Consultation,
    statement: Numbers = None,
    all: bool = False,  # noqa: A002 - what a caller writes in the address
    key: Key = None,
) -> shapes.Withdrawn:
    """Take back votes: some by their statements, or all of them. Open in any phase."""
    if all == bool(statement):
        raise invalid("query", "statement", "give either statements or all=true")
    caller = owning(request)
    gone = withdraw_votes(caller.actor, place, caller.voice, statement, key=key_of(key), at=now())
    return shapes.Withdrawn(**wording.label(place), withdrawn=gone)


@operation(
    "POST",
    "/editions/{edition}/contributions",
    "contributions.say",
    shapes.Said,
    who="speaker",
    status=201,
    tag=_TAG,
)
def post_contribution(
    request: HttpRequest,
    response: HttpResponse,
    *,
    place: Consultation,
    words: Words,
    key: Key = None,
) -> shapes.Said:
    """Say something, in one's own words and language."""
    at, vertical = now(), sector_of(place, words.vertical, "body")
    demand_open(place, "listen", at)  # what is over is over, whatever one wanted to say
    # Cleaned before it is masked: a sign that nobody sees would hide a number from the mask.
    said = clean(words.words, longest=LONGEST, field="words")
    with speaking(request, place, at=at) as caller:
        saying = Saying(caller.voice, said, words.language, vertical, shown=masked(said))
        uid = say(caller.actor, place, saying, key=key_of(key, words.key), at=at)
    response["Location"] = f"{request.path}/{short_id(uid)}"
    return shapes.Said(**wording.label(place), contribution=_told(place, uid), code=caller.new_code)


@operation(
    "DELETE",
    "/editions/{edition}/contributions/{contribution}",
    "contributions.withdraw",
    shapes.Withdrawn,
    who="owner",
    tag=_TAG,
)
def delete_contribution(
    request: HttpRequest, *, place: Consultation, contribution: Short, key: Key = None
) -> shapes.Withdrawn:
    """Take back what one said: the words are erased."""
    caller = owning(request)
    uid = _mine(caller, contribution)
    withdraw_words(caller.actor, place, caller.voice, uid, key=key_of(key), at=now())
    return shapes.Withdrawn(**wording.label(place), withdrawn=1)


@operation("GET", "/editions/{edition}/me", "votes.read", shapes.Me, who="owner", tag=_TAG)
def get_me(request: HttpRequest, *, place: Consultation) -> shapes.Me:
    """One's own votes, contributions and place on the map."""
    caller = owning(request)
    return shapes.Me(
        **wording.label(place),
        votes=[
            shapes.OwnVote(statement=number, vote=vote)
            for number, vote in sorted(mine(place.id, caller.voice).items())
        ],
        contributions=wording.own_contributions(
            place, queries.contributions_of(caller.voice, wording.ORIGINAL)
        ),
        position=_position(place, caller.voice),
    )


def _demand_once(ballot: Ballot) -> None:
    """Refuse two votes on one statement: which of them was meant, nobody can tell."""
    seen: set[int] = set()
    for at, vote in enumerate(ballot.votes):
        if vote.statement in seen:
            where = ("votes", at, "statement")
            raise invalid("body", where, f"statement {vote.statement} is in this batch already")
        seen.add(vote.statement)


def _told(place: Consultation, uid: UUID) -> shapes.Contribution:
    """As it is now: a repeated request may come after its words were hidden or taken back."""
    found = queries.contributions_by_id([uid], wording.ORIGINAL)
    told = wording.contributions(place, list(found.values()))
    if not told:
        raise NotFound(
            "it was taken, and is not public any more", next_step="Look at what is yours: …/me."
        )
    return told[0]


def _mine(caller: Caller, short: str) -> UUID:
    for spoken in queries.contributions_of(caller.voice, wording.ORIGINAL):
        if spoken.row.short == short:
            return spoken.row.id
    raise NotFound(
        "this is not one of your contributions", next_step="Look at what is yours: …/me."
    )


def _position(place: Consultation, voice: UUID) -> shapes.Position | None:
    here = place_of(place.id, voice)
    if here is None:
        return None
    return shapes.Position(x=here.x, y=here.y, group=here.letter, bundle=here.bundle)

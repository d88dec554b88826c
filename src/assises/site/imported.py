"""What a Polis export says, in the words of the acts that load it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import numpy as np
import numpy.typing as npt

from assises.formats.polis import PolisExport
from assises.lib.errors import InputError
from assises.lib.progress import Progress
from assises.rooms.consultations.acts.create import LONGEST, NewConsultation
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.state import LONGEST_IMPORTED, Stated
from assises.rooms.contributions.models import Statement
from assises.rooms.people.acts.enter_many import Entering
from assises.rooms.texts.models import TAGS
from assises.rooms.texts.queries import in_every_language
from assises.rooms.texts.writing import clean
from assises.rooms.votes.acts.load import Loaded

Int64 = npt.NDArray[np.int64]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HIGHEST: Final = 2**31 - 1
_AT_ONCE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Terms:
    """Who published the votes before us, under which licence, and whether one by one.

    Without all three they are not published one by one here.
    """

    source: str = ""
    licence: str = ""
    already_public: bool = False


@dataclass(frozen=True)
class Voices:
    """A voice of chance for each participant: whoever voted or wrote a statement."""

    participants: Int64
    """The file's ids, ascending, shape (n,)."""
    ids: list[UUID]
    came: list[date | None]
    """The day of the first vote or statement; None where the files date nothing."""

    @classmethod
    def of(cls, export: PolisExport) -> Voices:
        """New ones: the same export twice has other voices."""
        comments, votes = export.comments, export.votes
        written = comments.author >= 0
        who = np.concatenate([votes.voter, comments.author[written]])
        when = np.concatenate([votes.timestamp, comments.timestamp[written]])
        participants, at = np.unique(who, return_inverse=True)
        first = np.full(len(participants), np.iinfo(np.int64).max)
        np.minimum.at(first, at[when > 0], export.timestamps_in_ms(when[when > 0]))
        dated = first < np.iinfo(np.int64).max
        return cls(
            participants,
            [uuid4() for _ in range(len(participants))],
            [
                instant_of(ms).date() if known else None
                for ms, known in zip(first.tolist(), dated.tolist(), strict=True)
            ],
        )

    def index(self, participants: Int64) -> Int64:
        """Where each of these stands in :attr:`ids`."""
        return np.searchsorted(self.participants, participants)

    def entering(self) -> list[Entering]:
        """What the act that makes them is given."""
        return [
            Entering(voice, channel="import", entered_on=day)
            for voice, day in zip(self.ids, self.came, strict=True)
        ]


class Casts:
    """Every cast in the order of the file, made anew each time one goes through them."""

    def __init__(self, export: PolisExport, voices: Voices, progress: Progress) -> None:
        self._export = export
        self._voices = voices
        self._progress = progress

    def __len__(self) -> int:
        return len(self._export.votes)

    def __iter__(self) -> Iterator[Loaded]:
        votes, ids = self._export.votes, self._voices.ids
        for start in range(0, len(votes), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            who = self._voices.index(votes.voter[part]).tolist()
            when = self._export.timestamps_in_ms(votes.timestamp[part]).tolist()
            numbers, values = votes.comment[part].tolist(), votes.vote[part].tolist()
            for i, number, value, ms in zip(who, numbers, values, when, strict=True):
                yield Loaded(ids[i], number, value, instant_of(ms))
            self._progress.advance(len(who))


def check(export: PolisExport, folder: Path, terms: Terms, language: str) -> None:
    """Refuse what the acts could not keep, in the words of the files.

    Raises:
        InputError: a number or a text that is too large, terms that are not whole, a language that
            is not in the list.
    """
    numbers, body = export.comments.id, export.comments.body
    for number, text in zip(numbers.tolist(), body, strict=True):
        if not 0 <= number <= _HIGHEST:
            raise InputError(
                "a statement cannot have this number",
                file=folder,
                column="comment-id",
                value=number,
                next_step=f"Number the statements from 0 to {_HIGHEST:,} in both files.",
            )
        if len(text) > LONGEST_IMPORTED:
            raise InputError(
                f"statement {number} is longer than {LONGEST_IMPORTED:,} characters",
                file=folder,
                column="comment-body",
                value=text,
                next_step="Shorten it in comments.csv.",
            )
    if terms.already_public and not (terms.source.strip() and terms.licence.strip()):
        raise InputError(
            "votes are published one by one only with their source and their licence",
            next_step="Say both: --source and --licence; or leave out --already-public.",
        )
    if language not in TAGS:
        raise InputError(
            "there is no such language here",
            value=language,
            next_step=f"Use one of {', '.join(TAGS)}.",
        )


def demand_as_loaded(
    export: PolisExport,
    place: Consultation,
    title: str | None,
    terms: Terms,
    language: str,
    *,
    strict: bool,
) -> None:
    """Refuse what is asked for files that are here already under other terms; unasked is as it was.

    Raises:
        InputError: naming each option that would change what is here.
    """
    wanted = {
        "--title": bool(title) and _kept_title(title or "") not in _words(place.title),
        "--source": not _is_said(terms.source, place),
        "--licence": not _is_said(terms.licence, place),
        "--already-public": terms.already_public and not place.votes_published,
        "--language": language not in ("und", _language(place)),
        "--strict": strict and _shows_what_nobody_looked_at(export, place),
    }
    others = [option for option, differs in wanted.items() if differs]
    if others:
        raise InputError(
            f"these files are here already, loaded under other terms: {', '.join(others)} would "
            "change what is here",
            next_step="Nothing was changed. Leave out these options to keep what is here; its "
            "title and summary are corrected in its office. Other terms than that are said once, "
            "when files are first loaded: load them into another house (ASSISES_DATA).",
        )


def described(
    export: PolisExport, folder: Path, title: str | None, terms: Terms, language: str
) -> NewConsultation:
    """The consultation as its files describe it; ``und`` is whatever language they are in."""
    dated = export.timestamps_in_ms(export.votes.timestamp)
    topic = title or " ".join(export.summary.get("topic", "").split()) or folder.resolve().name
    return NewConsultation(
        title={language: _within(topic, LONGEST["title"])},
        # A simulation stays one, wherever its files have been.
        kind="simulated" if is_simulated(export) else "import",
        summary={language: _summary(export, terms)},
        starts_on=instant_of(int(dated.min())).date(),
        ends_on=instant_of(int(dated.max())).date(),
        zone="UTC",
        country="ZZ",  # ISO 3166-1 leaves it to users: here, that nobody said
        votes_published=terms.already_public,
    )


def stated(export: PolisExport, voices: Voices, *, language: str, strict: bool) -> list[Stated]:
    """The statements with the numbers and flags of the file."""
    comments = export.comments
    authors = voices.index(comments.author).tolist()
    times = export.timestamps_in_ms(comments.timestamp).tolist()
    moderation = {1: "accepted", 0: "waiting" if strict else "accepted", -1: "refused"}
    return [
        Stated(
            comments.body[at],
            language,
            voice=voices.ids[authors[at]] if comments.author[at] >= 0 else None,
            seed=bool(comments.is_seed[at]),
            meta=bool(comments.is_meta[at]),
            moderation=moderation[int(comments.moderated[at])],
            number=int(comments.id[at]),
            made_at=instant_of(times[at]) if times[at] > 0 else None,
            imported=True,
        )
        for at in range(len(comments))
    ]


def is_simulated(export: PolisExport) -> bool:
    """Whether the files say so of themselves."""
    return export.summary.get("simulation", "").strip().lower() == "true"


def instant_of(milliseconds: int) -> datetime:
    """Milliseconds since 1970 as an instant, exactly."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _kept_title(title: str) -> str:
    return clean(_within(title, LONGEST["title"]), longest=LONGEST["title"], required=False)


def _words(text: UUID | None) -> list[str]:
    return [said.words for said in in_every_language(text).values()] if text else []


def _is_said(given: str, place: Consultation) -> bool:
    """Whether the line of source and licence, which ends the summary, says this; '' is no word."""
    part = clean(given, longest=LONGEST["summary"], required=False)
    lines = (words.splitlines()[-1] for words in _words(place.summary) if words)
    return not part or any(f" · {part} · " in f" · {line} · " for line in lines)


def _language(place: Consultation) -> str:
    """In which language the statements were loaded."""
    first = Statement.objects.filter(consultation=place).order_by("number").first()
    return next(iter(in_every_language(first.words))) if first else "und"


def _shows_what_nobody_looked_at(export: PolisExport, place: Consultation) -> bool:
    unread = export.comments.id[export.comments.moderated == 0].tolist()
    rows = Statement.objects.filter(consultation=place, number__in=unread)
    return bool(unread) and not rows.exclude(moderation="accepted").exists()


def _summary(export: PolisExport, terms: Terms) -> str:
    """The file's own description, then where it comes from and its licence."""
    given = " · ".join(part.strip() for part in (terms.source, terms.licence) if part.strip())
    said = export.summary.get("conversation-description", "").strip()
    room = LONGEST["summary"] - len(given) - 1
    return "\n".join(part for part in (_within(said, max(room, 1)), given) if part)


def _within(text: str, longest: int) -> str:
    """The text, or its beginning and a mark that something is missing."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"

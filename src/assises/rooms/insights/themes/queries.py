"""What the fronts read of themes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from django.db.models import Count, QuerySet

from assises.lib.errors import NotFound
from assises.rooms.chain.linking import Node
from assises.rooms.chain.models import Link
from assises.rooms.chain.queries import Card, describes, stone_of
from assises.rooms.contributions.models import Contribution
from assises.rooms.contributions.queries import Spoken
from assises.rooms.insights.models import (
    CURRENT,
    Theme,
    ThemeLabel,
    ThemeMembership,
    ThemeRun,
    ThemesStale,
    Theming,
)
from assises.rooms.texts.queries import said

# A page's language, and what of the same language people write: the first is shown if it is there.
_READ: Final = {
    "fr": ("fr",),
    "ar": ("ar", "ary-Arab"),
    "zgh": ("zgh-Tfng", "zgh-Latn"),
    "en": ("en",),
}
_LONGEST_QUOTE: Final = 80
Source = Literal["person", "software", "quote", "nobody"]


@dataclass(frozen=True, slots=True)
class Name:
    """What a theme is called on a page: by a person, by words of its people, or by what one said.

    ``words`` is empty where there is nothing of these (``nobody``).
    """

    words: str
    tag: str
    source: Source

    @property
    def direction(self) -> str:
        """Of the letters, not of the page."""
        return "rtl" if self.tag in {"ar", "ary-Arab"} else "auto" if self.tag == "und" else "ltr"


@dataclass(slots=True)
class Branch:
    """A theme with its parts; ``n`` counts what is in it and in them, ``languages`` by tag."""

    row: Theme
    name: Name
    own: int = 0
    n: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    parts: list[Branch] = field(default_factory=list)

    def all(self) -> list[Branch]:
        """This one and every part below it."""
        return [self, *(below for part in self.parts for below in part.all())]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the public contributions of a consultation stand; ``undecidable`` by reason.

    ``waiting`` were said since the last ``run``; ``step`` is what a run under way does, and
    ``stale`` since when one is due.
    """

    classified: int
    unclassified: int
    undecidable: Counter[str]
    waiting: int
    run: ThemeRun | None
    step: str
    stale: datetime | None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one contribution stands: in a theme, or in none, and then why."""

    theme: Branch | None
    why: str
    by: str
    sure: float
    since: datetime


@dataclass(frozen=True, slots=True)
class Quote:
    """A contribution that speaks for a theme in one language."""

    language: str
    spoken: Spoken


def tree(consultation: UUID, language: str) -> list[Branch]:
    """The themes that stand, the largest first, each with its parts."""
    rows = list(Theme.objects.filter(consultation=consultation, state=CURRENT))
    names = names_of(rows, language)
    branches = {row.id: Branch(row, names[row.id]) for row in rows}
    for theme, tag, n in _counts(consultation):
        if theme in branches:
            branches[theme].own += n
            branches[theme].languages[tag] += n
    tops: list[Branch] = []
    for row in rows:
        above = branches.get(row.parent_id) if row.parent_id else None
        (tops if above is None else above.parts).append(branches[row.id])
    return _summed(tops)


def branch(short: str, language: str) -> tuple[Branch, list[Branch], list[Branch]]:
    """A theme that stands, those above it from the top, and those beside it.

    Raises:
        NotFound: also for one that is gone, and for one of a draft.
    """
    row = Theme.objects.filter(short=short, state=CURRENT)
    found = row.exclude(consultation__state="draft").first()
    if found is None:
        raise NotFound("there is no such theme", next_step="Begin at the list of themes.")
    return in_tree(tree(found.consultation_id, language), found.id)


def in_tree(tops: Sequence[Branch], uid: UUID) -> tuple[Branch, list[Branch], list[Branch]]:
    """A theme of a tree, those above it from the top, and those beside it.

    Raises:
        NotFound: it is not there.
    """
    waiting: list[tuple[list[Branch], Sequence[Branch]]] = [([], tops)]
    while waiting:
        above, beside = waiting.pop()
        for one in beside:
            if one.row.id == uid:
                return one, above, [other for other in beside if other is not one]
            waiting.append(([*above, one], one.parts))
    raise NotFound("there is no such theme", next_step="Begin at the list of themes.")


def ended(short: str) -> Theme | None:
    """A theme that is gone or was merged, by the id of its address."""
    rows = Theme.objects.filter(short=short).exclude(state=CURRENT).select_related("into")
    return rows.exclude(consultation__state="draft").first()


def names_of(rows: Iterable[Theme], language: str) -> dict[UUID, Name]:
    """What each of these is called in a language of the page, in another where it has none."""
    listed = list(rows)
    titles = said((row.title for row in listed), language)
    labels: defaultdict[UUID, list[ThemeLabel]] = defaultdict(list)
    quoted: dict[int, UUID] = {}
    of = ThemeLabel.objects.filter(theme__in=[row.id for row in listed]).select_related("quote")
    for label in of.order_by("theme", "place"):
        labels[label.theme_id].append(label)
        if label.quote is not None and label.quote.state == "public":
            quoted[label.pk] = label.quote.words
    words = said(quoted.values(), language)
    names = {}
    for row in listed:
        title = None if row.title is None else titles.get(row.title)
        own = None if title is None else Name(title.words, title.tag, "person")
        named = [Name(one.words, one.language, "software") for one in labels[row.id] if one.words]
        quotes = [words[quoted[one.pk]] for one in labels[row.id] if quoted.get(one.pk) in words]
        quoting = [Name(_short(one.words), one.tag, "quote") for one in quotes]
        names[row.id] = _best(own, named, quoting, language)
    return names


def standing(consultation: UUID) -> Standing:
    """Where everything public stands now."""
    rows = ThemeMembership.objects.filter(
        consultation=consultation, contribution__state="public"
    ).order_by()
    classified = rows.filter(theme__state=CURRENT).count()
    nowhere = rows.filter(theme=None).values_list("why").annotate(n=Count("pk"))
    why = Counter(dict(nowhere))
    public = Contribution.objects.filter(consultation=consultation, state="public")
    theming = Theming.objects.filter(consultation=consultation).first()
    stale = ThemesStale.objects.filter(consultation=consultation).first()
    return Standing(
        classified,
        why.pop("", 0),
        why,
        public.filter(membership=None).count(),
        last_run(consultation),
        "" if theming is None else theming.step,
        None if stale is None else stale.since,
    )


def last_run(consultation: UUID) -> ThemeRun | None:
    """The newest run of a consultation."""
    return ThemeRun.objects.filter(consultation=consultation).order_by("-at", "-id").first()


def where(contribution: Contribution, language: str) -> Placed | None:
    """Where a contribution stands; None where no run has read it yet, or it is not public."""
    row = ThemeMembership.objects.filter(contribution=contribution).select_related("theme").first()
    if row is None or contribution.state != "public":
        return None
    theme = row.theme if row.theme is not None and row.theme.state == CURRENT else None
    found = None if theme is None else Branch(theme, names_of([theme], language)[theme.id])
    return Placed(found, row.why, row.by, row.sure, row.since)


def members(
    themes: Collection[UUID], language: str, *, after: UUID | None = None, limit: int = 20
) -> list[Spoken]:
    """Public contributions of these themes in the order of their ids, which is chance."""
    rows = Contribution.objects.filter(membership__theme__in=list(themes), state="public")
    return spoken_in(rows, language, after=after, limit=limit)


def strays(
    consultation: UUID, language: str, *, after: UUID | None = None, limit: int = 20
) -> list[Spoken]:
    """Public contributions that were read and stand in no theme."""
    rows = Contribution.objects.filter(
        consultation=consultation, membership__theme=None, state="public"
    ).exclude(membership=None)
    return spoken_in(rows, language, after=after, limit=limit)


def spoken_in(
    rows: QuerySet[Contribution], language: str, *, after: UUID | None, limit: int
) -> list[Spoken]:
    """Some of these contributions in the words of a page."""
    if after is not None:
        rows = rows.filter(id__gt=after)
    listed = list(rows.select_related("membership").order_by("id")[:limit])
    words = said((row.words for row in listed), language)
    return [Spoken(row, words.get(row.words)) for row in listed]


def quotes(theme: Theme, language: str) -> list[Quote]:
    """What speaks for a theme, one contribution of each language, the largest language first."""
    labels = ThemeLabel.objects.filter(theme=theme, quote__state="public").order_by("place")
    rows = [(label.language, label.quote) for label in labels.select_related("quote")]
    words = said((row.words for _, row in rows if row is not None), language)
    return [Quote(tag, Spoken(row, words.get(row.words))) for tag, row in rows if row is not None]


def attributes(themes: Collection[UUID]) -> tuple[Counter[UUID | None], Counter[str]]:
    """Of what is in these themes, how many in each vertical and through each channel.

    Both stand with each contribution on its own page.
    """
    rows = Contribution.objects.filter(membership__theme__in=list(themes), state="public")
    by_vertical = rows.order_by().values_list("vertical").annotate(n=Count("pk"))
    by_channel = rows.order_by().values_list("channel").annotate(n=Count("pk"))
    return Counter(dict(by_vertical)), Counter(dict(by_channel))


def grown(themes: Collection[UUID]) -> list[UUID]:
    """The statements that contributions of these themes led to."""
    inside = ThemeMembership.objects.filter(theme__in=list(themes), contribution__state="public")
    links = Link.objects.filter(
        source_kind="contribution",
        target_kind="statement",
        source__in=inside.values("contribution_id"),
        until=None,
    )
    return list(links.order_by("target").values_list("target", flat=True).distinct())


@describes("theme")
def _cards(ids: Sequence[UUID], language: str) -> Iterable[Card]:
    rows = Theme.objects.filter(id__in=ids).exclude(consultation__state="draft")
    current = [row for row in rows if row.state == CURRENT]
    for uid, name in names_of(current, language).items():
        row = next(one for one in current if one.id == uid)
        yield Card(Node("theme", uid), name.words, name.tag, name.direction, row.short)
    for row in rows:
        if row.state != CURRENT:
            yield stone_of(Node("theme", row.id), row.short, "withdrawn", row.ended_on)


def _counts(consultation: UUID) -> Iterable[tuple[UUID, str, int]]:
    rows = ThemeMembership.objects.filter(
        contribution__state="public", consultation=consultation, theme__isnull=False
    )
    counted = rows.order_by().values_list("theme_id", "language").annotate(n=Count("pk"))
    for theme, tag, n in counted:
        if theme is not None:
            yield theme, tag, n


def _summed(branches: list[Branch]) -> list[Branch]:
    for one in branches:
        one.parts = _summed(one.parts)
        one.n = one.own + sum(part.n for part in one.parts)
        for part in one.parts:
            one.languages += part.languages
    return sorted(branches, key=lambda one: (-one.n, one.row.short))


def _best(own: Name | None, named: list[Name], quoted: list[Name], language: str) -> Name:
    """A person's in this language, the software's in it, a person's in another; then what can be
    read in this language, and only then words of another."""
    tags = _READ.get(language, (language,))
    if own is not None and own.tag in tags:
        return own
    here = sorted((one for one in named if one.tag in tags), key=lambda one: tags.index(one.tag))
    quotes_here = [one for one in quoted if one.tag in tags]
    rest = [own] if own is not None else []
    order = [*here, *rest, *quotes_here, *named, *quoted]
    return order[0] if order else Name("", "und", "nobody")


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[: _LONGEST_QUOTE - 1].rstrip()}…"

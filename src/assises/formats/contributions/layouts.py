"""Whose columns a file has, and which of them holds what.

    kouchou      comment-id,comment-body[,attribute_*]; arg-id,argument; hierarchical_result.json
    themefinder  response_id,response; demographic_data of respondents.jsonl
    decidim      title/<locale>, body/<locale> or description/<locale>; comments: body, locale
    polis        comments.csv
    plain        any other, where one column has a name that we know, or is named

Nothing is guessed: two columns that could be the text are refused with their names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from assises.lib.errors import InputError
from assises.lib.frames import alike, nearest

LAYOUTS: Final = ("plain", "kouchou", "themefinder", "decidim", "polis")
MACHINE: Final = "machine_translations/"
DEMOGRAPHIC: Final = "demographic_data/"

_KNOWN: Final = {
    "text": (
        "text", "texte", "contribution", "contributions", "contenu", "content", "comment",
        "comments", "comment-body", "comment_body", "commentaire", "body", "response", "answer",
        "réponse", "reponse", "message", "proposition", "proposal", "idea", "idée", "idee",
        "statement", "survey_text", "النص", "المساهمة", "المقترح",
    ),
    "id": ("id", "contribution_id", "contribution-id", "comment-id", "comment_id", "row-id",
           "response_id", "identifiant", "uid", "uuid", "المعرف"),
    "title": ("title", "titre", "subject", "objet", "العنوان"),
    "language": ("language", "lang", "langue", "locale", "اللغة"),
    "time": ("time", "timestamp", "datetime", "date", "created_at", "published_at",
             "submitted_at", "horodatage", "التاريخ"),
    "author": ("author", "author-id", "author_id", "author/id", "auteur", "participant",
               "participant_id", "interview", "voice"),
    "attribute": ("region", "région", "college", "collège", "channel", "canal", "vertical",
                  "الجهة", "القناة"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """A column of text and what the layout says of its language."""

    column: str
    locale: str | None = None
    machine: bool = False


@dataclass(frozen=True, slots=True)
class Roles:
    """Which column of a file holds what."""

    layout: str
    text: tuple[Written, ...]
    """One, or one for each locale; the first that is filled is the contribution."""
    id: str | None = None
    title: tuple[Written, ...] = ()
    language: str | None = None
    time: str | None = None
    author: str | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By name the columns, of which the first that is filled counts."""
    named: bool = False
    """Whether whoever gave the file named its attributes."""
    out: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What a cell says of a row that the source had taken out."""
    rich: bool = False
    """Whether texts are HTML, with what a spreadsheet would run behind an apostrophe."""
    parts: bool = False
    """Whether a contribution has a row for each of its parts."""

    def said(self) -> dict[str, str]:
        """What is read from which column, for people."""
        told = {"text": ", ".join(w.column for w in self.text)}
        if self.title:
            told["title"] = ", ".join(w.column for w in self.title)
        for role in ("id", "language", "time", "author"):
            if column := getattr(self, role):
                told[role] = column
        return told | {f"attribute {name}": ", ".join(of) for name, of in self.attributes.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """What whoever gave the file said of it; None for nothing, an empty name for "do not read"."""

    layout: str | None = None
    text: str | None = None
    id: str | None = None
    language: str | None = None
    time: str | None = None
    author: str | None = None
    attributes: Sequence[str] | None = None


def recognised(file: str, names: Sequence[str], asked: Asked) -> Roles:
    """The roles of these columns.

    Args:
        file: its name, for refusals.
        names: of the columns, in the order of the file.
        asked: goes before what the names say.

    Raises:
        InputError: for a layout that is not known or not the file's, for several that it could be,
            for a column that is not there or stands twice, and where no column or several could be
            the text.
    """
    if asked.layout is not None and asked.layout not in LAYOUTS:
        raise InputError(
            "this layout is not known",
            file=file,
            value=asked.layout,
            next_step=f"Known are: {', '.join(LAYOUTS)}.",
        )
    fitting = [layout for layout, fits in _FITS.items() if fits(frozenset(names))]
    layout = asked.layout or _only(file, fitting)
    if layout != "plain" and layout not in fitting:
        raise InputError(
            f"the file does not have the columns of the layout {layout}",
            file=file,
            value=", ".join(names[:12]),
            next_step=f"It needs {_NEEDS[layout]}; or read it with --layout plain --text COLUMN.",
        )
    roles = _with_asked(file, names, _ROLES[layout](file, names, asked), asked)
    for column in _used(roles):
        if names.count(column) > 1:
            raise InputError(
                "the column stands twice", file=file, column=column, next_step="Leave one out."
            )
    return roles


def _only(file: str, fitting: list[str]) -> str:
    if len(fitting) > 1:
        raise InputError(
            f"the columns are those of several layouts: {', '.join(fitting)}",
            file=file,
            next_step=f"Say which: --layout {fitting[0]}, or --layout {fitting[1]}.",
        )
    return fitting[0] if fitting else "plain"


def _used(roles: Roles) -> Iterable[str]:
    yield from (w.column for w in (*roles.text, *roles.title))
    yield from (c for c in (roles.id, roles.language, roles.time, roles.author) if c)
    yield from (column for of in roles.attributes.values() for column in of)
    yield from roles.out


def _with_asked(file: str, names: Sequence[str], roles: Roles, asked: Asked) -> Roles:
    """The roles, changed to what was asked for."""
    changes: dict[str, object] = {}
    if asked.text:
        column = _there(file, names, asked.text, "text")
        changes["text"] = (_written(column, "") if roles.rich else Written(column),)
        changes["title"] = tuple(w for w in roles.title if w.column != column)
    for role in ("id", "language", "time", "author"):
        name = getattr(asked, role)
        if name is not None:
            changes[role] = _there(file, names, name, role) if name else None
    if asked.attributes is not None:
        changes["named"] = True
        changes["attributes"] = {
            _short(name): (_there(file, names, name, "attributes"),) for name in asked.attributes
        }
    return replace(roles, **changes)  # type: ignore[arg-type]


def _there(file: str, names: Sequence[str], name: str, option: str) -> str:
    if name in names:
        return name
    near = nearest(name, [n for n in names if n])
    raise InputError(
        "there is no such column",
        file=file,
        column=name,
        value=", ".join(names[:12]),
        next_step=(f"Did you mean {near}? " if near else "") + f"Name it with --{option}.",
    )


def _plain(file: str, names: Sequence[str], asked: Asked) -> Roles:
    known = {role: {alike(word) for word in words} for role, words in _KNOWN.items()}

    def one(role: str, said: str | None) -> str | None:
        """The one column whose name is known to hold this."""
        found = [name for name in names if name and alike(name) in known[role]]
        if said is not None or not found:
            return None
        if len(found) > 1:
            raise InputError(
                f"{len(found)} columns could be the {role}: {', '.join(found)}",
                file=file,
                next_step=f"Say which: --{role} {_quoted(found[0])}, or --{role} "
                f"{_quoted(found[1])}.",
            )
        return found[0]

    text = one("text", asked.text)
    named = [name for name in names if name]
    if text is None and asked.text is None and len(named) == 1:
        text = named[0]
    if text is None and not asked.text:
        raise InputError(
            "no column has a name that is known to hold the text",
            file=file,
            value=", ".join(named[:12]),
            next_step="Say which holds it: --text COLUMN.",
        )
    title = one("title", None)
    return Roles(
        layout="plain",
        text=(Written(text),) if text else (),
        id=one("id", asked.id),
        title=(Written(title),) if title else (),
        language=one("language", asked.language),
        time=one("time", asked.time),
        author=one("author", asked.author),
        attributes={name: (name,) for name in names if name and alike(name) in known["attribute"]},
    )


def _kouchou(_: str, names: Sequence[str], __: Asked) -> Roles:
    attributes = {
        name.removeprefix(prefix): (name,)
        for name in names
        for prefix in ("attribute_", "attributes/")
        if name.startswith(prefix) and len(name) > len(prefix)
    }
    for number, text, parts in _KOUCHOU:
        if {number, text} <= set(names):
            return Roles("kouchou", (Written(text),), number, attributes=attributes, parts=parts)
    raise AssertionError("asked for where it does not fit")


def _themefinder(_: str, names: Sequence[str], __: Asked) -> Roles:
    return Roles(
        "themefinder",
        (Written("response"),),
        "response_id",
        attributes=themefinder_attributes(names),
    )


def themefinder_attributes(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What ThemeFinder says of those who answered, by name its column."""
    return {n.removeprefix(DEMOGRAPHIC): (n,) for n in names if n.startswith(DEMOGRAPHIC)}


def _decidim(_: str, names: Sequence[str], __: Asked) -> Roles:
    body = _in_locales(names, "body") or _in_locales(names, "description")
    attributes = {
        name: tuple(w.column for w in _in_locales(names, f"{name}/name") if not w.machine)
        for name in ("category", "scope")
    }
    return Roles(
        layout="decidim",
        text=body,
        id=_first(names, ("id",)),
        title=_in_locales(names, "title"),
        language=_first(names, ("locale",)),
        time=_first(names, ("created_at", "published_at")),
        author=_first(names, ("author/id",)),
        attributes={name: of for name, of in attributes.items() if of},
        out={column: values for column, values in _WITHDRAWN.items() if column in names},
        rich=True,
    )


def _polis(_: str, names: Sequence[str], __: Asked) -> Roles:
    return Roles(
        layout="polis",
        text=(Written("comment-body"),),
        id="comment-id",
        time=_first(names, ("timestamp",)),
        author=_first(names, ("author-id",)),
        out={"moderated": frozenset({"-1"})} if "moderated" in names else {},
    )


def _in_locales(names: Sequence[str], what: str) -> tuple[Written, ...]:
    """Its columns: those that people filled before those that a machine did."""
    columns = [
        _written(name, what) for name in names if name == what or name.startswith(f"{what}/")
    ]
    return tuple(sorted(columns, key=lambda w: w.machine))


def _written(column: str, what: str) -> Written:
    """The column and its locale, which stands behind ``what``, or the first word of the name."""
    _, slash, locale = column.removeprefix(what).partition("/")
    machine = locale.startswith(MACHINE)
    return Written(column, locale.removeprefix(MACHINE) if slash else None, machine)


def _first(names: Sequence[str], wanted: Iterable[str]) -> str | None:
    return next((name for name in wanted if name in names), None)


def _short(name: str) -> str:
    """The name of an attribute without what only its layout puts before it."""
    for prefix in ("attribute_", "attributes/", DEMOGRAPHIC):
        if name.startswith(prefix) and len(name) > len(prefix):
            return name.removeprefix(prefix)
    return name


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name


def _fits_decidim(names: Collection[str]) -> bool:
    starts = {name.split("/")[0] for name in names if "/" in name}
    comments = {"body", "locale", "commentable_type"} <= set(names)
    untranslated = "body" in names and "participatory_space" in starts
    return comments or untranslated or "body" in starts or {"title", "description"} <= starts


def _fits_polis(names: Collection[str]) -> bool:
    beside = {"author-id", "agrees", "disagrees", "moderated", "timestamp"}
    return {"comment-id", "comment-body"} <= set(names) and bool(beside & set(names))


def _fits_kouchou(names: Collection[str]) -> bool:
    fits = any({number, text} <= set(names) for number, text, _ in _KOUCHOU)
    return fits and not _fits_polis(names)


_KOUCHOU: Final = (
    # Number, text, and whether a comment has a row for each opinion drawn from it: then its own
    # words are read, not those that a model put in their place.
    ("comment-id", "original-comment", True),
    ("comment-id", "comment-body", False),
    ("arg-id", "argument", False),
    ("arg_id", "argument", False),
)
_WITHDRAWN: Final = {"withdrawn": frozenset({"true"}), "state": frozenset({"withdrawn"})}
_FITS: Final[dict[str, Callable[[Collection[str]], bool]]] = {
    "kouchou": _fits_kouchou,
    "themefinder": lambda names: {"response_id", "response"} <= set(names),
    "decidim": _fits_decidim,
    "polis": _fits_polis,
}
_ROLES: Final[dict[str, Callable[[str, Sequence[str], Asked], Roles]]] = {
    "plain": _plain,
    "kouchou": _kouchou,
    "themefinder": _themefinder,
    "decidim": _decidim,
    "polis": _polis,
}
_NEEDS: Final = {
    "kouchou": "comment-id and comment-body, or arg-id and argument",
    "themefinder": "response_id and response",
    "decidim": "body/LOCALE, title/LOCALE and description/LOCALE, or those of its comments",
    "polis": "comment-id, comment-body and another of comments.csv",
}

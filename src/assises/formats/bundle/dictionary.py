"""Every table and column of an opinion bundle, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Kind: TypeAlias = Literal["integer", "number", "text", "flag"]
Values: TypeAlias = (
    npt.NDArray[np.int64] | npt.NDArray[np.float64] | npt.NDArray[np.bool_] | list[str]
)
Table: TypeAlias = dict[str, Values]

MISSING: Final = int(np.iinfo(np.int64).min)
"""Stands for an empty cell in a column of integers."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, type, unit and meaning."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    optional: bool = False
    """Left out of a bundle whose source does not have it."""


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table: what a row is, where it comes from, how rows are ordered."""

    name: str
    row: str
    origin: Literal["input", "computed"]
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def kind_of(self, column: str) -> Kind:
        """The type of a column."""
        return next(c.kind for c in self.columns if c.name == column)


_STATEMENT: Final = Column("statement", "integer", "Number of the statement in the source.")
_PARTICIPANT: Final = Column(
    "participant", "integer", "Number of the participant in the source; a pseudonym."
)
_PEOPLE: Final = "people"
_SHARE: Final = "fraction"

CONVERSATION: Final = TableSpec(
    "conversation",
    "one fact about the conversation",
    "input",
    ("key",),
    (
        Column("key", "text", "Name of the fact; 'summary:' marks a line of the source's summary."),
        Column("value", "text", "The fact, as text."),
    ),
)

STATEMENTS: Final = TableSpec(
    "statements",
    "one statement that people could vote on",
    "input",
    ("statement",),
    (
        _STATEMENT,
        Column("text", "text", "The statement in its author's words."),
        Column("author", "integer", "Participant who wrote it."),
        Column("time", "integer", "When it was written, in the source's unit.", "see time_unit"),
        Column("moderated", "integer", "-1 taken out, 0 not moderated, 1 accepted."),
        Column("is_meta", "flag", "Whether it is about the conversation itself."),
        Column("is_seed", "flag", "Whether the organisers wrote it to begin with."),
        Column("published_agrees", "integer", "Agreements in the source, over all casts.", "casts"),
        Column(
            "published_disagrees",
            "integer",
            "Disagreements in the source, over all casts.",
            "casts",
        ),
        Column("published_consensus", "text", "Group-informed consensus in the source.", "", True),
        Column("datetime_as_exported", "text", "The source's own rendering of time.", "", True),
    ),
)

VOTES: Final = TableSpec(
    "votes",
    "one cast vote; a later cast of the same person on the same statement replaces it",
    "input",
    ("statement", "participant", "time"),
    (
        _STATEMENT,
        _PARTICIPANT,
        Column("vote", "integer", "1 agree, -1 disagree, 0 pass."),
        Column("time", "integer", "When it was cast, in the source's unit.", "see time_unit"),
        Column("counted", "flag", "Whether it is the last cast of this person on this statement."),
        Column("datetime_as_exported", "text", "The source's own rendering of time.", "", True),
    ),
)

PARTICIPANTS: Final = TableSpec(
    "participants",
    "one participant as the source publishes them",
    "input",
    ("participant",),
    (
        _PARTICIPANT,
        Column("published_group", "integer", "Group in the source, from 0; empty for none."),
        Column("published_comments", "integer", "Statements written, in the source.", "statements"),
        Column("published_votes", "integer", "Votes in the source.", "votes"),
        Column("published_agrees", "integer", "Agreements in the source.", "votes"),
        Column("published_disagrees", "integer", "Disagreements in the source.", "votes"),
    ),
)

POSITIONS: Final = TableSpec(
    "positions",
    "one person who voted",
    "computed",
    ("participant",),
    (
        _PARTICIPANT,
        Column("votes", "integer", "Statements they voted on, passes included.", "statements"),
        Column("agrees", "integer", "Agreements among their last votes.", "statements"),
        Column("disagrees", "integer", "Disagreements among their last votes.", "statements"),
        Column("passes", "integer", "Passes among their last votes.", "statements"),
        Column("in_conversation", "flag", "Whether they voted enough to be grouped."),
        Column("x", "number", "Position on the first axis of the method."),
        Column("y", "number", "Position on the second axis of the method."),
        Column("x_sd", "number", "Standard deviation of x: how surely it is known.", optional=True),
        Column("y_sd", "number", "Standard deviation of y.", optional=True),
        Column("group", "text", "Letter of the opinion group; empty for none."),
        Column("probability", "number", "Probability of that group.", _SHARE, optional=True),
        Column(
            "stability",
            "number",
            "Share of the halves of people in which they are again in that group.",
            _SHARE,
            optional=True,
        ),
    ),
)

STATEMENT_RESULTS: Final = TableSpec(
    "statement_results",
    "one statement, counted over the last votes of everyone",
    "computed",
    ("statement",),
    (
        _STATEMENT,
        Column("agrees", "integer", "People who agree.", _PEOPLE),
        Column("disagrees", "integer", "People who disagree.", _PEOPLE),
        Column("passes", "integer", "People who saw it and passed.", _PEOPLE),
        Column("votes", "integer", "People who saw it: the three together.", _PEOPLE),
        Column("casts_agree", "integer", "Casts that agree, re-votes included.", "casts"),
        Column("casts_disagree", "integer", "Casts that disagree, re-votes included.", "casts"),
        Column("casts_pass", "integer", "Casts that pass, re-votes included.", "casts"),
        Column("listed", "flag", "Whether lists may name it: neither taken out nor meta."),
        Column(
            "group_informed_consensus",
            "number",
            "Product over the groups of (agrees + 1) / (votes + 2).",
            _SHARE,
        ),
        Column(
            "divisiveness",
            "number",
            "Widest gap between two groups' (agrees + 1) / (votes + 2).",
            _SHARE,
        ),
        Column("x", "number", "Where the statement stands on the first axis of the method."),
        Column("y", "number", "The same on the second axis."),
        Column(
            "priority",
            "number",
            "Weight with which Polis would route it to the next voter.",
            optional=True,
        ),
        *(
            Column(name, "number", meaning, unit, optional=True)
            for name, meaning, unit in (
                ("bridging", "Log-odds that someone in the middle of all opinions agrees.", ""),
                ("bridging_sd", "Standard deviation of bridging: how surely it is known.", ""),
                ("discrimination", "How sharply the answer tells opinions apart.", ""),
                ("agree_low", "Lower end of the 95 % interval of the share that agrees.", _SHARE),
                ("agree_high", "Upper end of it.", _SHARE),
                (
                    "guarantee",
                    (
                        "In every group at least this share agrees, as far as 95 % can say; empty "
                        "where a group is too small to be spoken for."
                    ),
                    _SHARE,
                ),
                (
                    "guarantee_disagree",
                    "In every group at least this share disagrees, likewise.",
                    _SHARE,
                ),
                (
                    "division",
                    (
                        "How far groups formed without this statement stand apart on it, chance "
                        "taken out: 0 not at all, 1 two halves against each other."
                    ),
                    _SHARE,
                ),
                ("division_low", "Lower end of its 95 % interval.", _SHARE),
                ("division_high", "Upper end of it.", _SHARE),
            )
        ),
    ),
)

GROUP_STATEMENTS: Final = TableSpec(
    "group_statements",
    "one statement in one opinion group",
    "computed",
    ("group", "statement"),
    (
        Column("group", "text", "Letter of the group; A is the largest."),
        _STATEMENT,
        Column("agrees", "integer", "Members who agree.", _PEOPLE),
        Column("disagrees", "integer", "Members who disagree.", _PEOPLE),
        Column("passes", "integer", "Members who saw it and passed.", _PEOPLE),
        Column("votes", "integer", "Members who saw it.", _PEOPLE),
        Column("agree_share", "number", "(agrees + 1) / (votes + 2).", _SHARE),
        Column("agree_share_z", "number", "z of that share against one half."),
        Column("agree_ratio", "number", "Times likelier than the other groups to agree."),
        Column("agree_ratio_z", "number", "z of the two shares of agreement being equal."),
        Column("disagree_share", "number", "(disagrees + 1) / (votes + 2).", _SHARE),
        Column("disagree_share_z", "number", "z of that share against one half."),
        Column("disagree_ratio", "number", "Times likelier than the other groups to disagree."),
        Column("disagree_ratio_z", "number", "z of the two shares of disagreement being equal."),
        Column("significant", "flag", "Whether both tests of one side pass at 90 %, uncorrected."),
        *(
            Column(f"{side}_{name}", "number", meaning.format(side=side), unit, optional=True)
            for side in ("agree", "disagree")
            for name, meaning, unit in (
                ("low", "Lower end of the 95 % interval of the share that will {side}.", _SHARE),
                ("high", "Upper end of it.", _SHARE),
                (
                    "difference",
                    (
                        "Share that will {side}, less that of the others, among groups formed "
                        "without this statement."
                    ),
                    "",
                ),
                ("difference_low", "Lower end of its 95 % interval.", ""),
                ("difference_high", "Upper end of it.", ""),
                ("q", "Rate of false alarms at which the difference would still be named.", ""),
            )
        ),
    ),
)

TABLES: Final = {
    spec.name: spec
    for spec in (
        CONVERSATION,
        STATEMENTS,
        VOTES,
        PARTICIPANTS,
        POSITIONS,
        STATEMENT_RESULTS,
        GROUP_STATEMENTS,
    )
}

"""Five charts of an opinion map. Each is a function of what it is given and concludes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt

from assises.engines.opinion import OpinionMap
from assises.engines.opinion.inference import AGREE, DISAGREE, SIDES
from assises.flows.notebook import marks
from assises.flows.notebook import rows as told
from assises.flows.notebook.rows import Rows, Texts
from assises.flows.results import DENSE_FROM
from assises.lib.errors import InputError

_SEVERAL: Final = 30
_DOES: Final = dict(zip(SIDES, ("agrees", "disagrees", "passes"), strict=True))


def map(  # noqa: A001 - read as notebook.map
    opinion: OpinionMap, *, names: Sequence[str] | None = None, simulation: str = ""
) -> alt.LayerChart:
    """Everyone in a group where they stand, and on hover how sure that is.

    From 2,000 people on, how many stand where. Axes have no name and no scale: the machine does not
    say what left and right mean.

    Args:
        opinion: the map.
        names: of the groups, in their order; by default A, B, ...
        simulation: the word for it, where nobody ever said this; it goes into the title.

    Raises:
        InputError: if nobody is in a group, or names do not fit.
    """
    called = told.group_names(opinion, names)
    dense = len(opinion.participants) >= DENSE_FROM
    points = (told.places if dense else told.people)(opinion, called)
    frame = marks.frame(points)
    crowd = marks.crowd if dense else marks.individuals
    middles = marks.over(told.centres(opinion, called), frame)
    discs = middles.mark_circle(size=520, opacity=1).encode(
        color=marks.hue(called),
        tooltip=[marks.tip("group", "Group"), marks.tip("people:Q", "People", ",")],
    )
    letters = middles.mark_text(fontWeight="bold", fontSize=13, color=marks.CARD).encode(
        text="group:N"
    )
    grouped, voted = int((opinion.group >= 0).sum()), len(opinion.participants)
    how = "larger where more stand" if dense else "each where they likely stand; point for how sure"
    return marks.finished(
        [*crowd(points, called, frame), discs, letters],
        "Who thinks alike",
        [
            f"{grouped:,} of {voted:,} people who voted, {how}.",
            "The nearer, the more alike they voted; directions have no meaning of their own.",
        ],
        simulation,
        frame.height,
    )


def statements(
    opinion: OpinionMap,
    texts: Texts | None = None,
    *,
    side: str = "agree",
    by_group: bool = False,
    weighted: bool = False,
    only: Sequence[int] | None = None,
    most: int | None = _SEVERAL,
    names: Sequence[str] | None = None,
    simulation: str = "",
) -> alt.LayerChart:
    """The share of those who saw a statement that agrees with it, with its 95 % interval.

    Args:
        opinion: the map.
        texts: of the statements, by id.
        side: ``"agree"``, ``"disagree"`` or ``"pass"``.
        by_group: each group by itself instead of everyone who voted.
        weighted: those whom the weights speak for.
        only: ids to show, in their order; by default the ``most`` with the highest share of all.
        most: how many at most; None for all.
        names: of the groups, in their order; by default A, B, ...
        simulation: the word for it, where nobody ever said this; it goes into the title.

    Raises:
        InputError: if nobody is in a group, names or ids do not fit, or there are no weights.
    """
    at = told.side_of(side)
    everyone = told.shares_of(opinion, at, None, weighted=weighted)
    shown = told.chosen(opinion, everyone[told.EVERYONE][0], only, most)
    called = told.group_names(opinion, names) if by_group else [told.EVERYONE]
    found = told.shares_of(opinion, at, called, weighted=weighted) if by_group else everyone
    rows = told.answers(opinion, texts, found, shown)
    axis = marks.labels(opinion, texts, shown)
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=axis)
    tips = [
        *marks.of_statement(),
        marks.tip("group", "Group"),
        marks.tip("share:Q", f"Share that {_DOES[side]}", ".1%"),
        marks.tip("low:Q", "95 % interval from", ".1%"),
        marks.tip("high:Q", "to", ".1%"),
        marks.tip("people:Q", "People who saw it", ","),
    ]
    title = f"share that {_DOES[side]}, and its 95 % interval"
    line = base.mark_rule(strokeWidth=2).encode(
        x=marks.share("low", title), x2="high:Q", tooltip=tips
    )
    mark = base.mark_point(filled=True, size=60, opacity=1).encode(
        x=marks.share("share", title), tooltip=tips
    )
    if by_group:
        line, mark = (
            each.encode(yOffset=marks.apart(called), color=marks.hue(called))
            for each in (line, mark)
        )
        mark = mark.encode(shape=marks.shape(called))
    else:
        line, mark = (each.encode(color=alt.value(marks.INK)) for each in (line, mark))
    return marks.finished(
        [marks.half(), line, mark],
        f"Who {_DOES[side]} with what" if at <= DISAGREE else "Who passes on what",
        [marks.how_many(opinion, shown, only), *marks.under_weights(weighted)],
        simulation,
        marks.tall(shown, len(called)),
    )


def consensus(
    opinion: OpinionMap,
    texts: Texts | None = None,
    *,
    side: str = "agree",
    weighted: bool = False,
    only: Sequence[int] | None = None,
    most: int | None = _SEVERAL,
    names: Sequence[str] | None = None,
    simulation: str = "",
) -> alt.LayerChart:
    """The guarantee: the share of which one may be sure in every group, and each group's own bound.

    Args:
        opinion: a map by the method ``factors``.
        texts: of the statements, by id.
        side: ``"agree"`` or ``"disagree"``.
        weighted: those whom the weights speak for.
        only: ids to show, in their order; by default the ``most`` with the highest guarantee.
        most: how many at most; None for all.
        names: of the groups, in their order; by default A, B, ...
        simulation: the word for it, where nobody ever said this; it goes into the title.

    Raises:
        InputError: by another method, if nobody is in a group, if names or ids do not fit, or there
            are no weights.
    """
    at = told.side_of(side)
    if at not in (AGREE, DISAGREE):
        raise InputError(
            "nothing is guaranteed of those who pass",
            column="side",
            value=side,
            next_step="Use agree or disagree.",
        )
    found = told.evidence_of(opinion, weighted=weighted)
    called = told.group_names(opinion, names)
    floor = found.agreed if at == AGREE else found.rejected
    shown = told.chosen(opinion, floor.bound, only, most)
    together, alone = told.guarantees(opinion, found, at, texts, called, shown)
    axis, title = marks.labels(opinion, texts, shown), f"share that {_DOES[side]} at the least"
    bar = (
        alt.Chart(alt.InlineData(values=together))
        .mark_bar(color=marks.TINT, height=12)
        .encode(
            y=axis,
            x=marks.share("bound", title),
            tooltip=[
                *marks.of_statement(),
                marks.tip("bound:Q", "In every group at least", ".1%"),
                marks.tip("binding", "Held down by"),
            ],
        )
    )
    drawn = (
        alt.Chart(alt.InlineData(values=alone))
        .mark_point(filled=True, size=60, opacity=1)
        .encode(
            y=axis,
            x=marks.share("bound", title),
            color=marks.hue(called),
            shape=marks.shape(called),
            tooltip=[
                *marks.of_statement(),
                marks.tip("group", "Group"),
                marks.tip("bound:Q", "In this group at least", ".1%"),
                marks.tip("share:Q", "Of those asked", ".1%"),
                marks.tip("people:Q", "People who saw it", ","),
            ],
        )
    )
    return marks.finished(
        [bar, marks.half(), drawn],
        "What every group agrees to" if at == AGREE else "What every group rejects",
        [
            "Bars: at least this share in every group, at 95 % for each statement by itself.",
            marks.how_many(opinion, shown, only),
            *marks.under_weights(weighted),
        ],
        simulation,
        marks.tall(shown, 1),
    )


def division(
    opinion: OpinionMap,
    texts: Texts | None = None,
    *,
    weighted: bool = False,
    only: Sequence[int] | None = None,
    most: int | None = _SEVERAL,
    simulation: str = "",
) -> alt.LayerChart:
    """How far the groups stand apart on each statement, chance taken out, with its 95 % interval.

    Args:
        opinion: a map by the method ``factors``.
        texts: of the statements, by id.
        weighted: those whom the weights speak for.
        only: ids to show, in their order; by default the ``most`` that divide most.
        most: how many at most; None for all.
        simulation: the word for it, where nobody ever said this; it goes into the title.

    Raises:
        InputError: by another method, if nobody is in a group, if ids do not fit, or there are no
            weights.
    """
    found = told.evidence_of(opinion, weighted=weighted)
    shown = told.chosen(opinion, found.division.value, only, most)
    rows = told.divisions(opinion, found, texts, shown)
    title = "division, and its 95 % interval"
    tips = [
        *marks.of_statement(),
        marks.tip("value:Q", "Division", ".2f"),
        marks.tip("low:Q", "95 % interval from", ".2f"),
        marks.tip("high:Q", "to", ".2f"),
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=marks.labels(opinion, texts, shown), color=alt.value(marks.INK), tooltip=tips
    )
    return marks.finished(
        [
            base.mark_rule(strokeWidth=2).encode(x=marks.share("low", title, ".1f"), x2="high:Q"),
            base.mark_point(filled=True, size=60, opacity=1, shape="diamond").encode(
                x=marks.share("value", title, ".1f")
            ),
        ],
        "What divides the groups",
        [
            "0: no group differs from another. 1: two halves, all of one against all of the other.",
            marks.how_many(opinion, shown, only),
            *marks.under_weights(weighted),
        ],
        simulation,
        marks.tall(shown, 1),
    )


def stability(
    opinion: OpinionMap, *, names: Sequence[str] | None = None, simulation: str = ""
) -> alt.LayerChart:
    """Whether each group is found again in halves of the people, and of the statements.

    Args:
        opinion: a map by the method ``factors``, with groups that it found.
        names: of the groups, in their order; by default A, B, ...
        simulation: the word for it, where nobody ever said this; it goes into the title.

    Raises:
        InputError: where it was not asked, or names do not fit.
    """
    called = told.group_names(opinion, names)
    rows = told.again(opinion, called)
    asked = list(dict.fromkeys(row["by"] for row in rows))
    drawn = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_point(filled=True, size=110, opacity=1, color=marks.INK)
        .encode(
            y=alt.Y("group:N", scale=alt.Scale(domain=called), title="group"),
            x=marks.share("similarity", "how alike to the nearest group found there", ".2f"),
            shape=alt.Shape(
                "by:N", scale=alt.Scale(domain=asked, range=["circle", "diamond"]), title="found in"
            ),
            tooltip=[
                marks.tip("group", "Group"),
                marks.tip("people:Q", "People", ","),
                marks.tip("by", "Found in"),
                marks.tip("similarity:Q", "Similarity (Jaccard), on average", ".2f"),
                marks.tip("same_number:Q", "Halves with as many groups"),
                marks.tip("halves:Q", "Halves"),
            ],
        )
    )
    return marks.finished(
        [marks.lines([0.5, 0.75]), drawn],
        "Would the same groups be found again?",
        [
            "From .75 on a group is found again; below .5 it has dissolved.",
            *(_same_number(rows, by, len(called)) for by in asked),
        ],
        simulation,
        max(90, 34 * len(called)),
    )


def _same_number(rows: Rows, by: str, groups: int) -> str:
    row = next(row for row in rows if row["by"] == by)
    which = "no groups" if groups == 1 else f"{groups} groups again"
    return f"{by[:1].upper()}{by[1:]}: {which} in {row['same_number']} of {row['halves']}."

"""What hangs on each college, each way of taking part, and on people nobody vouches for."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from assises.countries import ma
from assises.fronts.portal.weighed import moving
from assises.fronts.portal.wording import statement_url
from assises.look.pages.shapes import Column, Table
from assises.look.report import declared
from assises.look.speech import Speech
from assises.rooms.contributions.queries import statements_by_number
from assises.rooms.insights.models import Snapshot


def hangs(s: Speech, snapshot: Snapshot) -> dict[str, Any] | None:
    """What would be said otherwise without them, as a table; None where nothing is known of it.

    Statements whose counts stand still are left out: what is said of them would move before them.
    """
    told = snapshot.results.get("hangs")
    if not told:
        return None
    numbers = {n for one in told for ids in one["changes"].values() for n in ids}
    put = statements_by_number(snapshot.consultation_id, numbers, s.language)
    moved = moving(snapshot, put)
    kept = [
        {**one, "changes": {k: [n for n in v if n in moved] for k, v in one["changes"].items()}}
        for one in told
    ]

    def linked(number: int) -> Markup:
        url = statement_url(put[number], s.language)
        return Markup('<a href="{}">{}</a>').format(url, s.number(number))

    names = {"college": {c.code: {s.language: c.name.best(s.language)[0]} for c in ma.colleges()}}
    shown = declared.hanging(s, kept, names, linked)
    return {
        "table": None
        if not shown["rows"]
        else Table(
            s.say("Statements of which another thing would be said"),
            [Column(name) for name in shown["columns"]],
            shown["rows"],
        ),
        "unchanged": shown["unchanged"],
    }

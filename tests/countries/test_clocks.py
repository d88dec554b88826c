"""Law that nobody confirmed blocks; it does not default."""

from __future__ import annotations

import pytest

from assises.countries import Deadline, Source, ma, pick
from assises.lib.errors import InputError, SetupError

SEEN = (Source("Bulletin officiel", "2009-03-05"),)


def clock(code: str) -> Deadline:
    return pick(ma.clocks(), code)


def test_a_confirmed_deadline_counts() -> None:
    assert clock("complaint-reply").days == 60
    assert clock("complaint-reply").status == "confirmed"
    assert clock("draft-text-publication").bound == "at_least"


@pytest.mark.parametrize("code", ["rectification", "cndp-authorisation", "log-retention"])
@pytest.mark.parametrize("field", ["days", "amount", "unit", "extension"])
def test_an_unconfirmed_deadline_refuses_to_be_used(code: str, field: str) -> None:
    deadline = clock(code)
    assert deadline.status == "unconfirmed"
    with pytest.raises(SetupError, match="named person has to confirm"):
        getattr(deadline, field)


def test_what_was_only_heard_does_not_show_in_a_print() -> None:
    assert "10" not in repr(clock("rectification"))


def test_working_days_are_never_taken_for_days() -> None:
    request = clock("information-request")
    assert (request.amount, request.unit, request.extension) == (20, "working_day", 20)
    with pytest.raises(InputError, match="calendar"):
        _ = request.days


def test_a_named_person_confirms_with_a_source() -> None:
    confirmed = clock("rectification").confirm(10, "clear_day", by="Nom Prénom", sources=SEEN)
    assert (confirmed.amount, confirmed.confirmed_by) == (10, "Nom Prénom")
    assert confirmed.sources == SEEN
    assert clock("rectification").status == "unconfirmed"


@pytest.mark.parametrize(
    ("amount", "by", "sources"), [(10, " ", SEEN), (10, "Nom Prénom", ()), (0, "Nom Prénom", SEEN)]
)
def test_confirming_needs_a_person_a_source_and_a_length(
    amount: int, by: str, sources: tuple[Source, ...]
) -> None:
    with pytest.raises(InputError, match="cannot be confirmed"):
        clock("rectification").confirm(amount, "clear_day", by=by, sources=sources)


def test_confirmed_here_means_a_source_and_unconfirmed_means_none() -> None:
    for deadline in ma.clocks():
        assert bool(deadline.sources) == deadline.confirmed, deadline.code


def test_the_data_protection_deadlines_wait_for_a_lawyer() -> None:
    waiting = {deadline.code for deadline in ma.clocks() if not deadline.confirmed}
    assert {"rectification", "cndp-receipt", "cndp-authorisation"} <= waiting

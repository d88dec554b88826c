"""Whatever is sent, the API answers as its description says, and never with a defect of ours."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.openapi import from_dict
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from assises.fronts.api.document import document
from assises.rooms.consultations.models import Vertical
from assises.rooms.contributions.models import Contribution
from assises.rooms.insights.computing import compute_now
from tests.database import empty
from tests.fronts.programs import Caller, begin, inside
from tests.rooms.making import AT, a_voice, an_edition, some_statements, vote

HOST = "http://127.0.0.1"
# A sentence of signs alone fits the description and says nothing: it is refused all the same.
UNSAID = [positive_data_acceptance]
CALM = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
LONG = settings(CALM, max_examples=300, derandomize=False)
OPERATIONS = [(path, method) for path, methods in document()["paths"].items() for method in methods]
BY_VOICES = [
    (path, method) for path, method in OPERATIONS if "security" in document()["paths"][path][method]
]


@pytest.fixture(scope="module")
def speaker(cluster: Any) -> Iterator[Caller]:
    """Someone who has spoken in an edition where much has happened; what is sent stays there."""
    place = an_edition()
    some_statements(place)
    for i in range(12):
        vote(place, a_voice(place), {n: 1 if (i + n) % 2 else -1 for n in range(5)})
    mine = begin(place)
    for i in range(3):
        mine("POST", inside(place, "/contributions"), {"words": f"Parole {i}"})
    compute_now(place, at=AT)
    yield mine
    empty()


@pytest.fixture(scope="module")
def schema(speaker: Caller) -> BaseSchema:
    """The description, where an id that is asked for is often one that is there."""
    contribution = Contribution.objects.first()
    assert contribution is not None
    place = contribution.consultation
    sector = Vertical.objects.filter(consultation=place).first()
    assert sector is not None
    known = {
        "edition": [place.short],
        "contribution": [contribution.short, "zzzzzzzzzz"],
        "vertical": [sector.short, "0000000000"],
        "number": [0, 1, 4, 77],
    }
    shown = copy.deepcopy(document())
    for methods in shown["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                if parameter["name"] in known:
                    parameter["schema"] = {"enum": known[parameter["name"]]}
    made = from_dict(shown)
    made.app = WSGIHandler()
    return made


def send_anything(
    schema: BaseSchema, path: str, method: str, headers: dict[str, str], how: settings
) -> None:
    operation = schema[path][method.upper()]
    cases = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @how
    @given(case=st.one_of(cases))
    def ask(case: Any) -> None:
        response = case.call_and_validate(base_url=HOST, headers=headers, excluded_checks=UNSAID)
        assert response.status_code < 500
        if response.status_code >= 400:
            assert response.json()["status"] == response.status_code
            assert response.headers["cache-control"] == ["no-store"]

    ask()


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_anyone_may_send_anything(schema: BaseSchema, path: str, method: str) -> None:
    send_anything(schema, path, method, {}, CALM)


@pytest.mark.parametrize(("path", "method"), BY_VOICES)
def test_a_voice_may_send_anything(
    schema: BaseSchema, speaker: Caller, path: str, method: str
) -> None:
    send_anything(schema, path, method, speaker.headers, CALM)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_anyone_may_send_anything_for_long(schema: BaseSchema, path: str, method: str) -> None:
    send_anything(schema, path, method, {}, LONG)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "method"), BY_VOICES)
def test_a_voice_may_send_anything_for_long(
    schema: BaseSchema, speaker: Caller, path: str, method: str
) -> None:
    send_anything(schema, path, method, speaker.headers, LONG)

"""What a model drafts about themes of a file: what holds is told, and what does not is counted."""

from __future__ import annotations

import json
from typing import Any

from assises.engines.themes.analyse import analyse
from assises.engines.themes.result import ThemeMap
from assises.flows.themes.drafting import TOLD, Writer, drafted, told
from assises.flows.themes.local import Local
from tests.engines.themes.talk import Hearing, sentences

from .test_model import NAME, clauses, completion, say, stub


def themes() -> tuple[ThemeMap, list[str]]:
    texts, _ = sentences(20)
    return analyse(texts, Hearing()), texts


def first_said(body: Any) -> dict[str, str]:
    """The first contribution that the model was given."""
    given = json.loads(body["messages"][-1]["content"])
    return dict(given["contributions"][0])


def clause(one: dict[str, str], text: str) -> dict[str, Any]:
    source = {"id": one["id"], "quote": one["text"].rstrip(".")}
    return {
        "text": text, "kind": "factual", "sources": [source], "numbers": [], "direction": None,
    }  # fmt: skip


def test_a_clause_that_holds_is_told_and_one_that_does_not_is_counted() -> None:
    found, texts = themes()

    def answer(handler: Any, body: Any) -> None:
        one = first_said(body)
        lie = clause(one, "Neuf habitants sur dix exigent une autoroute.")
        say(handler, completion(clauses(clause(one, one["text"]), lie)))

    with stub(answer) as server:
        asked = drafted(found, texts, Writer(Local(server.base), NAME, "fr"), ())
    drafts = told(asked)
    assert len(drafts) == len([one for one in found.themes if not one.parent])
    for draft in drafts:
        assert draft["mark"].startswith(f"draft by {NAME}")
        (kept,) = draft["clauses"]
        assert kept["text"] in texts
        assert found.ids[texts.index(kept["text"])] in kept["sources"]
        assert sum(draft["dropped"].values()) >= 1
    assert all(one.manifest()["model"] == NAME for one in asked)


def test_a_server_that_is_away_leaves_the_names_and_says_why() -> None:
    found, texts = themes()
    drafts = told(drafted(found, texts, Writer(Local("http://127.0.0.1:9/v1"), NAME, "fr"), ()))
    assert drafts
    assert all(draft["refused"] and not draft["clauses"] for draft in drafts)


def test_a_model_is_given_no_count_that_tells_of_few() -> None:
    found, texts = themes()
    seen: list[str] = []

    def answer(handler: Any, body: Any) -> None:
        seen.append(body["messages"][-1]["content"])
        say(handler, completion(clauses()))

    with stub(answer) as server:
        drafted(found, texts, Writer(Local(server.base), NAME, "fr"), ())
    for content in seen:
        figures = json.loads(content)["figures"]
        assert all(one["count"] >= TOLD for one in figures if one["what"].startswith("language:"))

"""Charts say what the map says, to the last bit, and ask nobody else to show them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assises.engines.opinion import OpinionMap, VoteMatrix, analyse
from assises.engines.opinion.intervals import beta_interval
from assises.lib.errors import InputError, OutputError

alt = pytest.importorskip("altair", reason="input absent: altair, of requirements-test.lock")
vl_convert = pytest.importorskip(
    "vl_convert", reason="input absent: vl-convert, of requirements-test.lock"
)

from assises.flows import notebook  # noqa: E402
from assises.flows.notebook import marks, showing  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, STATEMENTS = 150, 14
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
TEXTS = {1: "Un agent humain d’abord.", 2: "ينبغي أن تشرح الإدارة سبب كل قرار", 3: EVIL}


def planted(people: int = PEOPLE) -> VoteMatrix:
    """Two camps on the even statements, of one mind on the others; some who hardly voted."""
    rng = np.random.default_rng(5)
    camp = np.arange(people) % 3 == 0
    # The camps differ in what they agree with, not in how readily they agree.
    turned = camp[:, None] ^ (np.arange(STATEMENTS) % 4 == 0)
    agrees = np.where(np.arange(STATEMENTS) % 2 == 0, np.where(turned, 0.9, 0.1), 0.8)
    vote = np.where(rng.random((people, STATEMENTS)) < agrees, 1, -1)
    vote[rng.random(vote.shape) < 0.1] = 0
    seen = rng.random(vote.shape) < 0.85
    seen[:5, 3:] = False
    seen[:5, 0] = True
    rows, columns = np.nonzero(seen)
    return VoteMatrix.from_arrays(rows + 10, columns + 1, vote[seen])


@pytest.fixture(scope="module")
def opinion() -> OpinionMap:
    votes = planted()
    weights = np.where(votes.participants % 2 == 0, 1.0, 2.5)
    return analyse(votes, moderated_out=[4], weights=weights, cuts=1, threads=1)


@pytest.fixture(scope="module")
def polis_map() -> OpinionMap:
    return analyse(planted(), "polis", threads=1)


def rows_with(chart: Any, *fields: str) -> list[dict[str, Any]]:
    """The rows of a chart that have these fields."""
    spec = chart.to_dict()
    found = [d for d in spec["datasets"].values() if set(fields) <= set(d[0])]
    assert len(found) == 1
    return list(found[0])


@pytest.fixture(scope="module")
def drawn(opinion: OpinionMap) -> dict[str, dict[str, Any]]:
    """The specification of each chart; Altair validates it on the way."""
    made = {
        "map": notebook.map(opinion),
        "statements": notebook.statements(opinion, TEXTS),
        "by group": notebook.statements(opinion, TEXTS, by_group=True),
        "consensus": notebook.consensus(opinion, TEXTS),
        "division": notebook.division(opinion, TEXTS),
        "stability": notebook.stability(opinion),
    }
    return {name: chart.to_dict() for name, chart in made.items()}


def test_the_planted_camps_are_there(opinion: OpinionMap) -> None:
    assert opinion.partition is not None
    assert opinion.partition.groups == 2
    assert opinion.ideal is not None
    assert (~opinion.in_conversation).sum() == 5


def test_the_map_shows_everyone_in_a_group_where_they_stand_and_how_surely(
    opinion: OpinionMap,
) -> None:
    rows = rows_with(notebook.map(opinion), "person")
    inside = np.flatnonzero(opinion.group >= 0)
    assert [row["person"] for row in rows] == opinion.participants[inside].tolist()
    assert [row["group"] for row in rows] == ["AB"[g] for g in opinion.group[inside]]
    ideal = opinion.ideal
    assert ideal is not None
    for at, axis in enumerate("xy"):
        assert [row[axis] for row in rows] == opinion.positions[inside, at].tolist()
        half = [(row[f"{axis}_high"] - row[f"{axis}_low"]) / 2 for row in rows]
        sd = (
            ideal.position_sd[inside, at] if at < ideal.dimensions else np.full(len(inside), np.nan)
        )
        assert half == pytest.approx((1.96 * sd).tolist(), rel=1e-4)
    assert [row["probability"] for row in rows] == opinion.membership[inside].max(axis=1).tolist()
    assert [row["again"] for row in rows] == opinion.stability[inside].tolist()


def test_what_is_not_known_is_null_and_not_a_number(polis_map: OpinionMap) -> None:
    rows = rows_with(notebook.map(polis_map), "person")
    assert {row["x_low"] for row in rows} == {None}
    json.dumps(notebook.map(polis_map).to_dict(), allow_nan=False)


def test_many_people_are_counted_where_they_stand() -> None:
    many = analyse(planted(2100), "polis", threads=1)
    rows = rows_with(notebook.map(many), "of")
    assert sum(row["people"] for row in rows) == int((many.group >= 0).sum())
    assert len(rows) < 1500


def test_shares_are_those_of_everyone_the_highest_first(opinion: OpinionMap) -> None:
    rows = rows_with(notebook.statements(opinion, TEXTS), "share")
    assert 4 not in {row["statement"] for row in rows}  # moderated out
    assert len(rows) == STATEMENTS - 1
    told = opinion.evidence
    assert told is not None
    place = {int(s): at for at, s in enumerate(opinion.statements)}
    for row in rows:
        at = place[row["statement"]]
        assert row["share"] == told.overall.share[0, at, 0]
        assert row["share"] == opinion.counts[at, 0] / opinion.counts[at].sum()
        assert (row["low"], row["high"]) == (
            told.overall.low[0, at, 0],
            told.overall.high[0, at, 0],
        )
        assert row["people"] == opinion.counts[at].sum()
        assert row["text"] == TEXTS.get(row["statement"], "")
    assert [row["share"] for row in rows] == sorted((row["share"] for row in rows), reverse=True)


@pytest.mark.parametrize("side", ["agree", "disagree", "pass"])
def test_shares_of_groups(opinion: OpinionMap, side: str) -> None:
    at = ["agree", "disagree", "pass"].index(side)
    chart = notebook.statements(
        opinion, TEXTS, side=side, by_group=True, only=[7, 2], names=["big", "small"]
    )
    rows = rows_with(chart, "share")
    assert [(row["statement"], row["group"]) for row in rows] == [
        (7, "big"), (7, "small"), (2, "big"), (2, "small"),
    ]  # fmt: skip
    told = opinion.evidence
    assert told is not None
    expected = [told.shares.share[g, s, at] for s in (6, 1) for g in (0, 1)]
    assert [row["share"] for row in rows] == expected


def test_shares_under_weights_and_by_polis(opinion: OpinionMap, polis_map: OpinionMap) -> None:
    weighted, plain = opinion.weighted, opinion.evidence
    assert weighted is not None
    assert plain is not None
    (row,) = rows_with(notebook.statements(opinion, only=[1], weighted=True), "share")
    assert row["share"] == weighted.overall.share[0, 0, 0] != plain.overall.share[0, 0, 0]
    chart = notebook.statements(polis_map, only=[3], by_group=True)
    for g, row in enumerate(rows_with(chart, "share")):
        did, n = polis_map.group_counts[g, 2, 0], polis_map.group_counts[g, 2].sum()
        assert row["share"] == did / n
        assert [row["low"], row["high"]] == [float(bound) for bound in beta_interval(did, n)]


@pytest.mark.parametrize("side", ["agree", "disagree"])
def test_the_guarantee_and_the_bounds_that_it_is_the_least_of(
    opinion: OpinionMap, side: str
) -> None:
    told = opinion.evidence
    assert told is not None
    floor = told.agreed if side == "agree" else told.rejected
    chart = notebook.consensus(opinion, TEXTS, side=side, most=5)
    together = rows_with(chart, "binding")
    alone = rows_with(chart, "bound", "share")
    best = sorted(floor.bound[opinion.listed], reverse=True)[:5]
    assert [row["bound"] for row in together] == best
    for row in together:
        at = int(np.searchsorted(opinion.statements, row["statement"]))
        bounds = {b["group"]: b["bound"] for b in alone if b["statement"] == row["statement"]}
        assert list(bounds.values()) == floor.bounds[:, at].tolist()
        assert bounds[row["binding"]] == min(bounds.values()) == row["bound"]


def test_division_is_that_of_groups_formed_without_the_statement(opinion: OpinionMap) -> None:
    told = opinion.evidence
    assert told is not None
    rows = rows_with(notebook.division(opinion, TEXTS, most=None), "value")
    assert len(rows) == STATEMENTS - 1
    means = [np.mean([r["value"] for r in rows if r["statement"] % 2 == odd]) for odd in (0, 1)]
    assert means[0] < 0.2 < 0.4 < means[1]  # the planted camps
    for row in rows:
        at = int(np.searchsorted(opinion.statements, row["statement"]))
        d = told.division
        assert [row["value"], row["low"], row["high"]] == [d.value[at], d.low[at], d.high[at]]


def test_stability_is_told_of_each_group_among_people_and_on_statements(
    opinion: OpinionMap,
) -> None:
    rows = rows_with(notebook.stability(opinion), "similarity")
    people, statements = opinion.among_people, opinion.on_statements
    assert people is not None
    assert statements is not None
    assert [row["similarity"] for row in rows] == [*people.group, *statements.group]
    assert [row["group"] for row in rows] == ["A", "B", "A", "B"]
    assert [row["people"] for row in rows] == [*opinion.group_sizes] * 2
    assert {row["halves"] for row in rows} == {2}
    assert rows[0]["same_number"] == people.again(2)


def test_charts_are_functions_of_the_map(
    opinion: OpinionMap, drawn: dict[str, dict[str, Any]]
) -> None:
    assert notebook.map(opinion).to_dict() == drawn["map"]
    assert notebook.consensus(opinion, TEXTS).to_dict() == drawn["consensus"]


@pytest.mark.parametrize(
    "name", ["map", "statements", "by group", "consensus", "division", "stability"]
)
def test_front_ends_that_speak_vega_lite_5_draw_them_too(
    drawn: dict[str, dict[str, Any]], name: str
) -> None:
    five = showing._bundle(drawn[name])[showing.FIVE]
    picture = vl_convert.vegalite_to_svg(five, vl_version="5.20")
    assert picture.startswith("<svg")
    assert drawn[name]["title"]["text"] in picture


def test_groups_are_told_by_shape_and_name_and_not_by_colour_alone(
    drawn: dict[str, dict[str, Any]],
) -> None:
    for name in ("map", "by group", "consensus"):
        layers = json.dumps(drawn[name]["layer"])
        assert '"shape": {"field": "group"' in layers
        assert '"color": {"field": "group"' in layers
    many = [f"{g}" for g in range(25)]
    looks = zip(
        marks.hue(many).to_dict()["scale"]["range"],
        marks.shape(many).to_dict()["scale"]["range"],
        strict=True,
    )
    assert len(set(looks)) == 25


def test_the_colours_are_those_of_the_house() -> None:
    sheet = (ROOT / "src/assises/look/pages/site.css").read_text("utf-8")
    day = sheet[: sheet.index("prefers-color-scheme:dark")]
    token = dict(re.findall(r"--([\w-]+):(#\w+)", day))
    assert tuple(token[f"c{g}"] for g in range(5)) == marks.HUES
    assert [token[name] for name in ("ink", "soft", "card", "line", "t2")] == [
        marks.INK,
        marks.SOFT,
        marks.CARD,
        marks.LINE,
        marks.TINT,
    ]


def test_a_simulation_says_so_wherever_the_picture_goes(
    opinion: OpinionMap, drawn: dict[str, dict[str, Any]]
) -> None:
    word = {"simulation": "محاكاة"}
    for chart in (
        notebook.map(opinion, **word),
        notebook.statements(opinion, **word, most=2),
        notebook.consensus(opinion, **word, most=2),
        notebook.division(opinion, **word, most=2),
        notebook.stability(opinion, **word),
    ):
        assert chart.title.text.startswith("محاكاة · ")
        assert chart.description.startswith("محاكاة · ")
    for spec in drawn.values():
        assert "·" not in spec["title"]["text"]


def test_a_picture_is_drawn_without_a_page_from_elsewhere(opinion: OpinionMap) -> None:
    assert alt.renderers.active == showing.RENDERER
    shown = notebook.map(opinion)._repr_mimebundle_()
    assert set(shown) == {showing.FIVE, "image/svg+xml", "text/plain"}
    assert "/v5" in shown[showing.FIVE]["$schema"]
    assert shown["text/plain"].startswith("Who thinks alike. ")


def test_whoever_chose_a_way_to_show_charts_keeps_it() -> None:
    with alt.renderers.enable("json"):
        notebook.stay_inside()
        assert alt.renderers.active == "json"
    with alt.renderers.enable(showing.ALTAIRS_OWN):
        notebook.stay_inside()
        assert alt.renderers.active == showing.RENDERER


def test_a_page_holds_all_it_needs_and_no_statement_can_end_its_script(
    opinion: OpinionMap, tmp_path: Path
) -> None:
    chart = notebook.statements(opinion, TEXTS)
    path = notebook.save(chart, tmp_path / "chart.html", language="fr")
    page = path.read_text("utf-8")
    assert '<html lang="fr">' in page
    assert page.count("<script>") == page.count("</script>") == 2
    start, end = page.index("<script>"), page.index("</script>")
    outside = page[:start] + page[end:]
    assert "onerror=alert(2)" in outside  # it is told, as text
    assert "<img" not in outside
    assert "cdn" not in page.lower()
    # Names of formats, of an editor that the menu does not offer, and of a page in a warning.
    hosts = set(re.findall(r"(?:https?:)?//([a-z0-9.-]+\.[a-z]{2,})/", page))
    assert hosts <= {"vega.github.io", "www.w3.org", "github.com"}
    assert not re.search(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=", outside)
    assert "default-src 'none'" in page
    actions = chart.to_dict()["usermeta"]["embedOptions"]["actions"]
    assert actions["editor"] is False


def test_charts_are_kept_as_pictures_and_as_vega_lite(opinion: OpinionMap, tmp_path: Path) -> None:
    chart = notebook.stability(opinion)
    assert notebook.save(chart, tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in notebook.save(chart, tmp_path / "a.svg").read_text("utf-8")
    kept = json.loads(notebook.save(chart, tmp_path / "a.json").read_text("utf-8"))
    assert kept == chart.to_dict()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.json", "a.png", "a.svg"]
    with pytest.raises(InputError, match=r"\.gif.*End the name in one of \.html, \.svg"):
        notebook.save(chart, tmp_path / "a.gif")
    with pytest.raises(OutputError, match="could not be written"):
        notebook.save(chart, tmp_path / "nowhere" / "a.svg")


def test_what_a_map_does_not_say_is_refused(opinion: OpinionMap, polis_map: OpinionMap) -> None:
    for wrong in (notebook.consensus, notebook.division):
        with pytest.raises(InputError, match="polis does not say how sure"):
            wrong(polis_map)
        with pytest.raises(InputError, match=r"no weights.*analyse\(votes, weights"):
            wrong(replace(opinion, weighted=None), weighted=True)
    with pytest.raises(InputError, match="not asked whether"):
        notebook.stability(polis_map)
    with pytest.raises(InputError, match=r"nobody voted on this statement.*99"):
        notebook.statements(opinion, only=[1, 99])
    with pytest.raises(InputError, match="there are 2 groups"):
        notebook.map(opinion, names=["one"])
    with pytest.raises(InputError, match=r"no such answer.*maybe"):
        notebook.statements(opinion, side="maybe")
    with pytest.raises(InputError, match="nothing is guaranteed"):
        notebook.consensus(opinion, side="pass")
    with pytest.raises(InputError, match="nobody is in a group"):
        notebook.map(replace(polis_map, centres=np.empty((0, 2))))


def test_one_group_is_everyone() -> None:
    rng = np.random.default_rng(1)
    rows, columns = np.nonzero(np.ones((60, 10)))
    chance = VoteMatrix.from_arrays(rows, columns, np.where(rng.random(600) < 0.5, 1, -1))
    none = analyse(chance, threads=1)
    assert len(none.centres) == 1
    assert {row["group"] for row in rows_with(notebook.map(none), "person")} == {"everyone"}
    assert rows_with(notebook.division(none), "value")[0]["value"] == 0


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )


def test_only_who_draws_charts_needs_altair() -> None:
    done = run(
        "import sys; sys.modules['altair'] = None\n"
        "import assises.engines.opinion.evidence, assises.flows.opinion\n"
        "from assises.lib.errors import SetupError\n"
        "try: import assises.flows.notebook\n"
        "except SetupError as error: print(error)"
    )
    assert done.returncode == 0, done.stderr
    assert "pip install 'assises[notebook]'" in done.stdout

"""The public pages: every part speaks four languages, the sheet keeps its promises."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from importlib import resources
from typing import Any

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from assises.look import pages
from assises.look.pages import drawings, shapes
from assises.look.pages.render import environment, render, speaking, static_files
from assises.look.speech import LANGUAGES, speech

FOLDER = resources.files("assises.look.pages")
SHEET = FOLDER.joinpath("site.css").read_text("utf-8")
TEMPLATES = {
    item.name: item.read_text("utf-8") for item in FOLDER.iterdir() if item.name.endswith(".j2")
}
MACROS = sorted(re.findall(r"{% macro (\w+)", TEMPLATES["parts.html.j2"]))
VOID = {"meta", "link", "input", "br", "hr", "img", "path", "rect", "circle"}

PAGES = environment()
TOKEN = Markup('<input type="hidden" name="token" value="x">')
FRENCH = shapes.Text("Un médecin doit signer.", "fr")
ARABIC = shapes.Text("يجب أن يوقّع الطبيب", "ary-Arab", FRENCH, "Participant 0033")
STEPS = (
    shapes.Step("contribution", "past", count=14, url="/c"),
    shapes.Step("theme", "past", "Confiance", "/t", 3),
    shapes.Step("statement", "here", "Un médecin doit signer.", language="fr"),
    shapes.Step("vote", "next", count=583, url="/v"),
    shapes.Step("finding", "next", url="/f"),
    shapes.Step("recommendation", "none"),
)
STATEMENT = shapes.Statement(
    "17", ARABIC, "/s", "Participant 0412", shapes.Counts(412, 98, 73), "/data", "agree"
)
TWIN = shapes.Table(
    "Regions", (shapes.Column("Region"), shapes.Column("People", True)), [("<Oriental>", "12")]
)
TILES = (
    shapes.Tile("Oriental", "ORI", 5, 1, 4, "310"),
    shapes.Tile("Souss-Massa", "SM", 2, 4, None, "< 10"),
)
DAY = date(2026, 5, 4)
FIELDS = [
    shapes.Field("name", "Nom", help="Un seul", error="Trop long", required=True),
    shapes.Field("words", "Mots", "textarea", "<b>", attributes={"maxlength": 140}),
    shapes.Field("one", "Une", "select", "b", choices=[("a", "A"), ("b", "B")]),
    shapes.Field("round", "Une", "radio", "b", choices=[("a", "A"), ("b", "B")], required=True),
    shapes.Field("many", "Plusieurs", "checks", ["a", "b"], choices=[("a", "A"), ("b", "B")]),
    shapes.Field("yes", "Oui", "checkbox", True, help="Lu"),
    shapes.Field("file", "Fichier", "file"),
]
USES: dict[str, list[tuple[Any, ...]]] = {
    "about_field": [(FIELDS[0], "f-name")],
    "answer_key": [()],
    "answer_name": [("pass",)],
    "contribution_card": [
        (shapes.Contribution("/c", "Participant 1", "web", DAY, FRENCH, "citoyen", "Oriental"),),
        (shapes.Contribution("/c", "Participant 1", "voice", DAY, ARABIC, steps=STEPS),),
        (shapes.Contribution("/c", "Participant 1", "paper", DAY, withdrawn=DAY),),
    ],
    "crumbs": [([("Accueil", "/"), ("Santé", None)],)],
    "described": [(FIELDS[0], "f-name")],
    "door": [(shapes.Door("Parler", "En trois minutes", "/say", m),) for m in ("say", "check")],
    "empty": [("Rien", "Cela viendra"), ("Rien", "Cela viendra", "/say", "Parler")],
    "enter_as": [([("a", "Visiteur"), ("b", "Rapporteur")], "/enter", TOKEN, "b")],
    "fact": [
        (shapes.Fact("Dates", "reported", "1-2", [shapes.Source("X", "/x", DAY, "« 1-2 »")]),),
        (shapes.Fact("Lieu", "disagreement", "Rabat ou Salé", [shapes.Source("Y")]),),
        (shapes.Fact("Neuvième", "not known"),),
    ],
    "field": [(field,) for field in FIELDS],
    "figure_box": [("Titre", Markup("<svg></svg>"), TWIN, "/data", "n = 12"), ("T", "x", TWIN)],
    "htmx": [()],
    "journal_row": [
        (shapes.Entry(datetime(2026, 5, 4, 9, 41, tzinfo=UTC), "Vu", "R", "/j", 12, "/p"),),
        (shapes.Entry(datetime(2026, 5, 4, 9, 41, tzinfo=UTC), "Vu", "R"),),
    ],
    "link": [("Ici", "/ici"), ("Ici", None)],
    "must": [(FIELDS[0],)],
    "notice": [(kind, "Voilà") for kind in ("info", "warn", "error", "success")],
    "options": [(FIELDS[3], "f-round")],
    "pager": [(None, None), ("/a", "/b"), (None, "/b", "Énoncés")],
    "promise_row": [
        (shapes.Promise("Lu", "Chaque phrase", "kept", "/p", DAY),),
        (shapes.Promise("Lu", "Chaque phrase", "partly"), 3),
        (shapes.Promise("Lu", "Chaque phrase", "broken"),),
        (shapes.Promise("Lu", "Chaque phrase", "not yet"),),
    ],
    "source_item": [(shapes.Source("X"),)],
    "source_link": [("/data",), ("/data", "Source")],
    "stat": [("7 sur 10", "412 sur 583", "/data"), ("7 sur 10", "412 sur 583")],
    "statement_card": [
        (STATEMENT,),
        (shapes.Statement("18", FRENCH),),
        (shapes.Statement("19", FRENCH, counts=shapes.Counts(3, 3, 3)),),
        (shapes.Statement("20", FRENCH, counts=shapes.Counts(0, 0, 0)),),
    ],
    "status": [("Ouvert", tone) for tone in ("plain", "good", "wait", "bad")],
    "step_words": [(step,) for step in STEPS],
    "table": [(TWIN,)],
    "thread": [(STEPS,), (STEPS, True), ([shapes.Step("measure", "none")], True)],
    "tile_map": [("Qui parle", TILES, TWIN, "peu", "beaucoup", "/data")],
    "timeline": [
        (
            [
                shapes.Phase("Contribuer", "past", DAY, date(2026, 6, 1)),
                shapes.Phase("Voter", "now", DAY, DAY, "Ouvert", "/v"),
                shapes.Phase("Suivre", "next", DAY),
                shapes.Phase("Tenir", "next"),
            ],
        )
    ],
    "vertical_card": [
        (shapes.Vertical(1, "Santé", "/v/1", 0),),
        (shapes.Vertical(13, "Sport", "/v/13", 241, "finding"),),
    ],
    "vote_form": [
        (STATEMENT, TOKEN, "/vote"),
        (STATEMENT, TOKEN, "/vote", "disagree", "#next"),
    ],
    "words_of": [(FRENCH,), (ARABIC,)],
}  # fmt: skip
CASES = [(name, use) for name, uses in USES.items() for use in uses]


class Balance(HTMLParser):
    """Refuses a tag that is not closed, or is closed where another is open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def balanced(html: str) -> Balance:
    parser = Balance()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser


def frame(simulated: bool = True) -> shapes.Frame:
    paths = ("/", "/say", "/follow", "/check", "/search", "/p", "/m", "/a", "/s", "/d")
    languages = {code: f"/{code}/" for code in LANGUAGES}
    return shapes.Frame("Assises", *paths, languages, "follow", "/own", simulated)


def part(language: str, name: str, *arguments: Any) -> str:
    template = PAGES.get_template("parts.html.j2")
    return str(
        getattr(template.make_module({**speaking(language), "static": str}), name)(*arguments)
    )


def test_every_part_is_tried_here() -> None:
    assert sorted(USES) == MACROS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "use"), CASES, ids=[f"{n}-{i}" for i, (n, _) in enumerate(CASES)])
def test_every_part_is_whole_in_every_language(language: str, name: str, use: Any) -> None:
    html = part(language, name, *use)
    if name in ("described", "about_field"):
        html = f"<p{html}></p>" if name == "described" else html
    assert not {"style", "onclick", "onchange", "onsubmit"} & balanced(html).attributes


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("simulated", [True, False])
def test_the_frame_is_whole_in_every_language(language: str, simulated: bool) -> None:
    html = render(PAGES, "base.html.j2", language, frame(simulated), str)
    found = balanced(html)
    assert len(found.ids) == len(set(found.ids))
    assert f'lang="{speech(language).tag}" dir="{speech(language).direction}"' in html
    assert ('class="simulated"' in html) is simulated
    assert ('content="noindex"' in html) is simulated
    assert "<script" not in html
    assert html.count("hreflang") == 2 * len(LANGUAGES)


def test_a_name_that_nobody_gave_is_an_error() -> None:
    template = PAGES.from_string("{{ nobody }}")
    with pytest.raises(UndefinedError):
        template.render(**speaking("fr"))


def test_a_front_lays_its_templates_on_ours(tmp_path: Any) -> None:
    (tmp_path / "page.j2").write_text(
        '{% extends "base.html.j2" %}{% from "parts.html.j2" import htmx, thread with context %}'
        "{% block title %}T{% endblock %}{% block scripts %}{{ htmx() }}{% endblock %}"
        "{% block main %}{{ thread(steps) }}{% endblock %}"
    )
    html = render(
        environment(tmp_path), "page.j2", "ar", frame(), lambda name: f"/static/{name}", steps=STEPS
    )
    balanced(html)
    assert '<script src="/static/django_htmx/htmx-2.min.js" defer></script>' in html
    assert html.count('aria-current="step"') == 1


def test_what_people_write_is_never_markup() -> None:
    said = shapes.Text("<script>alert(1)</script>", "und")
    for name in ("words_of", "statement_card", "vote_form"):
        given: tuple[Any, ...] = (said,) if name == "words_of" else (shapes.Statement("1", said),)
        html = part("fr", name, *given, *((TOKEN, "/v") if name == "vote_form" else ()))
        assert "<script" not in html
        assert 'dir="auto"' in html
    assert "<b>" not in part("fr", "field", FIELDS[1])
    assert "&lt;Oriental&gt;" in part("fr", "table", TWIN)


def test_the_thread_says_where_one_stands_and_what_is_not_there_yet() -> None:
    html = part("en", "thread", STEPS)
    assert re.search(r'<li class="here both" aria-current="step">', html)
    assert '<a href="/c">14 contributions</a>' in html
    assert '<li class="next loose">' in html
    assert html.count("not yet") == 1
    short = part("en", "thread", STEPS, True)
    assert 'Reached: <a href="/f">Finding</a>' in short
    assert "Next: Recommendation" in short


def test_an_answer_is_told_by_its_word_and_its_shape_and_needs_no_script() -> None:
    html = part("en", "vote_form", STATEMENT, TOKEN, "/vote", "pass")
    assert re.findall(r'name="answer" value="(\w+)"', html) == ["agree", "pass", "disagree"]
    assert re.findall(r'aria-pressed="(\w+)"', html) == ["false", "true", "false"]
    assert len({str(drawings.shape(answer)) for answer in ("agree", "pass", "disagree")}) == 3
    assert str(TOKEN) in html
    assert "hx-" not in html


def test_few_answers_are_not_counted_in_public() -> None:
    html = part("en", "statement_card", shapes.Statement("1", FRENCH))
    assert "Too few" in html
    assert "class=bar" not in html


def test_a_field_says_its_help_and_its_error_to_everyone() -> None:
    html = part("en", "field", FIELDS[0])
    assert 'aria-describedby="f-name-help f-name-error" aria-invalid="true"' in html
    assert '<label for="f-name">' in html
    assert " required" in html


def test_a_tile_where_nothing_can_be_said_is_drawn_empty() -> None:
    svg = str(drawings.tiles(TILES, "Carte"))
    assert 'class="tile tx"' in svg
    assert "&lt; 10" in svg


def test_the_package_says_what_every_part_expects() -> None:
    said = inspect.getdoc(pages) or ""
    inner = {"about_field", "described", "must", "options", "source_item", "step_words"}
    assert [name for name in MACROS if f"{name}(" not in said and name not in inner] == []


# ---- the sheet ----


def test_the_sheet_is_light() -> None:
    assert len(SHEET.encode()) < 24_000


def test_left_and_right_do_not_exist_in_the_sheet() -> None:
    physical = (
        r"(?<![\w-])(left|right|top|bottom|width|height|(margin|padding|border|inset)-"
        r"(left|right|top|bottom)|(min|max)-(width|height)|float)\s*:"
    )
    rules = re.sub(r"@media[^{]*", "", SHEET)
    assert re.findall(physical, rules) == []
    assert re.findall(r"text-align:\s*(left|right)", rules) == []
    # Four different values would speak of sides; two or three do not.
    for values in re.findall(r"(?:margin|padding|inset):([^;}]*)", rules):
        four = re.sub(r"\([^()]*(\([^()]*\))*[^()]*\)", "f", values).split()
        assert len(four) < 4 or four[1] == four[3], values


def test_what_the_pages_load_is_there() -> None:
    html = render(PAGES, "base.html.j2", "fr", frame(), lambda name: f"/static/{name}")
    wanted = set(re.findall(r'"/static/([^"]*)"', html + SHEET))
    assert wanted == set(static_files())
    assert all(file.is_file() for file in static_files().values())


def test_the_sheet_loads_nothing_from_outside() -> None:
    assert re.findall(r"url\(([^)]*)\)", SHEET) == ['"/static/tifinagh.woff"', "#hatch"]
    assert "@import" not in SHEET
    assert "http" not in SHEET


def test_every_token_that_is_used_is_defined() -> None:
    used = set(re.findall(r"var\((--[\w-]+)\)", SHEET))
    assert used <= set(re.findall(r"(--[\w-]+):", SHEET))


def test_braces_of_the_sheet_are_balanced() -> None:
    assert SHEET.count("{") == SHEET.count("}")


def tokens(scheme: str) -> dict[str, str]:
    found = re.findall(r":root\{(.*?)\}", SHEET, re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+):(#\w+)", block)) for block in found[:2])
    return light if scheme == "light" else {**light, **dark}


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    digits = colour[1:] if len(colour) == 7 else "".join(c + c for c in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ("paper", "card", "wash")
TEXT = [
    *[(text, ground) for text in ("ink", "soft", "act", "act-deep") for ground in GROUNDS],
    *[("ink", ground) for ground in ("tint", "good-tint", "bad-tint", "t0", "t1", "t2")],
    *[("on", ground) for ground in ("act", "act-deep", "t3", "t4")],
    *[(text, "paper") for text in ("good", "bad")],
    *[("bad", "card"), ("bad", "bad-tint"), ("good", "card"), ("act", "tint")],
    ("act-deep", "tint"),
]
SIGNS = [
    *[(sign, ground) for sign in ("edge", "agree", "disagree") for ground in GROUNDS],
    *[(f"c{g}", ground) for g in range(5) for ground in ("card", "paper")],
    *[("agree", "good-tint"), ("disagree", "bad-tint"), ("card", "agree"), ("card", "disagree")],
    *[("ink", "pass"), ("act", "paper")],
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_is_read_by_weak_eyes(scheme: str, text: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[text], colours[ground]) >= 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("sign", "ground"), SIGNS)
def test_signs_stand_out(scheme: str, sign: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[sign], colours[ground]) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("group", range(5))
def test_letters_on_the_map_are_legible(scheme: str, group: int) -> None:
    colours = tokens(scheme)
    assert contrast(colours["on"], colours[f"c{group}"]) >= 4.5


def test_the_sheet_and_the_report_share_their_palette() -> None:
    report = resources.files("assises.look.report").joinpath("report.css").read_text("utf-8")
    blocks = re.findall(r":root\{(.*?)\}", report, re.DOTALL)[:2]
    for scheme, block in zip(("light", "dark"), blocks, strict=True):
        ours = tokens(scheme)
        assert {k: v for k, v in re.findall(r"--([\w-]+):(#\w+)", block) if ours[k] != v} == {}


# ---- what a strict content policy forbids ----


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_templates_hold_no_style_and_no_script_of_their_own(name: str) -> None:
    text = TEMPLATES[name]
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "|safe" not in text
    assert "http" not in text

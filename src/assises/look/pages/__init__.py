"""The public pages: one frame, one set of parts, one sheet; every front lays its templates on them.

Promises: readable without scripts, in four languages and both directions, in light, dark and print,
from 320 px up; nothing is loaded from outside; no style or script stands in the markup, so the
content policy may forbid both. May not know Django, nor ask anyone for data.

A page, in a folder of the front::

    {% extends "base.html.j2" %}
    {% from "parts.html.j2" import thread, statement_card with context %}
    {% block title %}{{ statement.text.words }}{% endblock %}
    {% block main %}<h1>…</h1>{{ thread(steps) }}{{ statement_card(statement) }}{% endblock %}

and in its view ``render(environment(FOLDER), "statement.html.j2", "fr", frame, static, steps=…)``.
``with context`` is needed: parts speak the language of the page. Blocks of the frame: ``title``,
``main``, ``scripts`` (empty unless a page opts in with ``{{ htmx() }}``) and ``bar`` (above the
header, for ``enter_as``). A front serves ``render.static_files()`` and htmx under ``/static/``.

Parts and what they expect (types in ``shapes``; ``*`` may be left out; strings are already in the
reader's language, and are escaped unless they are ``Markup``; ``csrf_field`` is the hidden input):

What people said
    ``thread(steps: Sequence[Step], short*: bool)``: the signature; a line on every object's page,
    one row in lists, text in print. Steps in the order of the chain, exactly one ``here``.
    ``words_of(text: Text, name*: str, head*: bool)``: a quote with its translation; ``name`` is its
    class, with ``head`` it is the page's heading.
    ``statement_card(statement: Statement)``, ``contribution_card(contribution: Contribution)``.
    ``vote_form(statement: Statement, csrf_field, action: str, current*: Answer | None,
    target*: str, focus*: bool)``: posts ``statement`` and ``answer`` (agree, pass, disagree); with
    ``target`` (a CSS selector) htmx puts the answer of the server in it, and that answer's form,
    with ``focus``, takes the focus.
    ``answer_key()``, ``answer_name(answer: Answer)``.

Ways
    ``door(door: Door)`` in ``<ul class="doors">``; ``vertical_card(vertical: Vertical)`` in
    ``<ul class="verticals">``; ``timeline(phases: Sequence[Phase])``.
    ``crumbs(items: Sequence[tuple[str, str | None]])``: title and address, the last without.
    ``pager(before: str | None, after: str | None, of*: str)``: ``of`` names it if a page has two.
    ``enter_as(roles: Sequence[tuple[str, str]], action: str, csrf_field, current*: str)``:
    posts ``role``. ``link(label: str, url: str | None)``. ``htmx()``.

Figures
    ``figure_box(title: str, drawing: Markup, twin: Table, source*: str, note*: str)``: the title
    is the finding, the twin the same figures. ``tile_map(title: str, regions: Sequence[Tile],
    twin: Table, low: str, high: str, source*: str)``. ``table(table: Table)``.
    ``stat(words: str, exact: str, source*: str)`` in ``<div class="stats">``.
    ``source_link(url: str, label*: str)``. The opinion map is
    ``charts.opinion_map(…, oneself=…)``, given as ``drawing``.

What can be relied on
    ``fact(fact: Fact)`` in ``<dl class="facts">``; ``promise_row(promise: Promise, level*: int)``
    in ``<ul class="promises">``, ``level`` of its heading; ``journal_row(entry: Entry)`` in
    ``<ol class="journal">``; ``status(text: str, tone*: Tone)``; ``notice(kind: "info" | "warn" |
    "error" | "success", text: str, title*: str)``; ``empty(title: str, how: str, url*: str,
    label*: str)``: nothing yet, and how it will come.

Forms
    ``field(f: Field)``, one question with its label, help and error.

Classes for the front's own markup: ``lead`` (first sentence), ``eyebrow``, ``soft``, ``source``,
``big``, ``hero`` (text beside ``{{ rosette() }}``), ``unheard`` (who has not been heard), ``list``
(of cards), ``plain``, ``split`` with ``aside`` (two columns on a desk), ``actions`` (a row of
``button``, ``button quiet``, ``button danger``), ``find`` (a form in one row), ``scroll`` (around a
wide table), ``hidden`` (for screen readers only).
"""

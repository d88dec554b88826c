"""The forms of a page, filled in and sent back as a browser would."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from django.test import Client

_fresh = itertools.count()
Values = dict[str, list[str]]


@dataclass
class Form:
    """One form: where it goes, and what it would send if nobody touched it.

    ``buttons``: name and value of each that sends it. ``empty``: what must be written and is not.
    ``choices``: the first of each group of circles, none of which is filled.
    """

    action: str
    method: str
    values: Values = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    empty: set[str] = field(default_factory=set)
    choices: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def filled(self, given: Mapping[str, str]) -> Values:
        """What someone sends who writes what must be written."""
        sent = {name: list(values) for name, values in self.values.items()}
        for name in self.empty:
            sent[name] = [_written(name)]
        for name, value in self.choices.items():
            sent.setdefault(name, [value])
        for name, value in self.buttons[:1]:
            sent[name] = [value]
        for name, value in given.items():
            if name in self.names:
                sent[name] = [value]
        return sent


def forms_at(client: Client, address: str) -> list[Form]:
    """The forms of a page that are sent, as it shows them to this browser."""
    response = client.get(address, follow=True)
    if "html" not in response.headers.get("Content-Type", ""):
        return []
    return forms_in(response.content.decode(), address)


def forms_in(page: str, address: str) -> list[Form]:
    """The forms of a page that are sent."""
    reader = _Reader(address)
    reader.feed(page)
    return [form for form in reader.forms if form.method == "post"]


def _written(name: str) -> str:
    number = next(_fresh)
    if "email" in name:
        return f"someone{number}@example.ma"
    if name.endswith(("since", "until", "_on")):
        return "2026-03-02"
    return f"Une phrase de plus, la {number}"


class _Reader(HTMLParser):
    """Reads the forms of a page; what HTML does that no page here does is left out."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._address = address
        self._form: Form | None = None
        self._select = self._textarea = ""
        self._required = False
        self._chosen: list[str] = []
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self._address, given.get("action", "")) or self._address
            self._form = Form(action, given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(self._form, tag, given)

    def _field(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if name:
            form.names.add(name)
        if tag == "select":
            self._select, self._chosen, self._required = name, [], "required" in given
        elif tag == "option" and self._select:
            value = given.get("value", "")
            stands = bool(self._chosen) and (bool(self._chosen[0]) or not self._required)
            if "selected" in given or not stands:
                self._chosen = [value]
        elif tag == "textarea":
            self._textarea, self._text, self._required = name, "", "required" in given
        elif tag == "button" and kind in ("submit", "text") and name:
            form.buttons.append((name, given.get("value", "")))
        elif tag == "input" and name:
            self._input(form, name, kind, given)

    @staticmethod
    def _input(form: Form, name: str, kind: str, given: dict[str, str]) -> None:
        value = given.get("value", "")
        if kind in ("checkbox", "radio"):
            if "checked" in given:
                form.values.setdefault(name, []).append(given.get("value", "on"))
            elif kind == "radio":
                form.choices.setdefault(name, value)
        elif kind == "submit":
            form.buttons.append((name, value))
        elif "required" in given and not value:
            form.empty.add(name)
        else:
            form.values.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if self._form is None:
            return
        if tag == "form":
            self._form = None
        elif tag == "select" and self._select:
            self._form.values[self._select] = self._chosen
            self._select = ""
        elif tag == "textarea":
            # A newline right after the tag is not part of it.
            text = self._text.removeprefix("\n")
            if self._required and not text.strip():
                self._form.empty.add(self._textarea)
            else:
                self._form.values[self._textarea] = [text]

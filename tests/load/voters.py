"""People who vote with a browser while the house is killed, and remember what they were told."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.load.house import PATIENCE

ANSWERS = {"agree": 1, "pass": 0, "disagree": -1}
_FORM = {
    "csrf": re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"'),
    "key": re.compile(r'name="key" value="([^"]+)"'),
}
_WAITING = re.compile(r'name="s-(\d+)" value="agree"')


@dataclass
class Batch:
    """What was sent together, under one key. ``told``: the house said that it is kept."""

    key: str
    answers: dict[int, int]
    told: bool = False


class Away(Exception):
    """The house did not answer, or only that it cannot now."""


@dataclass
class Browser:
    """Cookies, and every status that was seen."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Get a page, or send a form.

        Raises:
            Away: no answer, half an answer, or 503.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        try:
            if form is None:
                connection.request("GET", path, headers=headers)
            else:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
                connection.request("POST", path, urlencode(form), headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Away(repr(error)) from error
        finally:
            connection.close()
        self.statuses[response.status] += 1
        for line in response.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        if response.status == 503:
            assert response.headers["Retry-After"], "a 503 says when to come back"
            raise Away("503")
        return response.status, content


class Voter(threading.Thread):
    """Someone who votes in batches, changes their mind, and sends again what was not confirmed.

    ``begun`` is set by the first vote that was confirmed: from then on the browser has its voice.
    """

    def __init__(self, port: int, base: str, seed: str, end: threading.Event) -> None:
        super().__init__(name=seed)
        self.browser = Browser(port)
        self.batches: list[Batch] = []
        self.begun = threading.Event()
        self.failure: BaseException | None = None
        self._base, self._end = base, end
        self._met: set[int] = set()
        self._chance = random.Random(seed)
        self._deadline = float("inf")

    def run(self) -> None:
        try:
            while not self._end.is_set():
                self._vote()
        except BaseException as failure:
            self.failure = failure

    def _vote(self) -> None:
        path, form, answers = self._form()
        batch = Batch(form["key"], answers)
        self.batches.append(batch)
        while not batch.told:
            try:
                status, content = self.browser.ask(path, form)
            except Away:
                if self._gives_up():
                    return
                time.sleep(0.1)
            else:
                assert status == 303, (status, content[:2000])
                batch.told = True
                self.begun.set()

    def _gives_up(self) -> bool:
        """Some people close the page; at the end everybody does who was not answered for long."""
        if self._end.is_set():
            self._deadline = min(self._deadline, time.monotonic() + PATIENCE)
            assert time.monotonic() < self._deadline, "the house does not come back"
        return self.begun.is_set() and self._chance.random() < 0.05

    def _form(self) -> tuple[str, dict[str, str], dict[int, int]]:
        """A form as the house gives it, filled in: where to send it, and what it answers."""
        page = self._page("votes")
        waiting = [int(number) for number in _WAITING.findall(page)]
        self._met.update(waiting)
        if waiting:
            chosen = self._chance.sample(waiting, self._chance.randint(1, min(8, len(waiting))))
            said = {number: self._chance.choice(list(ANSWERS)) for number in chosen}
            form = {f"s-{number}": answer for number, answer in said.items()}
            path = f"{self._base}votes"
        else:
            number = self._chance.choice(sorted(self._met))
            page = self._page(f"vote?statement={number}")
            said = {number: self._chance.choice(list(ANSWERS))}
            form = {"statement": str(number), "answer": said[number]}
            path = f"{self._base}vote"
        form["key"] = _found("key", page)
        form["csrfmiddlewaretoken"] = _found("csrf", page)
        return path, form, {number: ANSWERS[answer] for number, answer in said.items()}

    def _page(self, path: str) -> str:
        while True:
            try:
                status, content = self.browser.ask(f"{self._base}{path}")
            except Away:
                self._gives_up()
                time.sleep(0.1)
            else:
                assert status == 200, (status, content[:2000])
                return content.decode()


def _found(name: str, page: str) -> str:
    match = _FORM[name].search(page)
    assert match, f"no {name} in the form:\n{page[:2000]}"
    return match[1]

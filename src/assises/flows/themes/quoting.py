"""What is quoted of a contribution: its own words, masked, and of a long one what is meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from assises.engines.themes.result import ThemeMap
from assises.formats.contributions import Contributions

LONGEST: Final = 320
"""Letters of a quotation; of a longer text a part is quoted."""

Span = tuple[int, int]


class Quoting:
    """Quotes contributions as they may be published."""

    def __init__(
        self, contributions: Contributions, themes: ThemeMap, public: Sequence[str]
    ) -> None:
        self.contributions, self.themes, self.public = contributions, themes, public
        self.place = {one: at for at, one in enumerate(themes.ids)}
        self._first = np.searchsorted(themes.ideas.of, np.arange(len(themes.ids) + 1))

    def quoted(self, at: int, about: Iterable[int] = ()) -> dict[str, Any]:
        """A contribution as it is quoted.

        Args:
            at: its place.
            about: places of the themes that it speaks for: of a long text the longest idea about
                one of them is quoted, where it can be told in the masked text.

        Returns:
            ``contribution``, ``language``, ``text``, whether something was ``cut_before`` or
            ``cut_after``, and ``translations`` that the source gives, of a whole text in which
            nothing was masked (what would have to be masked in them is not known).
        """
        text = self.public[at]
        begin, end = excerpt(text, self._ideas(at, set(about)))
        whole = (begin, end) == (0, len(text))
        return {
            "contribution": self.themes.ids[at],
            "language": self.themes.languages.tags[at],
            "text": text[begin:end],
            "cut_before": begin > 0,
            "cut_after": end < len(text),
            "translations": [
                {"language": one.tag, "text": one.text, "machine": one.machine}
                for one in self.contributions.translations.get(at, ())
                if whole and not self.masked(at) and one.text
            ],
        }

    def masked(self, at: int) -> bool:
        """Whether a contribution is not published letter for letter."""
        return self.public[at] != self.contributions.composed[at]

    def _ideas(self, at: int, about: set[int]) -> list[Span]:
        """Ideas about these themes, by their places in the masked text: those before a mask."""
        ideas, text = self.themes.ideas, self.contributions.composed[at]
        spans = [
            (int(ideas.begin[k]), int(ideas.end[k]))
            for k in range(int(self._first[at]), int(self._first[at + 1]))
            if int(ideas.theme[k]) in about
        ]
        return [span for span in spans if self.public[at][: span[1]] == text[: span[1]]]


def excerpt(text: str, ideas: Sequence[Span]) -> Span:
    """What to quote of a text: all of it, or the longest idea that is short enough, or a beginning.

    Args:
        text: any.
        ideas: begin and end, in code points, of what is meant.

    Returns:
        Begin and end, :data:`LONGEST` apart at most.
    """
    if len(text) <= LONGEST:
        return 0, len(text)
    begin, end = max(ideas, key=lambda span: (min(span[1] - span[0], LONGEST), -span[0]),
                     default=(0, len(text)))  # fmt: skip
    if end - begin <= LONGEST:
        return begin, end
    end = begin + LONGEST
    space = text.rfind(" ", begin + LONGEST // 2, end + 1)
    return begin, end if space < 0 else space

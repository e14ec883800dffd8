"""Sentences the hub composes about a message, in the viewer's language.

In: a sentence as a room of the hub wrote it, values and all. Out: the same in the viewer's language, when its pattern
stands in the catalogue; else the sentence as it is. Which sentences there are is read from the rooms' source when the
catalogues are made (``hub.web.spoken``), so that a new one is asked for by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

from hub.web.languages import N_
from hub.web.statuses import UNITS

HOLE = re.compile(r"\{(\w+)[^}]*\}")
WITHIN_QUOTES = re.compile(r"(?<=['\"`<.])\{(\w+)\}(?=['\"`>\]])")
FOREIGN = {"detail", "error", "reason", "table", "text", "value"}
"""Holes that hold what others wrote: a partner's reason, a value as sent, a map's table. They stay as they are."""
OF_A_FILE = re.compile(r"(?P<place>\S+\.(?:toml|json|edi)(?::\d+)?): (?P<fault>.+)", re.DOTALL)
AMOUNT = re.compile(r"(?P<number>[\d.,]+) (?P<unit>\w+)")
REMEMBERED_MAX = 4096  # sentences of one language; a page shows at most two hundred findings of three each
OF_SENTENCES = (
    N_("{fault}; remedy: {remedy}"),
    N_("; "),
    N_("accepted"),
    N_("changed"),
    N_("duplicate"),
    N_("held"),
    N_("partly"),
    N_("refused"),
    N_("rejected"),
    N_("sum"),
    N_("count"),
)
"""What joins sentences, and words that a room puts into them by their names."""


class Phrasebook:
    """Says the hub's sentences in one language: ``texts`` are those that its ``gettext`` translates."""

    def __init__(self, gettext: Callable[[str], str], texts: Iterable[str]) -> None:
        self._gettext = gettext
        holed = [text for text in texts if HOLE.search(text) and gettext(text) != text]
        # What says the most by itself comes first: "X is not in table T" before "X is not Y".
        ordered = sorted(holed, key=lambda text: -len(HOLE.sub("", text)))
        self._patterns = [(max(HOLE.sub("\0", text).lower().split("\0"), key=len), text) for text in ordered]
        self.words = lru_cache(REMEMBERED_MAX)(self._words)

    def phrase(self, text: str | None) -> str:
        """Return ``text`` as the viewer reads it, beginning with a capital where the script has them."""
        said = self.words(text or "")
        return said[:1].upper() + said[1:]

    def _words(self, text: str) -> str:
        """Return ``text`` as the viewer reads it, as a part of a sentence."""
        if not text:
            return ""
        said = self._gettext(text)
        if said != text or not self._patterns:
            return said
        of_a_file, amount = OF_A_FILE.fullmatch(text), AMOUNT.fullmatch(text)
        if of_a_file:
            return f"{of_a_file['place']}: {self._words(of_a_file['fault'])}"
        if amount:
            return f"{amount['number']} {self._gettext(UNITS.get(amount['unit'], amount['unit']))}"
        return self._by_pattern(text) or self._by_parts(text)

    def _by_pattern(self, text: str) -> str | None:
        lower = text.lower()
        for said_by_itself, template in self._patterns:
            found = _pattern(template).fullmatch(text) if said_by_itself in lower else None
            if found:
                return self._filled(template, found)
        return None

    def _filled(self, template: str, found: re.Match[str]) -> str:
        """Put the values into the sentence. A name of the guide, or a whole finding, among them is translated too."""
        data = FOREIGN | set(WITHIN_QUOTES.findall(template))
        values = {name: value if name in data else self._words(value) for name, value in found.groupdict().items()}
        return HOLE.sub(lambda hole: values[hole[1]], self._gettext(template))

    def _by_parts(self, text: str) -> str:
        parts = text.split("; ")
        return self._gettext("; ").join(self._words(part) for part in parts) if len(parts) > 1 else text


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts: list[str] = []
    seen: set[str] = set()
    end = 0
    for hole in HOLE.finditer(template):
        parts.append(re.escape(template[end : hole.start()]))
        parts.append(f"(?P={hole[1]})" if hole[1] in seen else f"(?P<{hole[1]}>.*?)")
        seen.add(hole[1])
        end = hole.end()
    return re.compile("".join(parts) + re.escape(template[end:]), re.DOTALL | re.IGNORECASE)

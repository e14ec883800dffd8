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
from hub.web.vocabulary import UNITS, WORDS

HOLE = re.compile(r"\{(\w+)[^}]*\}")
WITHIN_QUOTES = re.compile(r"(?<=['\"`<.])\{(\w+)\}(?=['\"`>\]])")
FOREIGN = {"detail", "error", "reason", "table", "text", "value"}
"""Holes that hold what others wrote: a partner's reason, a value as sent, a map's table. They stay as they are."""
SINGLE = {"absent", "due", "field", "high", "lead", "low", "n", "sent", "tag"}  # holes of one word each
HOLDING_MORE = {
    "asked",
    "fault",
    "found",
    "in_words",
    "said",
}  # hold sentences or values, as any at the end may
NESTED_MAX = 8  # sentences within sentences
PARTS_OF_ONE_MAX = 4  # sentences in one sentence
OF_A_FILE = re.compile(r"(?P<place>\S+\.(?:toml|json|edi)(?::\d+)?): (?P<fault>.+)", re.DOTALL)
AMOUNT = re.compile(r"(?P<number>-?[\d.,]+) (?P<unit>[\w-]+)")
DATED = re.compile(r"(?P<kind>[a-z-]+) (?P<day>\d{4}-\d\d-\d\d)")
NAMED = re.compile(r"(?P<place>[A-Z][A-Z0-9]{1,2}(?:\d\d(?:-\d+)?)?) \((?P<label>[^()]+)\)")
QUOTED = re.compile(r"'.*'", re.DOTALL)  # what others wrote
LISTS = {"allowed", "loops", "units"}  # holes that hold several words
LISTED_MAX = 50  # words in a list; what is longer is somebody's text
JOINTS = (", ", " or ")
COUNTED = re.compile(r"(?P<word>[a-z]+): (?P<count>\d+)")
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
    N_("component"),
    N_("repetition"),
    N_("bytes"),
    N_("segments"),
    N_("empty"),
    N_("(none)"),
    N_(", "),
    N_(" or "),
    N_(" ({inside})"),
)
"""What joins sentences and words, and words that a room puts into sentences by their names."""


class Phrasebook:
    """Says the hub's sentences in one language: ``texts`` are those that its ``gettext`` translates."""

    def __init__(self, gettext: Callable[[str], str], texts: Iterable[str]) -> None:
        self._gettext = gettext
        holed = [text for text in texts if HOLE.search(text) and gettext(text) != text]
        # What says the most by itself comes first: "X is not in table T" before "X is not Y".
        ordered = sorted(holed, key=lambda text: -len(HOLE.sub("", text)))
        self._patterns = [(max(HOLE.sub("\0", text).lower().split("\0"), key=len), text) for text in ordered]
        self.words = lru_cache(REMEMBERED_MAX)(lambda text: self._words(text))

    def phrase(self, text: str | None) -> str:
        """Return ``text`` as the viewer reads it, beginning with a capital where the script has them."""
        said = self.words(text or "")
        return said[:1].upper() + said[1:]

    def _words(self, text: str, left: int = NESTED_MAX) -> str:
        """Return ``text`` as the viewer reads it, as a part of a sentence."""
        if not text or not left:
            return text
        said = self._gettext(text)
        if said != text or not self._patterns:
            return said
        of_a_file, amount = OF_A_FILE.fullmatch(text), AMOUNT.fullmatch(text)
        if of_a_file:
            return f"{of_a_file['place']}: {self._fault(of_a_file['fault'], left)}"
        if amount:
            return f"{amount['number']} {self._gettext(UNITS.get(amount['unit'], amount['unit']))}"
        return self._by_pattern(text, left) or self._by_parts(text, left)

    def _fault(self, text: str, left: int) -> str:
        """Return a fault of ours with its remedy: each by itself, for either may hold anything."""
        fault, behind, remedy = text.partition("; remedy: ")
        if not behind:
            return self._words(text, left - 1)
        said = {"fault": self._words(fault, left - 1), "remedy": self._words(remedy, left - 1)}
        return self._gettext("{fault}; remedy: {remedy}").format(**said)

    def _by_pattern(self, text: str, left: int) -> str | None:
        lower = text.lower()
        for said_by_itself, template in self._patterns:
            found = _pattern(template).fullmatch(text) if said_by_itself in lower else None
            if found:
                return self._filled(template, found, left - 1)
        return None

    def _filled(self, template: str, found: re.Match[str], left: int) -> str:
        """Put the values into the sentence. A name of the guide, or a whole finding, among them is translated too."""
        data = FOREIGN | set(WITHIN_QUOTES.findall(template))
        values = {
            name: value if name in data else self._value(name, value, left) for name, value in found.groupdict().items()
        }
        return HOLE.sub(lambda hole: values[hole[1]], self._gettext(template))

    def _value(self, hole: str, value: str, left: int) -> str:
        """Return what stands in a hole: a word of the hub's, a sentence, or several of either."""
        if value in (known := WORDS.get(hole, {})):
            return self._gettext(known[value])
        if value and (said := self._gettext(value)) != value:
            return said
        if QUOTED.fullmatch(value):
            return value
        if named := NAMED.fullmatch(value):
            return named["place"] + self._words(f" ({named['label']})", left - 1)
        if dated := DATED.fullmatch(value):
            return f"{self._value('kind', dated['kind'], left)} {dated['day']}"
        if counted := COUNTED.fullmatch(value):
            return f"{self._words(counted['word'], left - 1)}: {counted['count']}"
        said = value if hole in LISTS else self._words(value, left)
        return self._listed(hole, value, left) if said == value else said

    def _listed(self, hole: str, value: str, left: int) -> str:
        """Return a list of words, if it is one and each of them is ours; else ``value`` as it is."""
        for joint in JOINTS:
            parts = value.split(joint)
            said = [self._value(hole, part, left - 1) for part in parts] if 1 < len(parts) <= LISTED_MAX else []
            if said and all(one != part for one, part in zip(said, parts, strict=True)):
                return self._gettext(joint).join(said)
        return self._words(value, left) if hole in LISTS else value

    def _by_parts(self, text: str, left: int) -> str:
        """Return sentences that were joined, each as far as one reaches: some have the joint within them."""
        parts, said = text.split("; "), list[str]()
        if len(parts) == 1:
            return text
        while parts:
            for count in range(min(len(parts), PARTS_OF_ONE_MAX), 0, -1):
                one = "; ".join(parts[:count])
                whole = self._gettext(one)
                found = whole if whole != one else self._by_pattern(one, left)
                if found or count == 1:
                    said.append(found or self._words(one, left - 1))
                    del parts[:count]
                    break
        return self._gettext("; ").join(said)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts: list[str] = []
    seen: set[str] = set()
    end = 0
    data = FOREIGN | set(WITHIN_QUOTES.findall(template))
    for hole in HOLE.finditer(template):
        shape = r"(?:(?!; ).)*?" if hole.start() else r"(?:(?!; |: ).)*?"  # no other sentence, and none's beginning
        if hole[1] in data | HOLDING_MORE or hole.end() == len(template):
            shape = ".*?"
        if hole[1] in SINGLE or template[hole.end() : hole.end() + 1] == "{":  # or the next begins where a word ends
            shape = r"\S*"
        parts.append(re.escape(template[end : hole.start()]))
        parts.append(f"(?P={hole[1]})" if hole[1] in seen else f"(?P<{hole[1]}>{shape})")
        seen.add(hole[1])
        end = hole.end()
    return re.compile("".join(parts) + re.escape(template[end:]), re.DOTALL | re.IGNORECASE)

"""What was said and not weighed: put into the document, with the item it stands with, for the factory to see.

Nothing that bears on what we promise may be lost because a map has no rule for it. Which kinds of element do bear is
said in the table ``unread`` of the map (docs/mapping.md). A ``Reading`` and its document enter; the lists ``unweighed``
of the document and its items are filled. Documents without such lists are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hub.canonical.named import meaning_of_name, meaning_of_value, words_of
from hub.formats.families import family_of
from hub.formats.numbers import read_whole
from hub.formats.schema import Computed, Schema
from hub.kernel.struct import Struct
from hub.mapping.cover import UNWEIGHED
from hub.mapping.plan import Plan
from hub.mapping.reader_run import Reading, Trail, component

TABLE = "unread"
WITHOUT_BEARING = "none"
NAME = "@name"
"""Where a value stands whose name is told beside it."""

_NAMED = re.compile(r"\[@name=([^\]]*)\]")

_KINDS = {"When": "date", "Period": "date", "date": "date", "time": "date", "Quantity": "quantity", "Price": "price"}
_NAMES = (("price", "price"), ("amount", "price"), ("quantity", "quantity"))


class TableOfMeanings:
    """What an element says by its kind: the words of the map's table, by the narrowest name it has for the element."""

    def __init__(self, schema: Schema, words: Mapping[str, str]) -> None:
        self._words = words
        self._endings = tuple((name[1:], word) for name, word in words.items() if name.startswith("*"))
        self._said_so = tuple((words_of(ending), word) for ending, word in self._endings)
        self._beneath = {_local(name[:-2]): word for name, word in words.items() if name.endswith("/*")}
        self._schema = schema
        self._records = {
            schema.root.record.tag: schema.root.record,
            **schema.records,
        }  # the top of a document is a place, too
        self._spelt = family_of(schema).spelt
        self._known: dict[tuple[str, str, int], str | None] = {}  # no more than the schema has parts

    def of(self, above: str, tag: str, element: int) -> str | None:
        """Return date, place, quantity, price …; None for what bears on nothing."""
        at = (above, tag, element)
        if at not in self._known:
            self._known[at] = self._of(*at)
        return self._known[at]

    def bears_on_nothing(self, above: str, tag: str, element: int) -> bool:
        """Say whether the map itself says that the element bears on nothing."""
        return self._said(above, tag, element) == WITHOUT_BEARING

    def _of(self, above: str, tag: str, element: int) -> str | None:
        word = self._said(above, tag, element)
        return None if word == WITHOUT_BEARING else word

    def _said(self, above: str, tag: str, element: int) -> str | None:
        record = self._records.get(tag)
        if record is None or not 1 <= element <= len(record.parts):
            return None
        described, place = record.parts[element - 1], self._spelt(self._schema, tag, element)
        names = [f"{above}/{place}", f"{above}/{tag}", place, tag, described.key]
        word = next((self._words[name] for name in names if name in self._words), None)
        own = tag if described.key == "." else described.key  # what may come again is a place of its own
        return self._by_ending(own) if word is None else word

    def of_foreign(self, name: str, at: str, value: str) -> str | None:
        """Return what a place means that no schema of ours describes: by the ending of its name, as a dialect whose
        names end in what they say has it (*Date), else by what it stands beneath (Hazard/*); ``at`` is its path. What
        the buyer himself has named (``[@name=…]``) is told by that name, and by the value.
        """
        steps = [_local(step.partition("[")[0]) for step in reversed(at.split("/"))]
        beneath = [self._beneath[step] for step in steps if step in self._beneath]
        if WITHOUT_BEARING in beneath:
            return None
        word = self._by_ending(name) or next(iter(beneath), None)
        named = _NAMED.findall(name)
        if word is None and named:
            inner_first = (self._by_name(each) for each in reversed(named))
            word = next((each for each in inner_first if each), None) or meaning_of_value(value)
        return None if word == WITHOUT_BEARING else word

    def named(self, tag: str, element: int, values: Sequence[object]) -> str:
        """Return the name by which a value says what it is, as an Extrinsic of cXML does; "" where it has none."""
        record = self._records.get(tag)
        if record is None or not self._endings or len(values) != len(record.parts) + 1:
            return ""  # places of one name may differ in their parts
        number = next((place for place, part in enumerate(record.parts, start=1) if part.key == NAME), None)
        return str(values[number] or "") if number and record.parts[element - 1].key == "." else ""

    def of_value(self, tag: str, name: str, value: str) -> str | None:
        """Return what a value means that is called ``name``: by the map's word, else by that name, else by itself."""
        word = self._words.get(f"{tag}[{NAME}={name}]") or self._by_name(name) or meaning_of_value(value)
        return None if word == WITHOUT_BEARING else word

    def _by_name(self, name: str) -> str | None:
        said = words_of(name)
        ending = next((word for ends, word in self._said_so if ends and said[-len(ends) :] == ends), None)
        return ending or meaning_of_name(name)

    def _by_ending(self, name: str) -> str | None:
        local = _local(name)
        return next((word for ending, word in self._endings if local.endswith(ending)), None)


def _local(name: str) -> str:
    """Return a name without the prefix of its namespace."""
    return name.rpartition(":")[2]


def weigh(reading: Reading, document: Struct | None, plan: Plan, computed: Sequence[Computed]) -> None:
    """Put to the items of ``document`` what came in halves, and to the document what adds up to something else."""
    if document is None or reading.root not in reading.holders:
        return
    for trail, number, said in reading.halves:
        meaning = _meaning(plan, number)
        if meaning is not None:
            _put_half(reading, document, trail, meaning, said)
    for place, text in reading.differing:
        reading.weigh(reading.root, "count", place, text)
    for each in computed:
        if each.rule == "count" and each.of is not None:
            _count(reading, each.tag, each.part, each.of)


def _count(reading: Reading, tag: str, element: int, of: str) -> None:
    """Hold the number of segments the sender states against those that came: one may have been lost."""
    came = reading.root.children
    for node in came.get(tag, ()):
        text = component(node.element(element), 1)
        if text and of in came and read_whole(text) != len(came[of]):
            reading.weigh(reading.root, "count", reading.spelt(tag, element), text)


def _put_half(reading: Reading, document: Struct, trail: Trail, meaning: str, said: tuple[str, str]) -> None:
    """Put a half to the innermost item on ``trail`` that keeps such things."""
    way: list[tuple[str, int]] = []
    while trail is not None:
        trail, name, index = trail
        way.append((name, index))
    item: Any = document
    held: list[Any] = getattr(document, UNWEIGHED)
    for name, index in reversed(way):
        for part in name.split("."):
            item = getattr(item, part, None)
        if item is None or index >= len(item):
            break
        item = item[index]
        held = getattr(item, UNWEIGHED, held)
    which, field = said
    reading.put(held, meaning, field, None, half=which)


def _meaning(plan: Plan, number: int) -> str | None:
    """Return what the field of rule ``number`` says."""
    rule = next((rule for rule in plan.rules if rule.number == number), None)
    if rule is None:
        return None
    kind = rule.shape.struct.__name__ if rule.shape.struct else rule.shape.kind
    return _KINDS.get(kind) or next((word for name, word in _NAMES if name in rule.field), None)

"""Documents invented from a map and its schema: every rule says something the wire can hold.

A compiled ``Map`` and a ``Chooser`` enter, a canonical document leaves. ``hub map sample`` chooses the plainest
value each time; the tests of the laws let chance choose. What the schema asks beyond single elements (syntax
notes) is not looked at: ``sample_document`` leaves out what the schema would refuse.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, Protocol

import msgspec

from hub.formats.schema import Part
from hub.kernel.struct import Struct
from hub.mapping.documents import DocumentRead, DocumentWritten, read_documents, write_document
from hub.mapping.library import Map
from hub.mapping.plan import Rule, Take, Variant
from hub.mapping.shape import PAIRED, Shape, fields_of, leading, takes_currency

FIRST_DAY = date(2026, 1, 5)
TEXT = "SAMPLE"
LISTED_MAX = 3  # values of one list: enough to see the order
DIGITS_MAX = 6
ATTEMPTS_MAX = 40  # each leaves out at least one rule; the base maps need about five


class Chooser(Protocol):
    """Who decides what is said."""

    def said(self, rule: Rule, *, must: bool) -> bool:
        """Say whether a field is said at all; ``must``: the document or the schema cannot be without it."""

    def one_of(self, options: list[str]) -> str:
        """Return one of several words."""

    def text(self, least: int, most: int) -> str:
        """Return a text of that many characters."""

    def number(self, low: int, high: int) -> int:
        """Return a whole number."""


class PlainChooser:
    """Says everything, always the same."""

    def __init__(self, without: frozenset[str] = frozenset()) -> None:
        self.without = without

    def said(self, rule: Rule, *, must: bool) -> bool:
        return str(rule.where) not in self.without

    def one_of(self, options: list[str]) -> str:
        return options[0]

    def text(self, least: int, most: int) -> str:
        return (TEXT * most)[: max(least, min(most, len(TEXT)))]

    def number(self, low: int, high: int) -> int:
        return min(max(low, 1), high)


def sample_document(map_: Map, dress: object = None) -> tuple[Struct, DocumentWritten]:
    """Return a document that says all the schema lets stand together, and how it is written.

    ``dress`` is the family's own: who signs, with which separators. What the schema refuses (one element without
    another) is left out, rule by rule, until nothing is refused.
    """
    without: set[str] = set()
    for _ in range(ATTEMPTS_MAX):
        document = invent(map_, PlainChooser(frozenset(without)))
        written = write_document(map_, document, dress=dress)
        refused = {finding.rule for finding in written.findings if finding.rule}
        if written.data is not None and not refused:
            (again,) = [each for each in read_documents(map_, written.data, provenance=True) if each.applied]
            refused = _refused(again)
            if not refused:
                return document, written
        if refused <= without:
            break
        without |= refused
    return document, written


def _refused(each: DocumentRead) -> set[str]:
    """Return the rules whose elements the schema refuses; for what is missing, all rules of its segment."""
    provenance = each.applied.provenance if each.applied else None
    rules: set[str] = set()
    for finding in each.findings:
        at = finding.location
        if provenance is None or at.segment is None or not finding.severity.is_reject:
            continue
        here = provenance.at(at.segment, at.element) or provenance.at(at.segment)
        rules |= {origin.rule for origin in here}
    return rules


def invent(map_: Map, chooser: Chooser) -> Struct:
    """Return a document in which every field is one the map can write."""
    inventor = _Inventor(map_, chooser)
    said = inventor.item(map_.compiled.plan.root, 0)
    made = inventor.conform(map_.compiled.plan.document, said or {})
    return msgspec.convert(made or {}, map_.compiled.plan.document, builtin_types=(Decimal, date, time))


class _Inventor:
    def __init__(self, map_: Map, chooser: Chooser) -> None:
        self.map = map_
        self.choose = chooser
        self.tables = map_.compiled.tables
        self.codes = map_.schema.codes
        self.currency = "EUR"

    def item(self, variant: Variant, index: int) -> dict[str, Any]:
        said: dict[str, Any] = {}
        more = False  # than the words its place stands for
        for rule in variant.rules:
            if rule.reads and rule.source.guard is None and (rule.writes or rule.shape.required):
                value = self._value(rule, index)
                if value is not None:
                    more = more or rule.source.word is None
                    _plant(said, rule.field, value)
                    if variant.name == "" and rule.field == "currency":
                        self.currency = value
        if variant.said_by is not None:
            _plant(said, variant.said_by[0], variant.said_by[1])
        for listing in variant.lists:
            items = [self.item(place, at) for place in listing.variants for at in range(self._count(place))]
            _plant(said, listing.name, [i for i in items if i])
            more = more or any(items)
        return said if more else {}

    def conform(self, struct: type[msgspec.Struct], said: dict[str, Any]) -> dict[str, Any] | None:
        """Return ``said`` without structs that lack what makes them one; amounts take the document's currency."""
        made: dict[str, Any] = {}
        for name, shape in fields_of(struct).items():
            value = said.get(name)
            if isinstance(value, dict) and shape.kind == "struct" and shape.struct is not None:
                value = self.conform(shape.struct, value)
            elif isinstance(value, list) and shape.struct is not None:
                items = [self.conform(shape.struct, item) for item in value]
                value = [item for item in items if item is not None]
            if value is not None and value != {} and value != []:
                made[name] = value
        if takes_currency(struct) and "amount" in made:
            made.setdefault("currency", self.currency)
        lead = leading(struct)
        required = [name for name, shape in fields_of(struct).items() if shape.required]
        if (lead is not None and lead not in made) or any(name not in made for name in required) or not made:
            return None
        return made

    def _count(self, variant: Variant) -> int:
        place = variant.place
        most = 1 if variant.in_place and variant.group is None else 2
        limit = (place.maximum) if variant.step is not None else 0
        return self.choose.number(0, min(most, limit) if limit else most)

    def _value(self, rule: Rule, index: int) -> Any:
        if rule.source.word is not None:
            return rule.source.word
        take = rule.takes[0]
        if any(bound.argument == "#" for bound in rule.codecs):
            return str(10 * (index + 1))
        if take.path.number or not self.choose.said(rule, must=rule.shape.required or self._must(rule)):
            return None
        if rule.listed:
            return self._listed(rule, take)
        if rule.shape.kind == "struct":
            return self._pair(rule, take)
        return self._plain(rule, rule.shape, _element(take, 0), rule.codecs)

    def _must(self, rule: Rule) -> bool:
        """Whether the schema demands the element."""
        element = _element(rule.takes[0], 0)
        return element is not None and element.required

    def _listed(self, rule: Rule, take: Take) -> Any:
        element = _element(take, 0)
        place = take.places[-1] if take.places else None
        most = (place.maximum) if place else 1
        room = LISTED_MAX if not most else min(LISTED_MAX, most * len(take.path.parts))
        texts = [self._text(element) for _ in range(self.choose.number(1, room))]
        return "\n".join(texts) if any(b.codec.name == "lines" for b in rule.codecs) else texts

    def _pair(self, rule: Rule, take: Take) -> dict[str, Any]:
        struct = rule.shape.struct
        shapes = fields_of(struct) if struct is not None else {}
        made: dict[str, Any] = {}
        for position, name in enumerate(PAIRED.get(struct, ()) if struct else ()):
            shape = shapes[name]
            element = _element(take, position)
            if shape.kind == "struct":
                made[name] = {"on": self._day()}
            else:
                codecs = rule.codecs if name in ("unit", "scheme") else []
                made[name] = self._plain(rule, shape, element, codecs)
        return made

    def _plain(self, rule: Rule, shape: Shape, element: Part | None, codecs: list[Any]) -> Any:
        kind = shape.kind
        if kind == "date":
            return self._day()
        if kind == "time":
            return time(self.choose.number(0, 23), self.choose.number(0, 59))
        if kind == "When":
            return {"on": self._day(), "at": time(self.choose.number(0, 23), self.choose.number(0, 59)), "zone": "Z"}
        if kind == "bool":
            return True
        if kind == "int":
            digits = min(element.maximum if element else DIGITS_MAX, DIGITS_MAX)
            return self.choose.number(
                10 ** (element.minimum - 1) if element and element.minimum > 1 else 0, 10**digits - 1
            )
        if kind == "Decimal":
            return self._decimal(element)
        return self._word(rule, element, codecs)

    def _word(self, rule: Rule, element: Part | None, codecs: list[Any]) -> str:
        listed = self.codes.get(element.codes, {}) if element is not None and element.codes else {}
        for bound in codecs:
            if bound.table is not None:
                table = self.tables[bound.table]
                words = [word for word, code in table.codes.items() if not listed or code in listed]
                if words:
                    return self.choose.one_of(words)
        if rule.field == "currency":
            return self.choose.one_of(["EUR", "USD", "GBP"])
        return self.choose.one_of(list(listed)) if listed else self._text(element)

    def _text(self, element: Part | None) -> str:
        if element is not None and element.type == "whole":
            return str(self.choose.number(1, 10**DIGITS_MAX - 1))
        if element is not None and element.type == "flag":
            return self.choose.one_of(["true", "false"])
        least, most = (element.minimum, element.maximum) if element is not None and element.maximum else (1, 10)
        return self.choose.text(max(least, 1), most)

    def _decimal(self, element: Part | None) -> Decimal:
        places = element.decimals if element else 0
        digits = min(element.maximum if element and element.maximum else DIGITS_MAX, DIGITS_MAX)
        least = 10 ** (element.minimum - 1) if element and element.minimum > 1 else 0
        return Decimal(self.choose.number(least, 10**digits - 1)).scaleb(-places)

    def _day(self) -> date:
        return FIRST_DAY + timedelta(days=self.choose.number(0, 700))


def _element(take: Take, position: int) -> Part | None:
    path, group = take.path, take.record.group
    if path.qualifier is not None and group is not None:
        return take.record.parts[group.first]
    if path.member is not None and group is not None:
        return take.record.parts[group.first + path.member - 2]
    if not path.parts:
        return None
    element = take.record.parts[path.parts[min(position, len(path.parts) - 1)] - 1]
    if element.parts:
        return element.parts[(path.component or 1) - 1]
    return element


def _plant(said: dict[str, Any], field: str, value: Any) -> None:
    first, _, rest = field.partition(".")
    if rest:
        beneath = said.setdefault(first, {})
        if isinstance(beneath, dict):
            _plant(beneath, rest, value)
    else:
        said[first] = value

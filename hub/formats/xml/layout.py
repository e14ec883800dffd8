"""An element made ready to read and to write: which number each part has, what may come next, what must not be missing.

In: an ``XmlElement``. Out: its ``XmlLayout``, made once for a schema and kept. Nothing here looks at a document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from hub.formats.schema import Record
from hub.formats.simple import Simple, accepts, says_nothing, usual
from hub.formats.tree import Value as TreeValue
from hub.formats.xml.element import TEXT, Attribute, XmlElement, XmlSchema, place_of

_FREE = (Simple(), Simple(minimum=1))
_FLAG = {"1": "true", "0": "false"}
"""The other lexical forms of xs:boolean, and the ones by which conditions and codes of maps know a flag."""
_LONGER_WHOLE = re.compile(r"(?:\+|(-))?0*([0-9]+)", re.ASCII)
_NARROWER = frozenset({"number", "whole", "date", "time", "moment"})


def _flag(text: str) -> str:
    return _FLAG.get(text, text)


def _whole(text: str) -> str:
    """Return a whole number without what xs:integer may have before it and means nothing: a plus, and zeros."""
    found = _LONGER_WHOLE.fullmatch(text)
    return text if found is None else f"{found[1] or ''}{found[2]}" if found[2] != "0" else "0"


_SPELT: Mapping[str, Callable[[str], str]] = {"flag": _flag, "whole": _whole}


class Value:
    """A part: its number, and what judges a text that stands in it."""

    __slots__ = ("accepts", "fixed", "key", "number", "required", "simple", "spelt", "stripped", "take", "usual")

    def __init__(
        self, key: str, number: int, simple: Simple, *, required: bool, judged: bool, fixed: str | None = None
    ) -> None:
        """``judged``: an XSD says of each text whether it may stand here."""
        self.key = key
        self.number = number
        self.simple = simple
        self.required = required
        self.spelt = None if simple.codes or simple.minimum > 1 else _SPELT.get(simple.type)
        """Returns the one spelling of a value that may be spelt in several; None where it may not."""
        self.fixed = self.spelt(fixed) if self.spelt is not None and fixed is not None else fixed
        self.accepts: Callable[[str], bool] = accepts(simple)
        self.stripped = simple.type != "text" or bool(simple.codes)  # blanks around it mean nothing
        free = not self.stripped and (judged or simple in _FREE)
        known = frozenset(_FLAG.values()).__contains__ if simple.type == "flag" and self.spelt else usual(simple)
        self.usual = says_nothing if fixed is not None else None if free else known
        """Says of a text that it is taken as it is, or nothing (see ``take``); None: each of more than blanks is."""
        self.take = self._taker(judged=judged)
        """Returns a text as it is taken; None where it may be no such value."""

    def clean(self, text: str | None) -> str:
        """Return the text as it is taken: blanks alone say nothing, and around what is no free text they mean none; a
        flag, and a whole number, is told by its value, however it is spelt."""
        if not text:
            return ""
        stripped = text.strip()
        if self.spelt is not None:
            return self.spelt(stripped)
        return stripped if self.stripped or not stripped else text

    def _taker(self, *, judged: bool) -> Callable[[str | None], str | None]:
        accepts, fixed, clean = self.accepts, self.fixed, self.clean
        if self.spelt is not None and fixed is None and not judged:
            return lambda text: text if accepts(text := clean(text)) else None
        if (
            judged and self.simple.type in _NARROWER
        ):  # what an XSD allows may be no value of ours: a year of five digits
            return lambda text: text if not (text := clean(text)) or accepts(text) else None
        if judged:
            return clean
        if fixed is not None:
            return lambda text: text if (text := clean(text)) in ("", fixed) else None
        if self.stripped:
            return lambda text: text if accepts(text := text.strip() if text else "") else None
        may_be_empty = not self.required
        return lambda text: text if accepts(text := clean(text)) or (may_be_empty and not text) else None


class XmlLeaf:
    """A simple element that comes once: a part with its attributes."""

    __slots__ = ("alone", "attributes", "attributes_demanded", "excerpt", "judged", "name", "number", "order", "text")

    def __init__(self, element: XmlElement, record: Record, *, judged: bool) -> None:
        assert element.simple is not None
        self.name = element.name
        self.order = element.order
        self.excerpt = element.excerpt
        self.judged = judged
        self.number = record.number_of(element.name)
        self.text = Value(element.name, self.number, element.simple, required=element.minimum > 0, judged=judged)
        self.attributes = _values(element.attributes, record, f"{element.name}/", judged=judged)
        self.attributes_demanded = sum(each.required for each in element.attributes)
        self.alone = {
            clark: value.number
            for clark, value in self.attributes.items()
            if value.usual is None and value.required == self.attributes_demanded
        }
        """The attributes with which it needs no other, and which are taken as they are if they are more than blanks."""


class XmlLayout:
    """A place."""

    __slots__ = (
        "attributes", "attributes_demanded", "blank", "demanded", "demands", "excerpt", "in_order", "judged", "known",
        "leaves", "maximum", "minimum", "names", "open", "order", "places", "record", "sound", "tag", "text", "written",
    )  # fmt: skip

    def __init__(self, element: XmlElement, *, judged: bool) -> None:
        record = place_of(element).record
        self.tag = element.name
        self.record = record
        self.blank: list[TreeValue] = [element.name, *[""] * len(record.parts)]  # the values a node begins with
        self.order = element.order
        self.minimum, self.maximum = element.minimum, element.maximum
        self.open, self.in_order = element.open or element.excerpt, element.in_order
        self.excerpt = element.excerpt
        self.judged = judged
        self.text = (
            Value(TEXT, record.number_of(TEXT), element.simple, required=True, judged=judged)
            if element.simple
            else None
        )
        self.attributes = _values(element.attributes, record, "", judged=judged)
        self.attributes_demanded = sum(each.required for each in element.attributes)
        self.leaves: dict[str, XmlLeaf] = {}
        self.places: dict[str, XmlLayout] = {}
        self.names = {child.clark: child.name for child in element.children}
        self.written: list[XmlLeaf | XmlLayout] = []
        self.known: dict[str, Known] = {}
        """What may stand beneath, as a sound document is read by it: all that is asked of one taken at once."""
        for child in element.children:
            if child.is_part:
                leaf = self.leaves[child.clark] = XmlLeaf(child, record, judged=judged)
                text = leaf.text
                self.known[child.clark] = (None, leaf, leaf.order, leaf.number, text.usual, text.take)
                self.written.append(leaf)
            else:
                place = self.places[child.clark] = XmlLayout(child, judged=judged)
                self.known[child.clark] = (place, None, place.order, place.maximum, None, _takes_nothing)
                self.written.append(place)
        demanded = [child for child in element.children if child.minimum > 0]
        self.demanded = tuple(child.clark for child in demanded)
        self.demands = tuple((record.number_of(child.name) if child.is_part else 0, child.name) for child in demanded)
        self.sound = (self.tag, record, self.blank, self.known, self.text, judged, self.attributes_demanded > 0)
        """What every place of it is read by."""


Known = tuple[
    XmlLayout | None, XmlLeaf | None, int, int, Callable[[str], object] | None, Callable[[str | None], str | None]
]
"""A place or a leaf beneath another: itself, its order, its number (of a place how often it may come), and how its text
is taken."""


def _takes_nothing(_: str | None) -> str | None:
    return None


def layout_of(schema: XmlSchema) -> XmlLayout:
    """Return the layout of the schema's root element, made on first use."""
    known = schema.__dict__.get("layout")
    if not isinstance(known, XmlLayout):
        known = schema.__dict__["layout"] = XmlLayout(schema.element, judged=schema.xsd is not None)
    return known


def _values(attributes: tuple[Attribute, ...], record: Record, above: str, *, judged: bool) -> Mapping[str, Value]:
    return {
        each.clark: Value(
            above + each.key,
            record.number_of(above + each.key),
            each.simple,
            required=each.required,
            judged=judged,
            fixed=each.fixed,
        )
        for each in attributes
    }

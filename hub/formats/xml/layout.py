"""An element made ready to read and to write: which number each part has, what may come next, what must not be missing.

In: an ``XmlElement``. Out: its ``XmlLayout``, made once for a schema and kept. Nothing here looks at a document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hub.formats.schema import Record
from hub.formats.simple import Simple, accepts
from hub.formats.xml.element import TEXT, Attribute, XmlElement, XmlSchema, place_of

Taken = Callable[[str | None], str | None]
_FREE = (Simple(), Simple(minimum=1))
_NARROWER = frozenset({"number", "whole", "date", "time", "moment"})


class Value:
    """A part: its number, and what judges a text that stands in it."""

    __slots__ = ("accepts", "allowed", "fixed", "key", "number", "required", "simple", "sound", "stripped")

    def __init__(self, key: str, number: int, simple: Simple, *, required: bool, fixed: str | None = None) -> None:
        self.key = key
        self.number = number
        self.simple = simple
        self.required = required
        self.fixed = fixed
        self.accepts: Callable[[str], bool] = accepts(simple)
        self.stripped = simple.type != "text" or bool(simple.codes)  # blanks around it mean nothing
        self.sound: Taken = self._free if simple in _FREE and fixed is None else self._sound
        self.allowed: Taken = self._allowed if simple.type in _NARROWER else self.clean
        """What takes a text that an XSD allows: it may be what no value of ours is, a year of five digits."""

    def clean(self, text: str | None) -> str:
        """Return the text as it is taken: blanks alone say nothing, and around what is no free text they mean none."""
        if not text:
            return ""
        stripped = text.strip()
        return stripped if self.stripped or not stripped else text

    def _free(self, text: str | None) -> str | None:
        """Return a text where any will do."""
        if text and not text.isspace():
            return text
        return None if self.required else ""

    def _sound(self, text: str | None) -> str | None:
        """Return the text as it is taken; None where it may be no such value."""
        text = self.clean(text)
        if self.fixed is not None:
            return text if text in ("", self.fixed) else None
        if self.accepts(text) or not (text or self.required or self.stripped):
            return text
        return None

    def _allowed(self, text: str | None) -> str | None:
        text = self.clean(text)
        return text if not text or self.accepts(text) else None


class XmlLeaf:
    """A simple element that comes once: a part with its attributes."""

    __slots__ = ("asks", "attributes", "attributes_demanded", "excerpt", "name", "order", "required", "text")

    def __init__(self, element: XmlElement, record: Record) -> None:
        assert element.simple is not None
        self.name = element.name
        self.order = element.order
        self.required = element.minimum > 0
        self.excerpt = element.excerpt
        number = record.number_of(element.name)
        self.text = Value(element.name, number, element.simple, required=self.required)
        self.attributes = _values(element.attributes, record, f"{element.name}/")
        self.attributes_demanded = sum(each.required for each in element.attributes)
        self.asks = bool(element.attributes) or element.excerpt


class XmlLayout:
    """A place."""

    __slots__ = (
        "asks", "attributes", "attributes_demanded", "blank", "demanded", "demands", "excerpt", "in_order", "leaves",
        "maximum", "minimum", "names", "open", "order", "places", "record", "tag", "text", "written",
    )  # fmt: skip

    def __init__(self, element: XmlElement) -> None:
        record = place_of(element).record
        self.tag = element.name
        self.record = record
        self.blank = [element.name, *[""] * len(record.parts)]  # the values a node begins with
        self.order = element.order
        self.minimum, self.maximum = element.minimum, element.maximum
        self.open, self.in_order = element.open or element.excerpt, element.in_order
        self.excerpt = element.excerpt
        self.text = Value(TEXT, record.number_of(TEXT), element.simple, required=True) if element.simple else None
        self.attributes = _values(element.attributes, record, "")
        self.attributes_demanded = sum(each.required for each in element.attributes)
        self.asks = bool(element.attributes) or element.excerpt
        self.leaves: dict[str, XmlLeaf] = {}
        self.places: dict[str, XmlLayout] = {}
        self.names = {child.clark: child.name for child in element.children}
        self.written: list[XmlLeaf | XmlLayout] = []
        for child in element.children:
            made: XmlLeaf | XmlLayout = XmlLeaf(child, record) if child.is_part else XmlLayout(child)
            if isinstance(made, XmlLeaf):
                self.leaves[child.clark] = made
            else:
                self.places[child.clark] = made
            self.written.append(made)
        self.demands = sum(child.minimum > 0 for child in element.children)
        self.demanded = tuple(child.clark for child in element.children if child.minimum > 0)


def layout_of(schema: XmlSchema) -> XmlLayout:
    """Return the layout of the schema's root element, made on first use."""
    known = schema.__dict__.get("layout")
    if not isinstance(known, XmlLayout):
        known = schema.__dict__["layout"] = XmlLayout(schema.element)
    return known


def _values(attributes: tuple[Attribute, ...], record: Record, above: str) -> Mapping[str, Value]:
    return {
        each.clark: Value(
            above + each.key,
            record.number_of(above + each.key),
            each.simple,
            required=each.required,
            fixed=each.fixed,
        )
        for each in attributes
    }

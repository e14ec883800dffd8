"""An element of an agreed XML document, as an XSD says it: its text, its attributes, what stands beneath in order.

``schema_of`` makes the ``XmlSchema`` that maps are bound to. A simple element that comes once is a part of the element
above it, with its attributes: so a condition on a child element is one on a part, and a map says ``Price/Amount``
without a place for each. All others are places; text is part ".", attributes are parts "@unit".
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.formats.schema import Part, Place, Record, Schema
from hub.formats.simple import Simple
from hub.kernel.struct import Struct

FAMILY = "xml"
TEXT = "."
BESIDE = ("unit", "unitCode", "uom", "currency", "currencyID", "scheme", "schemeID", "schemeName", "domain")
"""Attributes that say in what or whose a value is; with a single attribute, it is that one."""


class Attribute(Struct):
    """An attribute of an element."""

    name: str  # as maps say it, without @
    clark: str  # {namespace}name
    simple: Simple
    required: bool = False
    fixed: str | None = None  # written whenever the element is
    title: str = ""  # as the schema explains it

    @property
    def key(self) -> str:
        """The part's key."""
        return f"@{self.name}"


class XmlElement(Struct):
    """An element where it stands in its document."""

    name: str  # as maps say it: Price, cac:Price
    clark: str  # {namespace}Price
    simple: Simple | None = None  # of its text; None: none but blanks may stand there
    attributes: tuple[Attribute, ...] = ()
    children: tuple[XmlElement, ...] = ()
    order: int = 0  # among its siblings; alternatives share one
    in_order: bool = True  # its children stand in the order of the schema
    open: bool = False  # others than its children may stand in it (xs:any)
    excerpt: bool = False  # other attributes, too: the schema names only a part of what may stand
    minimum: int = 1
    maximum: int = 1  # 0 is unbounded
    title: str = ""  # as the schema explains it

    @property
    def is_part(self) -> bool:
        """Whether it is a part of the element above it, not a place."""
        return self.simple is not None and not self.children and self.maximum == 1

    @property
    def beside(self) -> str:
        """The attribute that says in what its text is; "" for none."""
        names = [attribute.name for attribute in self.attributes if attribute.fixed is None]
        chosen = names if len(names) == 1 else [name for name in BESIDE if name in names]
        return f"@{chosen[0]}" if chosen and self.simple is not None else ""


class XmlSchema(Schema, kw_only=True):
    """A kind of XML document: the schema, its root element, and the XSD that judges in addition."""

    element: XmlElement
    prefixes: dict[str, str]  # prefix → namespace; "" is that of the root
    xsd: str | None = None  # file


def schema_of(
    wire: str, element: XmlElement, prefixes: dict[str, str], digest: str, xsd: str | None, family: str = FAMILY
) -> XmlSchema:
    """Return ``element`` as maps are bound to it."""
    return XmlSchema(
        family=family,
        wire=wire,
        kind=element.name,
        root=place_of(element),
        codes={name: dict.fromkeys(codes, "") for name, codes in _code_lists(element)},
        digest=digest,
        element=element,
        prefixes=prefixes,
        xsd=xsd,
    )


def place_of(element: XmlElement) -> Place:
    """Return the place of an element, and the places beneath it."""
    return Place(
        record=Record(tag=element.name, name=element.name, parts=tuple(_parts(element))),
        required=element.minimum > 0,
        maximum=element.maximum,
        children=tuple(place_of(child) for child in element.children if not child.is_part),
    )


def _parts(element: XmlElement) -> Iterator[Part]:
    if element.simple is not None:
        yield _part(TEXT, element.simple, required=True, beside=element.beside)
    for attribute in element.attributes:
        yield _part(attribute.key, attribute.simple, required=attribute.required and attribute.fixed is None)
    for child in element.children:
        if child.is_part and child.simple is not None:
            demanded = child.minimum > 0
            beside = f"{child.name}/{child.beside}" if child.beside else ""
            yield _part(child.name, child.simple, required=demanded, beside=beside)
            for attribute in child.attributes:
                required = demanded and attribute.required and attribute.fixed is None
                yield _part(f"{child.name}/{attribute.key}", attribute.simple, required=required)


def _part(key: str, simple: Simple, *, required: bool, beside: str = "") -> Part:
    return Part(
        key=key,
        name=key,
        type=simple.type,
        minimum=simple.minimum,
        maximum=simple.digits or simple.maximum,
        required=required,
        codes=" ".join(simple.codes) or None,
        beside=beside,
    )


def _code_lists(element: XmlElement) -> Iterator[tuple[str, tuple[str, ...]]]:
    simples = [element.simple, *(attribute.simple for attribute in element.attributes)]
    for simple in simples:
        if simple is not None and simple.codes:
            yield " ".join(simple.codes), simple.codes
    for child in element.children:
        yield from _code_lists(child)

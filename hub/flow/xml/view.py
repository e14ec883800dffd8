"""An XML document for people: as it was written, in whatever encoding, and with the names its schema gives."""

from __future__ import annotations

from msgspec.structs import replace

from hub.flow.laying_out import page_of
from hub.flow.views import KnownPlace, View, ViewTerms, lines_of
from hub.formats.schema import Schema
from hub.formats.xml.element import FAMILY, XmlElement, XmlSchema
from hub.formats.xml.reader import legible
from hub.formats.xml.tokens import said_by, tokens
from hub.kernel.sentence import Phrase, declared

STANDARD = {"xml:lang": "Language"}
"""What the standard of XML itself names, and no schema explains."""
TERMS = ViewTerms(syntax=FAMILY)
declared(
    {
        "view-xml/all": Phrase(message="Elements of this document"),
        "view-xml/some": Phrase(message="Elements {first} to {last}"),
        "view-xml/earlier": Phrase(message="Earlier elements"),
        "view-xml/later": Phrase(message="Later elements"),
        "view-xml/unknown": Phrase(message="Not in the schema"),
        "view-xml/unnamed": Phrase(message="Names are known once the document has been opened with a schema."),
    }
)


def view(body: bytes, schema: Schema | None, faulty: set[str], *, first: int) -> View:
    """Return the document from its element ``first`` on."""
    known = known_by(schema.element) if isinstance(schema, XmlSchema) else None
    return view_of(body, schema, known, faulty, first=first)


def view_of(body: bytes, schema: Schema | None, known: KnownPlace | None, faulty: set[str], *, first: int) -> View:
    """Return a body from its element ``first`` on, by what is known of its root element."""
    text, encoding = legible(body)
    if "<" not in text:
        return lines_of(text, faulty, encoding=encoding)
    shown = page_of(text, tokens, said_by, known, faulty, first=first)
    return replace(shown, terms=TERMS, encoding=encoding, schema=schema.wire if schema else None)


def known_by(element: XmlElement) -> KnownPlace:
    """Return the names of an element and of what stands in it."""
    beneath = {
        f"@{each.name.rpartition(':')[2]}": KnownPlace(name=each.title or STANDARD.get(each.name, ""))
        for each in element.attributes
    }
    beneath |= {each.name.rpartition(":")[2]: known_by(each) for each in element.children}
    return KnownPlace(name=element.title, open=element.open, beneath=beneath)

"""cXML as maps use it: the document in the envelope, judged as XML by its own schema, and written back into one.

In: bytes with a schema, or a tree. Out: documents with their findings, or bytes. What stands beneath Request or Message
is the document; of the envelope a map can say one thing, the id of the payload, which is ``@payloadID`` of the document
where its schema names that. Nothing a partner sends raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import time
from pathlib import Path

from lxml import etree
from msgspec.structs import replace

from hub.formats.cxml.credentials import payload_meant
from hub.formats.cxml.envelope_names import ENVELOPE_NAMES
from hub.formats.cxml.header import Credential, CxmlHeader
from hub.formats.cxml.reader import OpenedCxml, cxml_before_the_break, open_cxml
from hub.formats.cxml.writer import WITHIN, enveloped
from hub.formats.family import Checked, OpenedDocument, ValueReader, ValueWriter, Written
from hub.formats.iso import read_when, write_when
from hub.formats.schema import Part, Schema
from hub.formats.tree import Node
from hub.formats.xml.check import XmlNode, judge
from hub.formats.xml.family import XmlDocument, XmlFamily, agreed
from hub.formats.xml.faults import nothing_said
from hub.formats.xml.library import XmlSchemas
from hub.formats.xml.reader import line_of, xpath
from hub.formats.xml.writer import written
from hub.kernel.diagnostics import Diagnostic, worst
from hub.kernel.errors import Unreadable
from hub.kernel.location import Location
from hub.kernel.spelling import visible
from hub.kernel.words import When

FAMILY = "cxml"
PAYLOAD = "@payloadID"
WIRE = re.compile(r"cxml(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,60}){1,3}")
EXTRINSIC = "Extrinsic"
"""What a buyer says beyond the standard: told apart by its name."""
NAME = re.compile(r"[\w .:-]{1,80}")
OF_DAYS = (time(0), time(12), time(23, 59))
"""The hours of a day without an hour: networks write midnight, or noon, which is the same day in most zones, or the
end of the day."""
LAST_SECOND = time(23, 59, 59)  # and what is left of the day after it
DEPTH = len(("", "cXML", "Request", "OrderRequest"))  # steps of a path to the document
FOLDER = "schemas"  # cxml/1.2/OrderRequest is schemas/cxml/1.2/OrderRequest.xsd

STANDING = CxmlHeader(
    payload="1@contract-hub",
    timestamp="2000-01-01T00:00:00+00:00",
    senders=[Credential(domain="NetworkId", identity="SENDER")],
    receivers=[Credential(domain="NetworkId", identity="RECEIVER")],
)
"""The envelope of what nobody sends: the clock stands, the number is 1."""


class CxmlDocument(XmlDocument):
    """A document with the envelope it came in."""

    def __init__(self, opened: OpenedCxml) -> None:
        super().__init__(opened.document)
        self.header = opened.header


class CxmlFamily(XmlFamily):
    """cXML as maps use it."""

    name = FAMILY
    called = "cXML"

    def names(self, roots: Sequence[Path]) -> Iterator[str]:
        """Yield the names that schemas explain their places by, and those of the envelope."""
        yield from (name for names in ENVELOPE_NAMES.values() for name in names.values())
        yield from super().names(roots)

    def schemas(self, roots: Sequence[Path]) -> XmlSchemas:
        """Return what finds schemas of documents of cXML in configuration ``roots``."""
        return XmlSchemas(roots, FAMILY, FOLDER, WIRE)

    def reader(self, kind: str, part: Part | None) -> ValueReader:
        """Return what reads a ``kind`` of value: of some hours a moment is how a day is written."""
        return _read_when if kind == "When" else super().reader(kind, part)

    def writer(self, kind: str, part: Part | None) -> tuple[ValueWriter, bool]:
        """Return what writes a ``kind`` of value, and whether it may not fit: those hours cannot be said."""
        return (_write_when, True) if kind == "When" else super().writer(kind, part)

    def locate(self, node: Node | None, part: int | None, component: int | None, path: str | None) -> Location:
        """Return XPath and line; the id of the payload stands in the envelope."""
        found = super().locate(node, part, component, path)
        source = node.source if isinstance(node, XmlNode) else None
        if source is None or not (found.at and found.at.endswith(f"/{PAYLOAD}")):
            return found
        root = source.getroottree().getroot()
        return replace(found, at=f"{xpath(root)}/{PAYLOAD}", line=line_of(root))

    def documents(self, data: bytes) -> Iterator[OpenedDocument | list[Diagnostic]]:
        """Yield the one document of a body, by the element that it is."""
        opened = open_cxml(data)
        if not isinstance(opened, OpenedCxml):
            raise Unreadable.of(opened, FAMILY, payload_meant(data))
        yield _opened(opened)

    def beginning(self, data: bytes) -> OpenedDocument | None:
        """Return what is whole before the break, as a document."""
        opened = cxml_before_the_break(data)
        return None if opened is None else _opened(opened)

    def check(self, received: OpenedDocument, schema: Schema) -> Checked:
        """Judge a document by its schema, and give it the id of its payload."""
        checked = super().check(received, schema)
        place = schema.root.record.number_of(PAYLOAD)
        if place:
            checked.root.values[place] = header_of(received).payload
        return checked

    def write(self, root: Node, schema: Schema, dress: object = None, *, bare: bool = False) -> Written:
        """Return a tree as cXML that the schema allows, or what it refuses."""
        xml = agreed(schema)
        header = dress if isinstance(dress, CxmlHeader) else STANDING
        place = schema.root.record.number_of(PAYLOAD)
        document, payload = _without_payload(root, place)
        text, empty = written(document, xml, WITHIN)
        body = enveloped(text, schema.kind, replace(header, payload=payload if place else header.payload))
        opened = open_cxml(body)
        findings = opened.findings + judge(opened.document, xml) if isinstance(opened, OpenedCxml) else opened
        findings += [nothing_said(name) for name in empty]
        sound = not worst(findings).is_reject
        return Written(body=(text.encode() if bare else body) if sound else None, findings=findings)

    def rule(self, received: OpenedDocument, at: Location) -> str:
        """Return the path of a finding from the document on, without the numbers of its steps; Extrinsics by name."""
        path = "/".join(re.sub(r"\[\d+\]", "", at.at or "").split("/")[DEPTH:])
        above, extrinsic, _ = path.partition(EXTRINSIC)
        named = _name_at(received, at) if extrinsic else None
        return f"{above}{EXTRINSIC}[@name={named}]" if named else path

    def dress(self, received: OpenedDocument) -> object:
        """Return the envelope."""
        return header_of(received)


def _opened(opened: OpenedCxml) -> OpenedDocument:
    root = opened.document
    return OpenedDocument(
        kind=visible(str(root.tag)),
        number=opened.header.payload.strip(),
        place=Location(at=xpath(root), line=line_of(root)),
        content=CxmlDocument(opened),
        findings=opened.findings,
    )


def _read_when(text: str) -> When | None:
    when = read_when(text)
    return When(on=when.on) if when is not None and _of_a_day(when) else when


def _write_when(value: When) -> str | None:
    return None if _of_a_day(value) else write_when(value)


def _of_a_day(value: When) -> bool:
    """Say whether the hour of a moment only says the day."""
    return value.at is not None and (value.at in OF_DAYS or value.at >= LAST_SECOND)


def _name_at(received: OpenedDocument, at: Location) -> str | None:
    """Return the name of the Extrinsic in which a finding stands; None where a map could not say it."""
    document: CxmlDocument = received.content
    path = (at.at or "").partition("/@")[0]
    with suppress(etree.XPathError):
        found = document.root.getroottree().xpath(path)
        name = (
            found[0].get("name") if isinstance(found, list) and found and isinstance(found[0], etree._Element) else None
        )
        return name if name and NAME.fullmatch(name) else None
    return None


def _without_payload(root: Node, place: int) -> tuple[Node, str]:
    """Return the root without the id of its payload, which is its envelope's to say, and that id."""
    payload = root.element(place) if place else ""
    if not payload or not isinstance(payload, str):
        return root, ""
    values = [*root.values]
    values[place] = ""
    return Node(root.tag, root.position, values, root.children), payload


def header_of(received: OpenedDocument) -> CxmlHeader:
    """Return the envelope of a document of this family."""
    document: CxmlDocument = received.content
    return document.header

"""A cXML for people: the whole of it, by the names that the schema gives to what its document holds."""

from __future__ import annotations

from msgspec.structs import replace

from hub.flow.views import KnownPlace, View
from hub.flow.xml.view import known_by, view_of
from hub.formats.cxml.multipart import CxmlPart, cxml_part, is_multipart
from hub.formats.schema import Schema
from hub.formats.xml.element import XmlSchema


def view(body: bytes, schema: Schema | None, faulty: set[str], *, first: int) -> View:
    """Return the cXML from its element ``first`` on; of a multipart body what stands behind that part is left out."""
    part = cxml_part(body) if is_multipart(body) else None
    if not isinstance(part, CxmlPart):
        return view_of(body, schema, _known(schema), faulty, first=first)
    text = body[: part.until] if part.until else part.text
    shown = view_of(text, schema, _known(schema), faulty, first=first)
    return replace(shown, cut=shown.cut or bool(part.findings))


def _known(schema: Schema | None) -> KnownPlace | None:
    """Return what is known of a cXML: of its envelope nothing, of its document what the schema says."""
    if not isinstance(schema, XmlSchema):
        return None
    document = KnownPlace(beneath={schema.element.name: known_by(schema.element)})
    return KnownPlace(beneath={"Request": document, "Message": document})

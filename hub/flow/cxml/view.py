"""A cXML for people: the whole of it, by the names that the schema gives to what its document holds."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from hub.flow.views import KnownPlace, View
from hub.flow.xml.view import known_by, view_of
from hub.formats.cxml.envelope_names import ENVELOPE_NAMES
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


def _known(schema: Schema | None) -> KnownPlace:
    """Return what is known of a cXML: the names of its envelope, and of its document what the schema says."""
    document = {schema.element.name: known_by(schema.element)} if isinstance(schema, XmlSchema) else {}
    party = {"Credential": _named("Credential")}
    header = {each: _named(each, party) for each in ("From", "To", "Sender")}
    within = {each: _named(each, document) for each in ("Request", "Message")}
    return _named("cXML", {"Header": _named("Header", header), **within})


def _named(element: str, beneath: Mapping[str, KnownPlace] | None = None) -> KnownPlace:
    """Return what is known of an element of the envelope; others may stand in it, too."""
    own = ENVELOPE_NAMES.get(element, {})
    parts = {part: KnownPlace(name=name) for part, name in own.items() if part}
    return KnownPlace(name=own.get("", ""), beneath={**parts, **(beneath or {})})

"""A JSON document for people: as it was written, and with the names its schema gives."""

from __future__ import annotations

from msgspec.structs import replace

from hub.flow.laying_out import page_of
from hub.flow.views import KnownPlace, View, ViewTerms
from hub.formats.encodings import encoding_of
from hub.formats.json.member import FAMILY, JsonSchema, Member
from hub.formats.json.tokens import said_by, tokens
from hub.formats.schema import Schema
from hub.kernel.sentence import Phrase, declared

TERMS = ViewTerms(syntax=FAMILY)
declared(
    {
        "view-json/all": Phrase(message="Values of this document"),
        "view-json/some": Phrase(message="Values {first} to {last}"),
        "view-json/earlier": Phrase(message="Earlier values"),
        "view-json/later": Phrase(message="Later values"),
        "view-json/unknown": Phrase(message="Not in the schema"),
        "view-json/unnamed": Phrase(message="Names are known once the document has been opened with a schema."),
    }
)


def view(body: bytes, schema: Schema | None, faulty: set[str], *, first: int) -> View:
    """Return the document from its value ``first`` on."""
    found, skip = encoding_of(body)
    encoding = found or "utf-8"
    text = body[skip:].decode(encoding, "replace")
    known = known_by(schema.member) if isinstance(schema, JsonSchema) else None
    shown = page_of(text, tokens, said_by, known, faulty, first=first)
    return replace(shown, terms=TERMS, encoding=encoding, schema=schema.wire if schema else None)


def known_by(member: Member) -> KnownPlace:
    """Return the names of a member and of what stands in it."""
    return KnownPlace(
        name=member.title, open=member.open, beneath={each.name: known_by(each) for each in member.members}
    )

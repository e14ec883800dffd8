"""cXML as the flow uses it: one document in an envelope that says from whom to whom, and by which it is known again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from hub.exchange.controls import Numbers
from hub.exchange.partner_cxml import CXML, CxmlId, nobody_signs, signs_of
from hub.exchange.partners import Partner, file_of
from hub.flow.bodies import BodySyntax
from hub.flow.cxml.agreement import PAYLOAD, agreed_cxml, envelope_of, payload_of
from hub.flow.cxml.not_handled import ANSWERS, case_of
from hub.flow.cxml.signing import CxmlDoorWords
from hub.flow.cxml.view import view
from hub.flow.documents import Document, Envelope, Identity, NotRouted
from hub.flow.drafts import Content, Draft
from hub.flow.identities import identity_among, meant_by, named
from hub.flow.rules import Rules
from hub.flow.syntax import Framed
from hub.flow.views import View
from hub.formats.cxml.family import CxmlFamily, header_of
from hub.formats.cxml.header import Credential, CxmlHeader
from hub.formats.cxml.writer import enveloped
from hub.formats.family import OpenedDocument
from hub.formats.schema import Schema
from hub.kernel.errors import Misconfigured
from hub.kernel.location import Location
from hub.kernel.outcome import Key
from hub.kernel.sentence import Phrase, declared
from hub.kernel.struct import Struct
from hub.mapping.library import Map, MapLibrary
from hub.platform.configuration import Configuration

PARTY = "party"
"""The kind of the number of a party, as the room of orders calls it."""
SENDERS_MAX = 5  # of the credentials in From: a network's, a DUNS, an address, and some


declared(
    {
        "ENV-IDENTITY-TAKEN/payload": Phrase(
            message="the payloadID {reference} came before with other content, in message {first}",
            remedy="Send what is new under a new payloadID; to replace the first, ask us what became of it",
        ),
    }
)


class CxmlSyntax(CxmlDoorWords, BodySyntax):
    """cXML: what stands beneath Request is the document, what stands around it the envelope."""

    family = CxmlFamily()
    keys: Mapping[str, str] = {**BodySyntax.keys, PAYLOAD: "Payload"}
    identity_case = "payload"
    content_type = "text/xml"  # as its standard has it; in UTF-8, as its declaration says
    extension = "xml"
    begins = re.compile(rb"<|--|[A-Za-z-]+:")
    root = Location(at="/cXML")
    answers = ANSWERS

    def is_agreed(self, partner: Partner) -> bool:
        """Its table says who signs."""
        return partner.cxml is not None

    def envelope(self, received: OpenedDocument, partner: Partner) -> Envelope:
        """Return what the header says, held against what was agreed."""
        return envelope_of(header_of(received), partner)

    def known_by(self, envelope: Envelope, map_: Map, document: Struct) -> tuple[str, str] | None:
        """Return the payloadID; without one, what its map says."""
        return (PAYLOAD, envelope.reference) if envelope.reference else super().known_by(envelope, map_, document)

    def spoken_of(self, envelope: Envelope) -> str | None:
        """Return the payloadID as its sender wrote it; of one that nothing says, None."""
        return payload_of(envelope)

    def names(self, received: OpenedDocument) -> list[tuple[str, str]]:
        """Return the payloadID, and the first numbers of whom it is from."""
        senders = [(PARTY, each.identity) for each in header_of(received).senders[:SENDERS_MAX] if each.identity]
        return [*([(PAYLOAD, received.number)] if received.number else []), *senders]

    def numbers(self, envelope: Envelope, document: Document) -> list[Key]:
        """Return every number of whom it is from: a cXML of which the document may name no buyer."""
        return [Key(kind=kind, value=value) for kind, value in document.numbers if kind == PARTY]

    def not_routed(self, received: OpenedDocument, partner: Partner, maps: Sequence[Map]) -> NotRouted:
        """Say which request it is, and that nothing here takes it."""
        case = case_of(received.kind)
        return NotRouted(finding=self.unexpected(received, partner, maps, case), kind=received.kind)

    def sent_by(self, partner: Partner, envelope: Envelope) -> Identity | None:
        """Return the identity in From, where the partner has several."""
        if partner.cxml is None:
            return None
        found = partner.cxml.signed_by([(envelope.sender.qualifier, envelope.sender.id)])
        return identity_among(partner.cxml.theirs, found)

    def senders(self, body: bytes, rules: Rules) -> list[str]:
        """Return the partners whom From names."""
        named = header_of(self.document(body)).senders
        found = (rules.partners.signed_by(CXML, signs_of(each.domain, each.identity)) for each in named)
        return list(dict.fromkeys(each.id for each in found if each is not None))

    def render(self, rules: Rules, partner: Partner, map_: Map, document: Struct) -> Content:
        """Write what stands beneath Request, held against its schema. ``Misconfigured`` where nobody signs it."""
        agreed_cxml(partner)
        return self.rendered(map_, document, bare=True)

    def frame(self, partner: Partner, draft: Draft, numbers: Numbers, message: str, now: datetime) -> Framed:
        """Put the envelope around the document, under a payloadID that has the id of the message."""
        ours, theirs = agreed_cxml(partner)
        to = meant_by(theirs, draft.to)
        [content] = draft.contents
        header = CxmlHeader(
            payload=payload_id(message, ours),
            timestamp=now.isoformat(timespec="seconds"),
            senders=[Credential(domain=ours.domain, identity=ours.identity)],
            receivers=[Credential(domain=to.domain, identity=to.identity)],
            mode="test" if draft.test else "production",
        )
        framed = super().frame(partner, draft, numbers, message, now)
        return Framed(
            body=enveloped(content.body.decode(), content.kind, header),
            content_type=framed.content_type,
            file_name=framed.file_name,
            kind=framed.kind,
            envelope=Envelope(
                position=1,
                kind=PAYLOAD,
                reference=header.payload,
                sender=named(ours),
                receiver=named(to),
                usage="test" if draft.test else "production",
            ),
        )

    def faults(self, partner: Partner, maps: MapLibrary, configuration: Configuration) -> Iterator[Misconfigured]:
        """Yield that its maps are named for a partner of whom nobody knows who signs it."""
        if partner.cxml is not None:
            return
        spoken = set[str]()
        for name in (*partner.sends.values(), *partner.receives.values()):
            with suppress(Misconfigured):  # of the map: told with the maps
                spoken.add(maps.map(name).family.name)
        if self.name in spoken:
            yield nobody_signs(file_of(configuration, partner.id))

    def page(self, body: bytes, schema: Schema | None, faulty: set[str], *, first: int) -> View:
        """Return the cXML by its elements, with its envelope."""
        return view(body, schema, faulty, first=first)


def payload_id(message: str, ours: CxmlId) -> str:
    """Return a payloadID that nothing else of ours, and nobody else, has: the id of the message, at us."""
    at = "".join(sign if sign.isalnum() or sign in ".-" else "-" for sign in ours.identity).strip(".-")
    return f"{message}@{at or 'contract-hub'}"

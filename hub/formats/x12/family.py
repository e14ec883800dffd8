"""X12 as maps use it: sets out of an interchange or bare, judged by their guide; a tree back into one.

In: bytes with a guide's schema, or a tree. Out: documents with their findings, or bytes. Raises ``Unreadable`` where
there is no X12 at all. The live hub opens and numbers interchanges itself; this is what its engineers try maps with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from hub.formats.family import Checked, Kinds, OpenedDocument, ValueReader, ValueWriter, Written
from hub.formats.schema import Part, Schema
from hub.formats.tree import Node
from hub.formats.x12 import values
from hub.formats.x12.compose import compose
from hub.formats.x12.envelope_names import ENVELOPE_NAMES
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.guide import Use
from hub.formats.x12.guides import GuideLibrary
from hub.formats.x12.headers import GroupHeader, InterchangeHeader, version_of
from hub.formats.x12.reader import read
from hub.formats.x12.schema import FAMILY, GuideSchemas, guide_of
from hub.formats.x12.separators import USUAL_SEPARATORS, Separators, in_version
from hub.formats.x12.validate import compile_guide
from hub.formats.x12.writer import OutboundSet, write_bare, write_interchange
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.location import Location
from hub.kernel.sentence import Phrase, declared
from hub.kernel.struct import Struct

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What no segment can hold: control characters, ends of lines, and halves of characters."""

FROZEN_AT = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
"""The clock of rendered files and cases: always this instant, so that the same document gives the same bytes."""

CONTROL_NUMBER = 1
QUALIFIED = ("REF", "DTM", "N9", "PER", "AMT")
"""Segments whose first element says what the others mean: a rule names it."""


class X12Party(Struct):
    """Who signs an envelope: qualifier and id in ISA, and in GS its ``group``, or the same id."""

    qualifier: str
    id: str
    group: str | None = None

    @property
    def group_id(self) -> str:
        """What it is called in GS."""
        return self.group or self.id


class EnvelopeStyle(Struct):
    """What stands around a set: who signs, for whom, and with which separators."""

    sender: X12Party | None = None
    receiver: X12Party | None = None
    separators: Separators = USUAL_SEPARATORS


WANTED: Mapping[str, str] = {
    "date": "a date CCYYMMDD",
    "time": "a time HHMM",
    "Decimal": "a number",
    "int": "a whole number",
    "bool": "yes or no",
}
"""What a sender should write, by kind of value."""
declared({f"x12/{kind}": Phrase(message=wanted) for kind, wanted in WANTED.items()})


class X12Family:
    """X12 as maps use it."""

    name = FAMILY
    called = "X12"
    extension = "edi"
    wanted = WANTED

    def schemas(self, roots: Sequence[Path]) -> GuideSchemas:
        """Return what finds the guides in configuration ``roots``."""
        return GuideSchemas.of(roots)

    def names(self, roots: Sequence[Path]) -> Iterator[str]:
        """Yield the name of every segment and element that guides of the standard know, and of the envelope."""
        for segment, elements in ENVELOPE_NAMES.values():
            yield from (segment, *elements)
        guides = GuideLibrary(roots)
        for release in guides.releases():
            for name in guides.sets(release):
                guide = guides.guide(release, name)
                if guide is not None:
                    yield from _names(guide.uses)

    def reader(self, kind: str, part: Part | None) -> ValueReader:
        """Return what reads a ``kind`` of value from an element."""
        return values.reader(kind, part)

    def writer(self, kind: str, part: Part | None) -> tuple[ValueWriter, bool]:
        """Return what writes a ``kind`` of value into an element, and whether it may not fit."""
        return values.writer(kind, part)

    def held(self, text: str) -> str | None:
        """Return ``text`` without the blanks behind it, which mean nothing in X12; None for control characters.

        Blanks of other widths and signs of no width are text like any other: who sent them knows the value by them.
        """
        said = text.rstrip(" ")
        return None if not said.isprintable() and _CONTROL.search(said) else said

    def locate(self, node: Node | None, part: int | None, component: int | None, path: str | None) -> Location:
        """Return segment, element and component; a segment being written has no position yet."""
        if node is None:
            return Location(path=path)
        return Location(
            segment=node.position or None, tag=node.tag, element=part, component=component or None, path=path
        )

    def spelt(self, schema: Schema, tag: str, part: int) -> str:
        """Return PO103."""
        return f"{tag}{part:02d}"

    def documents(self, data: bytes) -> Iterator[OpenedDocument | list[Diagnostic]]:
        """Yield the sets of a file, bare ones too; findings of the envelope stand for themselves."""
        for event in read(data, bare=True):
            findings = list(getattr(event, "findings", ()))
            if isinstance(event, TransactionSet):
                yield opened(event)
            elif findings:
                yield findings

    def choose(self, received: OpenedDocument, schemas: Sequence[Schema]) -> Schema | None:
        """Return the guide of the set that it says it is."""
        return next((each for each in schemas if each.kind == received.kind), None)

    def make_ready(self, schema: Schema) -> None:
        """Compile the guide."""
        compile_guide(guide_of(schema))

    def check(self, received: OpenedDocument, schema: Schema) -> Checked:
        """Judge a set by its guide."""
        checked = compile_guide(guide_of(schema)).check(_set(received))
        return Checked(checked.root, checked.findings)

    def write(self, root: Node, schema: Schema, dress: object = None, *, bare: bool = False) -> Written:
        """Return a set as an interchange, or alone."""
        guide = guide_of(schema)
        worn = dress if isinstance(dress, EnvelopeStyle) else EnvelopeStyle()
        composed = compose(root, guide)
        outbound = OutboundSet(kind=guide.set, control_number=CONTROL_NUMBER, segments=composed.segments)
        if bare:
            written = write_bare([outbound], worn.separators)
        else:
            group = _group(worn, guide.functional_group, guide.release)
            header = _interchange(worn, guide.release)
            written = write_interchange(header, [(group, [outbound])], in_version(worn.separators, header.version))
        return Written(body=written.body, findings=[*composed.findings, *written.findings])

    def dress(self, received: OpenedDocument) -> EnvelopeStyle:
        """Return the separators a set came with; the names of who signed are the partner file's."""
        return EnvelopeStyle(separators=_set(received).separators)

    def pieces(self, data: bytes) -> list[str]:
        """Return the segments, each with its terminator."""
        return data.decode().replace("~", "~\n").split("\n")

    def body(self, received: OpenedDocument) -> list[str]:
        """Return what stands between ST and SE."""
        return ["*".join(segment) for segment in _set(received).segments[1:-1]]

    def said(self, received: OpenedDocument, schema: Schema, kinds: Kinds) -> list[str]:
        """Return the set as it was sent: whether an interchange is the same again its envelope tells."""
        return self.body(received)

    def sent(self, received: OpenedDocument, position: int, part: int, component: int | None) -> str:
        """Return an element, or a component of it, as it was sent."""
        segments, between = _set(received).segments, _set(received).separators.component
        values = segments[position - 1]
        text = values[part] if part < len(values) else ""
        parts = text.split(between) if component and between else [text]
        return parts[min(component or 1, len(parts)) - 1]

    def rule(self, received: OpenedDocument, at: Location) -> str:
        """Return the element as a rule would name it: with the segment's qualifier where it has one."""
        values = _set(received).segments[at.segment - 1] if at.segment else []
        element = at.element or 0
        part = f"-{at.component}" if at.component else ""
        qualified = at.tag in QUALIFIED and element != 1 and len(values) > 1 and values[1]
        return f"{at.tag}[{values[1]}]{element:02d}{part}" if qualified else f"{at.tag}{element:02d}{part}"


def opened(event: TransactionSet) -> OpenedDocument:
    """Return a set as a document that its syntax has opened."""
    return OpenedDocument(
        kind=event.kind,
        number=event.control_number,
        place=event.place(),
        content=event,
        findings=list(event.findings),
    )


def _set(received: OpenedDocument) -> TransactionSet:
    found: TransactionSet = received.content
    return found


def _interchange(dress: EnvelopeStyle, release: str) -> InterchangeHeader:
    sender, receiver = dress.sender, dress.receiver
    return InterchangeHeader(
        control_number=CONTROL_NUMBER,
        version=version_of(release),
        sender_qualifier=sender.qualifier if sender else "ZZ",
        sender_id=sender.id if sender else "SENDER",
        receiver_qualifier=receiver.qualifier if receiver else "ZZ",
        receiver_id=receiver.id if receiver else "RECEIVER",
        on=FROZEN_AT.date(),
        at=FROZEN_AT.time(),
    )


def _group(dress: EnvelopeStyle, functional_group: str, release: str) -> GroupHeader:
    return GroupHeader(
        functional_group=functional_group,
        control_number=CONTROL_NUMBER,
        release=release,
        sender=dress.sender.group_id if dress.sender else "SENDER",
        receiver=dress.receiver.group_id if dress.receiver else "RECEIVER",
        on=FROZEN_AT.date(),
        at=FROZEN_AT.time(),
    )


def _names(uses: Sequence[Use]) -> Iterator[str]:
    for use in uses:
        yield use.segment.name
        for element in use.segment.elements:
            yield element.name
            yield from (component.name for component in element.components)
        yield from _names(use.children)

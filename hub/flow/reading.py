"""Open, validate, map: from stored bytes to canonical documents. Pure: bytes and rules in, values out.

A message is read twice. The survey looks at the envelopes alone, to their ends, because an interchange
or a group that is refused at its end must not have had an effect at its start. ``documents`` then reads
one transaction set after the other, so that of a large message memory holds one portion and never all of it.
What leaves is data and nothing else: it may have been read in another process (see ``readers``).

``Unreadable`` when the bytes are no interchange at all. Everything else that is wrong is a finding.
"""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, cast

from msgspec.structs import replace

from hub.canonical.stored import encode_document
from hub.exchange.model import Validation
from hub.flow.rules import Rules
from hub.flow.ta1 import TA1, read_ta1
from hub.formats.sniff import sniff
from hub.formats.x12.events import (
    Event,
    GroupEnd,
    GroupStart,
    InterchangeEnd,
    InterchangeStart,
    ServiceSegment,
    Stray,
    TransactionSet,
)
from hub.formats.x12.guide import Guide
from hub.formats.x12.headers import GroupHeader, InterchangeHeader
from hub.formats.x12.reader import read
from hub.formats.x12.separators import Separators
from hub.kernel.diagnostics import Diagnostic, Severity, worst
from hub.kernel.errors import Unreadable
from hub.kernel.location import Location
from hub.kernel.struct import Struct

Bytes = bytes | mmap.mmap
"""A body: in memory, or as a file that is looked into where it lies."""

TA1S_MAX = 1_000  # of one interchange: more than we send a partner in a day; the survey keeps them
KEPT_EVENTS_BYTES_MAX = 1024 * 1024  # below this, what the survey read is kept for the second reading


class Group(Struct):
    """A functional group as surveyed. ``number`` counts the groups of the message, from 1."""

    number: int
    interchange: int  # position of its interchange
    header: GroupHeader
    findings: list[Diagnostic] = []
    stated: int | None = None  # transaction sets, GE01
    received: int = 0

    @property
    def refused(self) -> bool:
        return worst(self.findings) >= Severity.GROUP


class Interchange(Struct):
    """An interchange as surveyed. ``position`` counts the interchanges of the message, from 1."""

    position: int
    header: InterchangeHeader
    separators: Separators
    digest: str  # SHA-256 of its bytes
    findings: list[Diagnostic] = []
    groups: list[Group] = []
    told: list[ServiceSegment] = []  # TA1: what the partner says about interchanges of ours

    @property
    def refused(self) -> bool:
        return worst(self.findings) >= Severity.INTERCHANGE

    @property
    def names_refused(self) -> bool:
        """Whether it is refused for its header, or was cut short: only then a TA1 of it is not believed.

        A TA1 stands before all that may be wrong with groups, and with their count at the end.
        """
        return any(
            f.severity is Severity.INTERCHANGE and (f.location.tag == "ISA" or f.code == "ENV-INTERCHANGE-NOT-CLOSED")
            for f in self.findings
        )


class Survey(Struct):
    """What envelopes a message holds, and what is wrong with them."""

    syntax: str
    interchanges: list[Interchange]
    stray: list[Diagnostic] = []  # bytes outside any interchange


class Document(Struct):
    """A transaction set or a TA1, read as far as it could be read."""

    position: int  # in the message, from 1: the sets, then the TA1s
    interchange: Interchange
    group: Group | None
    kind: str  # ST01: "850"; "TA1"
    control_number: str  # ST02 as sent
    implementation: str | None
    release: str
    findings: list[Diagnostic]
    document: str | None = None  # canonical name; None: not mapped, and the findings say why
    canonical: bytes | None = None  # as stored, see hub.canonical.stored
    map_name: str | None = None
    map_digest: str | None = None
    guide_digest: str | None = None

    @property
    def syntactic(self) -> list[Diagnostic]:
        """The findings that the functional acknowledgement tells: of syntax, not of understanding."""
        return [finding for finding in self.findings if not finding.code.startswith("MAP-")]

    @property
    def rejected(self) -> bool:
        """Whether the functional acknowledgement rejects it."""
        return worst(self.syntactic).is_reject

    @property
    def validation(self) -> Validation:
        """The word of the message log for its syntax; what the map refuses is a warning there."""
        return "rejected" if self.rejected else "warnings" if worst(self.findings) >= Severity.WARNING else "valid"

    @property
    def refused(self) -> bool:
        """Whether it, its group or its interchange is: then it has no effect."""
        if self.kind == TA1:
            return self.rejected or self.interchange.names_refused
        return self.rejected or self.interchange.refused or (self.group is not None and self.group.refused)

    @property
    def takes_effect(self) -> bool:
        """Whether it was read whole and nothing refuses it, not even the map."""
        return self.canonical is not None and not self.refused and not worst(self.findings).is_reject


class Opened:
    """A message whose envelopes have been surveyed and whose documents can be read."""

    def __init__(self, survey: Survey, events: Iterable[Event]) -> None:
        self.survey = survey
        self._events = events

    def with_interchanges(self, interchanges: list[Interchange]) -> Opened:
        """Return the same message with more found about its interchanges."""
        return Opened(replace(self.survey, interchanges=interchanges), self._events)

    def documents(self, rules: Rules, partner: str) -> Iterator[Document]:
        """Read the transaction sets one by one, then the TA1s; those of a refused interchange or group too."""
        interchanges = iter(self.survey.interchanges)
        groups: Iterator[Group] = iter(())
        interchange: Interchange | None = None
        group: Group | None = None
        position = 0
        for event in self._events:
            if isinstance(event, InterchangeStart):
                interchange = next(interchanges)
                groups, group = iter(interchange.groups), None
            elif isinstance(event, GroupStart):
                group = next(groups)
            elif isinstance(event, TransactionSet) and interchange is not None:
                position += 1
                yield _read_document(event, position, interchange, group, rules, partner)
        for interchange in self.survey.interchanges:
            for segment in interchange.told:
                position += 1
                yield _read_told(segment, position, interchange)


class _Rereading:
    """The events of a large body, read afresh each time."""

    def __init__(self, body: Bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[Event]:
        return read(_source(self._body))


def _source(body: Bytes) -> bytes | BinaryIO:
    """Return what the reader reads ``body`` from, at its beginning."""
    if isinstance(body, bytes):
        return body
    body.seek(0)
    return cast(BinaryIO, body)  # it reads as a file does


def open_message(body: Bytes, *, paced: Callable[[Iterable[Event]], Iterable[Event]] = iter) -> Opened:
    """Survey ``body``. Raises ``Unreadable`` when it is nothing we can take apart.

    ``paced`` is handed what is read for the survey, and may let others pass in between.
    """
    if not body:
        raise Unreadable("SYN-EMPTY", "The message is empty")
    syntax = sniff(body[:SNIFFED_BYTES])
    if syntax != "x12":
        raise Unreadable("SYN-NOT-X12", NOT_SPOKEN[syntax])
    kept = isinstance(body, bytes) and len(body) <= KEPT_EVENTS_BYTES_MAX
    events: Iterable[Event] = list(read(_source(body))) if kept else _Rereading(body)
    survey = _survey(paced(events), body)
    if not survey.interchanges:
        raise Unreadable("SYN-NO-INTERCHANGE", "No interchange could be found in what was sent")
    return Opened(survey, events)


SNIFFED_BYTES = 4096
NOT_SPOKEN = {
    "edifact": "This is an EDIFACT interchange; the hub takes X12 here",
    "xml": "This is an XML document; no XML dialect is set up for this partner",
    "json": "This is a JSON document; no JSON dialect is set up for this partner",
    "zip": "This is a ZIP archive; no package format is set up for this partner",
    "unknown": "This is no message the hub knows: it does not begin with ISA",
}


def _survey(events: Iterable[Event], body: Bytes) -> Survey:
    interchanges: list[Interchange] = []
    stray: list[Diagnostic] = []
    start: InterchangeStart | None = None
    opening: list[Diagnostic] = []
    groups: list[Group] = []
    told: list[ServiceSegment] = []
    number = 0
    for event in events:
        if isinstance(event, InterchangeStart):
            start, groups, told = event, [], []
        elif isinstance(event, ServiceSegment):
            if event.values[0] == TA1 and len(told) <= TA1S_MAX:  # one more than is taken: it shows that there are more
                told.append(event)
        elif isinstance(event, GroupStart):
            number += 1
            opening = event.findings
        elif isinstance(event, GroupEnd):
            groups.append(
                Group(
                    number=number,
                    interchange=len(interchanges) + 1,
                    header=event.header,
                    findings=opening + event.findings,
                    stated=event.stated,
                    received=event.received,
                )
            )
        elif isinstance(event, InterchangeEnd) and start is not None:
            interchanges.append(_interchange(len(interchanges) + 1, start, event, groups, told, body))
        elif isinstance(event, Stray):
            stray.extend(event.findings)
    return Survey(syntax="x12", interchanges=interchanges, stray=stray)


def _interchange(
    position: int,
    start: InterchangeStart,
    end: InterchangeEnd,
    groups: list[Group],
    told: list[ServiceSegment],
    body: Bytes,
) -> Interchange:
    return Interchange(
        position=position,
        header=start.header,
        separators=start.separators,
        digest=hashlib.sha256(memoryview(body)[start.offset : end.end]).hexdigest(),
        findings=start.findings + _too_many_told(told) + end.findings,
        groups=groups,
        told=told[:TA1S_MAX],
    )


def _too_many_told(told: list[ServiceSegment]) -> list[Diagnostic]:
    if len(told) <= TA1S_MAX:
        return []
    first = told[TA1S_MAX]
    return [
        Diagnostic(
            code="ENV-TOO-MANY-TA1",
            severity=Severity.WARNING,
            message=f"There are more than {TA1S_MAX} TA1; what comes after was not read",
            location=Location(interchange=first.interchange, tag=TA1, offset=first.offset),
            remedy="Ask the partner to spread them over several interchanges",
        )
    ]


def _read_told(segment: ServiceSegment, position: int, interchange: Interchange) -> Document:
    """Return the TA1 as a document: handled, shown and kept as any other that a partner sends."""
    told, findings = read_ta1(segment)
    return Document(
        position=position,
        interchange=interchange,
        group=None,
        kind=TA1,
        control_number="",
        implementation=None,
        release="",
        findings=findings,
        document=type(told).__name__ if told else None,
        canonical=encode_document(told) if told else None,
    )


def _read_document(
    set: TransactionSet, position: int, interchange: Interchange, group: Group | None, rules: Rules, partner: str
) -> Document:
    """Validate and map one transaction set. A set with a syntactic fault is not mapped: it would be guessed at."""
    document = Document(
        position=position,
        interchange=interchange,
        group=group,
        kind=set.kind,
        control_number=set.control_number,
        implementation=set.implementation,
        release=set.release,
        findings=set.findings,
    )
    if not set.is_kept:
        return document  # beyond a limit: its findings say which, and the rest was not read
    validator = rules.validator(set.release, set.kind, partner)
    if validator is None:
        return _with(document, [_no_guide(set)])
    checked = validator.check(set)
    findings = checked.findings + _strangers(set, group, validator.guide)
    document = _with(document, findings, guide_digest=validator.guide.digest)
    if document.rejected:
        return document
    chosen = rules.inbound_map(partner, set.kind)
    if chosen is None:
        return _with(document, [_no_map(set)])
    applied = chosen.apply(checked.root)
    document = _with(document, applied.findings, map_name=chosen.name, map_digest=chosen.digest)
    if applied.document is None:
        return document
    return replace(document, document=chosen.document, canonical=encode_document(applied.document))


def _with(document: Document, findings: list[Diagnostic], **more: object) -> Document:
    return replace(document, findings=document.findings + findings, **more)


def _place(set: TransactionSet) -> Location:
    return Location(interchange=set.interchange, group=set.group, set=set.control_number, segment=1, tag="ST")


def _strangers(set: TransactionSet, group: Group | None, guide: Guide) -> list[Diagnostic]:
    """Return a finding for a set in a group of another kind: GS01 decides what is acknowledged, and to whom it goes."""
    if group is None or group.header.functional_group == guide.functional_group:
        return []
    return [
        Diagnostic(
            code="ENV-SET-NOT-OF-GROUP",
            severity=Severity.SET,
            message=f"Set {set.kind} may not stand in a functional group {group.header.functional_group}",
            location=_place(set),
            remedy=f"Send it in a group of its own, with {guide.functional_group} in GS01",
            standard="6",  # AK502: missing or invalid transaction set identifier
            found=group.header.functional_group,
            expected=guide.functional_group,
        )
    ]


def _no_guide(set: TransactionSet) -> Diagnostic:
    return Diagnostic(
        code="GDE-NO-GUIDE",
        severity=Severity.SET,
        message=f"There is no guide for {set.kind or 'a set without a number'} in release {set.release or 'unknown'}",
        location=_place(set),
        remedy="Send a set that was agreed, or ask for this one to be set up",
        standard="1",  # AK502: transaction set not supported
        found=set.kind or None,
    )


def _no_map(set: TransactionSet) -> Diagnostic:
    return Diagnostic(
        code="MAP-NO-MAP",
        severity=Severity.SET,
        message=f"No map is set up to read {set.kind} from this partner",
        location=_place(set),
        remedy="Add the map to the partner's file, then replay the message",
        found=set.kind,
    )

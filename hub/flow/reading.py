"""Open, validate, map: from stored bytes to canonical documents. Pure: bytes and rules in, values out.

A message is read twice. The survey looks at the envelopes alone, to their ends, because an interchange
or a group that is refused at its end must not have had an effect at its start. ``documents`` then reads
one transaction set after the other, so that of a large message memory holds one portion and never all of it.
What leaves is data and nothing else: it may have been read in another process (see ``readers``).

``Unreadable`` when the bytes are no interchange at all. Everything else that is wrong is a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator

from msgspec.structs import replace

from hub.canonical.stored import encode_document
from hub.exchange.model import Validation
from hub.flow.rules import Rules
from hub.flow.ta1 import read_ta1
from hub.formats.x12.beginnings import PURCHASE_ORDER, numbers_in
from hub.formats.x12.body import Bytes, source
from hub.formats.x12.events import Event, GroupEnd, GroupStart, InterchangeStart, ServiceSegment, TransactionSet
from hub.formats.x12.judgement import judge
from hub.formats.x12.reader import read
from hub.formats.x12.survey import TA1, Group, Interchange, Survey, Surveyor, survey
from hub.kernel.diagnostics import Diagnostic, Severity, worst
from hub.kernel.struct import Struct

KEPT_EVENTS_BYTES_MAX = 1024 * 1024  # below this, what the survey read is kept for the second reading


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
    numbers: list[tuple[str, str]] = []  # kind and value: what people ask for it by, read whatever its verdict

    @property
    def order_number(self) -> str | None:
        """The order it names, as sent."""
        return next((value for kind, value in self.numbers if kind == PURCHASE_ORDER), None)

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
            elif isinstance(event, GroupEnd):
                group = None
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
        return read(source(self._body))


def open_message(body: Bytes, *, paced: Callable[[Iterable[Event]], Iterable[Event]] = iter) -> Opened:
    """Survey ``body``. Raises ``Unreadable`` when it is nothing we can take apart.

    ``paced`` is handed what is read for the survey, and may let others pass in between.
    """
    kept = isinstance(body, bytes) and len(body) <= KEPT_EVENTS_BYTES_MAX
    events: Iterable[Event] = list(read(source(body))) if kept else _Rereading(body)
    return Opened(survey(paced(events), body), events)


def open_in_steps(body: Bytes, every: int) -> Generator[None, None, Opened]:
    """Survey ``body`` as ``open_message`` does, a step of ``every`` events at a time; what is returned is opened."""
    kept = isinstance(body, bytes) and len(body) <= KEPT_EVENTS_BYTES_MAX
    events: Iterable[Event] = list(read(source(body))) if kept else _Rereading(body)
    surveyor = Surveyor(body)
    for number, event in enumerate(events, start=1):
        surveyor.take(event)
        if number % every == 0:
            yield
    return Opened(surveyor.survey(), events)


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
        findings=[],
        numbers=numbers_in(set),
    )
    validator = rules.validator(set.release, set.kind, partner)
    judged = judge(set, group.header if group else None, validator, rules.agreed(partner))
    digest = validator.guide.digest if validator and judged.root else None
    document = replace(document, findings=judged.findings, guide_digest=digest)
    if document.rejected or judged.root is None:
        return document
    chosen = rules.inbound_map(partner, set.kind)
    assert chosen is not None  # what is agreed on is what the partner's file names maps for
    applied = chosen.apply(judged.root)
    document = _with(document, applied.findings, map_name=chosen.name, map_digest=chosen.digest)
    if applied.document is None:
        return document
    return replace(document, document=chosen.document, canonical=encode_document(applied.document))


def _with(document: Document, findings: list[Diagnostic], **more: object) -> Document:
    return replace(document, findings=document.findings + findings, **more)


def not_understood(document: Document) -> str:
    """Say why a document that is sound in its syntax waits for a person."""
    reason = next((f.message for f in document.findings if f.severity.is_reject), None)
    return f"Not understood: {reason}" if reason else f"Nothing in the hub handles {document.kind} yet"

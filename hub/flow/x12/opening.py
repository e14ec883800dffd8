"""Open, validate, map: from stored bytes to canonical documents. Pure: bytes and rules in, values out.

A message is read twice. The survey looks at the envelopes alone, to their ends, because an interchange
or a group that is refused at its end must not have had an effect at its start. ``documents`` then reads
one transaction set after the other, so that of a large message memory holds one portion and never all of it.

``Unreadable`` when the bytes are no interchange at all. Everything else that is wrong is a finding.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence

from msgspec.structs import replace

from hub.canonical.stored import encode_document
from hub.exchange.partners import Partner
from hub.flow.documents import Document, Survey
from hub.flow.outward_sentences import TO_PARTNER
from hub.flow.routing import agreed_maps, route
from hub.flow.rules import Rules
from hub.flow.x12.beginnings import numbers_in
from hub.flow.x12.envelopes import survey_of
from hub.flow.x12.guides import x12_rules
from hub.flow.x12.ta1 import read_ta1
from hub.formats.body import Bytes, source
from hub.formats.families import FAMILIES
from hub.formats.x12.agreed import hold
from hub.formats.x12.events import Event, GroupEnd, GroupStart, InterchangeStart, ServiceSegment, TransactionSet
from hub.formats.x12.family import opened
from hub.formats.x12.judgement import judge
from hub.formats.x12.reader import read
from hub.formats.x12.schema import FAMILY
from hub.formats.x12.survey import TA1, Group, Interchange, Surveyor
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.sentence import Phrase, declared
from hub.mapping.library import Map

KEPT_EVENTS_BYTES_MAX = 1024 * 1024  # below this, what the survey read is kept for the second reading


declared(
    {
        "MAP-NOT-ROUTED/release": Phrase(
            message="set {set} came in release {found}, and {map}, which is named for it, reads {expected}",
            remedy="name a map of that release under [sends] of partners/{partner}/partner.toml, start the hub again "
            "(it reads partner files as it starts), and replay the message; or agree on {expected} with the sender",
        ),
        f"MAP-NOT-ROUTED/release-{TO_PARTNER}": Phrase(
            message="set {set} came in release {found}, and we take it in {expected}",
            remedy="send it in {expected}, or ask us to take it in {found}; a person of ours looks at this one",
        ),
    }
)


class OpenedX12:
    """A message whose interchanges have been surveyed and whose documents can be read."""

    def __init__(
        self, survey: Survey, interchanges: list[Interchange], events: Iterable[Event], rules: Rules, partner: str
    ) -> None:
        self.survey = survey
        self._interchanges = interchanges
        self._events = events
        self._rules, self._partner = rules, partner

    def documents(self) -> Iterator[Document]:
        """Read the transaction sets one by one, then the TA1s; those of a refused interchange or group too."""
        interchanges = iter(self._interchanges)
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
                document = _read_document(event, position, interchange, group, self._rules, self._partner)
                if isinstance(self._events, _Rereading):
                    event.let_go()  # a long set is the memory of a process, and other messages have their steps now
                yield document
        for interchange in self._interchanges:
            for segment in interchange.told:
                position += 1
                yield _read_acknowledgement(segment, position, interchange)


class _Rereading:
    """The events of a large body, read afresh each time."""

    def __init__(self, body: Bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[Event]:
        return read(source(self._body))


def open_interchanges(body: Bytes, rules: Rules, partner: Partner, every: int) -> Generator[None, None, OpenedX12]:
    """Survey ``body``, a step of ``every`` events at a time (0: at once); what is returned is opened.

    What is not as agreed is among the findings of its envelopes. Raises ``Unreadable``.
    """
    kept = isinstance(body, bytes) and len(body) <= KEPT_EVENTS_BYTES_MAX
    events: Iterable[Event] = list(read(source(body))) if kept else _Rereading(body)
    surveyor = Surveyor(body)
    for number, event in enumerate(events, start=1):
        surveyor.take(event)
        if every and number % every == 0:
            yield
    found, agreed = surveyor.survey(), x12_rules(rules).agreed(partner.id)
    interchanges = [hold(each, agreed) for each in found.interchanges]
    survey = survey_of(replace(found, interchanges=interchanges))
    return OpenedX12(survey, interchanges, events, rules, partner.id)


def _read_acknowledgement(segment: ServiceSegment, position: int, interchange: Interchange) -> Document:
    """Return the TA1 as a document: handled, shown and kept as any other that a partner sends."""
    theirs, findings = read_ta1(segment)
    return Document(
        position=position,
        envelope=interchange.position,
        group=0,
        kind=TA1,
        number="",
        release="",
        findings=findings,
        stopped=interchange.names_refused,
        document=type(theirs).__name__ if theirs else None,
        canonical=encode_document(theirs) if theirs else None,
    )


def _read_document(
    set: TransactionSet, position: int, interchange: Interchange, group: Group | None, rules: Rules, partner: str
) -> Document:
    """Validate and map one transaction set. A set with a syntactic fault is not mapped: it would be guessed at."""
    document = Document(
        position=position,
        envelope=interchange.position,
        group=group.number if group else 0,
        kind=set.kind,
        number=set.control_number,
        version=set.implementation,
        release=set.release,
        findings=[],
        stopped=interchange.refused or (group is not None and group.refused),
        numbers=numbers_in(set),
    )
    judges = x12_rules(rules)
    validator = judges.validator(set.release, set.kind, partner)
    judged = judge(set, group.header if group else None, validator, judges.agreed(partner))
    digest = validator.guide.digest if validator and judged.root else None
    document = replace(document, findings=judged.findings, schema_digest=digest)
    if document.rejected or judged.root is None:
        return document
    maps = agreed_maps(rules, rules.partner(partner), FAMILY)
    chosen = route(opened(set), FAMILIES[FAMILY], maps, set.release)
    if chosen is None:
        return _with(document, [_of_no_map(set, maps, partner)])
    applied = chosen.apply(judged.root)
    document = _with(document, applied.findings, map_name=chosen.name, map_digest=chosen.digest)
    if applied.document is None:
        return document
    return replace(document, document=chosen.document, canonical=encode_document(applied.document))


def _of_no_map(set: TransactionSet, maps: Sequence[Map], partner: str) -> Diagnostic:
    """Say that what is named for the set reads it in another release than it came in: nothing the sender can mend."""
    named = [each for each in maps if each.kind == set.kind]  # what is agreed on is what maps are named for
    return Diagnostic(
        code="MAP-NOT-ROUTED",
        case="release",
        severity=Severity.DOCUMENT,
        words={"set": set.kind, "map": named[0].name, "partner": partner},
        location=set.place(segment=1, tag="ST", element=1),
        found=set.release,
        expected=", ".join(each.schema.release for each in named),
    )


def _with(document: Document, findings: list[Diagnostic], **more: object) -> Document:
    return replace(document, findings=document.findings + findings, **more)

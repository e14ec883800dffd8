"""From what we have to say to segments that the partner's guide takes. Pure, and so done anywhere.

In: what is due, and the rules. Out: drafts of messages, or why there is none. Numbered and stored they are in
``outgoing``.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from hub.canonical.result import Cause, Due, Result
from hub.canonical.stored import encode_document
from hub.exchange.partners import Partner
from hub.flow.rules import Rules
from hub.formats.tree import Value
from hub.formats.x12.compose import compose
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.fitting import Fitted, fitted
from hub.formats.x12.separators import Separators
from hub.formats.x12.writer import CleanSegments, OutboundSet, clean_segments, write_bare
from hub.kernel.diagnostics import Diagnostic, worst
from hub.kernel.errors import Misconfigured
from hub.kernel.outcome import Key
from hub.kernel.struct import Struct


class Content(Struct):
    """What stands between ST and SE, checked and ready to be numbered."""

    kind: str  # ST01
    functional_group: str  # GS01
    release: str  # GS08
    segments: CleanSegments
    document: str | None = None  # canonical name
    canonical: bytes | None = None
    map_name: str | None = None
    map_digest: str | None = None
    guide_digest: str | None = None
    findings: list[Diagnostic] = []


class Draft(Struct):
    """A message of ours before it is numbered: to whom, because of what, and what it says."""

    partner: str
    because: Cause
    test: bool
    contents: list[Content] = []  # one group; none: acknowledgements of interchanges alone
    interchange_acknowledgements: list[list[str]] = []  # TA1 segments
    subject: Key | None = None
    keys: list[Key] = []
    record: str | None = None  # of the room that owes it


class Unsendable(Exception):
    """What we have to say cannot be said in this partner's guide; ``findings`` say why."""

    def __init__(self, findings: list[Diagnostic]) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings = findings


def written(rules: Rules, result: Result) -> tuple[Result, list[Draft]]:
    """Return all that is due, written in its partners' own words, and the result with nothing left to write.

    What cannot be written is no draft and takes no number: the effect stands, and a person is called.
    """
    drafts: list[Draft] = []
    for due in result.due:
        try:
            drafts.append(_draft(rules, due))
        except Unsendable as fault:
            why = f"The answer could not be written: {fault.findings[0].message}"
            result = replace(result, findings=result.findings + fault.findings, attention=why)
    return (replace(result, due=[]) if result.due else result), drafts


def _draft(rules: Rules, due: Due) -> Draft:
    content = render(rules, rules.partner(due.partner), due.document)
    return Draft(
        partner=due.partner,
        because=due.because,
        test=due.test,
        contents=[content],
        subject=due.subject,
        keys=due.keys,
        record=due.record,
    )


def render(rules: Rules, partner: Partner, document: Struct) -> Content:
    """Write a canonical document in the partner's words and hold it against the partner's guide.

    Raises ``Unsendable`` when the map or the guide refuses what we have to say.
    """
    name = type(document).__name__
    chosen = rules.outbound_map(partner.id, name)
    if chosen is None:
        raise Misconfigured(f"no map writes {name} for {partner.id}", remedy="name one under [receives]")
    kind, map_ = chosen
    release = map_.wire.split("/")[1]
    guide, validator = rules.guide(release, kind, partner.id), rules.validator(release, kind, partner.id)
    if guide is None or validator is None:
        raise Misconfigured(f"there is no guide for {map_.wire}", remedy=f"add schemas/{map_.wire}.toml")
    rendered = map_.render(document)
    composed = compose(rendered.root, guide) if rendered.root else None
    findings = rendered.findings + (composed.findings if composed else [])
    if composed is None or worst(findings).is_reject:
        raise Unsendable(findings)
    fit = _fitted(partner, composed.segments)
    if fit.segments is None:
        raise Unsendable(findings + fit.findings)
    segments = fit.segments
    written = as_set(kind, segments, release)
    findings = findings + fit.findings + validator.check(written).findings
    if worst(findings).is_reject:
        raise Unsendable(findings)
    return Content(
        kind=kind,
        functional_group=guide.functional_group,
        release=release,
        segments=segments,
        document=name,
        canonical=encode_document(document),
        map_name=map_.name,
        map_digest=map_.digest,
        guide_digest=guide.digest,
        findings=findings,
    )


def cleaned(unwritten: OutboundSet, separators: Separators) -> CleanSegments:
    """Return what stands between ST and SE as it will be written. Raises ``Unsendable`` where it cannot be."""
    if isinstance(unwritten.segments, CleanSegments):
        return unwritten.segments
    clean = clean_segments(unwritten.segments, separators)
    if clean is None:
        raise Unsendable(write_bare([unwritten], separators).findings)
    return clean


def _fitted(partner: Partner, segments: Sequence[Sequence[Value]]) -> Fitted:
    """Return the segments with separators that their data does not contain, or the data without the separators."""
    envelope = partner.envelope
    assert envelope is not None
    ours, theirs = envelope.ours, envelope.theirs
    return fitted(
        segments,
        separators_of(partner),
        fixed=envelope.separators is not None,
        substitute=envelope.substitute,
        envelope=ours.id + ours.group_id + theirs.id + theirs.group_id,
    )


def separators_of(partner: Partner) -> Separators:
    """Return the separators we write to the partner where the data contains none of them."""
    assert partner.envelope is not None
    chosen = partner.envelope.agreed_separators
    return Separators(
        element=chosen.element,
        segment=chosen.segment,
        component=chosen.component,
        repetition=chosen.repetition,
        segment_suffix=chosen.line_end,
    )


def as_set(kind: str, segments: CleanSegments, release: str) -> TransactionSet:
    """Return what was composed as the validator takes it."""
    element, count = segments.separators.element, str(len(segments.lines) + 2)
    return TransactionSet(
        [
            element.join(("ST", kind, "0001")),
            *segments.lines,
            element.join(("SE", count, "0001")),
        ],
        segments.separators,
        release=release,
    )

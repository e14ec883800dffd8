"""From what we have to say to segments that the partner's guide takes. Pure, and so done anywhere.

In: what is due, and the rules. Out: drafts of messages, or why there is none. Numbered and stored they are in
``outgoing``.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from hub.canonical.result import Cause, Due, Result
from hub.canonical.stored import encode_document
from hub.exchange.partner_x12 import EnvelopeId
from hub.exchange.partners import Partner, another_release
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
    to: EnvelopeId | None = None  # which of the partner's identities; None: the first


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
    written_in = _written_in(partner, kind, release)
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
        release=written_in,
        segments=segments,
        document=name,
        canonical=encode_document(document),
        map_name=map_.name,
        map_digest=map_.digest,
        guide_digest=guide.digest,
        findings=findings,
    )


def _written_in(partner: Partner, kind: str, release: str) -> str:
    """Return GS08 of what we write in ``release``: the partner's file may name a convention behind its digits."""
    written_in = partner.x12.written_in.get(kind, release) if partner.x12 else release
    if not written_in.startswith(release):
        raise another_release(partner, kind, written_in, release)
    return written_in


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
    x12 = partner.x12
    assert x12 is not None
    named = [part for each in (x12.ours, *x12.theirs) for part in (each.id, each.group_id)]
    return fitted(
        segments,
        separators_of(partner),
        fixed=x12.separators is not None,
        substitute=x12.substitute,
        envelope="".join(named),
    )


def separators_of(partner: Partner) -> Separators:
    """Return the separators we write to the partner where the data contains none of them."""
    assert partner.x12 is not None
    chosen = partner.x12.agreed_separators
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

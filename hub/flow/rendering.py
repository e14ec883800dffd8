"""From what we have to say to segments that the partner's guide takes. Pure, and so done anywhere.

In: a canonical document, and the rules. Out: what stands between ST and SE, or ``Unsendable``. Numbered and stored it
is in ``outbound``.
"""

from __future__ import annotations

from collections.abc import Sequence

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


class Unsendable(Exception):
    """What we have to say cannot be said in this partner's guide; ``findings`` say why."""

    def __init__(self, findings: list[Diagnostic]) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings = findings


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

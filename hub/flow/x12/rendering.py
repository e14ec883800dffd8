"""From a canonical document to segments that the partner's guide takes. Pure, and so done anywhere.

In: a document, the map that writes it, and the rules. Out: a content, whose body is what stands between ST and SE, or
``Unsendable``. Numbered and put into an interchange they are in ``framing``.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hub.canonical.stored import encode_document
from hub.exchange.partners import Partner
from hub.flow.drafts import Content, Unsendable
from hub.flow.rules import Rules
from hub.flow.x12.guides import agreed_envelope, x12_rules
from hub.formats.tree import Value
from hub.formats.x12.compose import compose
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.family import EnvelopeStyle, X12Party
from hub.formats.x12.fitting import Fitted, fitted
from hub.formats.x12.headers import version_of
from hub.formats.x12.separators import Separators, in_version
from hub.formats.x12.validate import Validator
from hub.formats.x12.writer import CleanSegments, OutboundSet, clean_segments, write_bare
from hub.kernel.diagnostics import worst
from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import Phrase, declared
from hub.kernel.struct import Struct
from hub.mapping.library import Map

kept = msgspec.msgpack.Encoder().encode
"""Segments as the body of a content."""

segments_of = msgspec.msgpack.Decoder(CleanSegments).decode
"""The segments that a content's body keeps."""


def render(rules: Rules, partner: Partner, map_: Map, document: Struct) -> Content:
    """Write a canonical document in the partner's words and hold it against the partner's guide.

    Raises ``Unsendable`` when the map or the guide refuses what we have to say.
    """
    kind, release, judges = map_.kind, map_.schema.release, x12_rules(rules)
    guide, validator = judges.guide(release, kind, partner.id), judges.validator(release, kind, partner.id)
    if guide is None or validator is None:
        raise Misconfigured("CFG/there-is-no-guide", wire=map_.wire)
    rendered = map_.render(document)
    composed = compose(rendered.root, guide) if rendered.root else None
    findings = rendered.findings + (composed.findings if composed else [])
    if composed is None or worst(findings).is_reject:
        raise Unsendable(findings)
    written_in = _written_in(partner, kind, release)
    fit = _fitted(partner, composed.segments, release, validator)
    if fit.segments is None:
        raise Unsendable(findings + fit.findings)
    findings = findings + fit.findings + validator.check(as_set(kind, fit.segments, release)).findings
    if worst(findings).is_reject:
        raise Unsendable(findings)
    return Content(
        kind=kind,
        group=guide.functional_group,
        release=written_in,
        body=kept(fit.segments),
        document=type(document).__name__,
        canonical=encode_document(document),
        map_name=map_.name,
        map_digest=map_.digest,
        schema_digest=guide.digest,
        findings=findings,
    )


def _written_in(partner: Partner, kind: str, release: str) -> str:
    """Return GS08 of what we write in ``release``: the partner's file may name a convention behind its digits."""
    written_in = partner.x12.written_in.get(kind, release) if partner.x12 else release
    if not written_in.startswith(release):
        raise another_release(partner, kind, written_in, release)
    return written_in


def style_of(partner: Partner) -> EnvelopeStyle:
    """Return what stands around a set for the partner where nothing is sent; what was not agreed is left open."""
    if partner.x12 is None:
        return EnvelopeStyle()
    ours, theirs, said = partner.x12.ours, partner.x12.theirs[0], partner.x12.agreed_separators
    return EnvelopeStyle(
        sender=X12Party(qualifier=ours.qualifier, id=ours.id, group=ours.group),
        receiver=X12Party(qualifier=theirs.qualifier, id=theirs.id, group=theirs.group),
        separators=Separators(
            element=said.element,
            segment=said.segment,
            component=said.component,
            repetition=said.repetition,
            segment_suffix=said.line_end,
        ),
    )


def cleaned(unwritten: OutboundSet, separators: Separators) -> CleanSegments:
    """Return what stands between ST and SE as it will be written. Raises ``Unsendable`` where it cannot be."""
    if isinstance(unwritten.segments, CleanSegments):
        return unwritten.segments
    clean = clean_segments(unwritten.segments, separators)
    if clean is None:
        raise Unsendable(write_bare([unwritten], separators).findings)
    return clean


def _fitted(partner: Partner, segments: Sequence[Sequence[Value]], release: str, validator: Validator) -> Fitted:
    """Return the segments with separators that their data does not contain, or text without the separators."""
    x12 = agreed_envelope(partner)
    named = [part for each in (x12.ours, *x12.theirs) for part in (each.id, each.group_id)]
    return fitted(
        segments,
        separators_of(partner, release),
        validator.elements,
        fixed=x12.separators is not None,
        substitute=x12.substitute,
        envelope="".join(named),
    )


def separators_of(partner: Partner, release: str) -> Separators:
    """Return the separators we write to the partner in ``release`` where the data contains none of them."""
    chosen = agreed_envelope(partner).agreed_separators
    agreed = Separators(
        element=chosen.element,
        segment=chosen.segment,
        component=chosen.component,
        repetition=chosen.repetition,
        segment_suffix=chosen.line_end,
    )
    return in_version(agreed, version_of(release))


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


declared(
    {
        "CFG/there-is-no-guide": Phrase(message="there is no guide for {wire}", remedy="add schemas/{wire}.toml"),
    }
)


def another_release(partner: Partner, kind: str, stated: str, written: str, file: str | None = None) -> Misconfigured:
    """Return the fault of a file that says a set leaves in another release than its map writes."""
    return Misconfigured(
        "CFG-VALUE/is-written-by-file",
        file=file or f"partners/{partner.id}/partner.toml",
        kind=kind,
        stated=stated,
        id=partner.id,
        written=written,
    )


declared(
    {
        "CFG-VALUE/is-written-by-file": Phrase(
            message="{kind} is written in {stated} by the file of {id}, and its map writes {written}",
            remedy="name a map of that release under [receives], or another release under [x12.written_in]",
        ),
    }
)

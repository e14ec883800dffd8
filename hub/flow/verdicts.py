"""What is said of documents whose syntax has no acknowledgement of its own: the canonical one, place by place. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from hub.canonical.acknowledgement import FunctionalAcknowledgement, SegmentFault, SetVerdict
from hub.canonical.advice import Finding
from hub.flow.documents import DocumentOutcome
from hub.kernel.diagnostics import Diagnostic, worst

TEXT_CHARACTERS_MAX = 500  # of one sentence or value: ours are shorter
FAULTS_TOLD_MAX = 500  # of one document; who reads five hundred has found the fault


def verdict_on(outcomes: Sequence[DocumentOutcome]) -> FunctionalAcknowledgement:
    """Return the verdict on documents: each fault with its place, its words and its remedy."""
    sets = [_verdict(each) for each in outcomes]
    verdicts = {each.verdict for each in sets}
    return FunctionalAcknowledgement(
        verdict=verdicts.pop() if len(verdicts) == 1 else "partly-accepted" if "rejected" in verdicts else "accepted",
        sets=sets,
    )


def in_fewer_words(verdict: FunctionalAcknowledgement) -> Iterator[FunctionalAcknowledgement]:
    """Yield the verdict with ever less beside it, for a wire that cannot hold all of it.

    First goes what repeats the sender's own text, then what stands of each document: that it was rejected is told.
    """
    yield verdict
    yield replace(verdict, sets=[_without_quotes(each) for each in verdict.sets])
    yield FunctionalAcknowledgement(verdict=verdict.verdict)


def _without_quotes(verdict: SetVerdict) -> SetVerdict:
    faults = [
        SegmentFault(
            segment="/", position=each.position, elements=[Finding(code=finding.code) for finding in each.elements]
        )
        for each in verdict.segments
    ]
    return replace(verdict, number=None, segments=faults)


def _verdict(outcome: DocumentOutcome) -> SetVerdict:
    rejected = worst([*outcome.findings]).is_reject
    return SetVerdict(
        kind=outcome.kind,
        number=outcome.number or None,
        verdict="rejected" if rejected else "accepted",
        segments=[_fault(each) for each in outcome.findings if each.severity.is_reject][:FAULTS_TOLD_MAX],
    )


def _fault(finding: Diagnostic) -> SegmentFault:
    at = finding.location
    said = Finding(
        code=finding.code,
        text=_cut(finding.message),
        remedy=_cut(finding.remedy),
        found=_cut(finding.found),
        expected=_cut(finding.expected),
    )
    return SegmentFault(segment=at.at or "/", position=at.line or 0, elements=[said])


def _cut(text: str | None) -> str | None:
    return text[:TEXT_CHARACTERS_MAX] if text else None

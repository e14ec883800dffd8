"""What is said of documents whose syntax has no acknowledgement of its own: the canonical one, place by place. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from hub.canonical.acknowledgement import AcknowledgedDocument, DocumentFault, FunctionalAcknowledgement
from hub.canonical.advice import Finding
from hub.exchange.model import Acknowledgement
from hub.flow.documents import JudgedDocument
from hub.flow.outward import placed, told_to_partner
from hub.formats.named_faults import first_of
from hub.formats.signs import unfit_sign
from hub.kernel.diagnostics import Diagnostic, is_of_form, worst
from hub.kernel.spelling import spelled

TEXT_CHARACTERS_MAX = 500  # of one sentence or value: ours are shorter
FAULTS_TOLD_MAX = 500  # of one document; who reads five hundred has found the fault. Of more their number is told.
ACKNOWLEDGEMENTS: dict[str, Acknowledgement] = {
    "accepted": "accepted",
    "partly-accepted": "partly",
    "rejected": "rejected",
}
"""The verdict, as the message log has it."""


def verdict_on(judged: Sequence[JudgedDocument], whole: str) -> FunctionalAcknowledgement:
    """Return the verdict on documents: each fault with its place, its words and its remedy.

    ``whole`` is how the syntax writes the path of a whole document, where a finding has no other.
    """
    documents = [_verdict(each, whole) for each in judged]
    verdicts = {each.verdict for each in documents}
    return FunctionalAcknowledgement(
        verdict=verdicts.pop() if len(verdicts) == 1 else "partly-accepted", documents=documents
    )


def in_fewer_words(verdict: FunctionalAcknowledgement) -> Iterator[FunctionalAcknowledgement]:
    """Yield the verdict with ever less beside it, for a wire that cannot hold all of it.

    First goes what repeats the sender's own text, then what stands of each document: that it was rejected is told.
    """
    yield verdict
    yield replace(verdict, documents=[_without_quotes(each) for each in verdict.documents])
    yield replace(verdict, documents=[])


def _without_quotes(verdict: AcknowledgedDocument) -> AcknowledgedDocument:
    faults = [replace(each, findings=[Finding(code=said.code) for said in each.findings]) for each in verdict.faults]
    return replace(verdict, number=None, faults=faults)


def _verdict(outcome: JudgedDocument, whole: str) -> AcknowledgedDocument:
    """Return the verdict on one document: rejected by its form; or held for a person, for what our map cannot take.

    Of a held one nothing has taken effect, so it is not told accepted; nor rejected, for a person may yet take it up.
    Nor is one told accepted to which no answer follows, for its number is taken: it is told that.
    """
    refused = [each for each in outcome.findings if each.severity.is_reject]
    faults = [*refused, *outcome.unanswered]
    by_form = worst([each for each in refused if is_of_form(each.code)]).is_reject
    number = outcome.number or None
    return AcknowledgedDocument(
        kind=outcome.kind,
        number=None if number is None or unfit_sign(number) else number,
        verdict="rejected" if by_form else "partly-accepted" if faults else "accepted",
        faults=[_fault(each, whole) for each in first_of(faults, FAULTS_TOLD_MAX)],
    )


def _fault(finding: Diagnostic, whole: str) -> DocumentFault:
    at, sentence = finding.location, told_to_partner(finding)
    said = Finding(
        code=finding.code,
        text=_cut(placed(sentence, finding)),
        remedy=_cut(sentence.remedy),
        found=_cut(spelled(finding.found) if finding.found and unfit_sign(finding.found) else finding.found),
        expected=_cut(sentence.expected),
    )
    return DocumentFault(place=spelled(at.at or whole) or None, position=at.line or 0, findings=[said])


def _cut(text: str | None) -> str | None:
    return text[:TEXT_CHARACTERS_MAX] if text else None

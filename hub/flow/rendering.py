"""From what is due to drafts that its receiver's schema takes. Pure, and so done anywhere.

In: what a room owes, and the rules. Out: drafts of messages, each written by its own partner's map in that map's
syntax, or why there is none. Numbered and stored they are in ``outgoing``. What a document is answered with has to be
written before the document counts; of what others are told it stays owed, and a person is called.
"""

from __future__ import annotations

from msgspec.structs import replace

from hub.canonical.result import Due, OpenDuty, Result
from hub.exchange.partners import Partner
from hub.flow.canonical_json import JSON, canonical_content
from hub.flow.drafts import Content, Draft, Unsendable
from hub.flow.rules import Rules
from hub.flow.syntax import Syntax
from hub.flow.syntaxes import SYNTAXES
from hub.flow.telling import due_to_listeners
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.errors import Defect, Misconfigured
from hub.kernel.location import Location
from hub.kernel.sentence import Phrase, Word, Wording, declared
from hub.kernel.struct import Struct


class Unsaid(Exception):
    """What answers a document cannot be written for its sender: nothing of the document may count."""

    def __init__(self, due: Due, findings: list[Diagnostic]) -> None:
        self.reasons = _reasons(findings)
        self.why = self.reasons[0].wording
        super().__init__(str(self.why))
        self.owed = OpenDuty(partner=due.partner, document=type(due.document).__name__)


def written(rules: Rules, result: Result, sender: str) -> tuple[Result, list[Draft]]:
    """Return all that is due, written in its partners' own words, and the result with nothing left to write.

    What cannot be written is no draft and takes no number. Raises ``Unsaid`` where it was for the ``sender`` of the
    document; what is for others stays owed, the effect stands, and a person is called.
    """
    drafts: list[Draft] = []
    answers = [due for due in result.due if due.partner == sender]
    for due in answers:
        try:
            drafts.append(_draft(rules, due))
        except Unsendable as fault:
            raise Unsaid(due, fault.findings) from fault
    others = [due for due in result.due if due.partner != sender] if len(answers) < len(result.due) else []
    for due in (*others, *due_to_listeners(rules, result)):
        try:
            drafts.append(_draft(rules, due))
        except Unsendable as fault:
            result = _with_reasons(result, Unsaid(due, fault.findings), "call/not-written")
        except Misconfigured as fault:  # in the files of who listens: the sender's document stands all the same
            result = _with_reasons(result, Unsaid(due, [_in_their_files(fault)]), "call/not-written")
    return (replace(result, due=[], events=[]) if result.due or result.events else result), drafts


def withheld(held: Result, fault: Unsaid) -> Result:
    """Return what a room has made of a document that it holds because its answer cannot be written, with the reasons.

    A room that would tell somebody of it all the same is a ``Defect``.
    """
    if held.due or held.events:
        raise Defect(f"{held.subject} is told of, though its answer cannot be written")
    return _with_reasons(held, fault, "call/withheld")


def _with_reasons(result: Result, fault: Unsaid, key: str) -> Result:
    """Return the result with why something of it was not written, and what is owed therefore."""
    owed = fault.owed
    return replace(
        result,
        findings=[*result.findings, *(_of_ours(each, owed.document) for each in fault.reasons)],
        attention=Wording(key=key, words={"message": fault.why}),
        open_duties=result.open_duties if owed in result.open_duties else [*result.open_duties, owed],
    )


def _reasons(findings: list[Diagnostic]) -> list[Diagnostic]:
    """Return why an answer could not be written, its cause first: a note is no reason, and what a map cannot say comes
    before what its schema misses because of that, however much falls with it."""
    rejects = [each for each in findings if each.severity.is_reject]
    return rejects or findings


def _in_their_files(fault: Misconfigured) -> Diagnostic:
    return Diagnostic(code="CFG", case="listener", severity=Severity.DOCUMENT, words={"fault": fault.wording})


def _of_ours(found: Diagnostic, document: str) -> Diagnostic:
    """Return what was found in an answer of ours as a finding of what is answered, whose sender is not at fault."""
    words: dict[str, Word] = {"document": document, "code": found.code, "said": found.wording}
    words["remedy"] = replace(found.wording, advises=True) if found.remedy else Wording(key="unsendable/look")
    at = str(found.location)
    return Diagnostic(
        code="MAP-UNSENDABLE",
        case=None if at else "nowhere",
        severity=Severity.WARNING,
        words={**words, "at": at} if at else words,
        location=Location(path=document),
        found=found.found,
    )


def render(rules: Rules, partner: Partner, document: Struct) -> tuple[Syntax, Content]:
    """Write a canonical document in the partner's words, and say in which syntax.

    Raises ``Unsendable`` where the partner's map or schema refuses what we have to say.
    """
    name = type(document).__name__
    map_ = rules.outbound_map(partner.id, name)
    if map_ is None:
        raise Misconfigured("CFG/no-map-writes-for", name=name, id=partner.id)
    syntax = SYNTAXES[map_.family.name]
    return syntax, syntax.render(rules, partner, map_, document)


def _draft(rules: Rules, due: Due) -> Draft:
    partner, name = rules.partner(due.partner), type(due.document).__name__
    canonical = partner.takes_canonical(name) and rules.outbound_map(partner.id, name) is None
    if canonical:
        syntax, content = JSON, canonical_content(due.document)
    else:
        speaks, content = render(rules, partner, due.document)
        syntax = speaks.name
    return Draft(
        partner=due.partner,
        because=due.because,
        test=due.test,
        syntax=syntax,
        canonical=canonical,
        contents=[content],
        subject=due.subject,
        keys=due.keys,
        record=due.record,
    )


declared(
    {
        "call/not-written": Phrase(message="What others are told could not be written: {message}"),
        "call/withheld": Phrase(message="Held: the answer could not be written: {message}"),
        "unsendable/look": Phrase(message="look at what our document says there"),
        "MAP-UNSENDABLE": Phrase(
            message="our {document} could not be written, {code} at {at}: {said}", remedy="{remedy}"
        ),
        "MAP-UNSENDABLE/nowhere": Phrase(
            message="our {document} could not be written, {code}: {said}", remedy="{remedy}"
        ),
        "CFG/listener": Phrase(message="{fault}"),
        "CFG/no-map-writes-for": Phrase(message="no map writes {name} for {id}", remedy="name one under [receives]"),
    }
)

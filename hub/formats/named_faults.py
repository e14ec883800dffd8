"""What may be wrong with a document whose parts have names (XML, JSON), by its schema: one code, one sentence each.

The name of what is at fault, where it stands and what was found enter; ``DocumentFindings`` collects them to a most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Phrase, Word, Wording, declared
from hub.kernel.spelling import FOUND_CHARACTERS_MAX, visible
from hub.kernel.struct import Struct

FINDINGS_MAX = 1_000  # of one document; a wholly foreign one would bury the rest. What is beyond is counted.


class NamedFault(Struct):
    """One kind of fault: how grave it is, its sentence and what to do."""

    severity: Severity
    message: str
    remedy: str


FAULTS: Mapping[str, NamedFault] = declared({
    "GDE-NAME-UNKNOWN": NamedFault(
        severity=Severity.PART,
        message="{name} is not known here",
        remedy="leave it out, or write one of {expected}",
    ),
    "GDE-NAME-MISSING": NamedFault(
        severity=Severity.PART, message="{name} is missing", remedy="write {name}"
    ),
    "GDE-NAME-OFTEN": NamedFault(
        severity=Severity.PART, message="{name} comes more than {expected} times", remedy="send at most {expected}"
    ),
    "GDE-NAME-ORDER": NamedFault(
        severity=Severity.PART,
        message="{name} stands behind {expected}, and must stand before it",
        remedy="write them in the order of the schema",
    ),
    "GDE-NAME-SHAPE": NamedFault(
        severity=Severity.PART, message="{name} is not {expected}", remedy="write {expected}"
    ),
    "GDE-VALUE-TYPE": NamedFault(
        severity=Severity.VALUE,
        message="{name} = '{found}' is not {expected}",
        remedy="write {expected}",
    ),
    "GDE-VALUE-CHARACTER": NamedFault(
        severity=Severity.VALUE,
        message="{name} = '{found}' holds {expected}, a sign that no document may hold",
        remedy="leave it out where the document is made",
    ),
    "GDE-VALUE-LONG": NamedFault(
        severity=Severity.VALUE,
        message="{name} = '{found}' is longer than {expected} characters",
        remedy="write at most {expected} characters",
    ),
    "GDE-VALUE-SHORT": NamedFault(
        severity=Severity.VALUE,
        message="{name} = '{found}' is shorter than {expected} characters",
        remedy="write at least {expected} characters",
    ),
    "GDE-VALUE-CODE": NamedFault(
        severity=Severity.VALUE,
        message="{name} = '{found}' is none of its codes",
        remedy="write one of {expected}",
    ),
    "GDE-VALUE-DECIMALS": NamedFault(
        severity=Severity.VALUE,
        message="{name} = '{found}' has more than {expected} decimals",
        remedy="write at most {expected} decimals",
    ),
    "GDE-VALUE-DIGITS": NamedFault(
        severity=Severity.VALUE,
        message="{name} = '{found}' has more than {expected} digits",
        remedy="write at most {expected} digits",
    ),
    "GDE-VALUE-LOW": NamedFault(
        severity=Severity.VALUE,
        message="{name} = '{found}' is less than {expected}",
        remedy="write {expected} or more",
    ),
    "GDE-VALUE-HIGH": NamedFault(
        severity=Severity.VALUE,
        message="{name} = '{found}' is more than {expected}",
        remedy="write {expected} or less",
    ),
    "GDE-TEXT-STRAY": NamedFault(
        severity=Severity.PART,
        message="text '{found}' stands in {name}, where only elements may stand",
        remedy="put it into an element of its own",
    ),
    "GDE-SCHEMA": NamedFault(
        severity=Severity.PART,
        message="the schema that was agreed refuses {name}: {expected}",
        remedy="hold the document against that schema where it is made",
    ),
    "GDE-SCHEMA/unforeseen": NamedFault(
        severity=Severity.PART,
        message="the schema that was agreed refuses {name}; its judge says: {said}",
        remedy="hold the document against that schema where it is made",
    ),
})  # fmt: skip
declared(
    {
        "GDE-MORE": Phrase(
            message="{count} more findings are not listed",
            remedy="mend those that are listed and send the document again",
        )
    }
)


def unforeseen(finding: Diagnostic) -> Diagnostic:
    """Return the finding without what a library said as its value: that stands in its words, for people of ours."""
    return replace(finding, found=None)


def refused(code: str, fault: NamedFault, location: Location, *, found: Word = "", most: object = "") -> Diagnostic:
    """Return the finding ``code`` about a body that is not opened; ``most`` is the limit, or what is the case."""
    words: dict[str, Word] = {"found": visible(found) if isinstance(found, str) else found} if found else {}
    if most != "":
        words["most"] = str(most)
    code, _, case = code.partition("/")
    return Diagnostic(
        code=code,
        case=case or None,
        severity=fault.severity,
        words=words or None,
        location=location,
        found=str(found)[:FOUND_CHARACTERS_MAX] or None,
        expected=str(most) or None,
    )


MORE = "GDE-MORE"


def more_findings(count: int, worst: Severity) -> Diagnostic:
    """Return the finding that says how many more there are, and how bad."""
    return Diagnostic(code=MORE, severity=worst, words={"count": count}, location=Location(at=""), found=str(count))


def first_of(findings: Sequence[Diagnostic], most: int) -> list[Diagnostic]:
    """Return no more than the first ``most``, and behind them how many more there are; some were counted before."""
    listed = [each for each in findings if each.code != MORE]
    if len(listed) <= most:
        return [*findings]
    counted = [each for each in findings if each.code == MORE]
    more = len(listed) - most + sum(int(each.found or 0) for each in counted)
    grave = max(each.severity for each in [*listed[most:], *counted])
    return [*listed[:most], more_findings(more, grave)]


class DocumentFindings:
    """What was found in one document."""

    def __init__(self) -> None:
        self.items: list[Diagnostic] = []
        self.beyond: list[Severity] = []  # of those that are only counted

    def add(
        self,
        code: str,
        name: str,
        location: Location,
        *,
        found: str | None = None,
        expected: str | Wording = "",
        said: str = "",
    ) -> None:
        """Note a fault of ``name``; ``expected`` is what the schema asks for, ``said`` what a library says of it."""
        fault = FAULTS[code]
        if len(self.items) >= FINDINGS_MAX:
            self.beyond.append(fault.severity)
            return
        words: dict[str, Word] = {"name": visible(name)}
        if found is not None:
            words["found"] = visible(found)
        if said:
            words["said"] = said
        code, _, case = code.partition("/")
        self.items.append(
            Diagnostic(
                code=code,
                case=case or None,
                severity=fault.severity,
                words=words,
                location=location,
                found=found[:FOUND_CHARACTERS_MAX] if found else None,
                expected=expected or None,
            )
        )

    def finished(self) -> list[Diagnostic]:
        """Return the findings, the last of them saying how many more there are and how bad."""
        if not self.beyond:
            return self.items
        return [*self.items, more_findings(len(self.beyond), max(self.beyond))]

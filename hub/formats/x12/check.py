"""The verdict on one file: what ``hub x12 check`` says, and the answers its sender would get.

In: bytes and a way to find guides. Out: a ``Report`` with every finding in file order, one line per
set, and what was received of each interchange, from which ``answer`` makes TA1 and 997. Pure: nothing
is stored, no clock is read. What is no X12 at all is a verdict too, not an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO, Literal

from hub.formats.x12.acknowledge import SetOutcome
from hub.formats.x12.events import (
    Event,
    GroupEnd,
    GroupStart,
    InterchangeEnd,
    InterchangeStart,
    ServiceSegment,
    Stray,
    TransactionSet,
)
from hub.formats.x12.faults import finding
from hub.formats.x12.guide import Guide
from hub.formats.x12.headers import GroupHeader, InterchangeHeader
from hub.formats.x12.reader import read
from hub.formats.x12.separators import USUAL_SEPARATORS, Separators
from hub.formats.x12.validate import compile_guide
from hub.kernel.diagnostics import Diagnostic, Severity, worst
from hub.kernel.errors import Unreadable
from hub.kernel.location import Location
from hub.kernel.struct import Struct

Verdict = Literal["valid", "findings", "no-guide", "not-x12"]
FindGuide = Callable[[str, str], Guide | None]
"""The guide for a release as sent (GS08) and a set (ST01), or ``None``."""
Opinion = Callable[[TransactionSet, Guide], list[Diagnostic]]
"""What somebody else makes of a set that we have a guide for."""

BARE_RELEASE = "004010"
"""Taken for a set without a group, which names no release: the release of nearly all our traffic."""


class CheckedSet(Struct):
    """One set of the file."""

    set: str  # ST01
    control_number: str  # ST02
    verdict: Verdict
    segments: int
    release: str | None = None  # GS08
    guide: str | None = None  # "004010/850"


class ReceivedGroup(Struct):
    """One group as received: what its acknowledgement is made from."""

    header: GroupHeader
    outcomes: list[SetOutcome]
    stated: int | None = None  # GE01
    findings: list[Diagnostic] = []


class ReceivedInterchange(Struct):
    """One interchange as received: what its acknowledgements are made from."""

    header: InterchangeHeader
    separators: Separators
    groups: list[ReceivedGroup]
    findings: list[Diagnostic] = []  # of its start and end
    ta1s: int = 0

    @property
    def is_refused(self) -> bool:
        return worst(self.findings) is Severity.INTERCHANGE


class Report(Struct):
    """Everything that can be said of one file."""

    verdict: Verdict
    sets: list[CheckedSet]
    findings: list[Diagnostic]  # in file order
    interchanges: list[ReceivedInterchange] = []
    second_opinions: list[Diagnostic] = []  # laid beside; they decide nothing


def check(
    source: bytes | BinaryIO,
    find_guide: FindGuide,
    *,
    opinion: Opinion | None = None,
    step: Callable[[], None] = lambda: None,
) -> Report:
    """Read ``source`` to its end and judge every set we have a guide for.

    The verdict is ``findings`` when there is a warning or worse anywhere, else ``no-guide`` when a set
    could not be judged, else ``valid``. ``opinion`` has no say in it. ``step`` is called after each set.
    """
    checking = _Checking(find_guide, opinion)
    try:
        for event in read(source, bare=True):
            checking.take(event)
            if isinstance(event, TransactionSet):
                step()
    except Unreadable as fault:
        return Report(verdict="not-x12", sets=[], findings=[_as_finding(fault)])
    return Report(
        verdict=_verdict(checking.findings, (one.verdict for one in checking.sets)),
        sets=checking.sets,
        findings=checking.findings,
        interchanges=checking.interchanges,
        second_opinions=checking.second_opinions,
    )


class _Checking:
    """What was seen so far."""

    def __init__(self, find_guide: FindGuide, opinion: Opinion | None) -> None:
        self.sets: list[CheckedSet] = []
        self.findings: list[Diagnostic] = []
        self.interchanges: list[ReceivedInterchange] = []
        self.second_opinions: list[Diagnostic] = []
        self._find_guide = find_guide
        self._opinion = opinion
        self._separators = USUAL_SEPARATORS
        self._opening: list[Diagnostic] = []
        self._groups: list[ReceivedGroup] = []
        self._ta1s = 0
        self._group_opening: list[Diagnostic] = []
        self._group: GroupHeader | None = None
        self._outcomes: list[SetOutcome] = []

    def take(self, event: Event) -> None:
        """Add one event."""
        if isinstance(event, TransactionSet):
            self._judge(event)
            return
        if isinstance(event, (InterchangeStart, GroupStart, GroupEnd, InterchangeEnd, Stray)):
            self.findings += event.findings
        if isinstance(event, InterchangeStart):
            self._separators, self._opening, self._groups = event.separators, event.findings, []
            self._ta1s = 0
        elif isinstance(event, ServiceSegment):
            self._ta1s += event.values[0] == "TA1"
        elif isinstance(event, GroupStart):
            self._group, self._group_opening, self._outcomes = event.header, event.findings, []
        elif isinstance(event, GroupEnd):
            self._groups.append(
                ReceivedGroup(
                    header=event.header,
                    outcomes=self._outcomes,
                    stated=event.stated,
                    findings=self._group_opening + event.findings,
                )
            )
            self._group = None
        elif isinstance(event, InterchangeEnd):
            self.interchanges.append(
                ReceivedInterchange(
                    header=event.header,
                    separators=self._separators,
                    groups=self._groups,
                    findings=self._opening + event.findings,
                    ta1s=self._ta1s,
                )
            )

    def _judge(self, received: TransactionSet) -> None:
        guide = self._find_guide(received.release or BARE_RELEASE, received.kind)
        findings = received.findings + self._faults_of_group(received, guide)
        segments = len(received)
        if guide and received.is_kept and self._opinion:
            self.second_opinions += self._opinion(received, guide)
        if guide and received.is_kept:
            findings += compile_guide(guide).check(received).findings
        self.findings += findings
        self.sets.append(
            CheckedSet(
                set=received.kind,
                control_number=received.control_number,
                verdict=_verdict(findings, ["valid" if guide else "no-guide"]),
                segments=segments,
                release=received.release or None,
                guide=f"{guide.release}/{guide.set}" if guide else None,
            )
        )
        unknown = [] if guide else [_no_guide(received)]
        self._outcomes.append(
            SetOutcome(
                kind=received.kind,
                control_number=received.control_number,
                findings=findings + unknown,
                implementation=received.implementation,
                guide=guide,
            )
        )

    def _faults_of_group(self, received: TransactionSet, guide: Guide | None) -> list[Diagnostic]:
        if guide is None or self._group is None or guide.functional_group == self._group.functional_group:
            return []
        sent, due = self._group.functional_group, guide.functional_group
        fault = finding("ENV-SET-IN-WRONG-GROUP", received.place(), found=sent, expected=due, kind=received.kind)
        return [fault]


def _verdict(findings: list[Diagnostic], verdicts: Iterable[Verdict]) -> Verdict:
    if worst(findings) >= Severity.WARNING:
        return "findings"
    return "no-guide" if "no-guide" in verdicts else "valid"


def _no_guide(received: TransactionSet) -> Diagnostic:
    """Return what the sender is told of a set we cannot judge (AK502 1)."""
    place, release = received.place(segment=1, tag="ST", element=1), received.release or BARE_RELEASE
    return finding("GDE-NO-GUIDE", place, found=received.kind, kind=received.kind, release=release)


def _as_finding(fault: Unreadable) -> Diagnostic:
    message, _, remedy = fault.message.partition("; ")
    return Diagnostic(
        code=fault.code,
        severity=Severity.INTERCHANGE,
        message=message,
        location=Location(offset=fault.offset),
        remedy=remedy or "send an X12 interchange, from ISA to IEA",
    )

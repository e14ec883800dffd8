"""The verdict on one file: what ``hub x12 check`` says, and the answers its sender would get.

In: bytes and a way to find guides. Out: a ``Report`` with every finding in file order, one line per
set, and what was received of each interchange, from which ``answer`` makes TA1 and 997. Pure: nothing
is stored, no clock is read. What is no X12 at all is a verdict too, not an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO, Literal

from hub.formats.x12.acknowledge import AcknowledgedSet
from hub.formats.x12.agreed import ANYTHING, Agreed, about_group, about_interchange, hold
from hub.formats.x12.events import (
    Event,
    GroupEnd,
    GroupStart,
    InterchangeEnd,
    InterchangeStart,
    Stray,
    TransactionSet,
)
from hub.formats.x12.guide import Guide
from hub.formats.x12.headers import GroupHeader, InterchangeHeader
from hub.formats.x12.judgement import BARE_RELEASE, judge
from hub.formats.x12.reader import read
from hub.formats.x12.survey import Interchange, Surveyor
from hub.formats.x12.validate import compile_guide
from hub.kernel.diagnostics import Diagnostic, Severity, worst
from hub.kernel.errors import Unreadable
from hub.kernel.sentence import CHECKED
from hub.kernel.struct import Struct

Verdict = Literal["valid", "findings", "no-guide", "not-x12"]
FindGuide = Callable[[str, str], Guide | None]
"""The guide for a release as sent (GS08) and a set (ST01), or ``None``."""
Opinion = Callable[[TransactionSet, Guide], list[Diagnostic]]
"""What somebody else makes of a set that we have a guide for."""


class CheckedSet(Struct):
    """One set of the file."""

    set: str  # ST01
    control_number: str  # ST02
    verdict: Verdict
    segments: int
    release: str | None = None  # GS08
    guide: str | None = None  # "004010/850"


class ReceivedInterchange(Struct):
    """One interchange as received, and what was found in its sets: what its acknowledgements are made from."""

    interchange: Interchange
    outcomes: dict[int, list[AcknowledgedSet]] = {}  # by number of the group


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
    agreed: Agreed = ANYTHING,
    opinion: Opinion | None = None,
    step: Callable[[], None] = lambda: None,
) -> Report:
    """Read ``source`` to its end and judge it as the hub would that has this ``agreed`` with its sender.

    The verdict is ``findings`` when there is a warning or worse anywhere, else ``no-guide`` when a set
    could not be judged, else ``valid``. ``opinion`` has no say in it. ``step`` is called after each set.
    """
    checking = _Checking(find_guide, agreed, opinion)
    try:
        for event in read(source, bare=True):
            checking.take(event)
            if isinstance(event, TransactionSet):
                step()
    except Unreadable as fault:
        return Report(verdict="not-x12", sets=[], findings=[fault.finding(Severity.ENVELOPE, case=CHECKED)])
    return Report(
        verdict=_verdict(checking.findings, (one.verdict for one in checking.sets)),
        sets=checking.sets,
        findings=checking.findings,
        interchanges=checking.interchanges(),
        second_opinions=checking.second_opinions,
    )


class _Checking:
    """What was seen so far."""

    def __init__(self, find_guide: FindGuide, agreed: Agreed, opinion: Opinion | None) -> None:
        self.sets: list[CheckedSet] = []
        self.findings: list[Diagnostic] = []
        self.second_opinions: list[Diagnostic] = []
        self._find_guide = find_guide
        self._agreed = agreed
        self._opinion = opinion
        self._surveyor = Surveyor()
        self._interchange = InterchangeHeader(control_number=0)
        self._group: GroupHeader | None = None
        self._outcomes: dict[int, list[AcknowledgedSet]] = {}  # by number of the group

    def take(self, event: Event) -> None:
        """Add one event."""
        self._surveyor.take(event)
        if isinstance(event, TransactionSet):
            self._judge(event)
        elif isinstance(event, InterchangeStart):
            self._interchange = event.header
            self.findings += event.findings + about_interchange(event.header, self._agreed)
        elif isinstance(event, GroupStart):
            self._group = event.header
            self.findings += event.findings + about_group(event.header, self._interchange, self._agreed)
        elif isinstance(event, (GroupEnd, InterchangeEnd, Stray)):
            self._group = None
            self.findings += event.findings

    def interchanges(self) -> list[ReceivedInterchange]:
        """Return what the acknowledgements are made from."""
        return [
            ReceivedInterchange(
                interchange=hold(each, self._agreed),
                outcomes={group.number: self._outcomes.get(group.number, []) for group in each.groups},
            )
            for each in self._surveyor.survey().interchanges
        ]

    def _judge(self, received: TransactionSet) -> None:
        release = received.release if self._group else received.release or BARE_RELEASE
        guide = self._find_guide(release, received.kind)
        segments = len(received)
        if guide and received.is_kept and self._opinion:
            self.second_opinions += self._opinion(received, guide)
        judged = judge(received, self._group, compile_guide(guide) if guide else None, self._agreed)
        told = judged.findings if self._agreed.sets is not None else [f for f in judged.findings if not _is_ours(f)]
        self.findings += told
        self.sets.append(
            CheckedSet(
                set=received.kind,
                control_number=received.control_number,
                verdict=_verdict(told, ["valid" if guide else "no-guide"]),
                segments=segments,
                release=received.release or None,
                guide=f"{guide.release}/{guide.set}" if guide else None,
            )
        )
        outcome = AcknowledgedSet(
            kind=received.kind,
            control_number=received.control_number,
            findings=judged.findings,
            implementation=received.implementation,
            guide=guide,
        )
        if self._surveyor.group is not None:
            self._outcomes.setdefault(self._surveyor.group, []).append(outcome)


def _verdict(findings: list[Diagnostic], verdicts: Iterable[Verdict]) -> Verdict:
    if worst(findings) >= Severity.WARNING:
        return "findings"
    return "no-guide" if "no-guide" in verdicts else "valid"


def _is_ours(fault: Diagnostic) -> bool:
    """Whether the fault is that we have no guide: where nothing was agreed that is no fault of the file's."""
    return fault.code == "GDE-NO-GUIDE"

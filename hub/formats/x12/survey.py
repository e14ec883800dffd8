"""What envelopes a message holds: interchanges and groups to their ends, and what is wrong with them.

In: the events of the reader. Out: an ``InterchangeSurvey``. It is the one picture of a message's envelopes:
``hub x12 check``, the live hub and the answers all look at it, so that a fault is the same fault at every door. Pure;
nothing is judged here that the reader has not found (see ``agreed`` for what was agreed, ``judgement`` for the sets).
"""

from __future__ import annotations

import hashlib

import msgspec

from hub.formats.body import Bytes, sha256
from hub.formats.x12.events import (
    Event,
    GroupEnd,
    GroupStart,
    InterchangeEnd,
    InterchangeStart,
    ServiceSegment,
    Stray,
    TransactionSet,
)  # fmt: skip
from hub.formats.x12.faults import finding
from hub.formats.x12.headers import GroupHeader, InterchangeHeader, reference
from hub.formats.x12.separators import Separators
from hub.kernel.diagnostics import Diagnostic, Severity, worst
from hub.kernel.location import Location
from hub.kernel.struct import Struct

TA1 = "TA1"
TELLING = (TA1, "TA3")
"""Segments that say what became of another interchange."""
TA1S_MAX = 1_000  # of one interchange: more than we send a partner in a day; the survey keeps them


class Group(Struct):
    """A functional group as surveyed. ``number`` counts the groups of the message, from 1."""

    number: int
    interchange: int  # position of its interchange
    header: GroupHeader
    findings: list[Diagnostic] = []
    stated: int | None = None  # transaction sets, GE01
    received: int = 0

    @property
    def refused(self) -> bool:
        return worst(self.findings) >= Severity.GROUP


class Interchange(Struct):
    """An interchange as surveyed. ``position`` counts the interchanges of the message, from 1."""

    position: int
    header: InterchangeHeader
    separators: Separators
    digest: str  # SHA-256 of what it means, or of its bytes where not all was kept; "" where those are not at hand
    digest_of_bytes: str = ""
    findings: list[Diagnostic] = []
    groups: list[Group] = []
    told: list[ServiceSegment] = []  # TA1: what the partner says about interchanges of ours
    tells: bool = False  # about other interchanges, by any segment made for it

    @property
    def refused(self) -> bool:
        return worst(self.findings) >= Severity.ENVELOPE

    @property
    def only_tells(self) -> bool:
        """Whether it only says what became of others: it is never answered with a TA1, for that would never end.

        One that holds nothing at all tells nothing: its header is acknowledged as any other.
        """
        return self.tells and not self.groups

    @property
    def numbered(self) -> bool:
        """Whether its control number could be read; where not, 0 stands for it and is nobody's number."""
        return all(finding.code != "ENV-INTERCHANGE-NUMBER" for finding in self.findings)

    @property
    def names_refused(self) -> bool:
        """Whether it is refused for its header, or was cut short: only then a TA1 of it is not believed.

        A TA1 stands before all that may be wrong with groups, and with their count at the end.
        """
        return any(
            f.severity is Severity.ENVELOPE and (f.location.tag == "ISA" or f.code == "ENV-INTERCHANGE-NOT-CLOSED")
            for f in self.findings
        )


class InterchangeSurvey(Struct):
    """What envelopes a message holds, and what is wrong with them."""

    syntax: str
    interchanges: list[Interchange]
    stray: list[Diagnostic] = []  # bytes outside any interchange


class Surveyor:
    """Collects the envelopes while the events pass. ``body`` is what they were read from, where it is at hand."""

    def __init__(self, body: Bytes | None = None) -> None:
        self.group: int | None = None  # number of the group that is open
        self._body = body
        self._interchanges: list[Interchange] = []
        self._stray: list[Diagnostic] = []
        self._start: InterchangeStart | None = None
        self._opening: list[Diagnostic] = []
        self._groups: list[Group] = []
        self._told: list[ServiceSegment] = []
        self._tells = False
        self._number = 0
        self._meaning = hashlib.sha256()
        self._whole = True  # everything that stands in the interchange is in ``_meaning``

    def take(self, event: Event) -> None:
        """Add one event."""
        if isinstance(event, InterchangeStart):
            self._start, self._groups, self._told, self._tells = event, [], [], False
            self._meaning, self._whole = hashlib.sha256(msgspec.json.encode(event.header)), True
        elif isinstance(event, TransactionSet):
            self._whole = self._whole and event.is_kept
            self._meaning.update(f"{event.meaning()}\x1c".encode("utf-8", "surrogatepass"))
        elif isinstance(event, ServiceSegment):
            self._meaning.update("\x1d".join(event.values).encode("utf-8", "surrogatepass"))
            self._tells = self._tells or event.values[0] in TELLING
            # one more than is taken: it shows that there are more
            if event.values[0] == TA1 and len(self._told) <= TA1S_MAX:
                self._told.append(event)
        elif isinstance(event, GroupStart):
            self._number += 1
            self.group, self._opening = self._number, event.findings
            self._meaning.update(msgspec.json.encode(event.header))
        elif isinstance(event, GroupEnd):
            self.group = None
            self._groups.append(self._of_group(event))
        elif isinstance(event, InterchangeEnd) and self._start is not None:
            self._interchanges.append(self._of_interchange(self._start, event))
        elif isinstance(event, Stray):
            self._stray.extend(event.findings)

    def survey(self) -> InterchangeSurvey:
        """Return what was seen."""
        return InterchangeSurvey(syntax="x12", interchanges=self._interchanges, stray=self._stray)

    def _of_group(self, end: GroupEnd) -> Group:
        return Group(
            number=self._number,
            interchange=len(self._interchanges) + 1,
            header=end.header,
            findings=self._opening + end.findings,
            stated=end.stated,
            received=end.received,
        )

    def _of_interchange(self, start: InterchangeStart, end: InterchangeEnd) -> Interchange:
        return Interchange(
            position=len(self._interchanges) + 1,
            header=start.header,
            separators=start.separators,
            digest=self._digest(start, end),
            digest_of_bytes=self._digest_of_bytes(start, end),
            findings=start.findings + _too_many_told(self._told) + end.findings,
            groups=self._groups,
            told=self._told[:TA1S_MAX],
            tells=self._tells,
        )

    def _digest(self, start: InterchangeStart, end: InterchangeEnd) -> str:
        if self._body is None:
            return ""
        if self._whole and not any(found.code == "ENV-SEGMENT-OUTSIDE" for found in end.findings):
            return self._meaning.hexdigest()
        return self._digest_of_bytes(start, end)

    def _digest_of_bytes(self, start: InterchangeStart, end: InterchangeEnd) -> str:
        """Return by what an interchange is recognised that came when bytes were compared, not their meaning."""
        return "" if self._body is None else sha256(self._body, start.offset, end.end)


def _too_many_told(told: list[ServiceSegment]) -> list[Diagnostic]:
    if len(told) <= TA1S_MAX:
        return []
    first = told[TA1S_MAX]
    at = Location(envelope=reference(first.interchange), tag=TA1, offset=first.offset)
    return [finding("ENV-TOO-MANY-TA1", at, count=TA1S_MAX)]

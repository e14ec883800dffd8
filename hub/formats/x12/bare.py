"""A set without its envelope: ``ST … SE`` (or ``GS … GE``) alone, as people paste and mail it.

In: a window at the start of a file. Out: the events of its sets, or ``None`` when the file does not
begin with ST or GS. There is no ISA to tell the separators: the element separator follows the tag,
the terminator is what ends the first segment, and the component separator is a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.formats.x12.events import Event, Stray
from hub.formats.x12.faults import finding
from hub.formats.x12.hunt import BYTE_ORDER_MARK
from hub.formats.x12.interchange import EnvelopeReading
from hub.formats.x12.isa import LOOK_AHEAD_BYTES
from hub.formats.x12.limits import Limits
from hub.formats.x12.scan import Window
from hub.formats.x12.separators import WireSeparators, character_at, is_usable
from hub.formats.x12.walk import Walker
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.location import Location

_HEAD = re.compile(rb"\s*(?:ST|GS)(?=[^A-Za-z0-9\s])")
_HEADERS = {
    b"ST": rb"ST(?:@[A-Za-z0-9]*){1,3}@*",
    b"GS": rb"GS(?:@(?:(?!@)[^\r\n]){0,35}){7}@[A-Za-z0-9]*@*",
}
"""The first segment without its terminator; ``@`` stands for the element separator."""

_COMPONENT_SEPARATORS = (b">", b":", b"\x1f")
"""Guessed in this order; the last is for data that needs both others."""


def read_bare(window: Window, limits: Limits) -> Iterator[Event] | None:
    """Return the events of a file without an interchange, or ``None`` when it is not one."""
    window.want(LOOK_AHEAD_BYTES)
    start = len(BYTE_ORDER_MARK) if window.data.startswith(BYTE_ORDER_MARK) else 0
    head = _HEAD.match(window.data, start)
    if head is None:
        return None
    separators = guess(bytes(window.data[head.end() - 2 : head.end() + LOOK_AHEAD_BYTES]))
    if separators is None:
        return None
    walker = Walker(window, separators, limits)
    walker.place = head.end() - 2
    return _events(_BareReading(walker, limits, None))


def guess(window: bytes) -> WireSeparators | None:
    """Return the separators of a file that begins with ST or GS, or ``None`` when none can be seen."""
    element = character_at(window, 2)
    if not is_usable(element):
        return None
    header = re.match(_HEADERS[window[:2]].replace(b"@", re.escape(element)), window)
    place = header.end() if header else len(window)
    terminator = character_at(window, place)
    if window.startswith(b"\r\n", place):
        terminator = b"\n"
    if terminator == element or not (is_usable(terminator) or terminator in (b"\n", b"\r")):
        return None
    after = window.split(terminator, 1)[1] if terminator in window else b""
    suffix = next((s for s in (b"\r\n", b"\n") if after.startswith(s)), b"")
    free = [c for c in _COMPONENT_SEPARATORS if c not in (element, terminator)]
    component = next((c for c in free if c in window), free[0])
    return WireSeparators(
        element=element, segment=terminator, component=component, repetition=None, segment_suffix=suffix
    )


class _BareReading(EnvelopeReading):
    """Sets for which nobody expects a group."""

    def faults_outside_group(self, at: Location) -> list[Diagnostic]:
        return []


def _events(reading: EnvelopeReading) -> Iterator[Event]:
    walker = reading.walker
    while True:
        ended_by = ""
        for event in reading.body():
            if isinstance(event, str):
                ended_by = event
            else:
                yield event
        if not ended_by:
            break
        at = Location(offset=walker.offset, tag=ended_by)
        stray = finding("ENV-SEGMENT-OUTSIDE", at, found=ended_by, count=1)
        yield Stray(offset=walker.offset, length=0, findings=[stray])
        walker.take()
    findings = reading.last_findings()
    if findings:
        yield Stray(offset=walker.offset, length=0, findings=findings)

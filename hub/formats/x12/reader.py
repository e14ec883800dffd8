"""Reading X12 as the world sends it: bytes in, events out, one transaction set at a time.

In: the bytes of a message, or an open file. Out: the events of ``hub.formats.x12.events``, in file
order. What is wrong with an envelope is a finding on its event and reading goes on with what stands
beside it. Only bytes that hold no interchange at all raise ``Unreadable``.

Memory: one chunk and one set; nothing grows with the file but the control numbers seen in a group.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from hub.formats.packed import is_in_parts
from hub.formats.sniff import SNIFFED_BYTES, sniff
from hub.formats.x12.bare import read_bare
from hub.formats.x12.disguise import disguise
from hub.formats.x12.events import Event, Stray
from hub.formats.x12.faults import finding
from hub.formats.x12.hunt import Hunt, Passed, hunt
from hub.formats.x12.interchange import InterchangeReading
from hub.formats.x12.limits import LIMITS, Limits
from hub.formats.x12.mosts import within
from hub.formats.x12.scan import Window
from hub.formats.x12.unreadable import unreadable
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.errors import Unreadable
from hub.kernel.location import Location

_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF_16_ISA = (b"I\x00S\x00A\x00", b"\x00I\x00S\x00A")
"""What begins a file that was saved as UTF-16, with and without a mark."""


def read(source: bytes | BinaryIO, limits: Limits = LIMITS, *, bare: bool = False) -> Iterator[Event]:
    """Read a message of any number of interchanges.

    With ``bare`` a message that begins with ST (or GS) and has no envelope around it is read too.

    This alone decides whether there is X12 in the bytes: whoever asks, asks by reading. Raises ``Unreadable`` when
    there is no interchange in them: nothing, another syntax, UTF-16, an ISA cut short; or when there is more in
    them than a message may hold. Nothing else is raised,
    whatever the bytes (errors of ``source`` itself pass).
    """
    window = Window(io.BytesIO(source) if isinstance(source, (bytes, bytearray)) else source, limits.chunk_bytes)
    window.want(SNIFFED_BYTES)  # all that is looked at, however small the pieces in which it arrives
    _refuse_what_is_something_else(bytes(window.data[:SNIFFED_BYTES]))
    if bare:
        found = read_bare(window, limits)
        if found is not None:
            yield from within(found, limits)
            return
    yield from within(_interchanges(window, limits), limits)


def _interchanges(window: Window, limits: Limits) -> Iterator[Event]:
    found, place = hunt(window, 0, limit=limits.hunt_bytes)
    if found.isa is None:
        raise _no_interchange(window, found)
    refused: InterchangeReading | None = None
    while True:
        if refused is not None:
            yield refused.end_of_refused(window.base + place)
        elif found.passed:
            yield _stray(found.passed)
        if found.isa is None:
            return
        marks = [finding("ENV-BYTE-ORDER-MARK", Location(offset=window.base + place))] if found.marked else []
        reading = InterchangeReading(window, found.isa, place, limits, marks)
        yield from reading.events()
        refused = None if found.isa.is_sound else reading
        found, place = hunt(window, reading.place)


def _refuse_what_is_something_else(head: bytes) -> None:
    """Refuse what begins as another syntax: an ISA further on is that syntax's content, and not ours to take out."""
    if not head.startswith(b"ISA") and (other := sniff(head)) is not None:
        raise unreadable(f"SYN-NOT-X12/{'parts' if is_in_parts(head) else other}")
    if (made := disguise(head)) is not None:
        raise unreadable(f"ENV-DISGUISED/{made}")
    if head.startswith(_UTF_16_MARKS) or head.lstrip(b" \t\r\n").startswith(_UTF_16_ISA):
        raise unreadable("ENV-UTF-16")


def _no_interchange(window: Window, found: Hunt) -> Unreadable:
    if found.passed is None:
        return unreadable("ENV-EMPTY")
    offset = found.passed.offset
    if found.passed.headers:
        return unreadable("ENV-ISA-UNREADABLE/cut", offset=offset)
    return unreadable("ENV-NO-INTERCHANGE", offset=offset, length=found.passed.length)


def _stray(passed: Passed) -> Stray:
    findings: list[Diagnostic] = []
    place = Location(offset=passed.offset)
    if passed.headers:
        findings.append(finding("ENV-ISA-UNREADABLE", place))
    findings.append(finding("ENV-BYTES-OUTSIDE", place, found=passed.beginning, count=passed.length))
    return Stray(offset=passed.offset, length=passed.length, findings=findings)

"""Walking through an interchange segment by segment, and over whole sets in one stride.

In: a window on the file and the separators. Out: the tag that comes next, the elements of an
envelope segment, the place of the next envelope segment after a set's body. What can go wrong: a
terminator that never comes and a set that never ends; both are said as soon as a limit is passed,
with no more than that in memory.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from hub.formats.x12.characters import UTF_8, WINDOWS_1252, decoded, is_utf_8
from hub.formats.x12.isa import ISA_BYTES, WHOLE_ISA
from hub.formats.x12.limits import Limits
from hub.formats.x12.scan import Window
from hub.formats.x12.separators import SEPARATORS_KEPT_MAX, Separators, WireSeparators

_SKIP_KEEPS_BYTES = 64
"""Kept of what is skipped: a terminator, line ends and a tag may lie across two chunks."""


class Boundary(NamedTuple):
    """The envelope segment that ends a set's body; ``tag`` is "" at the end of the file."""

    tag: str
    place: int  # where the tag begins
    body_end: int  # after the terminator before it
    fault: str = ""  # SYN-SEGMENT-TOO-LONG or SYN-SET-TOO-LONG when a limit stopped the search


class EnvelopeSegment(NamedTuple):
    """One envelope segment, cut."""

    elements: list[str]
    offset: int  # byte in the file
    terminated: bool = True
    too_long: bool = False
    has_nul: bool = False


class Walker:
    """Where the reading of one interchange stands. ``place`` is the next byte to be read."""

    def __init__(self, window: Window, wire: WireSeparators, limits: Limits, *, wrapped: bool = False) -> None:
        self.window = window
        self.wire = wire
        self.place = 0
        self.wrapped = wrapped
        self._limits = limits
        self._tools = _tools(wire, wrapped)
        self._nothing, self._boundary = self._tools.nothing, self._tools.boundary

    @property
    def offset(self) -> int:
        """The byte of the file that is read next."""
        return self.window.base + self.place

    def text(self, raw: bytes | bytearray) -> tuple[str, str, Separators]:
        """Return ``raw`` as text, in which encoding, and the separators in it."""
        tools = self._tools
        if tools.as_utf_8 is not None and is_utf_8(raw):
            return decoded(raw, UTF_8), UTF_8, tools.as_utf_8
        if tools.stand_ins is not None:
            plain = tools.stand_ins.put_into(raw)
            if plain is not None:
                return plain, UTF_8, tools.stand_ins.separators
        return decoded(raw, WINDOWS_1252), WINDOWS_1252, tools.as_windows_1252

    @property
    def separators(self) -> Separators:
        """The separators as they are, as text."""
        return self._tools.as_utf_8 or self._tools.as_windows_1252

    def next_tag(self) -> str | None:
        """Go to the next segment and return its tag, "?" for none, ``None`` at the end of the file."""
        window = self.window
        plain = self._tools.tag.match(window.data, self.place)
        if plain is not None:
            self.place, end = plain.span("tag")
            return window.data[self.place : end].decode("ascii")
        while True:
            found = self._nothing.match(window.data, self.place)
            self.place = found.end() if found else self.place
            if self.place + _SKIP_KEEPS_BYTES <= len(window.data):
                break
            if self.place > self._limits.chunk_bytes:
                self._forget()
            if not window.fill():
                if self.place >= len(window.data):
                    return None
                break
        head = bytes(window.data[self.place : self.place + _SKIP_KEEPS_BYTES])
        if self.wrapped:
            head = head.replace(b"\r", b"").replace(b"\n", b"")
        if head.startswith(b"ISA") and not head[3:4].isalnum():
            return "ISA"
        first, _, _ = head.partition(self.wire.segment)
        tag = first.partition(self.wire.element)[0].decode("latin-1")
        return tag if 2 <= len(tag) <= 3 and tag.isascii() and tag.isalnum() else "?"

    def take(self, *, ends_at_line_end: bool = False) -> EnvelopeSegment:
        """Cut the segment that begins here and go behind it."""
        start, offset = self.place, self.offset
        end, too_long = self._end_of_segment(start)
        raw = bytes(self.window.data[start:end])
        terminated = raw.endswith(self.wire.segment)
        if ends_at_line_end and not self.wrapped and self.wire.segment not in (b"\r", b"\n"):
            line = re.split(rb"[\r\n]", raw, maxsplit=1)[0]
            if len(line) < len(raw) - len(self.wire.segment) and line.rstrip(self.wire.blanks):
                raw, end, terminated = line, start + len(line), False
        self.place = end
        if too_long:
            self.skip_segment()
        text, _, separators = self.text(raw.removesuffix(self.wire.segment))
        text = text.replace("\r", "").replace("\n", "")
        elements = text.rstrip(separators.element if len(separators.element) == 1 else "").split(separators.element)
        return EnvelopeSegment(elements, offset, terminated, too_long, b"\x00" in raw)

    def boundary(self, start: int) -> Boundary:
        """Return the envelope segment that follows the set beginning at ``start``."""
        data, terminator = self.window.data, self.wire.segment
        search_from = start
        while True:
            found = self._boundary.search(data, search_from)
            end = found.start() if found else len(data)
            inside = self._isa_inside(search_from if search_from > start else start + 2, end)
            if inside >= 0:
                return Boundary("ISA", inside, inside)
            if found:
                tag = found["tag"].translate(None, b"\r\n").decode("ascii")
                return Boundary(tag, found.start("tag"), found.start() + len(terminator))
            last = max(data.rfind(terminator, search_from), search_from)
            if len(data) - last > self._limits.segment_bytes:
                return Boundary("", len(data), last, "SYN-SEGMENT-TOO-LONG")
            if len(data) - start > self._limits.set_bytes:
                return Boundary("", len(data), last, "SYN-SET-TOO-LONG")
            search_from = last
            if not self.window.fill():
                return Boundary("", len(data), len(data))

    def take_set(self, end_tag_place: int) -> bytes:
        """Cut the set that begins here and whose SE begins at ``end_tag_place``; go behind it."""
        end, too_long = self._end_of_segment(end_tag_place)
        raw = bytes(self.window.data[self.place : end])
        self.place = end
        if too_long:
            self.skip_segment()
        return raw

    def take_until(self, end: int) -> bytes:
        """Cut what stands from here to ``end`` and go there."""
        raw = bytes(self.window.data[self.place : end])
        self.place = end
        return raw

    def skip_segment(self) -> None:
        """Go behind the next terminator, keeping nothing of what is passed."""
        while True:
            found = self.window.data.find(self.wire.segment, self.place)
            if found >= 0:
                self.place = found + len(self.wire.segment)
                return
            self.place = max(self.place, len(self.window.data) - _SKIP_KEEPS_BYTES)
            self._forget()
            if not self.window.fill():
                self.place = len(self.window.data)
                return

    def skip_to_envelope(self) -> tuple[str, int]:
        """Go to the next envelope segment, keeping nothing of what is passed.

        Returns its tag ("" at the end of the file) and how many terminators were passed.
        """
        passed = 0
        while True:
            data = self.window.data
            found = self._boundary.search(data, self.place)
            if found:
                passed += data.count(self.wire.segment, self.place, found.start() + len(self.wire.segment))
                self.place = found.start("tag")
                return found["tag"].translate(None, b"\r\n").decode("ascii"), passed
            last = data.rfind(self.wire.segment, self.place)
            keep = len(data) - _SKIP_KEEPS_BYTES
            stop = max(self.place, last if last >= 0 and last > keep else keep)
            passed += data.count(self.wire.segment, self.place, stop)
            self.place = stop
            self._forget()
            if not self.window.fill():
                self.place = len(self.window.data)
                return "", passed

    def compact(self) -> None:
        """Let go of what was read, when it is worth the move."""
        if self.place > self._limits.chunk_bytes:
            self._forget()

    def _forget(self) -> None:
        self.window.drop(self.place)
        self.place = 0

    def _end_of_segment(self, start: int) -> tuple[int, bool]:
        """Return the place after the terminator of the segment at ``start``, and whether a limit came first."""
        data, terminator = self.window.data, self.wire.segment
        search_from = start
        while True:
            found = data.find(terminator, search_from)
            end = found + len(terminator) if found >= 0 else len(data)
            inside = self._isa_inside(start + 2, end)
            if inside >= 0:
                return inside, False
            if end - start > self._limits.segment_bytes:
                return start + self._limits.segment_bytes, True
            if found >= 0:
                return end, False
            search_from = max(start, len(data) - len(terminator))
            if not self.window.fill():
                return len(data), False

    def _isa_inside(self, start: int, end: int) -> int:
        """Return the place of a whole interchange header between ``start`` and ``end``, or -1.

        It stands there when the interchange before it was cut off in the middle of a segment.
        """
        data = self.window.data
        place = data.find(b"ISA", start, end)
        while place >= 0:
            self.window.want(place + ISA_BYTES)
            if WHOLE_ISA.match(data, place):
                return place
            place = data.find(b"ISA", place + 3, end)
        return -1


class _Tools(NamedTuple):
    """What the separators make of the patterns that every reading needs."""

    nothing: re.Pattern[bytes]  # terminators and blanks with no segment between them; possessive, as in ``hunt``
    tag: re.Pattern[bytes]  # the same, and a tag that ends as it should
    boundary: re.Pattern[bytes]  # a terminator with an envelope segment after it
    as_utf_8: Separators | None  # the separators as text; None: one of them is no character of UTF-8
    as_windows_1252: Separators
    stand_ins: _StandIns | None  # where ``as_utf_8`` is None: what makes the text between them UTF-8 all the same


@lru_cache(SEPARATORS_KEPT_MAX)
def _tools(wire: WireSeparators, wrapped: bool) -> _Tools:
    nothing = b"(?:" + _either(wire.blanks) + re.escape(wire.segment) + b")*+"
    ends = b"(?:" + re.escape(wire.element) + b"|" + re.escape(wire.segment) + b")"
    return _Tools(
        nothing=re.compile(nothing),
        tag=re.compile(nothing + b"(?P<tag>[A-Za-z0-9]{2,3})(?=" + ends + b")"),
        boundary=_boundary_pattern(wire, wrapped),
        as_utf_8=None if wire.bytes_of_their_own else wire.text(UTF_8),
        as_windows_1252=wire.text(WINDOWS_1252),
        stand_ins=_stand_ins(wire),
    )


class _StandIns(NamedTuple):
    """Control characters instead of separators that are no characters: these alone make no text something else."""

    table: bytes
    taken: bytes
    separators: Separators

    def put_into(self, raw: bytes | bytearray) -> str | None:
        """Return ``raw`` with them, as text; None when it holds them already, or is not UTF-8 even so."""
        if any(each in raw for each in self.taken):
            return None
        plain = raw.translate(self.table)
        return plain.decode(UTF_8) if is_utf_8(plain) else None


def _stand_ins(wire: WireSeparators) -> _StandIns | None:
    odd = wire.bytes_of_their_own
    if not odd:
        return None
    used = b"".join((wire.element, wire.segment, wire.component or b"", wire.repetition or b""))
    free = bytes(byte for byte in range(0x0E, 0x20) if byte not in used)[: len(odd)]
    if len(free) < len(odd):
        return None
    table = bytes.maketrans(odd, free)
    plain = WireSeparators(
        element=wire.element.translate(table),
        segment=wire.segment.translate(table),
        component=wire.component and wire.component.translate(table),
        repetition=wire.repetition and wire.repetition.translate(table),
        segment_suffix=wire.segment_suffix,
    )
    return None if plain.bytes_of_their_own else _StandIns(table, free, plain.text(UTF_8))


def _either(blanks: bytes) -> bytes:
    return b"[" + re.escape(blanks) + b"]++|" if blanks else b""


def _boundary_pattern(wire: WireSeparators, wrapped: bool) -> re.Pattern[bytes]:
    """Return what finds a terminator with an envelope segment after it.

    The class of blanks leaves the terminator out, so that a run of terminators is passed once and
    not once for each of them.
    """
    gap = b"[\r\n]*" if wrapped else b""
    tags = b"|".join(gap.join(bytes([c]) for c in tag) for tag in (b"ST", b"SE", b"GS", b"GE", b"IEA"))
    ends = gap + b"(?:" + re.escape(wire.element) + b"|" + re.escape(wire.segment) + b")"
    isa = gap.join((b"I", b"S", b"A")) + b"(?=[^A-Za-z0-9])"
    blanks = b"[" + re.escape(wire.blanks) + b"]*" if wire.blanks else b""
    return re.compile(re.escape(wire.segment) + blanks + b"(?P<tag>(?:" + tags + b")(?=" + ends + b")|" + isa + b")")

"""Looking for the next interchange header in bytes that may be anything.

In: a window that stands outside any interchange. Out: the header and what had to be passed to get to
it. What is passed is counted and its beginning kept for the finding, so nothing disappears unsaid.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hub.formats.x12.isa import LOOK_AHEAD_BYTES, WHOLE_ISA, Isa, read_isa
from hub.formats.x12.limits import FOUND_CHARACTERS_MAX
from hub.formats.x12.scan import Window

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_CANDIDATE = re.compile(rb"ISA(?![A-Za-z0-9])|(?<![A-Za-z0-9])ISA")
_MEANINGLESS = re.compile(rb"(?:[ \t\r\n\x00\x1a]++|\xef\xbb\xbf)++")
"""Between interchanges: blanks, line ends, the padding of fixed blocks, the end mark of old systems, a BOM. Possessive:
of each round of a repetition that it might take back the matcher keeps a record, many times what it matched."""


THOROUGH_CANDIDATES_MAX = 100
"""ISAs looked at from all sides before only a whole one is believed: 20 MB of "ISA*" would take a minute else."""


class Passed(NamedTuple):
    """Bytes that belong to no interchange."""

    offset: int
    length: int
    beginning: str
    headers: int  # ISAs among them that could not be read


class Hunt(NamedTuple):
    """What the looking came to."""

    isa: Isa | None  # None: the file ended, or ``limit`` bytes were passed
    passed: Passed | None
    marked: bool  # a byte order mark was skipped


def hunt(window: Window, start: int, *, limit: int | None = None) -> tuple[Hunt, int]:
    """Return the next header and the place at which it begins (the end of the window when there is none).

    ``limit`` is the most bytes to pass; ``None`` to the end of the file, in constant memory.
    """
    place, first_offset, headers, marked = start, -1, 0, False
    beginning = b""
    while True:
        meaningless = _MEANINGLESS.match(window.data, place)
        if meaningless and first_offset < 0:
            marked = marked or BYTE_ORDER_MARK in meaningless.group()
            place = meaningless.end()
        if len(window.data) < place + LOOK_AHEAD_BYTES:
            place = _forget(window, place)  # before more is read: padding may go on for all of a file
            if window.fill():
                continue
        candidate = _CANDIDATE.search(window.data, place)
        stop = candidate.start() if candidate else len(window.data)
        at_end = candidate is None and not window.fill()
        if candidate is None and not at_end:
            stop = max(place, stop - len(BYTE_ORDER_MARK))  # an ISA may lie across two chunks
        if stop > place and first_offset < 0:
            first_offset = window.base + place
            beginning = bytes(window.data[place : min(stop, place + FOUND_CHARACTERS_MAX)])
        place = stop
        if candidate:
            window.want(place + LOOK_AHEAD_BYTES)
            isa = _read_at(window, place, thorough=headers < THOROUGH_CANDIDATES_MAX)
            if isa:
                return Hunt(isa, _passed(first_offset, window.base + place, beginning, headers), marked), place
            headers += 1
            if first_offset < 0:
                first_offset = window.base + place
                beginning = bytes(window.data[place : place + FOUND_CHARACTERS_MAX])
            place += len(b"ISA")
        if at_end or (limit is not None and window.base + place - start > limit):
            end = window.base + len(window.data)
            return Hunt(None, _passed(first_offset, end, beginning, headers), marked), len(window.data)
        if not candidate:
            place = _forget(window, place)


def _forget(window: Window, place: int) -> int:
    """Let go of what stands before ``place`` when it is worth the move; return where that is then."""
    if place <= LOOK_AHEAD_BYTES:
        return place
    window.drop(place - 1)  # the byte before is kept: it says whether an ISA begins a word
    return 1


def _read_at(window: Window, place: int, *, thorough: bool) -> Isa | None:
    """Return the header at ``place``; one that ends a word must be whole, for "VISA*" is no header."""
    must_be_whole = not thorough or window.data[max(place - 1, 0) : place].isalnum()
    if must_be_whole and not WHOLE_ISA.match(window.data, place):
        return None
    return read_isa(bytes(window.data[place : place + LOOK_AHEAD_BYTES]))


def _passed(first: int, end: int, beginning: bytes, headers: int) -> Passed | None:
    if first < 0 or end <= first:
        return None
    return Passed(first, end - first, beginning.decode("latin-1"), headers)

"""How much of a file the reader will hold before it says no. Each bound carries its arithmetic or its source."""

from __future__ import annotations

from hub.kernel.struct import Struct

CHUNK_BYTES = 256 * 1024
"""Read from the source at a time: large enough that a read costs nothing beside parsing, small for memory."""

HUNT_BYTES_MAX = 64 * 1024
"""Bytes searched for the first ISA. Real files carry a mark, a mail header or a job card before it, never 64 KiB."""

ISA_BYTES_MAX = 512
"""An ISA is 106 bytes; seen in the wild are 80 (not padded) to about 150 (padded with two-byte blanks)."""

SEGMENT_BYTES_MAX = 64 * 1024
"""Bytes without a segment terminator. The longest element of our sets is 264 characters (MSG01), the widest segment
has some 30 elements: 64 KiB is eight times what the standard can fill."""

ELEMENTS_PER_SEGMENT_MAX = 512
"""Elements of one segment. AK401 can name 99; the rest is room for repeating qualifier pairs gone long."""

SEGMENTS_PER_SET_MAX = 300_000
"""Segments of one set: of the most lines (``LOOPS_PER_SET_MAX``) each with a week's schedule for every week of a year
and eight segments more. The longest order that we have heard of has 1,200 lines. Taken apart they are the memory that
a set may take, 150 to 220 MB of it; AK302 names a position with six digits, and could name three times as many."""

SEGMENTS_WRITTEN_MAX = 999_999
"""Segments of one set of ours: those that the six digits of an AK302 of its receiver can name."""

SET_BYTES_MAX = 10 * 1024 * 1024
"""Bytes of one set, the only thing kept whole in memory: the most segments at the 33 bytes they have on average. Of
elements of two characters, which take most, there are 3.5 million in it: 250 MB."""

SETS_PER_GROUP_MAX = 999_999
"""Sets of one group: GE01, AK902 and AK903 have six digits. It also bounds the ST02 numbers remembered."""

GROUPS_PER_INTERCHANGE_MAX = 99_999
"""Groups of one interchange: IEA01 has five digits. It also bounds the GS06 numbers remembered."""

INTERCHANGES_PER_MESSAGE_MAX = 2_000
"""Interchanges of one message. Whoever collects a day's orders for us sends some dozens; each is a number of theirs
entered and an answer of ours, a millisecond of the one writer: at most two seconds of it, in portions."""

GROUPS_PER_MESSAGE_MAX = 5_000
"""Groups of one message: two or three in each interchange, or all in one."""

SETS_PER_MESSAGE_MAX = 20_000
"""Sets of one message: ten times the largest batch of orders that we have heard of. A schedule of 50 MB holds fewer:
its sets are long. At a millisecond each a message keeps the writer for twenty seconds at most, in portions."""

LOOPS_PER_SET_MAX = 5_000
"""Times that a loop of the first level may stand in one set: lines of an order, sets that a 997 tells of. Each is some
rows that take effect together with all others, 20 microseconds of the one writer each: a tenth of a second. The longest
order that we have heard of has 1,200 lines; a schedule has its weeks within a line, and they are not counted."""

FINDINGS_PER_SET_MAX = 100
"""Findings of the reader about one set; the last says that there are more. Nobody reads a hundred and first."""

FOUND_CHARACTERS_MAX = 99
"""Characters of an offending value that a finding carries: AK404 takes no more."""


class Limits(Struct):
    """The bounds of one reading; tests and partners with a reason set others."""

    chunk_bytes: int = CHUNK_BYTES
    hunt_bytes: int = HUNT_BYTES_MAX
    segment_bytes: int = SEGMENT_BYTES_MAX
    elements_per_segment: int = ELEMENTS_PER_SEGMENT_MAX
    segments_per_set: int = SEGMENTS_PER_SET_MAX
    set_bytes: int = SET_BYTES_MAX
    sets_per_group: int = SETS_PER_GROUP_MAX
    groups_per_interchange: int = GROUPS_PER_INTERCHANGE_MAX
    interchanges: int = INTERCHANGES_PER_MESSAGE_MAX
    groups: int = GROUPS_PER_MESSAGE_MAX
    sets: int = SETS_PER_MESSAGE_MAX


LIMITS = Limits()

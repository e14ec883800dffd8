"""The headers of the envelope as values: ISA with its 16 elements, GS with its 8.

In: the elements as cut. Out: the header and what is wrong with it. A header is always made, however
bad: what cannot be used is ``None`` (a control number 0), and a finding says so.
"""

from __future__ import annotations

from datetime import date, time
from functools import lru_cache
from typing import Literal

from hub.formats.x12.faults import finding
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.location import Location
from hub.kernel.struct import Struct

Usage = Literal["T", "P", "I"]
_USAGES: dict[str, Usage] = {"T": "T", "P": "P", "I": "I"}

CONTROL_NUMBER_DIGITS_MAX = 9  # I12 and 28: N0, up to nine digits
CENTURY_PIVOT = 80  # our rule for YYMMDD: 79 is 2079, 80 is 1980; no partner sends orders from before

DAYS_KEPT_MAX = 1024
"""Dates and times of day that were read and are kept: a day's headers name few days, and each minute of it once."""


def version_of(release: str) -> str:
    """Return ISA12 of an interchange whose groups are of ``release`` (GS08): 00401 around 004010."""
    return release[:5]


class InterchangeHeader(Struct):
    """ISA, its blanks stripped. Separators (ISA11 from 00402 on, ISA16) stand in ``Separators``."""

    control_number: int  # ISA13; 0 when it was no number
    sender_qualifier: str | None = None  # ISA05
    sender_id: str | None = None  # ISA06
    receiver_qualifier: str | None = None  # ISA07
    receiver_id: str | None = None  # ISA08
    usage: Usage | None = "P"  # ISA15: test, production, information
    version: str = "00401"  # ISA12
    acknowledgement_requested: bool = False  # ISA14: a TA1 is wanted
    on: date | None = None  # ISA09, sender's wall
    at: time | None = None  # ISA10, to the minute
    authorisation_qualifier: str | None = "00"  # ISA01
    authorisation: str | None = None  # ISA02
    security_qualifier: str | None = "00"  # ISA03
    security: str | None = None  # ISA04
    standard: str | None = "U"  # ISA11 before 00402


class GroupHeader(Struct):
    """GS, its blanks stripped."""

    functional_group: str  # GS01: "PO"; as sent when it is something else
    control_number: int  # GS06; 0 when it was no number
    release: str  # GS08 as sent: "004010", "004010VICS"
    sender: str | None = None  # GS02
    receiver: str | None = None  # GS03
    on: date | None = None  # GS04
    at: time | None = None  # GS05
    agency: str = "X"  # GS07


def interchange_header(elements: list[str]) -> tuple[InterchangeHeader, list[Diagnostic]]:
    """Return ISA (tag and 16 elements) as a header, with the findings about its elements."""
    isa = [e.strip() for e in elements] + [""] * (17 - len(elements))
    number = read_number(isa[13])
    header = InterchangeHeader(
        authorisation_qualifier=isa[1] or None,
        authorisation=isa[2] or None,
        security_qualifier=isa[3] or None,
        security=isa[4] or None,
        sender_qualifier=isa[5] or None,
        sender_id=isa[6] or None,
        receiver_qualifier=isa[7] or None,
        receiver_id=isa[8] or None,
        on=read_date(isa[9]),
        at=read_time(isa[10]),
        standard=isa[11] or None,
        version=isa[12],
        control_number=number or 0,
        acknowledgement_requested=isa[14] == "1",
        usage=_USAGES.get(isa[15]),
    )
    return header, _faults_of_isa(isa, header, number)


def group_header(elements: list[str], interchange: int | None) -> tuple[GroupHeader, list[Diagnostic]]:
    """Return GS (tag and elements) as a header, with the findings about its elements."""
    gs = [e.strip() for e in elements] + [""] * (9 - len(elements))
    number = read_number(gs[6])
    header = GroupHeader(
        functional_group=gs[1],
        sender=gs[2] or None,
        receiver=gs[3] or None,
        on=read_date(gs[4]),
        at=read_time(gs[5]),
        control_number=number or 0,
        agency=gs[7],
        release=gs[8],
    )
    rows = (
        (1, "ENV-GROUP-KIND", not (len(gs[1]) == 2 and gs[1].isascii() and gs[1].isalnum())),
        (4, "ENV-GROUP-DATE", header.on is None),
        (5, "ENV-GROUP-TIME", header.at is None),
        (6, "ENV-GROUP-NUMBER", number is None),
        (8, "ENV-GROUP-RELEASE-MISSING", not gs[8]),
    )
    return header, [
        finding(
            code,
            Location(envelope=reference(interchange), group=reference(number or 0), tag="GS", element=element),
            found=gs[element],
        )
        for element, code, wrong in rows
        if wrong
    ]


def reference(number: int | None) -> str | None:
    """Return a control number as a place names it."""
    return None if number is None else str(number)


def read_number(text: str, digits_max: int = CONTROL_NUMBER_DIGITS_MAX) -> int | None:
    """Return a count or control number (N0), or ``None`` when it is none of up to ``digits_max`` digits."""
    text = text.strip()
    return int(text) if 0 < len(text) <= digits_max and text.isascii() and text.isdigit() else None


def same_number(header: str, trailer: str) -> bool:
    """Say whether a trailer repeats its header's control number: as numbers where both are, else as they were sent."""
    first, last = read_number(header), read_number(trailer)
    return first == last if first is not None and last is not None else header.strip() == trailer.strip()


def read_date(text: str) -> date | None:
    """Return CCYYMMDD or YYMMDD as a date, or ``None``."""
    return _day(text) if len(text) in (6, 8) else None


@lru_cache(DAYS_KEPT_MAX)
def _day(text: str) -> date | None:
    if len(text) == 6 and text.isascii() and text.isdigit():
        text = ("20" if int(text[:2]) < CENTURY_PIVOT else "19") + text
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """Return HHMM, HHMMSS or HHMMSSD(D) as a time of day, or ``None``."""
    return _time_of_day(text) if 4 <= len(text) <= 8 else None


@lru_cache(DAYS_KEPT_MAX)
def _time_of_day(text: str) -> time | None:
    if not (4 <= len(text) <= 8 and len(text) != 5 and text.isascii() and text.isdigit()):
        return None
    hundredths = int(text[6:].ljust(2, "0")) if len(text) > 6 else 0
    try:
        return time(int(text[:2]), int(text[2:4]), int(text[4:6] or 0), hundredths * 10_000)
    except ValueError:
        return None


def _faults_of_isa(isa: list[str], header: InterchangeHeader, number: int | None) -> list[Diagnostic]:
    rows = (
        (6, "ENV-SENDER-MISSING", header.sender_id is None),
        (8, "ENV-RECEIVER-MISSING", header.receiver_id is None),
        (9, "ENV-INTERCHANGE-DATE", header.on is None),
        (10, "ENV-INTERCHANGE-TIME", header.at is None),
        (12, "ENV-INTERCHANGE-VERSION", len(isa[12]) != 5 or read_number(isa[12], 5) is None),
        (13, "ENV-INTERCHANGE-NUMBER", number is None),
        (14, "ENV-ACKNOWLEDGEMENT-REQUESTED", isa[14] not in ("0", "1")),
        (15, "ENV-USAGE", header.usage is None),
    )
    return _faults("ISA", isa, rows, number or 0, None)


def _faults(
    tag: str, elements: list[str], rows: tuple[tuple[int, str, bool], ...], interchange: int | None, group: int | None
) -> list[Diagnostic]:
    """Return the fault of each row of which the last says so: the element and its code."""
    return [
        finding(
            code,
            Location(envelope=reference(interchange), group=reference(group), tag=tag, element=element),
            found=elements[element],
        )
        for element, code, wrong in rows
        if wrong
    ]

"""A TA1: read, what a partner says about an interchange of ours, as the canonical document for it; ours, as kept. Pure.

A TA1 stands beside the functional groups and is no transaction set; nothing but the standard says what its elements
mean, so no guide or map is asked.
"""

from __future__ import annotations

import msgspec

from hub.canonical.acknowledgement import AcknowledgedEnvelope, FunctionalAcknowledgement
from hub.flow.x12.sentences import A_NUMBER, A_VERDICT, NOTHING, finding
from hub.formats.x12.events import ServiceSegment
from hub.formats.x12.headers import read_date, read_number, reference
from hub.formats.x12.lenient import plain_number
from hub.formats.x12.limits import FOUND_CHARACTERS_MAX
from hub.formats.x12.survey import TA1
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Wording
from hub.kernel.spelling import visible

VERDICTS = {"A": "accepted", "E": "accepted-with-errors", "R": "rejected"}
"""TA104 in the words of the table ``ack``, which the map of the 997 reads AK501 and AK901 by."""


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[str]).decode


def kept_ta1(values: list[str]) -> bytes:
    """Return a TA1 of ours as a draft keeps it, until it is framed."""
    return _encode(values)


def ta1_of(kept: bytes) -> list[str]:
    """Return the segment that a draft keeps."""
    return _decode(kept)


def read_ta1(segment: ServiceSegment) -> tuple[FunctionalAcknowledgement | None, list[Diagnostic]]:
    """Return what the TA1 says; without its number or its verdict nothing, and why."""
    _, number, on, _, verdict, note = ([value.strip() for value in segment.values] + [""] * 6)[:6]
    about, word = read_number(plain_number(number)), VERDICTS.get(verdict)
    if about is None:
        return None, [_unreadable(segment, 1, number, A_NUMBER)]
    if word is None:
        return None, [_unreadable(segment, 4, verdict, A_VERDICT)]
    envelope = AcknowledgedEnvelope(reference=str(about), on=read_date(on))
    return FunctionalAcknowledgement(envelope=envelope, verdict=word, reason=plain_note(note) or None), []


def plain_note(code: str) -> str:
    """Return TA105 with its three digits; what is no number stays as it is, cut.

    >>> plain_note("6"), plain_note("0025"), plain_note("A1")
    ('006', '025', 'A1')
    """
    plain = plain_number(code)
    return plain.zfill(3) if plain.isdigit() else plain[:FOUND_CHARACTERS_MAX]


def _unreadable(segment: ServiceSegment, element: int, found: str, expected: Wording) -> Diagnostic:
    at = Location(envelope=reference(segment.interchange), tag=TA1, element=element, offset=segment.offset)
    return finding(
        "ENV-TA1-UNREADABLE",
        Severity.PART,
        at,
        {"said": visible(found) if found else NOTHING, "expected": expected},
        found=found[:FOUND_CHARACTERS_MAX] or None,
        expected=str(expected),
    )

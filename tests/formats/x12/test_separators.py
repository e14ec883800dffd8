"""What stands where a separator is announced, and can be none."""

from __future__ import annotations

import random

import pytest

from hub.formats.x12.events import InterchangeStart
from hub.formats.x12.isa import LOOK_AHEAD_BYTES, plain_isa, thorough_isa
from hub.formats.x12.reader import read
from tests.formats.x12.fuzz_reader import SMALL_LIMITS, TOKENS, outcome
from tests.formats.x12.interchanges import OTHER_SEPARATORS, REPEATING, SOUND, WITH_LINES
from tests.house import Many


@pytest.mark.parametrize(
    "sent",
    [b"^^", b"^ ^", b"^" * 40, b"^\x13\xd1\xa6", bytes(range(0x80, 0xA0)), b"!|", "^é".encode(),
     bytes(set(range(1, 32)) - {10, 13}) + b"^"],
)  # fmt: skip
def test_a_repetition_separator_of_several_characters_separates_nothing_and_is_told(sent: bytes) -> None:
    data = SOUND.replace(b"*U*00401*", b"*" + sent + b"*00501*", 1)
    assert data != SOUND
    start = next(event for event in read(data) if isinstance(event, InterchangeStart))
    assert start.separators.repetition is None
    assert "ENV-REPETITION-SEPARATOR" in {finding.code for finding in start.findings}
    outcome(data, SMALL_LIMITS)


@pytest.mark.proof
def test_a_header_that_looks_plain_is_what_it_is_from_all_sides(many: Many) -> None:
    chance = random.Random(20_261_130)
    plain = 0
    for _ in range(many(5_000, proof=500_000)):
        window = bytearray(chance.choice((SOUND, WITH_LINES, OTHER_SEPARATORS, REPEATING))[:LOOK_AHEAD_BYTES])
        for _ in range(chance.randrange(4)):
            place = chance.randrange(115)
            new = chance.choice((bytes([chance.randrange(256)]), bytes([window[chance.randrange(115)]]), *TOKENS))
            window[place : place + len(new)] = new
        found = plain_isa(bytes(window))
        plain += found is not None
        assert found is None or found == thorough_isa(bytes(window)), bytes(window)
    assert plain > 1_000

"""What stands where a separator is announced, and can be none."""

from __future__ import annotations

import pytest

from hub.formats.x12.events import InterchangeStart
from hub.formats.x12.reader import read
from tests.formats.x12.fuzz_reader import SMALL_LIMITS, outcome
from tests.formats.x12.interchanges import SOUND


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

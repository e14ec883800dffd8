"""A partner's value in a sentence of ours: whatever it holds, the sentence stays one line that a person can read."""

from __future__ import annotations

import pytest

from hub.formats.x12.limits import FOUND_CHARACTERS_MAX
from hub.kernel.sentence import quoted
from hub.kernel.spelling import visible


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("WHEN READY", "WHEN READY"),
        ("", ""),
        ("a\nb", "a\\x0ab"),
        ("a\rb", "a\\x0db"),
        ("a\tb", "a\\x09b"),
        ("a\x1fb", "a\\x1fb"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\x7fb", "a\\x7fb"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u2028b", "a\\u2028b"),
        ("Größe 5", "Größe 5"),
    ],
)
def test_signs_that_nobody_sees_are_written_out(value: str, shown: str) -> None:
    assert visible(value) == shown
    assert str(quoted(value)) == (f"'{shown}'" if value else "empty")


def test_a_long_value_is_cut_and_says_so() -> None:
    assert visible("A" * (FOUND_CHARACTERS_MAX + 1)) == "A" * FOUND_CHARACTERS_MAX + "…"

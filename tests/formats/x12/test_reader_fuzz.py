"""Broken bytes by the thousand: the reader raises nothing but ``Unreadable``, however they arrive.

The long run is ``python -m tests.formats.x12.fuzz_reader --inputs 1000000``.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.formats.x12.limits import Limits
from tests.formats.x12.fuzz_reader import SMALL_LIMITS, TOKENS, outcome, run
from tests.formats.x12.interchanges import ISA, SEEDS

INPUTS = 20_000

pieces = st.one_of(st.sampled_from([*TOKENS, ISA, *SEEDS]), st.binary(max_size=30))
messages = st.lists(pieces, max_size=12).map(b"".join)


def test_twenty_thousand_injured_interchanges_raise_nothing_but_unreadable() -> None:
    counted = run(INPUTS, seed=20_261_120)
    assert sum(counted.values()) == INPUTS
    assert counted["read"] > INPUTS / 3  # most injuries must not keep an interchange from being read


@settings(max_examples=300, deadline=None)
@given(data=messages)
def test_messages_put_together_from_any_pieces_raise_nothing_but_unreadable(data: bytes) -> None:
    outcome(data, Limits())
    outcome(data, SMALL_LIMITS)
    outcome(ISA + data, SMALL_LIMITS)


@settings(max_examples=200, deadline=None)
@given(data=messages, chunk=st.integers(1, 120))
def test_what_is_read_does_not_depend_on_how_the_bytes_arrive(data: bytes, chunk: int) -> None:
    assert outcome(ISA + data, Limits(chunk_bytes=chunk)) == outcome(ISA + data, Limits())

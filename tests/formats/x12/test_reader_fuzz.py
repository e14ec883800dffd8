"""Broken bytes by the thousand: the reader raises nothing but ``Unreadable``, however they arrive.

The long run, of a million, is part of ``make proof``; ``python -m tests.formats.x12.fuzz_reader`` takes any number.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.formats.x12.limits import Limits
from tests.formats.x12.fuzz_reader import SMALL_LIMITS, TOKENS, outcome, run
from tests.formats.x12.interchanges import ISA, SEEDS
from tests.house import Many

SHARES = range(4)  # of the inputs: they run beside each other

pieces = st.one_of(st.sampled_from([*TOKENS, ISA, *SEEDS]), st.binary(max_size=30))
messages = st.lists(pieces, max_size=12).map(b"".join)


@pytest.mark.proof
@pytest.mark.parametrize("share", SHARES)
def test_injured_interchanges_by_the_thousand_raise_nothing_but_unreadable(
    many: Many, tally: Callable[[str], None], share: int
) -> None:
    inputs = many(5_000, proof=250_000)
    counted = run(inputs, seed=20_261_120 + share)
    assert sum(counted.values()) == inputs
    assert counted["read"] > inputs / 3  # most injuries must not keep an interchange from being read
    tally(f"{inputs} interchanges: {counted['read']} read, {counted['unreadable']} unreadable, nothing else raised")


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

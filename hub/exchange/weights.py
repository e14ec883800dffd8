"""What each thing that is stored weighs, in bytes and rows: for a partner's budget, and for what is written at a time.

An estimate, each by its rows as they were measured: it need not be exact, only grow with what is left behind.
"""

from __future__ import annotations

from hub.kernel.struct import Struct


class Amount(Struct):
    """So much stored, or allowed to be."""

    bytes: int = 0
    rows: int = 0

    def plus(self, other: Amount) -> Amount:
        return Amount(bytes=self.bytes + other.bytes, rows=self.rows + other.rows)

    def times(self, count: int) -> Amount:
        return Amount(bytes=self.bytes * count, rows=self.rows * count)


RECEIVED = Amount(bytes=1_500, rows=4)  # a message beside its bytes: itself, its body, its job, its file's name
REPEATED = Amount(bytes=200, rows=1)
"""Of bytes that came before: nothing is stored but that they came; who sends them without end is told to come later."""
RESENT = Amount(bytes=500, rows=3)  # an answer sent once more: how it was delivered before, an entry, an attempt
ANSWER = Amount(bytes=2_500, rows=9)  # a message of ours, beside what it says
ENVELOPE = Amount(bytes=500, rows=2)  # itself, and the number by which it is found
DOCUMENT = Amount(bytes=4_000, rows=20)
"""One without any content: itself, keys, an order with its history, its answer with its own; half a millisecond."""
LINE = Amount(bytes=300, rows=4)  # of an order in its canonical form: with its row, its promise and its keys
REFUSED_DOCUMENT_BYTES = 700  # its row and keys: nothing follows from it
FINDING_BYTES = 400

"""How a number is written wherever we give one back: a wire, a sentence, an answer.

In: an exact number. Out: its text, without exponent, without the sign of a zero, and with no more zeros behind the
point than it came with. ``plain`` leaves those off as well: what is counted or added up reads the same however it was
sent.
"""

from __future__ import annotations

from decimal import Decimal


def written(number: Decimal) -> str:
    """Return ``number`` with its decimals as they are; whoever calls knows that it is finite and how long it may be.

    >>> written(Decimal("-0.00")), written(Decimal("5.0E+3")), written(Decimal("1E-9")), written(Decimal("12.50"))
    ('0.00', '5000', '0.000000001', '12.50')
    """
    return format(number if number else number.copy_abs(), "f")


def plain(number: Decimal) -> str:
    """Return ``number`` without idle zeros.

    >>> plain(Decimal("5000.000000000")), plain(Decimal("-0.0")), plain(Decimal("12.350"))
    ('5000', '0', '12.35')
    """
    text = written(number)
    return text.rstrip("0").rstrip(".") if "." in text else text

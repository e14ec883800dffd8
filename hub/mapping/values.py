"""Codecs that change texts and quantities themselves, whatever the wire: padding, folding, packs.

Everything here is exact or says so; how dates and numbers are spelt is each wire's own (``Family.reader``).
"""

from __future__ import annotations

from decimal import Decimal

from hub.kernel.words import Quantity


def pad(text: str, width: int) -> str:
    """Return ``text`` zero-filled, as ``padded:N`` writes it.

    >>> pad("4711", 10)
    '0000004711'
    """
    return text.rjust(width, "0")


def unpad(text: str) -> str:
    """Return ``text`` without leading zeros; a zero stays.

    >>> unpad("0000004711")
    '4711'
    """
    return text.lstrip("0") or "0"


def fold(text: str, width: int) -> list[str]:
    """Return ``text`` in pieces of at most ``width`` characters, lines first.

    No piece ends in a blank that stands between words: behind a value it would be lost, before one it is data.

    >>> fold("sterile only", 8)
    ['sterile', ' only']
    """
    pieces: list[str] = []
    for line in text.split("\n"):
        at = 0
        while at < len(line):
            piece = line[at : at + width]
            if at + width < len(line):
                piece = piece.rstrip(" ") or piece
            pieces.append(piece)
            at += len(piece)
    return pieces


def read_pack(quantity: Quantity, factors: tuple[tuple[str, Decimal, str], ...]) -> Quantity:
    """Return pieces for packs: five boxes of ten each are fifty each; other units stay."""
    for pack, count, unit in factors:
        if quantity.unit == pack:
            return Quantity(value=quantity.value * count, unit=unit)
    return quantity


def write_pack(quantity: Quantity, factors: tuple[tuple[str, Decimal, str], ...]) -> Quantity:
    """Return packs for pieces where they fill packs exactly."""
    for pack, count, unit in factors:
        if quantity.unit == unit and not quantity.value % count:
            return Quantity(value=Decimal(int(quantity.value / count)), unit=pack)
    return quantity

"""Order numbers that are one number to a person: zeros or blanks before it, capitals or not.

In: a number. Out: how else it may have been written. Systems fill a number with zeros to the width of a field, and take
them off again; two orders that differ in nothing else are one order sent twice more often than two.
"""

from __future__ import annotations

from hub.kernel.sentence import Wording

FIELD_WIDTHS = (8, 10)
"""To which widths the order numbers of the usual systems are filled."""
RELEASE_WIDTHS = (2, 3, 4, 5)


def called_with_release(number: str, release: str) -> str | Wording:
    """Return what people call an order: of a release, both; two releases of one number are told apart by it."""
    return Wording(key="order/of-release", words={"number": number, "release": release}) if release else number


def plain_number(number: str) -> str:
    """Return ``number`` without what a person passes over: two that come out the same are one number.

    >>> plain_number("010"), plain_number("10 "), plain_number("1a"), plain_number("000")
    ('10', '10', '1A', '0')
    """
    bare = number.strip()
    return bare.lstrip("0") or "0" if bare.isascii() and bare.isdigit() else bare.upper()


def other_spellings(number: str, widths: tuple[int, ...] = FIELD_WIDTHS) -> set[str]:
    """Return the other spellings of ``number``: none of the usual one, ten digits or capitals without a zero before.

    >>> sorted(other_spellings("0046550001")), other_spellings("4600000733"), other_spellings("")
    (['46550001'], set(), set())
    >>> sorted(other_spellings("46550001")), other_spellings(" po-7")
    (['0046550001'], {'PO-7'})
    """
    bare = number.strip()
    found = {bare.upper()}
    if bare.isascii() and bare.isdigit():
        short = bare.lstrip("0") or "0"
        found = {short, *(short.zfill(width) for width in widths)}
    return found - {number, ""}

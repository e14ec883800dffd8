"""Order numbers that are one number to a person: zeros or blanks before it, capitals or not.

In: a number. Out: what it is known as, whichever way it is written. Systems fill a number with zeros to the width of a
field, and take them off again; two orders that differ in nothing else are one order sent twice more often than two.
"""

from __future__ import annotations

from hub.kernel.sentence import Wording


def known_as(number: str, release: str) -> str:
    """Return what an order is known as under any spelling of its number and release, "" for none.

    >>> known_as("0046550001", ""), known_as(" po-7", "01"), known_as("000", "")
    ('46550001/', 'PO-7/1', '0/')
    """
    return f"{_meant(number)}/{_meant(release) if release else ''}"


def called_with_release(number: str, release: str) -> str | Wording:
    """Return what people call an order: of a release, both; two releases of one number are told apart by it."""
    return Wording(key="order/of-release", words={"number": number, "release": release}) if release else number


def _meant(number: str) -> str:
    """Return ``number`` without what a person passes over: two that come out the same are one number."""
    bare = number.strip()
    return bare.lstrip("0") or "0" if bare.isascii() and bare.isdigit() else bare.upper()

"""One sentence about an order, and what it does to it. Which there are stands in ``sentences``."""

from __future__ import annotations

from hub.business.orders.model import LineVerdict, Status
from hub.kernel.struct import Struct


class Sentence(Struct):
    """What is said, and its effect on the line or order it is said about."""

    effect: LineVerdict
    message: str
    remedy: str
    status: Status | None = None  # which change, for a sentence that changes a line
    warns: bool = False  # changes nothing, and yet someone should look


def refused(message: str, remedy: str) -> Sentence:
    """Return a sentence after which nothing of it is made."""
    return Sentence(effect=LineVerdict.REFUSED, message=message, remedy=remedy)


def held(message: str, remedy: str) -> Sentence:
    """Return a sentence after which a person decides."""
    return Sentence(effect=LineVerdict.HELD, message=message, remedy=remedy)


def changed(status: Status, message: str, remedy: str) -> Sentence:
    """Return a sentence after which it stands, and differs from what was asked in ``status``."""
    return Sentence(effect=LineVerdict.CHANGED, message=message, remedy=remedy, status=status)


def noted(message: str, remedy: str) -> Sentence:
    """Return a sentence that changes nothing."""
    return Sentence(effect=LineVerdict.ACCEPTED, message=message, remedy=remedy)


def doubted(message: str, remedy: str) -> Sentence:
    """Return a sentence that changes nothing, and at which someone should look."""
    return Sentence(effect=LineVerdict.ACCEPTED, message=message, remedy=remedy, warns=True)

"""Numbers that say in what: quantities, money, prices; and dates at a named wall."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

from hub.kernel.struct import Struct


class When(Struct):
    """Wall time at a named zone, never a guessed instant."""

    on: date
    at: time | None = None
    zone: str | None = None  # offset as sent, else the partner's IANA zone


class Period(Struct):
    """From start to end, both inclusive; either may be open."""

    start: When | None = None
    end: When | None = None


class Quantity(Struct):
    """A number of something."""

    value: Decimal
    unit: str  # word of the table `unit`: each, box, kilogram …


class Money(Struct):
    """An amount in a currency (ISO 4217)."""

    amount: Decimal
    currency: str


class Price(Struct):
    """What one costs: per one of the line's unit unless ``per`` says otherwise. Never rounded."""

    amount: Decimal
    currency: str
    per: Quantity | None = None
    basis: str | None = None


class Id(Struct):
    """A number and whose it is: duns, gln, buyer-assigned, seller-assigned …"""

    value: str
    scheme: str | None = None

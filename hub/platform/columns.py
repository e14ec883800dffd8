"""Column types that mean the same on SQLite and PostgreSQL: instants, exact decimals, JSON.

A naive datetime, a float and a value that is not JSON are refused on the way in.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

LONG = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit number that can be a generated key on both engines (SQLite wants the word INTEGER there)."""


class Instant(TypeDecorator[datetime]):
    """An instant in UTC: ``timestamptz``, or ISO text of fixed width that sorts as it reads."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a zone: {value!r}")
        moment = value.astimezone(UTC)
        return instant_text(moment) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


def instant_text(moment: datetime) -> str:
    """Return ``moment`` (UTC) as 27 characters: 2026-11-20T12:00:00.000000Z."""
    return moment.isoformat("T", "microseconds")[:26] + "Z"


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal kept digit by digit as text; SQLite's own numbers are floats. Not for sums in SQL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            raise ValueError(f"an exact decimal is wanted, not {value!r}")
        return format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Json(TypeDecorator[Any]):
    """A value of ``shape`` (a Struct, a list of them …) as JSON text, checked when it is read."""

    impl = Text
    cache_ok = True

    def __init__(self, shape: Any) -> None:
        super().__init__()
        self.shape = shape
        self._decoder = msgspec.json.Decoder(shape)

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else _ENCODER.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else self._decoder.decode(value)


_ENCODER = msgspec.json.Encoder()

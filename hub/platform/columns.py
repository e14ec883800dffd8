"""Column types that mean the same on SQLite and PostgreSQL: instants, exact decimals, JSON.

A naive datetime, a float and a value that is not JSON are refused on the way in. Each type gives its ``bind_processor``
itself: SQLAlchemy's own way to say the same, ``process_bind_param``, costs two calls more for every value stored.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from hub.kernel.sentence import Wording, stored_as_sentence

LONG = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit number that can be a generated key on both engines (SQLite wants the word INTEGER there)."""


class Instant(TypeDecorator[datetime]):
    """An instant in UTC: ``timestamptz``, or ISO text of fixed width that sorts as it reads."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        return _instant_text if dialect.name == "sqlite" else _in_utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {value!r}")
    return value.astimezone(UTC)


@lru_cache(maxsize=64)  # one instant is stored some twenty times: by everything a message brings about
def _instant_text(value: datetime | None) -> str | None:
    """Return the instant as 27 characters: 2026-11-20T12:00:00.000000Z."""
    moment = _in_utc(value)
    return None if moment is None else moment.isoformat("T", "microseconds")[:26] + "Z"


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal kept digit by digit as text; SQLite's own numbers are floats. Not for sums in SQL."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Decimal | None], str | None]:
        return _digits

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


def _digits(value: Decimal | None) -> str | None:
    if value is None:
        return None
    if not isinstance(value, Decimal) or not value.is_finite():
        raise ValueError(f"an exact decimal is wanted, not {value!r}")
    return format(value, "f")


class Json(TypeDecorator[Any]):
    """A value of ``shape`` (a Struct, a list of them …) as JSON text, checked when it is read."""

    impl = Text
    cache_ok = True

    def __init__(self, shape: Any) -> None:
        super().__init__()
        self.shape = shape
        self._decoder = msgspec.json.Decoder(shape)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:
        return _encoded

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else self._decoder.decode(value)


class WordingText(TypeDecorator[Wording]):
    """Something said, as its key and words. What stands there as a sentence, an earlier hub has written in English."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Wording | None], str | None]:
        return _encoded

    def process_result_value(self, value: str | None, dialect: Dialect) -> Wording | None:
        return None if value is None else _said(value)


def _said(stored: str) -> Wording:
    if stored.startswith(_KEYED):
        with suppress(msgspec.DecodeError):  # a person's note of before, or a partner's, may begin with anything
            return _WORDING.decode(stored)
    return stored_as_sentence(stored)


def as_json(value: Any) -> bytes:
    """Return ``value`` as a ``Json`` column stores it, encoded now: a row may be made long before it is written."""
    return _ENCODER.encode(value)


def _encoded(value: Any) -> str | None:
    if value is None:
        return None
    return (value if isinstance(value, bytes) else _ENCODER.encode(value)).decode()


_ENCODER = msgspec.json.Encoder()
_WORDING = msgspec.json.Decoder(Wording)
_KEYED = '{"key":"'

"""Which texts are spellings of one value, and which are values of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.formats.iso import alike

MOMENTS = st.integers(946_684_800, 4_102_444_799).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("Decimal", "9.50", "9.5"),
        ("Decimal", "+09.5", "9.5"),
        ("Decimal", "-0.0", "0"),
        ("int", "10", "10.0"),
        ("bool", "1", "true"),
        ("When", "2026-11-30T08:00:00Z", "2026-11-30T08:00:00+00:00"),
        ("When", "2026-11-30T08:00:00Z", "2026-11-30t08:00:00.000z"),
        ("When", "2026-11-30T23:30:00-01:00", "2026-12-01T00:30:00Z"),
        ("time", "14:30", "14:30:00"),
        ("date", "2026-11-30Z", "2026-11-30+00:00"),
    ],
)
def test_one_value_comes_out_as_one_text(kind: str, one: str, other: str) -> None:
    assert alike(kind, one) == alike(kind, other)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("Decimal", "9.5", "95"),
        ("str", "9.50", "9.5"),
        ("", "2026-11-30T08:00:00Z", "2026-11-30T08:00:00+00:00"),
        ("When", "2026-11-30T08:00:00", "2026-11-30T08:00:00Z"),  # a wall of no named place is no instant
        ("When", "2026-11-30", "2026-11-30T00:00:00"),
        ("time", "14:30:00Z", "14:30:00+01:00"),
        ("date", "2026-11-30", "2026-11-30Z"),
        ("Decimal", "9,5", "9.5"),
    ],
)
def test_two_values_stay_two(kind: str, one: str, other: str) -> None:
    assert alike(kind, one) != alike(kind, other)


@given(MOMENTS, OFFSETS, OFFSETS, MOMENTS)
def test_moments_are_alike_exactly_where_they_are_one_instant(
    instant: datetime, here: timezone, there: timezone, other: datetime
) -> None:
    one = alike("When", instant.astimezone(here).isoformat())
    assert one == alike("When", instant.astimezone(there).isoformat())
    same = one == alike("When", other.astimezone(there).isoformat())
    assert same == (instant == other)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6), st.decimals(allow_nan=False, allow_infinity=False))
def test_numbers_are_alike_exactly_where_they_are_equal(one: Decimal, other: Decimal) -> None:
    assert (alike("Decimal", format(one, "f")) == alike("Decimal", format(other, "f"))) == (one == other)

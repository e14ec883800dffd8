"""Time, passed in and never taken from the air, so that a day of messages can be replayed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Gives the present instant, aware, in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def day_in(zone: str, moment: datetime) -> date:
    """Return the calendar day at ``zone`` (IANA name) at ``moment``."""
    return moment.astimezone(ZoneInfo(zone)).date()

"""What can go wrong with us or the wire. Each exception is named by what the caller must do.

A fault in a partner's document is not an exception but a ``Diagnostic`` (see ``diagnostics``).
"""

from __future__ import annotations


class HubError(Exception):
    """Root of the hub's own exceptions."""


class Unreadable(HubError):
    """The bytes are not what they claim to be: quarantine them, keep them, tell someone."""

    def __init__(self, code: str, message: str, *, offset: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.offset = offset
        """Byte offset at which reading ended."""


class Misconfigured(HubError):
    """A file of ours is wrong: stop this partner, and name the file and line."""

    def __init__(
        self, message: str, *, file: str | None = None, line: int | None = None, remedy: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.remedy = remedy

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.file and self.line else f"{self.file}: " if self.file else ""
        return f"{place}{self.message}" + (f"; remedy: {self.remedy}" if self.remedy else "")


class Conflict(HubError):
    """The same thing was said before, or said otherwise: answer with the earlier outcome, or ask a person."""


class Unavailable(HubError):
    """Not now: try again after ``retry_after_seconds``."""

    def __init__(self, message: str, *, retry_after_seconds: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class Defect(HubError):
    """A state that cannot be: a bug of ours. Stop loudly."""

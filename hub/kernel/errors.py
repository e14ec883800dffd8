"""What can go wrong with us or the wire. Each exception is named by what the caller must do.

A fault in a partner's document is not an exception but a ``Diagnostic`` (see ``diagnostics``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Word, message_of

UNFORESEEN_CHARACTERS_MAX = 200  # of what an exception says that nobody foresaw


MESSAGE_CHARACTERS_MAX = 2_000  # of a fault of configuration: fifty unknown keys
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def on_one_line(text: str) -> str:
    """Return what a fault says, with signs escaped that would break its line or steer a terminal; a bounded part.

    Names of files and keys stand in it, and those may hold anything.
    """
    return _STEERING.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text[:MESSAGE_CHARACTERS_MAX])


class HubError(Exception):
    """Root of the hub's own exceptions."""


class Unreadable(HubError):
    """The bytes are not what they claim to be: quarantine them, keep them, tell someone."""

    def __init__(self, key: str, *, offset: int = 0, **words: Word) -> None:
        super().__init__(message_of(key, words))
        self.key = key
        """The code, and behind a slash the case, of its sentence (``hub.kernel.sentence``)."""
        self.words = words
        self.offset = offset
        """Byte offset at which reading ended."""
        self.syntax: str | None = None
        """As what it was read: xml, json; None where nothing says what it is."""
        self.found: list[Diagnostic] = []
        """What is wrong, place by place, where its syntax says it by line and column."""

    @classmethod
    def of(cls, found: Sequence[Diagnostic], syntax: str) -> Unreadable:
        """Return what is wrong with a body of ``syntax`` as its family found it; without a place, with the whole."""
        first = found[0]
        made = cls(first.code)
        made.args, made.syntax = (first.message,), syntax
        made.found = [each if str(each.location) else replace(each, location=Location(at="/")) for each in found]
        return made

    @property
    def code(self) -> str:
        """The code, whatever the case."""
        return self.key.partition("/")[0]

    @property
    def message(self) -> str:
        """What it says, in English."""
        return str(self)

    def findings(self) -> list[Diagnostic]:
        """Return all that is found about the message, which is refused whole."""
        return self.found or [self.finding(Severity.INTERCHANGE)]

    def finding(self, severity: Severity, *, case: str | None = None) -> Diagnostic:
        """Return it as what is found about the message; ``case`` for another sentence of the same code."""
        code, _, own = self.key.partition("/")
        return Diagnostic(
            code=code, case=(f"{own}-{case}" if own and case else case or own) or None, severity=severity,
            words=self.words or None, location=Location(offset=self.offset),
        )  # fmt: skip


class Misconfigured(HubError):
    """A file of ours is wrong: stop this partner, and name the file and line.

    ``code`` is what may be told to those who must not read the rest: it holds no path and nothing of the file.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "CFG",
        file: str | None = None,
        line: int | None = None,
        remedy: str | None = None,
    ) -> None:
        self.code = code
        self.message = on_one_line(message)
        self.file = on_one_line(file) if file else file
        self.line = line
        self.remedy = on_one_line(remedy) if remedy else remedy
        super().__init__(self.message)

    @classmethod
    def of(cls, fault: Exception, *, file: str | None = None, code: str = "CFG-READING") -> Misconfigured:
        """Return ``fault`` as what it is to whoever reads a file of ours: one file that cannot be used.

        What nobody foresaw is told by its kind and the beginning of its words, on one line.
        """
        if isinstance(fault, Misconfigured):
            return fault
        said = " ".join(f"{type(fault).__name__}: {fault}".split())[:UNFORESEEN_CHARACTERS_MAX]
        made = cls(f"cannot be used: {said}", code=code, file=file, remedy="take back its last change, and report this")
        made.__cause__ = fault
        return made

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

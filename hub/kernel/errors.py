"""What can go wrong with us or the wire. Each exception is named by what the caller must do.

A fault in a partner's document is not an exception but a ``Diagnostic`` (see ``diagnostics``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Phrase, Word, Wording, declared, in_words, message_of, remedy_of

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
        self.reference = ""
        """By what its sender calls it, where that can be told."""
        self.numbers: list[tuple[str, str]] = []
        """Kind and value of what stood in it before the break: by that people ask for it."""
        self.found: list[Diagnostic] = []
        """What is wrong, place by place, where its syntax says it by line and column."""

    @classmethod
    def of(cls, found: Sequence[Diagnostic], syntax: str, reference: str = "") -> Unreadable:
        """Return what is wrong with a body of ``syntax`` as its family found it; without a place, with the whole."""
        first = found[0]
        made = cls(first.code)
        made.args, made.syntax, made.reference = (first.message,), syntax, reference
        made.found = [each if str(each.location) else replace(each, location=Location(at="")) for each in found]
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
        return self.found or [self.finding(Severity.ENVELOPE)]

    def finding(self, severity: Severity, *, case: str | None = None) -> Diagnostic:
        """Return it as what is found about the message; ``case`` for another sentence of the same code."""
        code, _, own = self.key.partition("/")
        return Diagnostic(
            code=code, case=(f"{own}-{case}" if own and case else case or own) or None, severity=severity,
            words=self.words or None, location=Location(offset=self.offset),
        )  # fmt: skip


class Misconfigured(HubError):
    """A file of ours is wrong: stop this partner, and name the file and line.

    ``said`` is what is wrong, as data: pages say it in the language of who reads, ``str`` in English. ``code`` is what
    may be told to those who must not read the rest: it holds no path and nothing of the file.
    """

    def __init__(
        self,
        key: str,
        gathered: Mapping[str, Word] = MappingProxyType({}),
        /,
        *,
        code: str | None = None,
        file: str | None = None,
        line: int | None = None,
        **words: Word,
    ) -> None:
        every = {**gathered, **words}
        self.said = Wording(key=key, words={name: _on_one_line(word) for name, word in every.items()})
        self.code = code or key.partition("/")[0]
        self.file = on_one_line(file) if file else file
        self.line = line
        super().__init__(self.message)

    @classmethod
    def told(
        cls,
        message: str,
        *,
        code: str = "CFG",
        file: str | None = None,
        line: int | None = None,
        remedy: str | None = None,
    ) -> Misconfigured:
        """Return a fault that is told where a command runs, and on no page: in English, as it is written here."""
        if remedy is None:
            return cls("told", code=code, file=file, line=line, text=message)
        return cls("told/remedied", code=code, file=file, line=line, text=message, remedy=remedy)

    @classmethod
    def of(cls, fault: Exception, *, file: str | None = None, code: str = "CFG-READING") -> Misconfigured:
        """Return ``fault`` as what it is to whoever reads a file of ours: one file that cannot be used.

        What nobody foresaw is told by its kind and the beginning of its words, on one line.
        """
        if isinstance(fault, Misconfigured):
            return fault
        said = " ".join(f"{type(fault).__name__}: {fault}".split())[:UNFORESEEN_CHARACTERS_MAX]
        made = cls("CFG-READING", code=code, file=file, reason=said)
        made.__cause__ = fault
        return made

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return on_one_line(in_words(self.said))

    @property
    def advice(self) -> Wording | None:
        """What to do about it."""
        return replace(self.said, advises=True) if remedy_of(self.said.key, {}) else None

    @property
    def remedy(self) -> str | None:
        """What to do about it, in English."""
        advice = self.advice
        return on_one_line(in_words(advice)) if advice else None

    @property
    def wording(self) -> Wording:
        """All of it: place, fault and remedy."""
        advice, place = self.advice, self._place
        words: dict[str, Word] = {"fault": self.said}
        if advice:
            words["remedy"] = advice
        if place:
            words["place"] = place
        return Wording(key=f"fault{'/placed' if place else ''}{'/remedied' if advice else ''}", words=words)

    def __str__(self) -> str:
        remedy, place = self.remedy, self._place
        return (f"{place}: " if place else "") + self.message + (f"; remedy: {remedy}" if remedy else "")

    @property
    def _place(self) -> str:
        return (f"{self.file}:{self.line}" if self.line else self.file) if self.file else ""


def _on_one_line(word: Word) -> Word:
    return on_one_line(word) if isinstance(word, str) else word


class Conflict(HubError):
    """The same thing was said before, or said otherwise: answer with the earlier outcome, or ask a person."""


class RefusedBody(HubError):
    """It is not taken in, and sending it again as it is changes nothing: nothing is kept of it."""

    def __init__(self, key: str, **words: Word) -> None:
        self.said = Wording(key=key, words=words)
        super().__init__(in_words(self.said))


class Unavailable(HubError):
    """Not now: try again after ``retry_after_seconds``."""

    def __init__(self, message: str, *, retry_after_seconds: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class Defect(HubError):
    """A state that cannot be: a bug of ours. Stop loudly."""


class Overrun(Defect):
    """Work was ended, for it took too long. Another try most likely takes as long, and others wait for it meanwhile."""


declared(
    {
        "fault": Phrase(message="{fault}"),
        "fault/placed": Phrase(message="{place}: {fault}"),
        "fault/remedied": Phrase(message="{fault}; remedy: {remedy}"),
        "fault/placed/remedied": Phrase(message="{place}: {fault}; remedy: {remedy}"),
        "told": Phrase(message="{text}"),
        "told/remedied": Phrase(message="{text}", remedy="{remedy}"),
        "CFG-READING": Phrase(message="cannot be used: {reason}", remedy="take back its last change, and report this"),
    }
)

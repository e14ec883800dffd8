"""Findings: data about a partner's document, collected to the end and never raised."""

from __future__ import annotations

from enum import IntEnum

from hub.kernel.location import Location
from hub.kernel.struct import Struct


class Severity(IntEnum):
    """How much falls with the finding. Ordered: the worst of a list is its ``max``."""

    NOTE = 0
    WARNING = 1
    ELEMENT = 2  # reject at element level (AK4)
    SEGMENT = 3  # reject at segment level (AK3)
    SET = 4  # reject at transaction set level (AK5)
    GROUP = 5  # reject at functional group level (AK9)
    INTERCHANGE = 6  # reject at interchange level (TA1)

    @property
    def is_reject(self) -> bool:
        return self >= Severity.ELEMENT


class Diagnostic(Struct):
    """One finding: what is wrong, where, and what to do about it.

    ``code`` is stable and starts with the stage that found it: ENV SYN GDE MAP BUS SIG TRN PLN
    (for example ``GDE-ELEMENT-TOO-LONG``). ``standard`` is the standard's own code for the same
    fault where it has one (``"5"`` of AK403, ``"025"`` of TA105); which list it is from follows
    from ``severity``.
    """

    code: str
    severity: Severity
    message: str  # plain words, one sentence, no full stop
    location: Location = Location()
    remedy: str | None = None  # what the reader can do
    standard: str | None = None
    found: str | None = None  # the offending value as sent
    expected: str | None = None
    rule: str | None = None  # file:line of the map rule or guide that asked

    def __str__(self) -> str:
        where = str(self.location)
        text = f"{self.code} {self.severity.name.lower()}: {where + ': ' if where else ''}{self.message}"
        if self.rule:
            text += f"; rule {self.rule}"
        return text + (f"; remedy: {self.remedy}" if self.remedy else "")


def worst(findings: list[Diagnostic]) -> Severity:
    """Return the highest severity in ``findings``; ``NOTE`` for none."""
    return max([f.severity for f in findings]) if findings else Severity.NOTE

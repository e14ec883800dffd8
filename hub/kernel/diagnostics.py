"""Findings: data about a partner's document, collected to the end and never raised."""

from __future__ import annotations

from enum import IntEnum
from typing import Literal

import msgspec
from msgspec.structs import replace

from hub.kernel.location import Location
from hub.kernel.sentence import Word, Wording, as_written, message_of, quoted, remedy_of
from hub.kernel.spelling import visible
from hub.kernel.struct import Struct

FORM = frozenset({"ENV", "SYN", "GDE"})
"""Stages that judge the form of a document: an acknowledgement tells what they find. What comes after them is about
what the document says."""


def is_of_business(code: str) -> bool:
    """Say whether it is about what a document asks or says, held against what was agreed: not about its form."""
    return code.startswith("BUS-")


def is_of_form(code: str) -> bool:
    """Say whether what is found under ``code`` is about the form of a document.

    >>> is_of_form("GDE-ELEMENT-TOO-LONG"), is_of_form("MAP-CODE")
    (True, False)
    """
    return code.partition("-")[0] in FORM


class Severity(IntEnum):
    """How much falls with the finding. Ordered: the worst of a list is its ``max``."""

    NOTE = 0
    WARNING = 1
    VALUE = 2  # rejects a value (X12: an element, AK4)
    PART = 3  # rejects a part of the document (X12: a segment, AK3)
    DOCUMENT = 4  # rejects the document (X12: a transaction set, AK5)
    GROUP = 5  # rejects all documents of a group (X12: AK9)
    ENVELOPE = 6  # rejects all that is in the envelope (X12: an interchange, TA1)

    @property
    def is_reject(self) -> bool:
        return self >= Severity.VALUE


Refused = Literal["value", "part", "line", "document", "message"]
"""What a reject refuses, where there are no segments and sets to name."""
_OF_NAMES: dict[Severity, Refused] = {
    Severity.VALUE: "value",
    Severity.PART: "part",
    Severity.DOCUMENT: "document",
    Severity.GROUP: "message",
    Severity.ENVELOPE: "message",
}
_OF_BUSINESS = _OF_NAMES | {Severity.PART: "line"}


class Diagnostic(Struct):
    """One finding: what is wrong, where, and what to do about it.

    ``code`` is stable and starts with the stage that found it: ENV SYN GDE MAP BUS SIG TRN PLN
    (for example ``GDE-ELEMENT-TOO-LONG``); ``case`` says which of its sentences, where a code has several. The sentence
    is made when it is read, from its template and ``words`` (``hub.kernel.sentence``). ``standard`` is the standard's
    own code for the same fault where it has one (``"5"`` of AK403, ``"025"`` of TA105); which list it is from follows
    from ``severity``.
    """

    code: str
    severity: Severity
    case: str | None = None
    words: dict[str, Word] | None = None  # what fills the sentence, but for what stands in the fields below
    location: Location = Location()
    standard: str | None = None
    found: str | None = None  # the offending value as sent
    expected: str | Wording | None = None  # what is asked for in its place: as it stands, or in words of ours
    rule: str | None = None  # file:line of the map rule or guide that asked
    told: str | None = msgspec.field(default=None, name="message")
    """The sentence in English: as an earlier hub stored it, or for a reader outside (``spelled_out``)."""
    advised: str | None = msgspec.field(default=None, name="remedy")

    @property
    def message(self) -> str:
        """What is wrong, in plain words: one sentence, no full stop."""
        return self.told if self.told is not None else message_of(self._key, self._words())

    @property
    def remedy(self) -> str | None:
        """What the reader can do."""
        return self.advised if self.told is not None else remedy_of(self._key, self._words())

    @property
    def wording(self) -> Wording:
        """What is wrong, as something said; what an earlier hub stored stays as it wrote it."""
        return Wording(key=self._key, words=self._words()) if self.told is None else as_written(self.told)

    @property
    def advice(self) -> Wording | None:
        """What the reader can do, as something said; None for nothing."""
        if self.told is not None:
            return as_written(self.advised) if self.advised else None
        said = Wording(key=self._key, words=self._words(), advises=True)
        return said if self.remedy else None

    @property
    def spelled_out(self) -> Diagnostic:
        """The same finding with its sentence and remedy written down, for whoever has no templates."""
        if self.told is not None:
            return self
        return replace(self, told=self.message, advised=self.remedy, expected=self.asked_for)

    @property
    def asked_for(self) -> str | None:
        """What is asked for in place of what was found, in English."""
        return None if self.expected is None else str(self.expected)

    @property
    def was(self) -> str | Wording | None:
        """The offending value, in the words that say it where it was something said and no value."""
        said = [each for each in (self.words or {}).values() if isinstance(each, Wording) and str(each) == self.found]
        return said[0] if said else self.found

    def with_case(self, case: str) -> Diagnostic:
        """Return the same finding in another of the sentences of its code."""
        return replace(self, case=case)

    @property
    def refused(self) -> Refused | None:
        """What falls with it, in words of no syntax; None where nothing does, and in X12, which has its own."""
        if is_of_business(self.code):
            return _OF_BUSINESS.get(self.severity)
        at = self.location
        by_name = at.at is not None or (at.line is not None and at.file is None and at.segment is None)
        return _OF_NAMES.get(self.severity) if by_name else None

    def __str__(self) -> str:
        where = str(self.location)
        text = (
            f"{self.code} {self.refused or self.severity.name.lower()}: {where + ': ' if where else ''}{self.message}"
        )
        if self.rule:
            text += f"; rule {self.rule}"
        remedy = self.remedy
        return text + (f"; remedy: {remedy}" if remedy else "")

    @property
    def _key(self) -> str:
        return f"{self.code}/{self.case}" if self.case else self.code

    def _words(self) -> dict[str, Word]:
        """Return all that can fill the sentence: its own words, and what the finding says of itself anyway."""
        at = self.location
        words: dict[str, Word] = {"found": quoted(self.found), "text": visible(self.found or "")}
        if self.expected is not None:
            words["expected"] = self.expected
        if at.tag is not None:
            words["tag"] = at.tag
            words["place"] = at.part
        if self.words:
            words.update(self.words)
        return words


def worst(findings: list[Diagnostic]) -> Severity:
    """Return the highest severity in ``findings``; ``NOTE`` for none."""
    return max([f.severity for f in findings]) if findings else Severity.NOTE


def with_sentences(value: object) -> object:
    """Return ``value`` with every finding in it spelled out, and in English whatever else is said: for who has JSON."""
    if isinstance(value, Diagnostic):
        return value.spelled_out
    if isinstance(value, Wording):
        return str(value)
    if isinstance(value, Struct):
        said = {name: with_sentences(getattr(value, name)) for name in value.__struct_fields__}
        changed = {name: each for name, each in said.items() if each is not getattr(value, name)}
        return replace(value, **changed) if changed else value
    if isinstance(value, dict):
        return {name: with_sentences(each) for name, each in value.items()}
    return [with_sentences(each) for each in value] if isinstance(value, list) else value

"""What a value may contain on the wire, judged character by character before anything is written.

In: a value and the separators in force. Out: its text, or a finding. The rules are made once per
interchange; a clean value costs one search.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from hub.formats.tree import Value
from hub.formats.x12.headers import reference
from hub.formats.x12.isa import WHOLE_ISA
from hub.formats.x12.outbound_faults import outbound
from hub.formats.x12.separators import Separators, is_usable
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.location import Location
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct

Judged = tuple[str, list[Diagnostic]]
"""Text as it may be written, and what is to be said about it."""

_CONTROL = "\x00-\x1f\x7f-\x9f"
CONTROL_NUMBER_MAX = 999_999_999  # nine digits in ISA13, GS06 and ST02
_TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}\Z")
_ENVELOPE_TAGS = {"ISA", "IEA", "GS", "GE", "ST", "SE"}
_SUFFIXES = ("", "\n", "\r\n", "\r")
TAGS_KEPT_MAX = 2_000  # X12 005010 has some 1,000 segments
RULES_KEPT_MAX = 256  # separators times substitutes: partners that write otherwise than all others are few


class OutboundRules(Struct):
    """What data may not contain in one interchange."""

    separators: Separators
    encoding: str
    substitute: str | None
    forbidden: re.Pattern[str]
    findings: list[Diagnostic] = []  # about the rules themselves

    def text(self, value: str, at: Location, element: int, component: int | None = None) -> Judged:
        """Return ``value`` as it may be written, and what is to be said about it."""
        bad = self.forbidden.search(value)
        if bad is None:
            return value, []
        if self.substitute is not None:
            changed = self.forbidden.sub(lambda _: self.substitute or "", value)
            said = outbound(
                "SYN-SUBSTITUTED", at, element=element, component=component, found=value, substitute=self.substitute
            )
            return changed, [said]
        character = bad.group()
        name = f"'{character}'" if character.isprintable() else f"0x{ord(character):02X}"
        code = "SYN-SEPARATOR-IN-DATA" if character in self.separators.all else "SYN-CONTROL-IN-DATA"
        return "", [outbound(code, at, element=element, component=component, found=value, character=name)]

    def line(self, values: Sequence[Value], at: Location) -> Judged:
        """Return one segment without its terminator, trailing empty elements dropped."""
        tag = values[0] if values else ""
        if not isinstance(tag, str) or not is_data_tag(tag):
            return "", [outbound("SYN-TAG", at, found=str(tag))]
        findings: list[Diagnostic] = []
        texts = [tag]
        for position, value in enumerate(values[1:], start=1):
            if isinstance(value, str):
                text, said = self.text(value, at, position)
            else:
                text, said = self._parts(value, at, position)
            findings += said
            texts.append(text)
        while len(texts) > 1 and not texts[-1]:
            texts.pop()
        return self.separators.element.join(texts), findings

    def clean_line(self, values: Sequence[Value]) -> str | None:
        """Return what ``line`` returns for a segment about which nothing is to be said; None: ask ``line``.

        What is forbidden is single characters, so one search over all values finds what one in each would. That the
        values are plain texts is what ``join`` itself finds out; hence what the checker of types is told below.
        """
        try:
            together = "".join(values)  # type: ignore[arg-type]
        except TypeError:
            return None  # a value has parts
        tag = values[0] if values else ""
        if not isinstance(tag, str) or not is_data_tag(tag) or self.forbidden.search(together):
            return None
        return self.separators.element.join(values).rstrip(self.separators.element)  # type: ignore[arg-type]

    def header_texts(self, texts: Sequence[str], lengths: Sequence[int], at: Location) -> list[Diagnostic]:
        """Return what keeps ``texts`` out of the elements 1, 2, … of an envelope segment, each of a greatest length."""
        fit = [len(text) <= length and text == text.strip() for text, length in zip(texts, lengths, strict=True)]
        if all(fit) and not self.forbidden.search("".join(texts)):
            return []
        numbered = enumerate(zip(texts, lengths, strict=True), start=1)
        return [said for element, (text, length) in numbered for said in self.header_text(text, length, at, element)]

    def header_text(self, text: str, length: int, at: Location, element: int) -> list[Diagnostic]:
        """Return what keeps ``text`` out of an envelope element of at most ``length`` characters."""
        fits = len(text) <= length and text == text.strip() and not self.forbidden.search(text)
        return [] if fits else [outbound("ENV-HEADER-TEXT", at, element=element, found=text, length=length)]

    def number(self, number: int, at: Location, element: int) -> list[Diagnostic]:
        """Return what is wrong with a control number."""
        if 1 <= number <= CONTROL_NUMBER_MAX:
            return []
        return [outbound("ENV-NUMBER-RANGE", at, element=element, number=number)]

    def _parts(self, value: Sequence[str] | Sequence[list[str]], at: Location, element: int) -> Judged:
        repetitions = [part for part in value if isinstance(part, list)]
        if not repetitions:
            return self._composite([part for part in value if isinstance(part, str)], at, element)
        findings: list[Diagnostic] = []
        texts = []
        for repetition in repetitions:
            text, said = self._composite(repetition, at, element)
            texts.append(text)
            findings += said
        if len(texts) > 1 and self.separators.repetition is None:
            findings.append(outbound("SYN-COMPOSITE", at, element=element, name=Wording(key="separator/repetition")))
        return (self.separators.repetition or "").join(texts), findings

    def _composite(self, parts: Sequence[str], at: Location, element: int) -> Judged:
        findings: list[Diagnostic] = []
        texts = []
        for position, part in enumerate(parts, start=1):
            text, said = self.text(part, at, element, position)
            texts.append(text)
            findings += said
        while texts and not texts[-1]:
            texts.pop()
        if len(texts) > 1 and self.separators.component is None:
            findings.append(outbound("SYN-COMPOSITE", at, element=element, name=Wording(key="separator/component")))
        return (self.separators.component or "").join(texts), findings


@lru_cache(TAGS_KEPT_MAX)
def is_data_tag(tag: str) -> bool:
    """Say whether ``tag`` may begin a segment between ST and SE."""
    return _TAG.match(tag) is not None and tag not in _ENVELOPE_TAGS


@lru_cache(RULES_KEPT_MAX)
def rules_for(separators: Separators, encoding: str, substitute: str | None) -> OutboundRules:
    """Return the rules for one interchange; separators that cannot work are a finding in them."""
    forbidden = re.compile(f"[{re.escape(separators.all)}{_CONTROL}]")
    why = unusable_separators(separators)
    if not why and substitute is not None and forbidden.search(substitute):
        why = Wording(key="separators/substitute")
    findings = [outbound("ENV-SEPARATORS", Location(tag="ISA"), why=why)] if why else []
    return OutboundRules(
        separators=separators, encoding=encoding, substitute=substitute, forbidden=forbidden, findings=findings
    )


def encoded(text: str, encoding: str, interchange: int | None) -> tuple[bytes | None, list[Diagnostic]]:
    """Return the bytes of ``text``, or why a reader could not get the same text back from them."""
    at = Location(envelope=reference(interchange))
    try:
        body = text.encode(encoding)
    except UnicodeEncodeError:
        return None, [outbound("SYN-NOT-ENCODABLE", at, encoding=encoding)]
    if not body.isascii() and encoding != "utf-8" and _is_utf_8(body):
        return None, [outbound("SYN-AMBIGUOUS-ENCODING", at, encoding=encoding)]
    if any(WHOLE_ISA.match(body, place.start()) for place in re.finditer(b"ISA", body) if place.start() > 0):
        return None, [outbound("SYN-HEADER-IN-DATA", at)]
    return body, []


def unusable_separators(separators: Separators) -> Wording | None:
    """Return why ``separators`` cannot be written with, or ``None``: each one ASCII character, all different."""
    named = [separators.element, separators.segment, separators.component, separators.repetition]
    characters = [c for c in named if c is not None]
    for character in characters:
        ends_line = character is separators.segment and character in ("\n", "\r")
        if len(character) != 1 or not character.isascii() or not (is_usable(character.encode()) or ends_line):
            return Wording(key="separators/not-usable", words={"sign": repr(character)})
    if len(set(characters)) < len(characters):
        return Wording(key="separators/equal")
    if separators.segment_suffix not in _SUFFIXES:
        return Wording(key="separators/suffix")
    if separators.segment_suffix and separators.segment in ("\n", "\r"):
        return Wording(key="separators/line-end")
    return None


def _is_utf_8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

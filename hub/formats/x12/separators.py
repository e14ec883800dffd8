"""The characters that cut an interchange into segments, elements, components and repetitions.

``Separators`` is what a person sees and a writer is given; ``WireSeparators`` the same as bytes, as
they stand in the file. What can go wrong: two of them are equal, or one is a letter, a digit, a
blank or NUL; then nothing after the header can be trusted, and the interchange is refused.
"""

from __future__ import annotations

from msgspec.structs import replace

from hub.formats.x12.characters import decoded, is_utf_8
from hub.kernel.struct import Struct

SEPARATORS_KEPT_MAX = 256
"""Combinations of which something is kept that was made of them: more than partners who write in ways of their own."""

FIRST_VERSION_WITH_REPETITION = "00402"
"""ISA11 is the repetition separator from ISA12 00402 on; before that it names the standard and is ``U``."""
REPETITION_SIGNS = "^!{}"
"""What separates repetitions where nothing is agreed: the first that nothing else uses; one more than the others."""


class Separators(Struct):
    """Separators as text. ``segment_suffix`` is written after each segment terminator, for people's eyes."""

    element: str = "*"
    segment: str = "~"
    component: str | None = ">"
    repetition: str | None = None
    segment_suffix: str = ""

    @property
    def all(self) -> str:
        """Every separating character, once: what data may not contain."""
        return self.element + self.segment + (self.component or "") + (self.repetition or "")


USUAL_SEPARATORS = Separators()


def in_version(separators: Separators, version: str) -> Separators:
    """Return ``separators`` as an interchange of ``version`` (ISA12) has them: with one for repetitions, or without.

    Where it has one and none was agreed, it is the first usual sign that separates nothing else.
    """
    if not has_repetition(version):
        return separators if separators.repetition is None else replace(separators, repetition=None)
    if separators.repetition is not None:
        return separators
    return replace(separators, repetition=next(each for each in REPETITION_SIGNS if each not in separators.all))


class WireSeparators(Struct):
    """Separators as the bytes in the file: a UTF-8 file may use a character of several bytes."""

    element: bytes
    segment: bytes
    component: bytes | None
    repetition: bytes | None
    segment_suffix: bytes = b""

    def text(self, encoding: str) -> Separators:
        """The same as text in ``encoding``, in which they were found to be readable."""
        return Separators(
            element=decoded(self.element, encoding),
            segment=decoded(self.segment, encoding),
            component=None if self.component is None else decoded(self.component, encoding),
            repetition=None if self.repetition is None else decoded(self.repetition, encoding),
            segment_suffix=decoded(self.segment_suffix, encoding),
        )

    @property
    def bytes_of_their_own(self) -> bytes:
        """Separators that are a single byte and no character of UTF-8: 0x85, 0xD6."""
        parts = (self.element, self.segment, self.component, self.repetition)
        return b"".join(part for part in parts if part and not is_utf_8(part))

    @property
    def blanks(self) -> bytes:
        """What may stand between a terminator and the next segment without meaning anything."""
        return bytes(b for b in b" \t\r\n" if bytes([b]) not in (self.element, self.segment))


def character_at(data: bytes, place: int) -> bytes:
    """Return the character at ``place``: one byte, or the whole of a UTF-8 sequence; empty at the end."""
    first = data[place : place + 1]
    if not first or first < b"\xc2":
        return first
    for length in (2, 3, 4):
        candidate = data[place : place + length]
        try:
            candidate.decode("utf-8")
        except UnicodeDecodeError:
            continue
        return candidate
    return first


def is_usable(separator: bytes) -> bool:
    """Say whether a character can separate: no letter, digit or blank, not NUL, and no line end.

    (A line end may terminate a segment; the caller allows for that.) Other control characters are
    usable and used: 0x1C to 0x1F, 0x15, 0x7F.
    """
    if len(separator) != 1:
        return bool(separator) and not _text(separator).isalnum()
    return separator not in b"\x00 \t\r\n" and not separator.isalnum()


def has_repetition(version: str) -> bool:
    """Say whether ISA11 separates repetitions in ``version`` (ISA12)."""
    return len(version) == 5 and version.isdigit() and version >= FIRST_VERSION_WITH_REPETITION


def _text(character: bytes) -> str:
    return character.decode("utf-8", "replace")

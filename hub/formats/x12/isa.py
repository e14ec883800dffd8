"""The interchange header found and cut: from it come the separators of everything that follows.

In: bytes that begin with ``ISA``. Out: its elements and the separators, or ``None`` when it is no
header at all. ISA is meant to be 106 bytes with each separator at its place; what arrives is also
padded badly, not at all or with two-byte blanks, broken into lines, or without ISA16. So the places
are tried first, then the separators are counted, and what comes after ISA16 is looked at to settle
which character ends a segment.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from hub.formats.x12.characters import UTF_8, decoded, encoding_of
from hub.formats.x12.faults import finding
from hub.formats.x12.limits import ISA_BYTES_MAX
from hub.formats.x12.separators import SEPARATORS_KEPT_MAX, WireSeparators, character_at, has_repetition, is_usable
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.location import Location
from hub.kernel.sentence import Word, Wording
from hub.kernel.struct import Struct

ISA_BYTES = 106
ISA_ELEMENTS = 16
LOOK_AHEAD_BYTES = ISA_BYTES_MAX + 512
"""Bytes wanted behind the start of ISA: the longest header, then GS and the beginning of ST."""

_PLACES = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
"""Where the 16 element separators stand in an ISA padded as it should be."""

_IN_PLACES = itemgetter(*_PLACES)

_SHORT_ELEMENTS = ((1, 2), (3, 2), (5, 2), (7, 2), (14, 1), (15, 1))
"""Qualifiers and flags with their greatest length: by them a header found by counting is told from other bytes."""

WHOLE_ISA = re.compile(
    rb"ISA(?P<s>[^\w\s])..(?P=s).{10}(?P=s)..(?P=s).{10}(?P=s)..(?P=s).{15}(?P=s)..(?P=s).{15}(?P=s)"
    rb"\d{6}(?P=s)\d{4}(?P=s).(?P=s)\d{5}(?P=s)\d{9}(?P=s)\d(?P=s)[A-Z](?P=s)",
    re.DOTALL,
)
"""An ISA beyond doubt, wherever it stands: nobody sends these 104 characters as data."""


class Isa(Struct):
    """A header as found."""

    elements: list[str]  # "ISA" and what follows, not stripped
    separators: WireSeparators
    encoding: str
    length: int  # bytes up to and with the first segment terminator
    wrapped: bool = False  # line ends stand inside: the whole file is broken at a fixed length
    findings: list[Diagnostic] = []

    @property
    def is_sound(self) -> bool:
        """Whether the separators can be trusted, so that the body can be read."""
        return not any(f.code in _UNSOUND for f in self.findings)


_UNSOUND = {
    "ENV-ELEMENT-SEPARATOR", "ENV-SEGMENT-TERMINATOR", "ENV-COMPONENT-SEPARATOR", "ENV-REPETITION-SEPARATOR",
}  # fmt: skip


def read_isa(window: bytes) -> Isa | None:
    """Return the header at the start of ``window``, or ``None`` when those bytes are no header.

    ``window`` is as much as there is, up to ``LOOK_AHEAD_BYTES``.
    """
    return plain_isa(window) or thorough_isa(window)


_PLAIN = re.compile(
    rb"ISA([^A-Za-z0-9\s\x00]).{99}\1([^A-Za-z0-9\s\x00])([^A-Za-z0-9\s\x00])(\r\n|\n|\r|)(?:GS|TA1|IEA)\1", re.DOTALL
)
"""A header of its right length between usable separators, and the segment behind it: as nearly all of them are."""


def plain_isa(window: bytes) -> Isa | None:
    """Return a header in which nothing is to be found or told; None for any other, which is looked at from all sides.

    What it returns is what all the looking would come to: it takes a fifth of the time.
    """
    found = _PLAIN.match(window)
    if found is None or not window[:ISA_BYTES].isascii():
        return None
    element, component, terminator, suffix = found.groups()
    text = window[: ISA_BYTES - 1].decode("ascii")
    elements = text.split(text[3])
    if tuple(map(len, elements)) != LENGTHS:
        return None
    separators = _sound(element, component, terminator, suffix, elements[11], elements[12])
    if separators is None:
        return None
    return Isa(elements=elements, separators=separators, encoding=UTF_8, length=ISA_BYTES)


@lru_cache(SEPARATORS_KEPT_MAX)
def _sound(
    element: bytes, component: bytes, terminator: bytes, suffix: bytes, repeating: str, version: str
) -> WireSeparators | None:
    """Return the separators of a plain header when there is nothing wrong with any of them."""
    repetition = _repeating(repeating, version, UTF_8)
    if _faults_of_separators(element, terminator, component, repetition, repetition):
        return None
    return WireSeparators(
        element=element, segment=terminator, component=component, repetition=repetition, segment_suffix=suffix
    )


def thorough_isa(window: bytes) -> Isa | None:
    """Return the header at the start of ``window``, looked at from all sides."""
    if not window.startswith(b"ISA"):
        return None
    element = character_at(window, 3)
    in_places = _stands_in_places(window, element)
    if not element or (not is_usable(element) and not in_places):
        return None
    if in_places:
        return _cut(window, window, element, wrapped=False)
    unwrapped = window.replace(b"\r", b"").replace(b"\n", b"")
    if _stands_in_places(unwrapped, element):
        return _cut(unwrapped, window, element, wrapped=True)
    counted = _nth(window, element, ISA_ELEMENTS)
    if counted < 0 or counted > ISA_BYTES_MAX:
        return _too_few(window, element)
    if b"\n" in window[:counted] or b"\r" in window[:counted] or _group_inside(window[:counted], element):
        return _too_few(window, element)
    return _cut(window, window, element, wrapped=False)


def _stands_in_places(window: bytes, element: bytes) -> bool:
    return (
        len(element) == 1
        and len(window) >= ISA_BYTES - 2
        and set(_IN_PLACES(window)) == {element[0]}
        and (window.count(element, 0, ISA_BYTES - 2) == ISA_ELEMENTS or element.isalnum())
    )


def _nth(data: bytes, element: bytes, n: int) -> int:
    """Return the place of the ``n``-th ``element`` in ``data``, or -1."""
    place = -1
    for _ in range(n):
        place = data.find(element, place + 1)
        if place < 0:
            return -1
    return place


def _group_inside(head: bytes, element: bytes) -> bool:
    return re.search(rb"[^A-Za-z0-9]\s*(GS|TA1|IEA)" + re.escape(element), head + element) is not None


class _Pieces(Struct):
    """A header in pieces, not yet judged."""

    elements: list[str]
    element: bytes
    component: bytes
    terminator: bytes
    length: int  # in the window that was cut, line ends not counted when the file is wrapped
    encoding: str
    wrapped: bool = False


def _cut(window: bytes, raw: bytes, element: bytes, *, wrapped: bool) -> Isa | None:
    """Cut a header whose 16 separators were found; ``raw`` is ``window`` as it stands in the file."""
    in_places = _stands_in_places(window, element)
    last = _PLACES[-1] if in_places else _nth(window, element, ISA_ELEMENTS)
    rest = window[last + len(element) :]
    component, terminator = _after_last(rest, element)
    slip = None if wrapped else _slip(rest, element, terminator)
    if slip:
        component, terminator = slip.component, slip.terminator
    if not terminator:
        return None
    end_of_component = last + len(element) + len(component)
    length = window.index(terminator, end_of_component) + len(terminator)
    if slip:
        length = last + len(element) + slip.length
    encoding = encoding_of(window[:length])
    if in_places:
        pieces = [window[:3]] + [window[a + 1 : b] for a, b in pairwise(_PLACES)]
    else:
        pieces = window[:last].split(element)
    texts = [decoded(piece, encoding) for piece in (*pieces, component)]
    if not in_places and any(len(texts[place].strip()) > longest for place, longest in _SHORT_ELEMENTS):
        return None
    findings = []
    if not in_places or not component:
        sent = end_of_component + len(terminator)
        findings.append(finding("ENV-ISA-LENGTH", Location(tag="ISA"), length=sent, which=_of_wrong_length(texts)))
    if slip:
        taken = decoded(terminator, encoding)
        findings.append(finding("ENV-ISA-SLIP", Location(tag="ISA"), found=taken))
    if wrapped:
        findings.append(finding("ENV-WRAPPED-LINES", Location(tag="ISA")))
    cut = _Pieces(
        elements=texts, element=element, component=component, terminator=terminator,
        length=length, encoding=encoding, wrapped=wrapped,
    )  # fmt: skip
    return _judged(cut, raw, findings)


def _judged(cut: _Pieces, raw: bytes, findings: list[Diagnostic]) -> Isa:
    """Put the header together and judge its separators."""
    repeating = _repeating(cut.elements[11], cut.elements[12], cut.encoding)
    repetition = repeating if len(cut.elements[11].strip()) == 1 else None  # what is longer separates nothing
    component = cut.component if cut.component != b" " else b""
    length = _raw_length(raw, cut.length) if cut.wrapped else cut.length
    separators = WireSeparators(
        element=cut.element,
        segment=cut.terminator,
        component=component or None,
        repetition=repetition,
        segment_suffix=b"" if cut.wrapped else _suffix(raw, length, cut.terminator),
    )
    return Isa(
        elements=cut.elements,
        separators=separators,
        encoding=cut.encoding,
        length=length,
        wrapped=cut.wrapped,
        findings=findings + _faults_of_separators(cut.element, cut.terminator, component, repeating, repetition),
    )


def _repeating(sent: str, version: str, encoding: str) -> bytes | None:
    """Return what ISA11 says to separate repetitions, as it was sent; None where it says something else."""
    sent = sent.strip()
    says = has_repetition(version.strip()) and sent and not sent.isalnum()
    return sent.encode(encoding, "replace") if says else None


def _after_last(rest: bytes, element: bytes) -> tuple[bytes, bytes]:
    """Return ISA16 and the segment terminator from what follows the sixteenth separator.

    A missing ISA16 is seen by what comes next: the next segment begins right after the one character,
    or the segment after it ends in that character and not in the blank or line end in between.
    """
    first = character_at(rest, 0)
    second = character_at(rest, len(first))
    if second == b"\r" and rest[len(first) + 1 : len(first) + 2] == b"\n":
        second = b"\n"  # a CR before it is a blank like any other
    follows = re.compile(rb"(GS|TA1|ISB|ISE|IEA)" + re.escape(element))
    if follows.match(rest, len(first)):
        return b"", first
    if second in (b"\n", b"\r", b" ", b"\t"):
        ends_in_first = re.search(re.escape(first) + rb"\s*(ST|SE|GE|GS|IEA)" + re.escape(element), rest[1:])
        if ends_in_first and follows.match(rest[len(first) :].lstrip()):
            return b"", first
    return first, second


class _Slip(NamedTuple):
    """An end of ISA that is not as it should be, and how it is read."""

    component: bytes
    terminator: bytes
    length: int  # from ISA16 to where the next segment, or what stands before it, begins


def _slip(rest: bytes, element: bytes, terminator: bytes) -> _Slip | None:
    """Return how ISA ends when blanks stand before its terminator, or that was lost; None when it is as it should be.

    ``rest`` begins with ISA16. The terminator is the character before ST, if that ends every segment in sight.
    """
    component = character_at(rest, 0)
    behind = rest[len(component) :]
    before_st = re.search(rb"([^A-Za-z0-9\s])[ \t\r\n]*ST" + re.escape(element), behind)
    if before_st is None or before_st[1] in (element, component, terminator):
        return None
    ends = before_st[1]
    gap = rb"[ \t\r\n]*"
    head = re.match(
        gap + rb"(" + re.escape(ends) + rb")?" + gap + rb"(?=(?:GS|TA1)" + re.escape(element) + rb")", behind
    )
    if head is None:
        return None
    tag = re.compile(rb"\s*[A-Z][A-Z0-9]{1,2}" + re.escape(element))
    if not all(tag.match(segment) for segment in behind[head.end() :].split(ends)[:-1]):
        return None
    return _Slip(component, ends, len(component) + (head.end(1) if head[1] else head.end()))


LENGTHS = (3, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
"""Characters of the tag and the sixteen elements of ISA."""
WRONG_LENGTHS_NAMED_MAX = 3


def _of_wrong_length(texts: list[str]) -> Word:
    """Name the elements that are too long or too short, the first of them."""
    wrong = [(n, len(text), due) for n, (text, due) in enumerate(zip(texts, LENGTHS, strict=False)) if len(text) != due]
    named: list[str | int | Wording] = [
        Wording(key="envelope/length", words={"element": f"ISA{n:02d}", "sent": sent, "due": due})
        for n, sent, due in wrong[:WRONG_LENGTHS_NAMED_MAX]
    ]
    return Wording(key="envelope/lengths", words={"lengths": named}) if named else ""


def _too_few(window: bytes, element: bytes) -> Isa | None:
    """Return a header with fewer than 16 elements when the group that follows shows where it ends."""
    head = window[:ISA_BYTES_MAX]
    group = re.search(
        rb"(?P<t>[\xc2-\xf4][\x80-\xbf]+|[^A-Za-z0-9\s]|\r?\n)\s*(?:GS|TA1|IEA)" + re.escape(element), head
    )
    if group is None:
        return None
    terminator = group["t"].removeprefix(b"\r")
    encoding = encoding_of(window[: group.end("t")])
    texts = [decoded(piece, encoding).strip() for piece in window[: group.start("t")].split(element)]
    if len(texts) > ISA_ELEMENTS + 1 or terminator == element:
        return None
    fault = finding("ENV-ISA-ELEMENTS", Location(tag="ISA"), count=len(texts) - 1)
    cut = _Pieces(
        elements=texts + [""] * (ISA_ELEMENTS + 1 - len(texts)), element=element, component=b"",
        terminator=terminator, length=group.end("t"), encoding=encoding,
    )  # fmt: skip
    return _judged(cut, window, [fault])


def _faults_of_separators(
    element: bytes, terminator: bytes, component: bytes, repeating: bytes | None, repetition: bytes | None
) -> list[Diagnostic]:
    """Judge them; ``repeating`` is ISA11 as sent, ``repetition`` what can separate of it."""
    alone = repeating == repetition and repetition not in (element, terminator, component)
    ends_lines = terminator in (b"\n", b"\r")
    rows = (
        ("ENV-ELEMENT-SEPARATOR", None, element, is_usable(element)),
        ("ENV-SEGMENT-TERMINATOR", None, terminator, (is_usable(terminator) or ends_lines) and terminator != element),
        ("ENV-COMPONENT-SEPARATOR", 16, component, not component or _is_free(component, element, terminator)),
        ("ENV-REPETITION-SEPARATOR", 11, repeating, alone),
    )
    return [
        finding(code, Location(tag="ISA", element=place), found=decoded(found or b"", encoding_of(found or b"")))
        for code, place, found, good in rows
        if not good
    ]


def _is_free(character: bytes, *taken: bytes) -> bool:
    return is_usable(character) and character not in taken


def _suffix(raw: bytes, end: int, terminator: bytes) -> bytes:
    """Return the line end written after each terminator, as far as the first one shows it."""
    if terminator in (b"\n", b"\r"):
        return b""
    for suffix in (b"\r\n", b"\n", b"\r"):
        if raw.startswith(suffix, end):
            return suffix
    return b""


def _raw_length(raw: bytes, length: int) -> int:
    """Return how many bytes of ``raw`` hold its first ``length`` bytes that are no line ends."""
    place = taken = 0
    while taken < length:
        taken += raw[place] not in b"\r\n"
        place += 1
    return place

"""One set's text cut into segments: terminators, line ends, indentation, empty segments, trailing separators, padding.

In: the text from ST to SE. Out: one string per segment, and what had to be put right to get them.
Nothing can go wrong here; whatever was sent, there is a list. The usual case is decided by a few
searches over the whole text, so that a clean set costs one split.

Blanks behind a value mean nothing in X12: they are taken off here, and nobody after sees them; blanks of other widths
and signs of no width, which come along with what is copied from a page or a table, too. Blanks before it are
data. What was sent is kept beside, for whoever shows it or asks whether a number was padded.
"""

from __future__ import annotations

import re

from hub.formats.x12.separators import Separators
from hub.kernel.struct import Struct

BLANKS = " \u00a0\u2007\u202f\u3000\u200b\u2060\ufeff"
"""The blank; blanks of other widths (no-break, figure, narrow, wide); signs of no width (break, joiner, byte order)."""
_UNSEEN = re.compile(f"[{BLANKS[1:]}]")


class CutSegments(Struct):
    """The segments of a set, and where they were not as they should be (segment positions from ST = 1)."""

    lines: list[str]
    empty: int = 0  # segments with nothing in them, dropped
    broken: list[int] = []  # segments that had a line end inside
    padded: dict[int, str] = {}  # segments with blanks behind a value, as they were sent
    trailing: list[int] = []  # segments that ended in element separators


def cut(text: str, separators: Separators) -> CutSegments:
    """Return the segments of ``text``, cleaned of what only dresses them."""
    terminator, element = separators.segment, separators.element
    if separators.segment_suffix:
        text = text.replace(terminator + separators.segment_suffix, terminator)
    lines = text.split(terminator)
    last = lines.pop()  # what follows the last terminator: nothing, unless the set was cut short
    if last:
        lines.append(last)
    trailing = element + terminator in text or last.endswith(element)
    padded = " " + element in text or " " + terminator in text or last.endswith(" ")
    padded = padded or (not text.isascii() and _UNSEEN.search(text) is not None)
    if _is_plain(text, lines, terminator) and not trailing and not padded:
        return CutSegments(lines=lines)
    return _cleaned(lines, separators)


def _is_plain(text: str, lines: list[str], terminator: str) -> bool:
    for mark in "\r\n":
        if mark != terminator and mark in text:
            return False
    return terminator + " " not in text and terminator + "\t" not in text and "" not in lines


def _cleaned(raw: list[str], separators: Separators) -> CutSegments:
    element = separators.element
    blanks = "".join(c for c in " \t\r\n" if c not in (element, separators.segment))
    line_ends = "".join(c for c in "\r\n" if c in blanks)
    blank = "".join(c for c in BLANKS if c not in (element, separators.segment))
    lines: list[str] = []
    broken: list[int] = []
    trailing: list[int] = []
    padded: dict[int, str] = {}
    for piece in raw:
        line = piece.lstrip(blanks).rstrip(line_ends)
        if line.endswith(element):
            trailing.append(len(lines) + 1)
        if line.endswith(" ") or " " + element in line or not line.isascii():
            unpadded = element.join(value.rstrip(blank) for value in line.split(element))
            if unpadded != line:
                padded[len(lines) + 1] = line
                line = unpadded
        line = _without_trailing(line, element)
        if not line:
            trailing = trailing[:-1] if trailing and trailing[-1] == len(lines) + 1 else trailing
            padded.pop(len(lines) + 1, None)
            continue
        if any(mark in line for mark in line_ends):
            line = "".join(c for c in line if c not in line_ends)
            broken.append(len(lines) + 1)
        lines.append(line)
    # the piece after the last terminator is no segment when it is only a line end
    empty = len(raw) - len(lines) - (1 if raw and raw[-1] and not raw[-1].strip(blanks) else 0)
    return CutSegments(lines=lines, empty=empty, broken=broken, trailing=trailing, padded=padded)


def _without_trailing(line: str, element: str) -> str:
    if len(element) == 1:
        return line.rstrip(element)
    while line.endswith(element):
        line = line.removesuffix(element)
    return line

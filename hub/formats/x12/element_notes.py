"""AK4 (IK4): which element was wrong, why, and a copy of it where a copy is safe.

In: a finding with a place. Out: the segment. The copy of the bad data comes from a stranger and goes
into a message that others parse: it is given only when it is short, printable and cannot contain a
separator of any kind.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.formats.tree import Value
from hub.formats.x12.guide import Element, Guide, Use
from hub.kernel.diagnostics import Diagnostic

COPY_CHARACTERS_MAX = 99  # AK404: AN 1/99

SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,-_/()+#&'")
"""Letters, digits, and the punctuation of names, numbers and dates; less what separates in the answer."""


def element_note(
    tag: str, fault: Diagnostic, guide: Guide | None, *, safe: frozenset[str] = SAFE, with_repetition: bool = False
) -> list[Value]:
    """Return AK4 for ``fault``, whose location names an element; the copy is made of ``safe`` characters only."""
    at = fault.location
    position: list[str] = [str(at.element), str(at.component or "")]
    if with_repetition:
        position.append(str(at.repetition or ""))
    reference = element_number(guide, at.tag, at.element or 0, at.component) if guide and at.tag else ""
    note: list[Value] = [tag, position, reference, fault.standard or ""]
    if fault.found and fits(fault.found, COPY_CHARACTERS_MAX, safe):
        note.append(fault.found)
    return note


def fits(text: str, length: int, safe: frozenset[str] = SAFE) -> bool:
    """Say whether a partner's ``text`` may be repeated in an element of at most ``length`` characters."""
    return 0 < len(text) <= length and safe.issuperset(text) and bool(text.strip())


def element_number(guide: Guide, tag: str, element: int, component: int | None) -> str:
    """Return the data element number ("353") at a place, or "" when the guide has none there."""
    for use in _uses(guide.uses):
        if use.segment.tag == tag:
            return _number(use.segment.elements, element, component)
    return ""


def _number(elements: tuple[Element, ...], position: int, component: int | None) -> str:
    if not 1 <= position <= len(elements):
        return ""
    found = elements[position - 1]
    if component and component <= len(found.components):
        found = found.components[component - 1]
    return found.number if found.number.isdigit() else ""


def _uses(uses: tuple[Use, ...]) -> Iterator[Use]:
    for use in uses:
        yield use
        yield from _uses(use.children)

"""AK4 (IK4): which element was wrong, why, and a copy of it where a copy is safe.

In: a finding with a place. Out: the segment. The copy of the bad data comes from a stranger and goes
into a message that others parse: it is given only when it is short, printable and cannot contain a
separator of any kind.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.formats.tree import Value
from hub.formats.x12.guide import Element, Guide, Segment, Use
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
    copy = (fault.found or "").rstrip(" ")
    if fits(copy, COPY_CHARACTERS_MAX, safe):
        note.append(copy)
    return note


def fits(text: str, length: int, safe: frozenset[str] = SAFE) -> bool:
    """Say whether a partner's ``text`` may be repeated in an element of at most ``length`` characters."""
    return 0 < len(text) <= length and safe.issuperset(text) and not text.endswith(" ")


def segment_at(guide: Guide | None, tag: str) -> Segment | None:
    """Return segment ``tag`` as the guide has it where it stands first; None when the guide does not know it."""
    uses = _uses(guide.uses) if guide else ()
    return next((use.segment for use in uses if use.segment.tag == tag), None)


def element_at(guide: Guide | None, tag: str, element: int, component: int | None) -> Element | None:
    """Return an element, or a component of one, as the guide has it; None when the guide has none there."""
    segment = segment_at(guide, tag)
    if segment is None or not 1 <= element <= len(segment.elements):
        return None
    found = segment.elements[element - 1]
    return found.components[component - 1] if component and component <= len(found.components) else found


def element_number(guide: Guide, tag: str, element: int, component: int | None) -> str:
    """Return the data element number ("353") at a place, or "" when the guide has none there."""
    found = element_at(guide, tag, element, component)
    return found.number if found and found.number.isdigit() else ""


def _uses(uses: tuple[Use, ...]) -> Iterator[Use]:
    for use in uses:
        yield use
        yield from _uses(use.children)

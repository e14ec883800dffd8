"""Sentences the hub composes about a message, in the viewer's language.

In: a sentence as a room of the hub wrote it, values and all. Out: the same in the viewer's language, when its pattern
is known; else the sentence as it is. Patterns come from the rooms' own tables, so that a new fault is asked for in the
catalogues by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from hub.business.orders.sentences import PROMISED, SENTENCES
from hub.formats.x12 import faults, guide_faults
from hub.formats.x12.guide import Use
from hub.formats.x12.guides import GuideLibrary
from hub.web.languages import N_

HOLE = re.compile(r"\{(\w+)[^}]*\}")

OF_THE_FLOW = (
    N_("Rejected: {finding}"),
    N_("Refused: {finding}"),
    N_("Could not be read: {finding}"),
    N_("Not understood: {finding}"),
    N_("The answer could not be written: {finding}"),
    N_("Our configuration is at fault: {finding}"),
    N_("Nothing in the hub handles {kind} yet"),
    N_("This is no message the hub knows: it does not begin with ISA"),
    N_("This order waits for a person"),
    N_("Group {kind} {number} was never sent to this partner"),
    N_("Interchange control number {number} came before with other content"),
    N_("Compare it with message {message}; if both are meant, send this one under a new number"),
    N_("ISA15 says {said}, the partner's file says {usage}; it is taken as a test"),
    N_("There is no guide for {kind} in release {release}"),
    N_("No map is set up to read {kind} from this partner"),
    N_("Release {release} is not agreed with this partner"),
    N_("could not be delivered in {attempts} attempts: {reason}"),
    N_("{partner} refuses it: {reason}"),
    N_("{partner} refuses it"),
)
"""Sentences of ``flow`` and ``exchange`` that stand in no table of theirs."""


def templates() -> Iterator[str]:
    """Yield every sentence that has a pattern: messages, then remedies, of every table."""
    for table in (faults.FAULTS, guide_faults.FAULTS, SENTENCES):
        yield from (fault.message for fault in table.values())
        yield from (fault.remedy for fault in table.values())
    yield from PROMISED.values()
    yield from OF_THE_FLOW


def guide_names(guides: GuideLibrary) -> Iterator[str]:
    """Yield the name of every segment and element the guides of the standard know."""
    for release in guides.releases():
        for name in guides.sets(release):
            guide = guides.guide(release, name)
            if guide is not None:
                yield from _names(guide.uses)


def _names(uses: Sequence[Use]) -> Iterator[str]:
    for use in uses:
        yield use.segment.name
        for element in use.segment.elements:
            yield element.name
            yield from (component.name for component in element.components)
        yield from _names(use.children)


def phrase(gettext: Callable[[str], str], text: str | None) -> str:
    """Return ``text`` as the viewer reads it, beginning with a capital where the script has them."""
    if not text:
        return ""
    said = _said(gettext, text)
    return said[:1].upper() + said[1:]


def _said(gettext: Callable[[str], str], text: str) -> str:
    said = gettext(text)
    return _by_template(gettext, text) if said == text else said


def _by_template(gettext: Callable[[str], str], text: str) -> str:
    for pattern, template in _patterns():
        found = pattern.fullmatch(text)
        if found:
            translated = gettext(template)
            return text if translated == template else _filled(gettext, translated, found)
    return text


def _filled(gettext: Callable[[str], str], translated: str, found: re.Match[str]) -> str:
    """Put the values into the sentence. A name of the guide, or a whole finding, among them is translated too."""
    return HOLE.sub(lambda hole: _said(gettext, found[hole[1]]), translated)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(template), template) for template in dict.fromkeys(templates()) if HOLE.search(template))


def _pattern(template: str) -> re.Pattern[str]:
    parts: list[str] = []
    seen: set[str] = set()
    end = 0
    for hole in HOLE.finditer(template):
        parts.append(re.escape(template[end : hole.start()]))
        parts.append(f"(?P={hole[1]})" if hole[1] in seen else f"(?P<{hole[1]}>.+?)")
        seen.add(hole[1])
        end = hole.end()
    return re.compile("".join(parts) + re.escape(template[end:]), re.DOTALL | re.IGNORECASE)

"""Sentences the hub composes about a message, in the viewer's language.

In: a sentence as a room of the hub wrote it, values and all. Out: the same in the viewer's language, when its pattern
is known; else the sentence as it is. Patterns come from the rooms' own tables, so that a new fault is asked for in the
catalogues by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from hub.formats.x12 import faults, guide_faults
from hub.formats.x12.guide import Use
from hub.formats.x12.guides import GuideLibrary

HOLE = re.compile(r"\{(\w+)[^}]*\}")


def templates() -> Iterator[str]:
    """Yield every sentence that has a pattern: messages, then remedies, of every table."""
    for table in (faults.FAULTS, guide_faults.FAULTS):
        yield from (fault.message for fault in table.values())
        yield from (fault.remedy for fault in table.values())


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
    said = gettext(text)
    if said == text:
        said = _by_template(gettext, text)
    return said[:1].upper() + said[1:]


def _by_template(gettext: Callable[[str], str], text: str) -> str:
    for pattern, template in _patterns():
        found = pattern.fullmatch(text)
        if found:
            translated = gettext(template)
            return text if translated == template else _filled(gettext, translated, found)
    return text


def _filled(gettext: Callable[[str], str], translated: str, found: re.Match[str]) -> str:
    """Put the values into the sentence; names of the guide among them are translated too."""
    return HOLE.sub(lambda hole: gettext(found[hole[1]]), translated)


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
    return re.compile("".join(parts) + re.escape(template[end:]), re.DOTALL)

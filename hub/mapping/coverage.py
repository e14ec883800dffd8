"""What documents make of a map: rules that never fired, elements never read, fields never said.

A map and files enter, a ``Coverage`` leaves. It tells what the cases do not prove, and what a partner sends
that the map does not look at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import msgspec

from hub.kernel.location import Location
from hub.kernel.struct import Struct
from hub.mapping.documents import read_documents
from hub.mapping.library import Map
from hub.mapping.shape import fields_of

_INDEX = re.compile(r"\[\d+\]")
_OF_SEVERAL = re.compile(r"\[\d+\]|/\d+(?=/|\Z)")


class Coverage(Struct):
    """``silent`` are rules as (field, file:line); ``unread`` elements with how often they came; ``unsaid`` fields."""

    sets: int
    rules: int
    silent: list[tuple[str, str]]
    unread: list[tuple[str, int]]
    unsaid: list[str]


def coverage_of(map_: Map, files: Iterable[bytes]) -> Coverage:
    """Read ``files`` through ``map_`` and say what they left in the dark."""
    fired: set[tuple[str, str]] = set()
    unread: Counter[str] = Counter()
    sets = 0
    for data in files:
        for each in read_documents(map_, data, provenance=True):
            if each.applied is None or each.applied.provenance is None:
                continue
            sets += 1
            fired |= {(_INDEX.sub("", o.path), o.rule) for o in each.applied.provenance.origins}
            for finding in each.findings:
                if finding.code in UNREAD and (place := _place(finding.location)):
                    unread[place] += 1
    rules = _rules(map_)
    seen = {where for _, where in fired}
    paths = {path for path, _ in fired}
    silent = [(field, where) for field, where in rules if not _fired(field, where, fired)]
    return Coverage(
        sets=sets,
        rules=len(rules),
        silent=silent if seen else rules,
        unread=unread.most_common(),
        unsaid=_unsaid(map_.compiled.plan.document, paths | {field for field, _ in rules}),
    )


def _place(at: Location) -> str:
    """Return a place of any document: PO106, /Order/Lines/Line/Colour, /items/colour."""
    if at.at is not None:
        return _OF_SEVERAL.sub("", at.at)
    return f"{at.tag}{at.element:02d}" if at.element is not None else ""


def _rules(map_: Map) -> list[tuple[str, str]]:
    """Return the rules that read from the wire: document field and where the rule stands."""
    found: list[tuple[str, str]] = []
    for variant in map_.compiled.plan.variants:
        for rule in variant.rules:
            if rule.reads and rule.takes and not rule.takes[0].path.number:
                field = f"{variant.name}.{rule.field}" if variant.name else rule.field
                found.append((field, str(rule.where)))
    return list(dict.fromkeys(found))  # one rule of a list may be read at several places


def _fired(field: str, where: str, fired: set[tuple[str, str]]) -> bool:
    return any(at == where and (path == field or path.startswith(f"{field}.")) for path, at in fired)


def _unsaid(document: type[msgspec.Struct], said: set[str], above: str = "", depth: int = 0) -> list[str]:
    """Return the fields of the document that no rule and no reading ever says."""
    found: list[str] = []
    for name, shape in fields_of(document).items():
        path = f"{above}{name}"
        beneath = any(other == path or other.startswith(f"{path}.") for other in said)
        if not beneath:
            found.append(path)
        elif shape.struct is not None and path not in said and depth < DEPTH_MAX:
            found += _unsaid(shape.struct, said, f"{path}.", depth + 1)
    return found


UNREAD = ("MAP-UNREAD", "MAP-UNWEIGHED", "MAP-SAID-TWICE")
DEPTH_MAX = 3  # lines.schedules.due.zone is deep enough to see what a map leaves out

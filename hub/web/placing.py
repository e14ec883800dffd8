"""What a room finds stands at a field of ours; where that is on the wire, the map's own trace says.

In: findings at canonical paths, and which field came from where. Out: the same findings with the place in their
sender's words: the value itself, else, where it is missing, what holds it. What has a place already keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from msgspec.structs import replace

from hub.exchange.model import DocumentRow
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.location import Location
from hub.web.hub import Hub, Link

VALUES_OF_ONE_PLACE = 2  # a quantity and its unit, an amount and its currency: the first of them is meant


def is_unplaced(finding: Diagnostic) -> bool:
    """Say whether a finding stands at a field of ours and nowhere on the wire."""
    at = finding.location
    return bool(at.path) and at.at is None and at.segment is None and at.line is None and at.file is None


def placed(findings: Sequence[Diagnostic], links: Sequence[Link]) -> list[Diagnostic]:
    """Return findings with their places on the wire, as far as ``links`` know them."""
    return [_placed(each, links) if is_unplaced(each) else each for each in findings]


async def placed_in(hub: Hub, document: DocumentRow, findings: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The same for findings of a stored document; where all have a place it is not read again."""
    if document.map_name is None or not any(is_unplaced(each) for each in findings):
        return list(findings)
    return placed(findings, await hub.provenance(document))


def _placed(finding: Diagnostic, links: Sequence[Link]) -> Diagnostic:
    path = finding.location.path or ""
    while path:
        beneath = [each for each in links if each.path == path or each.path.startswith((f"{path}.", f"{path}["))]
        if beneath:
            exact = path == finding.location.path
            at = _of(beneath[0]) if exact and len(beneath) <= VALUES_OF_ONE_PLACE else _around(beneath)
            return replace(finding, location=replace(at, path=finding.location.path))
        path = _above(path)
    return finding


def _above(path: str) -> str:
    """Return the path of what holds a field; "" for one of the document itself.

    >>> [_above(path) for path in ("lines[1].price.amount", "lines[1].price", "lines[1]", "number")]
    ['lines[1].price', 'lines[1]', '', '']
    """
    return path.rpartition(".")[0]


def _of(link: Link) -> Location:
    if link.at is not None:
        return Location(at=link.at, line=link.line)
    return Location(segment=link.segment, tag=link.tag, element=link.element, component=link.component)


def _around(links: Sequence[Link]) -> Location:
    """Return what holds all of it: of X12 the segment with which it begins."""
    first = links[0]
    if first.at is None:
        return Location(segment=first.segment, tag=first.tag)
    places = [each.at.split("/") for each in links if each.at is not None]
    shared = [steps[0] for steps in takewhile(lambda steps: len(set(steps)) == 1, zip(*places, strict=False))]
    common = "/".join(shared)
    if len(links) == 1:
        common = first.at.rpartition("/")[0]
    return Location(
        at=common or first.at, line=min((each.line for each in links if each.line is not None), default=None)
    )

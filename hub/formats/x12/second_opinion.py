"""Asks pyx12 what it thinks of a set, by maps made from our guide: an independent judge of the same facts.

In: the segments of one set from ST to SE, as read, and its guide. Out: what pyx12 finds, as diagnostics with the
standard's codes (AK304, AK403), to be laid beside our own; it decides nothing. pyx12 gets the set alone, in clean
segments of our making: no envelope quirk, separator or trailing empty element of the sender reaches it.

Where the two differ, and which is right by our reading:

* pyx12 takes unknown, unexpected and late segments alike as AK304 1 and reads on as if they were not there; we tell
  1, 2, 6 and 7 apart and keep a late one in its loop.
* A repeated segment that may stand once is AK304 5 for both, unless another loop could take it.
* A missing mandatory segment is found by pyx12 when the next one comes, by us when its loop closes.
* For a broken condition (AK403 2) pyx12 names the first element of the rule, we name the one that is missing.
* pyx12 calls wrong length, wrong code and wrong type of one value three faults; of one element the first is kept.
* pyx12 refuses letters beyond its character set (ü, €, ^), spaces at the end, years before 1800 and numbers that end
  in a point; we take them. It lets an optional composite begin without its mandatory first part; we do not.
* pyx12's walker knows nothing of HL01 and HL02, CTT01, LE01 and of what repeats inside an element.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING

from hub.formats.x12.guide import Element, Guide
from hub.formats.x12.guide_file import digest_of, every_use
from hub.formats.x12.second_opinion_maps import map_name, write_maps
from hub.formats.x12.separators import Separators
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Phrase, declared

if TYPE_CHECKING:
    from pyx12.error_item import EleError, SegError  # type: ignore[import-untyped]
    from pyx12.map_if import map_if, segment_if  # type: ignore[import-untyped]
    from pyx12.segment import Segment as PyxSegment  # type: ignore[import-untyped]

LOADED_MAX = 8
"""Maps kept: one costs pyx12 some 10 MB and 50 ms; a check of many files uses few sets."""

FINDINGS_MAX = 1000
"""As for our own findings of one set."""

SET_PATH = "/ISA_LOOP/GS_LOOP"

# Control characters as separators: no text that may stand in an element holds them, so no value is cut anew.
_SEGMENT, _ELEMENT, _COMPONENT, _REPETITION = "\x1c", "\x1d", "\x1f", "\x1e"
_TAKEN = str.maketrans(dict.fromkeys((_SEGMENT, _ELEMENT, _COMPONENT, _REPETITION), "\x07"))

_loaded: OrderedDict[str, map_if] = OrderedDict()
_loading = Lock()


def second_opinion(
    segments: Sequence[Sequence[str]], guide: Guide, separators: Separators | None = None
) -> list[Diagnostic]:
    """Return what pyx12 finds in ``segments`` (ST to SE) by the facts of ``guide``; codes begin with ``GDE-SECOND-``.

    ``separators`` are those the segments were cut by: composites still stand in one piece.
    """
    component = (separators or Separators()).component
    body = [_clean(segment, component) for segment in segments if segment[0] not in ("ST", "SE")]
    composites = {(u.segment.tag, n) for u in every_use(guide.uses) for n in _composites(u.segment.elements)}
    lines = [
        ["ST", guide.set, "0001"],
        *(_inner(segment, composites, component) for segment in body),
        ["SE", str(len(body) + 2), "0001"],
        ["GE", "1", "1"],
        ["IEA", "1", "000000001"],
    ]
    found = _judge([_ELEMENT.join(line) for line in lines], _map_of(guide))
    return [finding for finding, _ in zip(found, range(FINDINGS_MAX), strict=False)]


def _clean(segment: Sequence[str], component: str | None) -> list[str]:
    """The segment without what pyx12 would stumble over: its own separators, empty ends."""
    values = [value.translate(_TAKEN) for value in segment]
    while len(values) > 1 and not values[-1].strip(component or None):
        values.pop()
    return values


def _composites(elements: tuple[Element, ...]) -> Iterator[int]:
    return (number for number, element in enumerate(elements, 1) if element.components)


def _inner(segment: list[str], composites: set[tuple[str, int]], component: str | None) -> list[str]:
    """Cut composites for pyx12 where the guide has them, and only there: elsewhere the character is data."""
    if component is None:
        return segment
    return [
        value.rstrip(component).replace(component, _COMPONENT) if (segment[0], number) in composites else value
        for number, value in enumerate(segment)
    ]


def _map_of(guide: Guide) -> map_if:
    from pyx12.map_if import load_map_file
    from pyx12.params import ParamsBase  # type: ignore[import-untyped]

    # pyx12 logs rejected values, which are a partner's business, at ERROR; ParamsBase reads no hidden file of options.
    logging.getLogger("pyx12").propagate = False
    logging.getLogger("pyx12").addHandler(logging.NullHandler())
    key = guide.digest or digest_of(guide)
    with _loading:
        if key not in _loaded:
            with TemporaryDirectory(prefix="hub-pyx12-") as directory:
                write_maps(guide, Path(directory))
                _loaded[key] = load_map_file(map_name(guide), ParamsBase(), directory)
        _loaded.move_to_end(key)
        while len(_loaded) > LOADED_MAX:
            _loaded.popitem(last=False)
        return _loaded[key]


def _judge(lines: list[str], judge: map_if) -> Iterator[Diagnostic]:
    from pyx12.errors import EngineError  # type: ignore[import-untyped]
    from pyx12.map_walker import walk_tree  # type: ignore[import-untyped]
    from pyx12.segment import Segment as PyxSegment

    walker = walk_tree()
    node = judge.getnodebypath(f"{SET_PATH}/GS")
    walker.forceWalkCounterToLoopStart("/ISA_LOOP", "/ISA_LOOP/ISA")
    walker.forceWalkCounterToLoopStart(SET_PATH, f"{SET_PATH}/GS")
    for position, line in enumerate(lines, 1):
        segment = PyxSegment(line, _SEGMENT, _ELEMENT, _COMPONENT, _REPETITION)
        try:
            place, _, _, walked = walker.walk_errors(node, segment, position, position, None)
        except EngineError as error:
            yield _gave_up(position, segment.get_seg_id(), str(error))
            return
        for fault in walked:
            yield _of_segment(fault, position, segment)
        if place is not None:
            node = place
            yield from _elements(place, segment, position)


def _elements(place: segment_if, segment: PyxSegment, position: int) -> Iterator[Diagnostic]:
    try:
        _, faults = place.is_valid_errors(segment)
    except IndexError:
        # pyx12 4.0 looks for the name of a component beyond the last and fails when a composite has too many.
        yield _finding(Severity.VALUE, "3", "too many components", position, segment.get_seg_id(), None, None)
        return
    told: set[object] = set()
    for fault in faults:
        if fault.refdes not in told:
            told.add(fault.refdes)
            yield _of_element(fault, position, segment)


def _of_segment(fault: SegError, position: int, segment: PyxSegment) -> Diagnostic:
    tag = fault.seg_data.get_seg_id() if fault.seg_data is not None else segment.get_seg_id()
    at = fault.seg_count or position
    return _finding(Severity.PART, fault.err_cde, fault.err_str, at, tag, None, fault.err_val)


def _of_element(fault: EleError, position: int, segment: PyxSegment) -> Diagnostic:
    # "PO103", "SLN05-01", or the bare number of the element where a rule between elements is broken
    digits, _, inner = str(fault.refdes or "").removeprefix(segment.get_seg_id() or "").partition("-")
    element = int(digits) if digits.isdigit() else None
    location_of_part = int(inner) if inner.isdigit() else None
    return _finding(
        Severity.VALUE, fault.err_cde, fault.err_str, position, segment.get_seg_id(), element, fault.err_val,
        location_of_part,
    )  # fmt: skip


def _finding(
    severity: Severity,
    standard: str,
    message: str,
    position: int,
    tag: str | None,
    element: int | None,
    found: str | None,
    component: int | None = None,
) -> Diagnostic:
    return Diagnostic(
        code="GDE-SECOND-SEGMENT" if severity is Severity.PART else "GDE-SECOND-ELEMENT",
        severity=severity,
        words={"text": message},
        location=Location(segment=position, tag=tag, element=element, component=component),
        standard=standard,
        found=found or None,
    )


def _gave_up(position: int, tag: str | None, message: str) -> Diagnostic:
    return Diagnostic(
        code="GDE-SECOND-FAILED",
        severity=Severity.NOTE,
        words={"text": message},
        location=Location(segment=position, tag=tag),
    )


declared(
    {
        **dict.fromkeys(
            ("GDE-SECOND-SEGMENT", "GDE-SECOND-ELEMENT"),
            Phrase(message="pyx12: {text}", remedy="compare with our own findings at this place"),
        ),
        "GDE-SECOND-FAILED": Phrase(message="pyx12 gave up: {text}", remedy="rely on our own findings from here on"),
    }
)

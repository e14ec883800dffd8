"""A guide: what is legal on the wire for one transaction set of one release.

Order, nesting, repetition, element types and counts; never what anything means (that is the map's).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from hub.kernel.struct import Struct

CodeLists = Mapping[str, Collection[str]]
"""Codes by the name of their list, as ``Element.codes`` names it; labels may stand beside."""

ElementType = Literal["AN", "ID", "DT", "TM", "R", "B", "N0", "N1", "N2", "N3", "N4", "N5", "N6", "composite"]


class Element(Struct):
    """One element (or component) of a segment."""

    number: str  # data element number, "353"; composites "C040"
    name: str  # label in our own words
    type: ElementType
    minimum: int = 0  # length in characters; digits for N and R, without sign and point
    maximum: int = 0
    required: bool = False
    used: bool = True  # False: this partner's guide says it is never sent
    codes: str | None = None  # name of the list in ``Guide.codes``; only for ID
    components: tuple[Element, ...] = ()  # of a composite
    repeat: int = 1  # times the element may occur (005010 and later)


class SyntaxNote(Struct):
    """A condition between elements of one segment.

    P paired, R at least one, E at most one, C if the first then all, L if the first then any.
    """

    kind: Literal["P", "R", "E", "C", "L"]
    elements: tuple[int, ...]

    def __str__(self) -> str:
        return self.kind + "".join(f"{number:02d}" for number in self.elements)


class RepeatingElements(Struct):
    """Elements of a segment that repeat as a group: PO1 from 06 by 2 (qualifier, value)."""

    first: int  # element number of the first member of the first group
    size: int
    last: int  # element number of the last member of the last group


class Segment(Struct):
    """What a segment is made of, in this guide."""

    tag: str
    name: str
    elements: tuple[Element, ...]
    notes: tuple[SyntaxNote, ...] = ()
    qualifier: int = 1  # the element a bare condition compares: REF[CT] is REF01, HL[O] is HL03
    group: RepeatingElements | None = None


class Use(Struct):
    """One place in the set: a segment, or a loop that opens with it.

    A loop is named by its first segment's tag (``N1``). ``maximum`` 0 means unbounded.
    Among the children of one loop a tag stands once.
    """

    segment: Segment
    required: bool = False
    maximum: int = 1
    loop: bool = False
    loop_maximum: int = 1  # how often the loop may repeat, when it is one; 0 means unbounded
    children: tuple[Use, ...] = ()  # beneath the first segment of a loop, in order
    nests: bool = False  # HL: children loops are placed by their parent number (HL02), not by order


class ComputedElement(Struct):
    """An element the guide fills when a set is written, so that no map has to count.

    ``number`` its running number (HL01 through the whole set, LX01 beneath its parent) · ``parent`` the number of
    the place above (HL02) · ``children`` 1 when something nests beneath, else 0 (HL04) · ``count`` how many
    segments ``of`` stand in the set (CTT01) · ``loop`` the name of the bounded loop (LS01, LE01).
    """

    tag: str
    element: int
    rule: Literal["number", "parent", "children", "count", "loop"]
    of: str | None = None


class Guide(Struct):
    """One transaction set of one release."""

    release: str  # GS08 without a partner's suffix: "004010"
    set: str  # ST01: "850"
    name: str
    functional_group: str  # GS01: "PO"
    uses: tuple[Use, ...]  # between ST and SE, both excluded
    computed: tuple[ComputedElement, ...] = ()
    codes: dict[str, dict[str, str]] = {}  # list → code → label ("" where we have none); as Element.codes names them
    known: frozenset[str] = frozenset()  # tags the release knows, also where this set has no place for them
    partner: str | None = None  # whose narrowing this is
    digest: str = ""  # of everything above; equal digests are equal guides

"""A guide: what is legal on the wire for one transaction set of one release.

Order, nesting, repetition, element types and counts; never what anything means (that is the map's).
"""

from __future__ import annotations

from typing import Literal

from hub.kernel.struct import Struct

ElementType = Literal["AN", "ID", "DT", "TM", "R", "B", "N0", "N1", "N2", "N3", "N4", "N5", "N6", "composite"]


class Element(Struct):
    """One element (or component) of a segment."""

    number: str  # data element number, "353"; composites "C040"
    name: str  # label in our own words
    type: ElementType
    minimum: int = 0  # length in characters; digits for N and R, without sign and point
    maximum: int = 0
    required: bool = False
    codes: str | None = None  # name of the code list in the release's codes; only for ID
    components: tuple[Element, ...] = ()  # of a composite
    repeat: int = 1  # times the element may occur (005010 and later)


class SyntaxNote(Struct):
    """A condition between elements of one segment.

    P paired, R at least one, E at most one, C if the first then all, L if the first then any.
    """

    kind: Literal["P", "R", "E", "C", "L"]
    elements: tuple[int, ...]


class RepeatingGroup(Struct):
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
    group: RepeatingGroup | None = None


class Use(Struct):
    """One place in the set: a segment, or a loop that opens with it.

    A loop is named by its first segment's tag (``N1``). ``maximum`` 0 means unbounded.
    """

    segment: Segment
    required: bool = False
    maximum: int = 1
    loop: bool = False
    loop_maximum: int = 1  # how often the loop may repeat, when it is one
    children: tuple[Use, ...] = ()  # beneath the first segment of a loop, in order
    nests: bool = False  # HL: children loops are placed by their parent number (HL02), not by order


class Guide(Struct):
    """One transaction set of one release."""

    release: str  # GS08 without a partner's suffix: "004010"
    set: str  # ST01: "850"
    name: str
    functional_group: str  # GS01: "PO"
    uses: tuple[Use, ...]  # between ST and SE, both excluded
    count_of: str | None = None  # tag CTT01 counts: "PO1"; HL in 856

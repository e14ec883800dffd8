"""What is legal on a wire, in the words of no syntax: places that hold parts, and places beneath.

An X12 guide, an XML schema and a JSON schema each compile to it, and it is all that a map is bound to. A place is a
segment or a loop, an element with something beneath, an object or an array; its parts are what one value each stands
in: elements of the segment; text, attributes and simple elements that come once; scalar members.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from hub.kernel.struct import Struct

PartType = Literal["text", "code", "date", "time", "moment", "number", "whole", "implied", "flag", "parts"]
"""What a part holds. ``implied`` is a number whose decimal point is not written, ``moment`` a day with its time,
``parts`` a composite."""


class Part(Struct):
    """One value of a place."""

    key: str  # as its wire names it: data element 353, @unitCode, cbc:ID, a member's name; "." is the text itself
    name: str = ""  # label in our own words
    type: PartType = "text"
    decimals: int = 0  # implied ones
    minimum: int = 0  # length in characters; digits of a number, without sign and point
    maximum: int = 0  # 0: unbounded
    required: bool = False
    codes: str | None = None  # name of the list in ``Schema.codes``
    parts: tuple[Part, ...] = ()  # of a composite
    repeat: int = 1  # times the part may occur in its place
    beside: str = ""  # the part that says in what or whose: @unitCode of a quantity


class RepeatingGroup(Struct):
    """Parts of a place that repeat as a group: PO1 from 06 by 2 (qualifier, value)."""

    first: int  # number of the first member of the first group
    size: int
    last: int  # number of the last member of the last group


class Record(Struct):
    """What one place is made of. Parts are numbered from 1; 0 is the tag."""

    tag: str
    name: str = ""
    parts: tuple[Part, ...] = ()
    qualifier: int = 1  # the part a bare condition compares: REF[CT] is REF01, HL[O] is HL03
    group: RepeatingGroup | None = None

    def number_of(self, key: str) -> int:
        """Return the number of the part that the wire calls ``key``; 0 when there is none."""
        return next((number for number, part in enumerate(self.parts, 1) if part.key == key), 0)


class Place(Struct):
    """One place and what may stand beneath it. Among the children of one place a tag stands once."""

    record: Record
    required: bool = False
    maximum: int = 1  # how often it may come beneath its parent; 0 means unbounded
    children: tuple[Place, ...] = ()  # in the order of the wire
    nests: bool = False  # the place may stand beneath itself: HL levels, placed by their parent's number

    def child(self, tag: str) -> Place | None:
        """Return the place of ``tag`` directly beneath."""
        return next((child for child in self.children if child.record.tag == tag), None)


class Computed(Struct):
    """A part that is filled when a document is written, so that no map has to count.

    ``number`` its running number (HL01, LX01) · ``parent`` the number of the place above (HL02) · ``children`` 1 when
    something nests beneath, else 0 (HL04) · ``count`` how many places ``of`` stand in the document (CTT01) · ``loop``
    the name of the bounded loop (LS01, LE01).
    """

    tag: str
    part: int
    rule: Literal["number", "parent", "children", "count", "loop"]
    of: str | None = None


class Schema(Struct, dict=True):
    """One kind of document on one wire. What its syntax knows beyond it, that syntax's own class of schema holds."""

    family: str  # x12, xml, json: who reads and writes it (``families.FAMILIES``)
    wire: str  # x12/004010/850, north-spine/order
    kind: str  # how the wire itself names it: ST01, the root element
    root: Place
    release: str = ""
    computed: tuple[Computed, ...] = ()
    codes: dict[str, dict[str, str]] = {}  # list → code → label ("" where we have none)
    digest: str = ""  # equal digests are equal schemas

    @cached_property
    def records(self) -> dict[str, Record]:
        """The record of every tag; of a tag that stands in several places, that nearest the beginning."""
        found: dict[str, Record] = {}
        for place in every_place(self.root):
            found.setdefault(place.record.tag, place.record)
        return found


def every_place(place: Place) -> Iterator[Place]:
    """Yield all that stands beneath ``place``, in order."""
    for child in place.children:
        yield child
        yield from every_place(child)

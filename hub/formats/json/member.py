"""A member of an agreed JSON document, as a JSON Schema says it: what it holds, what stands beneath, in order.

``schema_of`` makes the ``JsonSchema`` that maps are bound to: scalar members are parts of their object, objects and
arrays are places. An array of scalars is a place for each item, whose part is ".".
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.formats.schema import Part, Place, Record, Schema
from hub.formats.simple import Simple
from hub.kernel.struct import Struct

FAMILY = "json"
TEXT = "."


class Member(Struct):
    """A member where it stands in its document; of an array, what its items are."""

    name: str
    simple: Simple | None = None  # None: an object
    members: tuple[Member, ...] = ()
    array: bool = False
    required: bool = False
    fixed: str | None = None  # written whenever its object is
    open: bool = False  # others than its members may stand in it
    least: int = 0  # items of an array
    most: int = 0  # 0 is unbounded
    title: str = ""  # as the schema explains it

    @property
    def is_part(self) -> bool:
        """Whether it is a part of its object, not a place."""
        return self.simple is not None and not self.array


class JsonSchema(Schema, kw_only=True):
    """A kind of JSON document: the schema, and its root object."""

    member: Member


def schema_of(wire: str, member: Member, digest: str) -> JsonSchema:
    """Return ``member`` as maps are bound to it."""
    return JsonSchema(
        family=FAMILY,
        wire=wire,
        kind=member.name,
        root=place_of(member),
        codes={" ".join(codes): dict.fromkeys(codes, "") for codes in _code_lists(member)},
        digest=digest,
        member=member,
    )


def place_of(member: Member) -> Place:
    """Return the place of an object or an array, and the places beneath it."""
    return Place(
        record=record_of(member),
        required=member.required,
        maximum=member.most if member.array else 1,
        children=tuple(place_of(child) for child in member.members if not child.is_part),
    )


def record_of(member: Member) -> Record:
    """Return the parts of an object, or of an item that is a scalar."""
    if member.simple is not None:
        return Record(tag=member.name, parts=(_part(TEXT, member.simple, required=True),))
    parts = (
        _part(child.name, child.simple, required=child.required and child.fixed is None)
        for child in member.members
        if child.simple is not None and child.is_part
    )
    return Record(tag=member.name, parts=tuple(parts))


def _part(key: str, simple: Simple, *, required: bool) -> Part:
    return Part(
        key=key,
        name=key,
        type=simple.type,
        minimum=simple.minimum,
        maximum=simple.digits or simple.maximum,
        required=required,
        codes=" ".join(simple.codes) or None,
    )


def _code_lists(member: Member) -> Iterator[tuple[str, ...]]:
    if member.simple is not None and member.simple.codes:
        yield member.simple.codes
    for child in member.members:
        yield from _code_lists(child)

"""The canonical side of a rule: which fields a document has, and of what type.

A Struct class and a dotted field name enter, a ``Shape`` leaves. What can go wrong is a name the
document does not have: ``None`` is returned, and ``names`` tells what would have been valid.
"""

from __future__ import annotations

import functools
import re
import types
import typing
from datetime import date, time
from decimal import Decimal
from typing import Any

import msgspec

from hub.kernel.words import Id, Money, Period, Price, Quantity, When

LEADING: dict[type, str] = {Quantity: "value", Money: "amount", Price: "amount", Id: "value", When: "on"}
"""The field without which the struct was not said at all."""

PAIRED: dict[type, tuple[str, str]] = {
    Quantity: ("value", "unit"),
    Id: ("scheme", "value"),
    Period: ("start", "end"),
}
"""What two elements of one rule mean, in the order in which they stand on the wire."""

WORD = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
"""The name of one of the words that a document keeps without understanding them (``extensions.department``)."""

PLAIN = {str: "str", int: "int", Decimal: "Decimal", date: "date", time: "time", bool: "bool"}


class Shape(msgspec.Struct, frozen=True):
    """The type of one field. ``kind`` is a plain type's name, or struct, list or words."""

    kind: str
    struct: type[msgspec.Struct] | None = None  # of a struct, or of a list's items
    item: str = ""  # plain kind of a list's items
    required: bool = False


@functools.cache
def fields_of(struct: type[msgspec.Struct]) -> dict[str, Shape]:
    """Return the fields of a Struct by name, in order."""
    hints = typing.get_type_hints(struct)
    defaults = {
        f.name: f.default is not msgspec.NODEFAULT or f.default_factory is not msgspec.NODEFAULT
        for f in msgspec.structs.fields(struct)
    }
    return {name: _shape(hints[name], required=not defaulted) for name, defaulted in defaults.items()}


def shape_at(struct: type[msgspec.Struct], path: str) -> Shape | None:
    """Return the type of the dotted field ``path`` of ``struct``; of words, any one name is a field."""
    first, dot, rest = path.partition(".")
    shape = fields_of(struct).get(first)
    if shape is None or not dot:
        return shape
    if shape.kind == "words":
        return Shape(kind="str") if WORD.fullmatch(rest) else None
    if shape.kind == "struct" and shape.struct is not None:
        return shape_at(shape.struct, rest)
    return None


def names(struct: type[msgspec.Struct], prefix: str = "", depth: int = 3) -> list[str]:
    """Return the dotted names of every field down to ``depth``, for nearest-name remedies."""
    found: list[str] = []
    for name, shape in fields_of(struct).items():
        found.append(prefix + name)
        if shape.kind == "struct" and shape.struct is not None and depth > 1:
            found += names(shape.struct, f"{prefix}{name}.", depth - 1)
    return found


def words_in(struct: type[msgspec.Struct], path: str) -> str | None:
    """Return the field of words that ``path`` leads into, or None: what is beneath it takes exactly one name."""
    parts = path.split(".")
    for length in range(1, len(parts)):
        above = ".".join(parts[:length])
        if (shape := shape_at(struct, above)) is not None and shape.kind == "words":
            return above
    return None


@functools.cache
def field_names(struct: type[msgspec.Struct]) -> frozenset[str]:
    """Return the names of all fields of ``struct`` and of every struct beneath it."""
    waiting, seen = [struct], {struct}
    found = set[str]()
    while waiting:
        for name, shape in fields_of(waiting.pop()).items():
            found.add(name)
            if shape.struct is not None and shape.struct not in seen:
                seen.add(shape.struct)
                waiting.append(shape.struct)
    return frozenset(found)


def _shape(hint: Any, *, required: bool) -> Shape:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    origin = typing.get_origin(hint)
    if origin is list:
        inner = typing.get_args(hint)[0]
        if inner in PLAIN:
            return Shape(kind="list", item=PLAIN[inner], required=required)
        return Shape(kind="list", struct=inner if _is_struct(inner) else None, required=required)
    if origin is dict or hint is dict:
        return Shape(kind="words", required=required)
    if hint in PLAIN:
        return Shape(kind=PLAIN[hint], required=required)
    return Shape(kind="struct", struct=hint, required=required)


def _is_struct(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, msgspec.Struct)


def takes_currency(struct: type[msgspec.Struct]) -> bool:
    """Say whether the struct is an amount that must name its currency, and takes the document's."""
    fields = fields_of(struct)
    return "amount" in fields and "currency" in fields and fields["currency"].required


def leading(struct: type[msgspec.Struct]) -> str | None:
    """Return the field without which ``struct`` was not said, or None when any field says it."""
    return LEADING.get(struct) or ("amount" if takes_currency(struct) else None)

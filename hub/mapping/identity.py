"""What makes a document the same one again, as its map says: ``identity = ["number", "placed"]`` under ``[map]``.

For syntaxes whose envelopes bear no number. The fields are canonical ones that no two documents of a sender share;
what they say together is the document's identity.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

from hub.formats.iso import at_utc
from hub.kernel.numbers import plain
from hub.kernel.struct import Struct
from hub.kernel.words import When
from hub.mapping.faults import MapFault, map_fault
from hub.mapping.shape import shape_at
from hub.mapping.spec import SourceText

PARTED = " / "
REFERENCE_CHARACTERS_MAX = 100  # as people can still read it; of a longer one its digest is the reference


def identity_fields(said: SourceText | None, document: type[Struct], faults: list[MapFault]) -> tuple[str, ...]:
    """Return the fields that a map names, and add to ``faults`` those that its document does not have."""
    paths = tuple(said.text.split()) if said else ()
    for path in paths:
        shape = shape_at(document, path)
        if said is not None and (shape is None or shape.kind in ("list", "words")):
            faults.append(map_fault("MAP-IDENTITY", said.where, path=path, name=document.__name__))
    return paths


def identity_of(document: Struct, fields: Sequence[str]) -> str | None:
    """Return what the fields say together, as one text; None where the first of them says nothing.

    Parts are told apart by ``/``, so that no two documents that say something else are spelt alike; those that say the
    same in another spelling (9.50 for 9.5, one instant in two zones) are.
    """
    values = [_value_at(document, path) for path in fields]
    if not values or values[0] is None:
        return None
    parts = [part for value in values for part in _spelt(value)]
    while parts and not parts[-1]:
        parts.pop()
    text = PARTED.join(parts)
    if not text:
        return None
    return text if len(text) <= REFERENCE_CHARACTERS_MAX else sha256(text.encode("utf-8", "replace")).hexdigest()


def _value_at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
        if value is None:
            return None
    return value


def _spelt(value: Any) -> Iterator[str]:
    """Yield the parts of a value: of a struct one for each of its fields, however few of them are said."""
    if isinstance(value, When):
        value = at_utc(value)
    if isinstance(value, Decimal):
        value = plain(value)
    if isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _spelt(getattr(value, name))
    else:
        yield "" if value is None else str(value).replace("\\", "\\\\").replace("/", "\\/")

"""Values as JSON for callers: every field said, also when it holds nothing, so that a reader never has to guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from litestar import MediaType, Response

LIMIT_DEFAULT = 50
LIMIT_MAX = 200  # of a list; the queries hold the same bound
CURSOR_LENGTH_MAX = 200


def as_json(value: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    """Return ``value`` as a JSON answer. Defaults are written out; decimals are strings, instants ISO 8601."""
    return Response(
        msgspec.json.encode(whole(value)), status_code=status, media_type=MediaType.JSON, headers=headers or {}
    )


def whole(value: object) -> object:
    """Return ``value`` with every struct as a mapping of all its fields."""
    if isinstance(value, msgspec.Struct):
        return {name: whole(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {key: whole(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [whole(item) for item in value]
    return value

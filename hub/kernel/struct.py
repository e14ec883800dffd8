"""The one way a value is declared in the hub: frozen, keyword-only, strict about unknown fields."""

from __future__ import annotations

from typing import Any, dataclass_transform

import msgspec


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class _KeywordOnly(msgspec.StructMeta):
    """Sets ``kw_only`` on every subclass: msgspec does not inherit it, and no subclass could then require a field."""

    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any], **options: Any) -> _KeywordOnly:
        options.setdefault("kw_only", True)
        made: _KeywordOnly = super().__new__(mcs, name, bases, body, **options)
        return made


class Struct(msgspec.Struct, metaclass=_KeywordOnly, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A value. ``None`` means "not said", an empty list "none said"; there is never an empty string."""

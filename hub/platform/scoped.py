"""How a query keeps to the partners its caller may see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, true

from hub.kernel.scope import Scope


def visible(scope: Scope, column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that keeps rows to the partners of ``scope``."""
    return true() if scope.partners is None else column.in_(sorted(scope.partners))

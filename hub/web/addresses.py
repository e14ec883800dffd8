"""Addresses of ours, put together in one place: every part is quoted whole, so that a number that holds ``/``, ``?``,
``#`` or ``%`` is one part of the path, leads where it should, and is no way out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlencode

from litestar.connection import ASGIConnection

API = "/api/v1"


def address(*parts: object, query: Mapping[str, str | None] | None = None) -> str:
    """Return the path of ``parts`` below the root, and what of ``query`` is said.

    >>> address("orders", "north-spine", "a/../b?", query={"release": "1 2", "cursor": None})
    '/orders/north-spine/a%2F..%2Fb%3F?release=1+2'
    """
    path = "/" + "/".join(quote(str(part), safe="") for part in parts)
    said = urlencode({name: value for name, value in (query or {}).items() if value})
    return f"{path}?{said}" if said else path


def message_part(message: str, *parts: object) -> str:
    """Return where the API has a part of a message."""
    return API + address("messages", message, *parts)


def message_page(message: str, **query: str | None) -> str:
    """Return where a person reads a message."""
    return address("messages", message, query=query)


def last_part(connection: ASGIConnection[Any, Any, Any, Any], before: int) -> str:
    """Return what follows the first ``before`` parts of the path, exactly as it was meant.

    The framework gives a path that is unquoted and tidied: of ``a//b`` or ``a/./b`` it would leave ``a/b``.
    """
    raw: bytes = connection.scope.get("raw_path") or connection.scope["path"].encode()
    path = raw.decode("ascii", "replace").partition("?")[0]
    return unquote("/".join(path.split("/")[before + 1 :]))

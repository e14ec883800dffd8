"""Who is calling: a partner's system, a person of the factory, or nobody we know."""

from __future__ import annotations

from typing import Any, Literal

from litestar.connection import ASGIConnection

from hub.kernel.errors import Defect
from hub.kernel.scope import EVERYONE, Scope
from hub.kernel.struct import Struct

CallerKind = Literal["partner", "person", "anyone"]


class Caller(Struct):
    """An identity that has been proven, what it may do, and whose data it may see."""

    kind: CallerKind
    id: str = ""  # partner id, or the person's id
    name: str = ""
    scope: Scope = Scope(partners=frozenset())  # nobody's data
    permissions: frozenset[str] = frozenset()
    roles: tuple[str, ...] = ()
    csrf: str = ""  # of a person's session
    language: str | None = None  # the person's choice

    @property
    def actor(self) -> str:
        """The name under which what they do is written down: ``partner:<id>``, ``person:<login>``."""
        return f"{self.kind}:{self.name if self.kind == 'person' else self.id}"

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def sees(self, partner: str) -> bool:
        return self.scope.allows(partner)


ANYONE = Caller(kind="anyone")
ALL_PARTNERS = EVERYONE


def caller_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Caller:
    """Return who is calling, as the gate found."""
    caller = connection.scope.get("user", ANYONE)
    if not isinstance(caller, Caller):
        raise Defect("the gate has not been passed")
    return caller

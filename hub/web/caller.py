"""Who is calling: a partner's system, a person of the factory, or nobody we know."""

from __future__ import annotations

from typing import Any, Literal

from litestar.connection import ASGIConnection

from hub.access.model import ApiKey, Session
from hub.business.rooms import RIGHTS
from hub.kernel.errors import Defect
from hub.kernel.scope import Scope
from hub.kernel.struct import Struct

CallerKind = Literal["partner", "person", "monitor", "anyone"]
NOBODYS = Scope(partners=frozenset())


class Caller(Struct):
    """An identity that has been proven, what it may do, and whose data it may see."""

    kind: CallerKind
    actor: str = ""  # partner:<id> or person:<login>, as timelines and the audit record write it
    name: str = ""
    scope: Scope = NOBODYS
    permissions: frozenset[str] = frozenset()
    roles: tuple[str, ...] = ()
    session: Session | None = None  # of a person

    @property
    def csrf(self) -> str:
        return self.session.csrf if self.session else ""

    @property
    def language(self) -> str | None:
        return self.session.person.language if self.session else None

    @property
    def zone(self) -> str | None:
        return self.session.person.zone if self.session else None

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def sees(self, partner: str) -> bool:
        return self.scope.allows(partner)


ANYONE = Caller(kind="anyone")
MONITOR = Caller(kind="monitor", actor="monitor", permissions=frozenset({"system:read"}))


def by_key(key: ApiKey) -> Caller:
    """Return the partner a key speaks for."""
    rights = RIGHTS.key(key.partner, key.scopes)
    return Caller(
        kind="partner", actor=rights.name, name=key.partner, scope=rights.scope, permissions=rights.permissions
    )


def by_signature(partner: str) -> Caller:
    """Return the partner who has signed a message: it may hand that in, and nothing else."""
    rights = RIGHTS.key(partner, ("inbound:send",))
    return Caller(kind="partner", actor=rights.name, name=partner, scope=rights.scope, permissions=rights.permissions)


def by_session(session: Session) -> Caller:
    """Return the person who logged in."""
    person = session.person
    rights = RIGHTS.person(person.login, person.roles, person.partners)
    return Caller(
        kind="person",
        actor=rights.name,
        name=person.name,
        scope=rights.scope,
        permissions=rights.permissions,
        roles=tuple(person.roles),
        session=session,
    )


def caller_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Caller:
    """Return who is calling, as the gate found."""
    caller = connection.scope.get("user") or ANYONE
    if not isinstance(caller, Caller):
        raise Defect("something but the gate has named the caller")
    return caller

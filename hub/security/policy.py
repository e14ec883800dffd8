"""Who may do what. Roles are lists of permissions; every route and command names the permission it needs.

A person's permissions are the sum of the roles; a partner's key has those its maker chose among what keys can hold.
What the hub's own pages and routes ask for stands here; each business room brings its own as ``Grant``s, and ``Rights``
are both together. Which partners' data a caller sees is the other half, the ``Scope``, and is held in the queries.
"""

from __future__ import annotations

from collections.abc import Iterable

from hub.kernel.errors import Defect
from hub.kernel.scope import EVERYONE, Scope, only
from hub.kernel.struct import Struct

_READ = frozenset({"message:read", "partner:read"})

ROLES: dict[str, frozenset[str]] = {
    "viewer": _READ,
    "account-manager": _READ | {"message:raw", "message:resend", "message:dismiss"},
    "onboarding-engineer": _READ
    | {"message:raw", "message:replay", "message:resend", "message:dismiss", "partner:key", "system:read"},
    "finance": _READ | {"message:raw"},
    "auditor": _READ | {"message:raw", "audit:read", "person:read"},
    "administrator": frozenset(
        {"partner:read", "partner:key", "person:read", "person:change", "audit:read", "system:read"}
    ),
}
"""What each role may do with the hub itself: ``message:raw`` is the bytes as they came, prices and names in the clear;
``partner:key`` makes and revokes keys; ``system:read`` shows metrics, backlog and configuration faults.

An administrator manages people and keys and does not see the business; give a second role where both are wanted."""

READERS = ("viewer", "account-manager", "onboarding-engineer", "finance", "auditor")
"""Roles that see the business: a room that has nothing to hide from its own people lets these read."""

_OF_KEYS = frozenset({"inbound:send", "mailbox:read", "mailbox:receive", "message:read", "message:raw"})


class Grant(Struct):
    """A permission that a room brings: which roles have it, and whether a partner's key can hold it."""

    permission: str  # <what>:<deed>
    roles: tuple[str, ...]
    keys: bool = False


class Requester(Struct):
    """Whoever asks: a person, or a partner's key."""

    name: str  # person:<login> or partner:<id>, as audit entries and timelines write it
    permissions: frozenset[str]
    scope: Scope

    def may(self, permission: str) -> bool:
        return permission in self.permissions


class Rights:
    """All that anybody may do: what the hub itself offers, and what rooms grant."""

    def __init__(self, grants: Iterable[Grant] = ()) -> None:
        """Raises ``Defect`` for a grant to a role that there is not, or of what is granted already."""
        self.roles = dict(ROLES)
        self.of_keys = _OF_KEYS
        """What a partner's key can hold, and holds unless its maker says otherwise."""
        for grant in grants:
            if unknown := unknown_roles(grant.roles):
                raise Defect(f"{grant.permission} is granted to {unknown[0]}, which is no role")
            if grant.permission in self.permissions:
                raise Defect(f"{grant.permission} is granted twice")
            self.roles |= {role: self.roles[role] | {grant.permission} for role in grant.roles}
            self.of_keys |= {grant.permission} if grant.keys else frozenset()

    @property
    def permissions(self) -> frozenset[str]:
        """Every permission that somebody has."""
        return self.of_keys.union(*self.roles.values())

    def person(self, login: str, roles: Iterable[str], partners: Iterable[str] | None) -> Requester:
        """Return the caller for a person; ``partners`` None means all. A role that is gone gives nothing."""
        permissions = frozenset[str]().union(*(self.roles.get(role, frozenset()) for role in roles))
        scope = EVERYONE if partners is None else Scope(partners=frozenset(partners))
        return Requester(name=f"person:{login}", permissions=permissions, scope=scope)

    def key(self, partner: str, scopes: Iterable[str]) -> Requester:
        """Return the caller for a partner's key: its partner's data and nothing else."""
        return Requester(name=f"partner:{partner}", permissions=frozenset(scopes) & self.of_keys, scope=only(partner))


def unknown_roles(roles: Iterable[str]) -> list[str]:
    """Return the names among ``roles`` that are none."""
    return [role for role in roles if role not in ROLES]

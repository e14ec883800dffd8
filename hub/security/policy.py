"""Who may do what. Roles are lists of permissions; every route and command names the permission it needs.

A person's permissions are the sum of the roles; a partner's key has those its maker chose among ``KEY_PERMISSIONS``.
Which partners' data a caller sees is the other half, the ``Scope``, and is held in the queries.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from hub.kernel.scope import EVERYONE, Scope, only
from hub.kernel.struct import Struct

Permission = Literal[
    "inbound:send",  # hand over a message
    "mailbox:read",
    "mailbox:receive",
    "message:read",
    "message:raw",  # the bytes as they came: prices and names in the clear
    "message:replay",
    "message:resend",
    "message:dismiss",
    "order:read",
    "order:decide",  # what was held for a person
    "partner:read",
    "partner:key",  # make and revoke a partner's API keys
    "person:read",
    "person:change",
    "audit:read",
    "system:read",  # metrics, backlog, configuration faults
]

_READ: frozenset[Permission] = frozenset({"message:read", "order:read", "partner:read"})

ROLES: dict[str, frozenset[Permission]] = {
    "viewer": _READ,
    "account-manager": _READ | {"message:raw", "message:resend", "message:dismiss", "order:decide"},
    "onboarding-engineer": _READ
    | {"message:raw", "message:replay", "message:resend", "message:dismiss", "partner:key", "system:read"},
    "finance": _READ | {"message:raw"},
    "auditor": _READ | {"message:raw", "audit:read", "person:read"},
    "administrator": frozenset(
        {"partner:read", "partner:key", "person:read", "person:change", "audit:read", "system:read"}
    ),
}
"""An administrator manages people and keys and does not see the business; give a second role where both are wanted."""

KEY_PERMISSIONS: frozenset[Permission] = frozenset(
    {"inbound:send", "mailbox:read", "mailbox:receive", "message:read", "message:raw", "order:read"}
)
"""What a partner's key can hold, and holds unless its maker says otherwise."""


class Caller(Struct):
    """Whoever asks: a person, or a partner's key."""

    name: str  # person:<login> or partner:<id>, as audit entries and timelines write it
    permissions: frozenset[str]
    scope: Scope

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions


def person_caller(login: str, roles: Iterable[str], partners: Iterable[str] | None) -> Caller:
    """Return the caller for a person; ``partners`` None means all of them. A role that is gone gives nothing."""
    permissions = frozenset[str]().union(*(ROLES.get(role, frozenset()) for role in roles))
    scope = EVERYONE if partners is None else Scope(partners=frozenset(partners))
    return Caller(name=f"person:{login}", permissions=permissions, scope=scope)


def key_caller(partner: str, scopes: Iterable[str]) -> Caller:
    """Return the caller for a partner's key: its partner's data and nothing else."""
    return Caller(name=f"partner:{partner}", permissions=frozenset(scopes) & KEY_PERMISSIONS, scope=only(partner))


def unknown_roles(roles: Iterable[str]) -> list[str]:
    """Return the names among ``roles`` that are none."""
    return [role for role in roles if role not in ROLES]

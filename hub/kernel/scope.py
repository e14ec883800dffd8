"""Whose data a caller may see. Every query that reads partners' data takes one."""

from __future__ import annotations

from hub.kernel.struct import Struct


class Scope(Struct):
    """The partners a caller may see; ``None`` means all of them (people of the factory)."""

    partners: frozenset[str] | None = None

    def allows(self, partner: str) -> bool:
        return self.partners is None or partner in self.partners


EVERYONE = Scope()


def only(partner: str) -> Scope:
    """Return the scope of one partner's own key."""
    return Scope(partners=frozenset({partner}))

"""Which of a partner's identities sent something, and which of them is answered: of one that has several. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hub.exchange.partner_syntax import IdentityName
from hub.flow.documents import Identity

SomeName = TypeVar("SomeName", bound=IdentityName)


def identity_among(theirs: Sequence[IdentityName], sender: IdentityName | None) -> Identity | None:
    """Return who of them sent it, for what answers it; None where there is but one, or it was none of them.

    A partner who names somebody else is answered at its first: never at an address that a message names.
    """
    return None if sender is None or len(theirs) == 1 else named(sender)


def meant_by(theirs: Sequence[SomeName], identity: Identity | None) -> SomeName:
    """Return which of them is meant; the first where none is."""
    return next((each for each in theirs if named(each) == identity), theirs[0])


def named(name: IdentityName) -> Identity:
    """Return a name of a partner's file as an envelope bears it."""
    qualifier, id, group = name.parts
    return Identity(id=id, qualifier=qualifier, group=group)

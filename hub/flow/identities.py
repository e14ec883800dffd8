"""Which of a partner's identities sent something, and which of them is answered; by what a document is known again.

Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

from msgspec.structs import replace

from hub.exchange.partner_syntax import IdentityName
from hub.flow.documents import Envelope, Identity

SomeName = TypeVar("SomeName", bound=IdentityName)
IN_A_TEST = " (test)"
REFERENCE_CHARACTERS_MAX = 200  # as its column has it


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


def known_again(envelope: Envelope, known_by: tuple[str, str], content: Sequence[str], *, test: bool) -> Envelope:
    """Return the envelope with what its document is known by as its reference: kind and text.

    A test is known apart from what is real under the same name: it is never in its way. What is at fault is known by
    none: its reference stays free, and it is sent again, put right, under the same. So it is after its room has refused
    all of it.
    """
    kind, reference = known_by
    if test and len(reference) + len(IN_A_TEST) > REFERENCE_CHARACTERS_MAX:
        reference = sha256(reference.encode("utf-8", "surrogatepass")).hexdigest()
    digest = sha256("\n".join(content).encode("utf-8", "surrogatepass")).hexdigest()
    reference = f"{reference}{IN_A_TEST}" if test else reference
    return replace(envelope, kind=kind, reference=reference, digest=digest, of_a_document=True)

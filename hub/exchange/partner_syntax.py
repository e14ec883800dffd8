"""What a table of one syntax in a partner's file says to those who know none: ``[x12]``, ``[cxml]``, ``[json]``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar, Protocol

from hub.kernel.sentence import Word
from hub.kernel.struct import Struct
from hub.platform.toml_lines import Key

IDENTITIES_MAX = 50  # divisions of one customer

Fault = tuple[Key, str, dict[str, Word]]
"""What types cannot say: the key, the case of ``CFG-VALUE`` and its words."""
Signs = tuple[str, str]
"""By what a partner signs and nobody else does: whose list, and the name in it, as they are compared."""


class IdentityName(Protocol):
    """One name under which a party signs its envelopes."""

    @property
    def signs(self) -> Signs: ...

    @property
    def parts(self) -> tuple[str, str, str]:
        """Whose list, the name in it, and how a group within names it ("": it does not)."""

    def taken(self, owner: str) -> tuple[str, dict[str, Word]]:
        """Return the case of ``CFG-ENVELOPE-TAKEN`` where it is ``owner``'s already, and its words."""


class SyntaxTable(Struct):
    """One such table; what it does not say otherwise, is so."""

    syntax: ClassVar[str]

    @property
    def names(self) -> Sequence[IdentityName]:
        """Under what the partner signs."""
        return ()

    @property
    def must_sign(self) -> bool:
        """Whether what comes in it is refused where no secret of theirs shows who sent it."""
        return False

    @property
    def editions(self) -> Sequence[str]:
        """The editions of the standard that were agreed."""
        return ()

    @property
    def acknowledged_by(self) -> Sequence[str]:
        """What we send for what arrives, as its wire names it, and no map writes."""
        return ()

    def faults(self, written: Collection[str]) -> list[Fault]:
        """Return what is wrong with the table beyond its types; ``written`` are the documents that we send."""
        return []

    def shown(self) -> Mapping[str, str]:
        """Return what people read of it, by what it is called."""
        return {}

"""The table ``[cxml]`` of a partner's file: who both sides are in envelopes of cXML."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, ClassVar

from msgspec import Meta

from hub.exchange.partner_syntax import IDENTITIES_MAX, Fault, Signs, SyntaxTable
from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import Phrase, Word, declared
from hub.kernel.struct import Struct

CXML = "cxml"
"""The name of the syntax, and of its table."""
Written = Annotated[str, Meta(min_length=1, max_length=75, pattern=r"\A[!-~]([ -~]*[!-~])?\Z")]
"""A domain or an identity: signs of ASCII, as every network writes them."""


class CxmlId(Struct):
    """How a cXML names a party: ``Credential/@domain`` and ``Identity``."""

    domain: Written  # NetworkId, DUNS …; whether it is written in capitals means nothing
    identity: Written

    @property
    def signs(self) -> Signs:
        """Domain, however it is written, and identity."""
        return signs_of(self.domain, self.identity)

    @property
    def parts(self) -> tuple[str, str, str]:
        """Domain and identity."""
        return self.domain, self.identity, ""

    def taken(self, owner: str) -> tuple[str, dict[str, Word]]:
        """Return that another partner has the credential."""
        return "credential-is-s", {"domain": self.domain, "identity": self.identity, "owner": owner}

    def __str__(self) -> str:
        return f"{self.domain}:{self.identity}"


class CxmlTable(SyntaxTable):
    """cXML with this partner."""

    syntax: ClassVar[str] = CXML
    ours: CxmlId
    theirs: Annotated[list[CxmlId], Meta(min_length=1, max_length=IDENTITIES_MAX)]  # one for each division of theirs;
    # what answers a message goes to the one it came from, anything else to the first
    shared_secret: bool = False  # True: what is not signed by a secret of theirs is refused (hub partner secret)

    def signed_by(self, named: list[tuple[str, str]]) -> CxmlId | None:
        """Return the first of them that From names, by domain and identity; None where that is nobody of them."""
        known = {signs_of(domain, identity) for domain, identity in named}
        return next((each for each in self.theirs if each.signs in known), None)

    @property
    def names(self) -> list[CxmlId]:
        return self.theirs

    @property
    def must_sign(self) -> bool:
        return self.shared_secret

    def faults(self, written: Collection[str]) -> list[Fault]:
        """Return that an identity stands twice."""
        known = [each.signs for each in self.theirs]
        return [((CXML, "theirs"), "credential-stands-twice", {})] if len(set(known)) < len(known) else []

    def shown(self) -> dict[str, str]:
        """Return who signs."""
        return {"cXML theirs": " ".join(map(str, self.theirs)), "cXML ours": str(self.ours)}


def signs_of(domain: str, identity: str) -> Signs:
    """Return what a credential is compared by."""
    return domain.casefold(), identity


def nobody_signs(file: str) -> Misconfigured:
    """Return the fault of a file that names maps of cXML, and not who signs it."""
    return Misconfigured("CFG/no-cxml-agreed", file=file)


declared(
    {
        "CFG/no-cxml-agreed": Phrase(
            message="nothing says who signs cXML with this partner",
            remedy="add [cxml.ours] and [[cxml.theirs]] to its file, each with domain and identity",
        ),
        "CFG-ENVELOPE-TAKEN/credential-is-s": Phrase(
            message="the cXML identity {identity} of {domain} is {owner}'s already", remedy="tell them apart"
        ),
        "CFG-VALUE/credential-stands-twice": Phrase(
            message="an identity stands twice", remedy="each once, told apart by domain or identity"
        ),
    }
)

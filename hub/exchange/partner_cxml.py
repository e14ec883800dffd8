"""The table ``[cxml]`` of a partner's file: who both sides are in envelopes of cXML."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from hub.exchange.partner_x12 import IDENTITIES_MAX, Fault
from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import Phrase, declared
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
    def key(self) -> tuple[str, str]:
        """What no other party has."""
        return self.domain.casefold(), self.identity


class CxmlTable(Struct):
    """cXML with this partner."""

    ours: CxmlId
    theirs: Annotated[list[CxmlId], Meta(min_length=1, max_length=IDENTITIES_MAX)]  # one for each division of theirs;
    # what answers a message goes to the one it came from, anything else to the first
    shared_secret: bool = False  # True: what is not signed by a secret of theirs is refused (hub partner secret)

    def signed_by(self, named: list[tuple[str, str]]) -> CxmlId | None:
        """Return the first of them that From names, by domain and identity; None where that is nobody of them."""
        keys = {(domain.casefold(), identity) for domain, identity in named}
        return next((each for each in self.theirs if each.key in keys), None)


def cxml_faults(table: CxmlTable) -> list[Fault]:
    """Return what is wrong with the table beyond its types."""
    keys = [each.key for each in table.theirs]
    if len(set(keys)) < len(keys):
        return [(("cxml", "theirs"), "credential-stands-twice", {})]
    return []


def claim_credentials(partner: str, table: CxmlTable | None, file: str, taken: dict[tuple[str, str], str]) -> None:
    """Note whose credentials they are. Raises ``Misconfigured``, and notes nothing, where one is another's already."""
    named = {each.key: each for each in (table.theirs if table else ())}
    for key in sorted(named.keys() & taken.keys()):
        domain, identity = named[key].domain, named[key].identity
        raise Misconfigured(
            "CFG-ENVELOPE-TAKEN/credential-is-s", file=file, domain=domain, identity=identity, owner=taken[key]
        )
    taken.update(dict.fromkeys(named, partner))


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

"""The tables ``[[parties]]`` of a partner's file: whom its documents may name as buyer, seller and who is billed."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from hub.exchange.partner_syntax import Fault
from hub.kernel.sentence import Phrase, declared
from hub.kernel.struct import Struct

PARTIES_MAX = 100  # of one partner: each of fifty divisions by two numbers
Number = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"\A[!-~]([ -~]*[!-~])?\Z")]
"""A number or the name of its list: signs of ASCII, as every register writes them."""


class NamedParty(Struct):
    """One of the numbers by which a document may name a party."""

    role: Literal["buyer", "seller", "bill-to"]
    id: Number
    scheme: Number | None = None  # whose number it is, in words of ours where there is one: gln, duns, 0007


def parties_at_fault(parties: list[NamedParty]) -> list[Fault]:
    """Return what is wrong with them beyond their types."""
    seen: set[NamedParty] = set()
    for number, each in enumerate(parties):
        if each in seen:
            return [(("parties", number), "party-stands-twice", {})]
        seen.add(each)
    return []


declared(
    {
        "CFG-VALUE/party-stands-twice": Phrase(
            message="a party stands twice", remedy="each number once, told apart by role and scheme"
        )
    }
)

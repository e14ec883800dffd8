"""What stands around the document of a cXML: who writes to whom, the id of the payload, test or not.

In: the root element. Out: ``CxmlHeader``, with what is there; nothing is judged here. A shared secret is not looked at.
"""

from __future__ import annotations

from lxml import etree

from hub.kernel.struct import Struct

CHARACTERS_MAX = 200  # of each value
PAYLOAD_CHARACTERS_MAX = 1_000  # most have some 60
ONCE = frozenset({"Header", "From", "To", "Sender", "Identity", "SharedSecret"})
"""What an envelope says once, as the DTD has it: of two nobody can tell which is meant."""
CREDENTIALS_MAX = 20  # of one party: an id on each network it is on


class Credential(Struct):
    """How an envelope names a party: an identity, and the domain whose identities those are."""

    domain: str
    identity: str


class CxmlHeader(Struct):
    """The envelope of a cXML."""

    payload: str = ""  # payloadID: no other cXML of anybody's has the same
    timestamp: str = ""
    senders: list[Credential] = []  # From: one party by some of its names
    receivers: list[Credential] = []  # To
    mode: str = ""  # deploymentMode: production or test; "" where it is not said, which means production


def header_of(root: etree._Element, request: etree._Element | None) -> CxmlHeader:
    """Return the envelope of a cXML; ``request`` is what its document stands in."""
    parties = [party for header in root if header.tag == "Header" for party in header]
    return CxmlHeader(
        payload=(root.get("payloadID") or "")[:PAYLOAD_CHARACTERS_MAX],  # as sent: answers repeat it
        timestamp=_bounded(root.get("timestamp")),
        senders=_credentials(parties, "From"),
        receivers=_credentials(parties, "To"),
        mode=_bounded(request.get("deploymentMode")) if request is not None else "",
    )


def said_again(root: etree._Element) -> etree._Element | None:
    """Return the first element of an envelope that stands there a second time and may not; None where there is none."""
    parties = [party for header in root if header.tag == "Header" for party in header]
    holders = [root, *(each for each in root if each.tag == "Header"), *(each for party in parties for each in party)]
    for holder in holders:
        seen: set[object] = set()
        for each in holder:
            if each.tag in ONCE and each.tag in seen:
                return each
            seen.add(each.tag)
    return None


def _credentials(parties: list[etree._Element], name: str) -> list[Credential]:
    found = [each for party in parties if party.tag == name for each in party if each.tag == "Credential"]
    named = (
        Credential(domain=_bounded(each.get("domain")), identity=_bounded(_identity(each)))
        for each in found[:CREDENTIALS_MAX]
    )
    return [each for each in named if each.identity]


def _identity(credential: etree._Element) -> str | None:
    return next((each.text for each in credential if each.tag == "Identity"), None)


def _bounded(text: str | None) -> str:
    return " ".join((text or "").split())[:CHARACTERS_MAX]

"""The files of a new partner, ready to be edited: every field it needs, and why one would change it."""

from __future__ import annotations

import json

from hub.exchange.partners import Kind
from hub.kernel.struct import Struct

_PARTNER = """\
# Who this partner is on the wire, and how we work with them. Unknown keys are faults: `hub partner check {id}`.
id        = {quoted_id}
name      = {name}
kind      = {kind}         # what they are to us: customer, supplier, plant or carrier
usage     = "T"                # T: in test, answered as test and never planned. P: production, when both sides agree
time_zone = {time_zone}        # for dates and times that carry no zone
currency  = {currency}         # of an order that names none
{agreed}
[[transports]]                 # the first that serves a direction is used to send
kind = "mailbox"               # they hand in by POST /inbound/{id} and fetch from GET /outbound/{id}
"""

_X12 = """
[x12]
releases = ["004010"]          # GS08 they may send; a suffix (004010VICS) is tolerated

[[x12.theirs]]                 # ISA05 and ISA06 of what they send; one such table for each division of theirs
qualifier = {their_qualifier}
id        = {their_id}

[x12.ours]                     # ISA07 and ISA08 of what they send
qualifier = {our_qualifier}
id        = {our_id}

# [x12.separators]             # what we write to them; stated here it never changes: in text x12.substitute ("?")
# element   = "*"              # stands for what would separate, and a number that holds one waits for a person.
# segment   = "~"              # Not stated, others are written where data holds one
# component = ">"

[sends]                        # document → map; a map of theirs once it differs: "{id}/850"
850 = "x12/004010/850"
997 = "x12/004010/997"         # how they acknowledge what we send: awaited for each 855 of ours, within a day

[receives]
855 = "x12/004010/855"

[x12.acknowledgements]
functional  = "997"            # what we answer each of their groups with
interchange = "asked"          # a TA1 when ISA14 asks for it; a refused interchange always gets one
"""

_CXML = """
[[cxml.theirs]]                # From of what they send; one such table for each division of theirs
domain   = {their_domain}
identity = {their_identity}

[cxml.ours]                    # To of what they send
domain   = {our_domain}
identity = {our_identity}

[sends]                        # document → map; a map of theirs once it differs: "{id}/order"
order = "cxml/order"

[receives]
confirmation  = "cxml/confirmation"
status-update = "cxml/status-update"   # what we could make of each document, after a Response of 201
"""

_BODIES = """
[sends]                        # document → map; the names on the left are free, the map's schema says which it reads
{sends}
[receives]                     # what we answer; without these lines they hear nothing but the status of a message
{receives}"""

_NONE_YET = {
    "sends": '# order = "{id}/order"       # mappings/{id}/order.toml; its schema is schemas/{syntax}/{id}/{schema}\n',
    "receives": '# order-response  = "{id}/order-response"\n'
    '# acknowledgement = "{id}/acknowledgement"   # of FunctionalAcknowledgement: whether we could read it\n',
}
_SCHEMAS = {"xml": "order.xsd", "json": "order.json"}

_README = """\
# {name}

What their guide and their people told us, with dates: what differs from the standard and who agreed to it.

* Guide: (name, version, where it is kept)
* Contacts: (orders, EDI, quality)
"""


class EnvelopeIdentity(Struct):
    """Who signs X12 envelopes, as (qualifier, id): they towards us, and we as they know us."""

    theirs: tuple[str, str]
    ours: tuple[str, str]


class CredentialIdentity(Struct):
    """Who signs cXML, as (domain, identity): they towards us, and we as they know us."""

    theirs: tuple[str, str]
    ours: tuple[str, str]


class AgreedBody(Struct):
    """What is exchanged as XML or JSON: map by document, as far as the maps are there."""

    syntax: str
    sends: dict[str, str] = {}
    receives: dict[str, str] = {}


Agreed = EnvelopeIdentity | CredentialIdentity | AgreedBody


def new_partner(
    partner_id: str, *, name: str, kind: Kind, agreed: Agreed, time_zone: str, currency: str
) -> dict[str, str]:
    """Return the text of each file of the folder by name; ``agreed`` is what its syntax needs."""
    said = {
        "quoted_id": _quoted(partner_id),
        "name": _quoted(name),
        "kind": _quoted(kind),
        "time_zone": _quoted(time_zone),
        "currency": _quoted(currency),
        "agreed": _tables(partner_id, agreed),
    }
    return {"partner.toml": _PARTNER.format(id=partner_id, **said), "README.md": _README.format(name=name)}


def _tables(partner_id: str, agreed: Agreed) -> str:
    """Return the tables that the partner's syntax needs."""
    if isinstance(agreed, EnvelopeIdentity):
        return _envelope(partner_id, agreed)
    return _credentials(partner_id, agreed) if isinstance(agreed, CredentialIdentity) else _bodies(partner_id, agreed)


def _credentials(partner_id: str, ids: CredentialIdentity) -> str:
    return _CXML.format(
        id=partner_id,
        their_domain=_quoted(ids.theirs[0]),
        their_identity=_quoted(ids.theirs[1]),
        our_domain=_quoted(ids.ours[0]),
        our_identity=_quoted(ids.ours[1]),
    )


def _envelope(partner_id: str, ids: EnvelopeIdentity) -> str:
    return _X12.format(
        id=partner_id,
        their_qualifier=_quoted(ids.theirs[0]),
        their_id=_quoted(ids.theirs[1]),
        our_qualifier=_quoted(ids.ours[0]),
        our_id=_quoted(ids.ours[1]),
    )


def _bodies(partner_id: str, exchanged: AgreedBody) -> str:
    """Return the tables of who speaks XML or JSON; where no map is named, a comment says how one is."""
    shown = {"id": partner_id, "syntax": exchanged.syntax, "schema": _SCHEMAS[exchanged.syntax]}
    lines = {
        table: "".join(f"{_quoted(document)} = {_quoted(name)}\n" for document, name in named.items())
        or _NONE_YET[table].format(**shown)
        for table, named in (("sends", exchanged.sends), ("receives", exchanged.receives))
    }
    return _BODIES.format(**lines)


def _quoted(text: str) -> str:
    """Return ``text`` as a TOML string: JSON's escapes are TOML's, once nothing is above the basic plane."""
    return json.dumps(text, ensure_ascii=False)

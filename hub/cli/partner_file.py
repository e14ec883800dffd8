"""The files of a new partner, ready to be edited: every field it needs, and why one would change it."""

from __future__ import annotations

import json

from hub.exchange.partners import Kind

_PARTNER = """\
# Who this partner is on the wire, and how we work with them. Unknown keys are faults: `hub partner check {id}`.
id        = {quoted_id}
name      = {name}
kind      = {kind}         # what they are to us: customer, supplier, plant or carrier
usage     = "T"                # T: in test, answered as test and never planned. P: production, when both sides agree
time_zone = {time_zone}        # for dates and times that carry no zone
currency  = {currency}         # of an order that names none

[x12]
releases = ["004010"]          # GS08 they may send; a suffix (004010VICS) is tolerated

[[x12.theirs]]                 # ISA05 and ISA06 of what they send; one such table for each division of theirs
qualifier = {their_qualifier}
id        = {their_id}

[x12.ours]                     # ISA07 and ISA08 of what they send
qualifier = {our_qualifier}
id        = {our_id}

# [x12.separators]             # what we write to them; stated here it never changes, and x12.substitute ("?")
# element   = "*"              # stands for what would separate. Not stated, others are written where data holds one
# segment   = "~"
# component = ">"

[sends]                        # document → map; a map of theirs once it differs: "{id}/850"
850 = "x12/004010/850"
997 = "x12/004010/997"         # how they acknowledge what we send: awaited for each 855 of ours, within a day

[receives]
855 = "x12/004010/855"

[x12.acknowledgements]
functional  = "997"            # what we answer each of their groups with
interchange = "asked"          # a TA1 when ISA14 asks for it; a refused interchange always gets one

[[transports]]                 # the first that serves a direction is used to send
kind = "mailbox"               # they hand in by POST /inbound/{id} and fetch from GET /outbound/{id}
"""

_README = """\
# {name}

What their guide and their people told us, with dates: what differs from the standard and who agreed to it.

* Guide: (name, version, where it is kept)
* Contacts: (orders, EDI, quality)
"""


def new_partner(
    partner_id: str,
    *,
    name: str,
    kind: Kind,
    theirs: tuple[str, str],
    ours: tuple[str, str],
    time_zone: str,
    currency: str,
) -> dict[str, str]:
    """Return the text of each file of the folder by name; parties are (qualifier, id)."""
    said = {
        "quoted_id": _quoted(partner_id),
        "name": _quoted(name),
        "kind": _quoted(kind),
        "time_zone": _quoted(time_zone),
        "currency": _quoted(currency),
        "their_qualifier": _quoted(theirs[0]),
        "their_id": _quoted(theirs[1]),
        "our_qualifier": _quoted(ours[0]),
        "our_id": _quoted(ours[1]),
    }
    return {"partner.toml": _PARTNER.format(id=partner_id, **said), "README.md": _README.format(name=name)}


def _quoted(text: str) -> str:
    """Return ``text`` as a TOML string: JSON's escapes are TOML's, once nothing is above the basic plane."""
    return json.dumps(text, ensure_ascii=False)

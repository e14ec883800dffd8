"""What a map takes from the file of its partner: ``partner.currency``, a constant once the map is loaded.

In: the tables of a map with its bases, and the entries of the partner's file. Out: the same tables with the value in
the place of its name. A partner that states none, or a map of no partner, is a fault at the line that asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from hub.kernel.sentence import Phrase, declared
from hub.mapping.faults import MapFault, map_fault
from hub.mapping.scan import KeyValue
from hub.mapping.spec import SourceText, Table

CURRENCY = "partner.currency"
_ASKED = re.compile(r"(?<=[:=])(\s*)partner\.currency(?=\s*(?:\||\Z))")
_CODE = re.compile(r"[A-Z]{3}")  # ISO 4217; which of them there are, the partner's file is asked


def with_partner_values(
    root: Table, partner: str | None, entries: Callable[[str], Sequence[KeyValue]], faults: list[MapFault]
) -> str | None:
    """Put what the partner's file says where the tables beneath ``root`` ask for it; return it, None where none does.

    ``entries`` returns those of a file of the configuration, by its name; it is asked when something is.
    """
    asking = [each for each in _texts(root) if _ASKED.search(each[2].text)]
    if not asking:
        return None
    said = None if partner is None else _currency(entries(f"partners/{partner}/partner.toml"))
    for fields, name, text in asking:
        if said is None:
            key = "MAP-PARTNER/no-currency" if partner else "MAP-PARTNER/of-none"
            faults.append(map_fault(key, text.where, name=CURRENCY, partner=partner or ""))
        else:
            fields[name] = replace(text, text=_ASKED.sub(rf"\g<1>{said}", text.text))
    return said


def _currency(entries: Sequence[KeyValue]) -> str | None:
    said = next((each.value for each in entries if not each.table and each.key == ("currency",)), None)
    return said if isinstance(said, str) and _CODE.fullmatch(said) else None


def _texts(table: Table) -> list[tuple[dict[str, SourceText], str, SourceText]]:
    found = [(table.fields, name, text) for name, text in table.fields.items()]
    for tables in table.lists.values():
        for each in tables:
            found += _texts(each)
    return found


declared(
    {
        "MAP-PARTNER/no-currency": Phrase(
            message="{name}: the file of {partner} states no currency",
            remedy='write currency = "…" into partners/{partner}/partner.toml, or the code itself into the map',
        ),
        "MAP-PARTNER/of-none": Phrase(
            message="{name} stands in a map of no partner",
            remedy='say whose it is under [map]: partner = "north-spine"',
        ),
    }
)

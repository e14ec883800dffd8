"""A partner's map begun from what the partner sends: the nearest base map, and a line for each thing it leaves unread.

A base map, files and the partner's id enter; the text of a map file leaves. Proposed lines are commented out: only a
person with the partner's guide knows what they mean. What says a day, a place, a price or a revision is not proposed as
an extension: it holds the order while no rule reads it, and nothing weighs an extension.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from hub.kernel.diagnostics import Severity
from hub.mapping.coverage import UNREAD
from hub.mapping.documents import read_documents
from hub.mapping.library import Map

_UNFIT_FOR_A_NAME = re.compile(r"[^a-z0-9]+")
EXAMPLES_MAX = 3  # values shown beside a proposed line
SHOWN_MAX = 40  # characters of a value

_READ_RIGHTLY = {
    "date": "a day: requested, valid_until, window.start and window.end, [each.dates]",
    "place": "a place: [each.parties] with its role, delivery.place, delivery.address",
    "price": "a price: price.amount, price.per of [each.lines], [each.charges], total",
    "currency": "a currency: currency, price.currency of [each.lines]",
    "quantity": "a quantity: quantity of [each.lines], of its [each.schedules], [each.packs]",
    "condition": "a condition: cancel_rule, incoterm, [each.terms], [each.requirements]",
    "revision": "a revision: item.revision of [each.lines]",
    "part number": "a number of an item: item.seller, item.buyer, item.maker, item.gtin of [each.lines]",
    "count": "a total: total",
}
"""By what a place says, the fields of an order that are weighed for it."""

HOLDING = ("MAP-UNWEIGHED", "MAP-SAID-TWICE")
SAID_TWICE = "otherwise what another place says: read both, or say which of them counts"

Came = dict[str, Counter[str]]
"""By place, as a rule names it: its values, with how often each came."""


def propose(base: Map, files: Iterable[bytes], partner: str) -> str:
    """Return a map file that extends ``base`` and names what ``files`` say beyond it."""
    unread: Came = {}
    bearing: dict[str, Came] = {}  # by what it says
    codes: dict[tuple[str, str], int] = {}
    for data in files:
        for each in read_documents(base, data):
            for finding in each.findings:
                if finding.code in UNREAD and finding.found:
                    came = unread
                    if finding.code in HOLDING and finding.severity > Severity.NOTE:
                        came = bearing.setdefault(str((finding.words or {}).get("meaning", SAID_TWICE)), {})
                    place = base.family.rule(each.received, finding.location)
                    came.setdefault(place, Counter())[finding.found[:SHOWN_MAX]] += 1
                elif finding.code in ("MAP-CODE", "MAP-CODE-PASSED") and finding.found:
                    table = finding.message.split(" table ", 1)[-1].split(" ", 1)[0]
                    codes[table, finding.found] = codes.get((table, finding.found), 0) + 1
    for place in {place for came in bearing.values() for place in came}:
        unread.pop(place, None)  # of an Extrinsic the name as well
    return "\n".join([*_head(base, partner), *_lines(unread), *_held(bearing), *_tables(codes)]) + "\n"


def _head(base: Map, partner: str) -> list[str]:
    return [
        f"# What {partner} does otherwise than {base.name}. Proposed from samples: keep what their guide confirms.",
        "",
        "[map]",
        f'extends = "{base.name}"',
        f'partner = "{partner}"',
    ]


def _lines(unread: Came) -> list[str]:
    if not unread:
        return []
    lines = ["", "# [fields]", "# Came and was not read. Take what means something; the rest stays a note."]
    for place, values in sorted(unread.items()):
        name = _UNFIT_FOR_A_NAME.sub("_", place.lower()).strip("_")
        lines.append(f'# extensions.{name} = "{place}"    # {_examples(values)}')
    return lines


def _held(bearing: dict[str, Came]) -> list[str]:
    """Return what holds an order while no rule reads it: said, with the fields it may be read into, and no rule."""
    if not bearing:
        return []
    lines = [
        "",
        "# Came, and holds the order or its line while no rule reads it, for a person to look. No extension: nothing",
        '# weighs one. Read it into the field it means; what bears on nothing is "none" in [codes.unread].',
    ]
    for meaning, came in sorted(bearing.items()):
        lines.append(f"# Says {_READ_RIGHTLY.get(meaning, meaning)}")
        lines += [f"#     {place}    # {_examples(values)}" for place, values in sorted(came.items())]
    return lines


def _examples(values: Counter[str]) -> str:
    return ", ".join(repr(value) for value, _ in values.most_common(EXAMPLES_MAX))


def _tables(codes: dict[tuple[str, str], int]) -> list[str]:
    lines: list[str] = []
    for table in sorted({table for table, _ in codes}):
        lines += ["", f"# [codes.{table}]"]
        lines += [
            f'# "{code}" = ""    # came {count} times' for (t, code), count in sorted(codes.items()) if t == table
        ]
    return lines

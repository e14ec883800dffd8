"""A partner's map begun from what the partner sends: the nearest base map, and a line for each thing it leaves unread.

A base map, files and the partner's id enter; the text of a map file leaves. Proposed lines are commented out: only a
person with the partner's guide knows what they mean.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from hub.mapping.coverage import UNREAD
from hub.mapping.documents import read_documents
from hub.mapping.library import Map

_UNFIT_FOR_A_NAME = re.compile(r"[^a-z0-9]+")
EXAMPLES_MAX = 3  # values shown beside a proposed line
SHOWN_MAX = 40  # characters of a value


def propose(base: Map, files: Iterable[bytes], partner: str) -> str:
    """Return a map file that extends ``base`` and names what ``files`` say beyond it."""
    unread: dict[str, Counter[str]] = {}
    codes: dict[tuple[str, str], int] = {}
    for data in files:
        for each in read_documents(base, data):
            for finding in each.findings:
                if finding.code in UNREAD and finding.found:
                    unread.setdefault(base.family.rule(each.received, finding.location), Counter())[
                        finding.found[:SHOWN_MAX]
                    ] += 1
                elif finding.code in ("MAP-CODE", "MAP-CODE-PASSED") and finding.found:
                    table = finding.message.split(" table ", 1)[-1].split(" ", 1)[0]
                    codes[table, finding.found] = codes.get((table, finding.found), 0) + 1
    return "\n".join([*_head(base, partner), *_lines(unread), *_tables(codes)]) + "\n"


def _head(base: Map, partner: str) -> list[str]:
    return [
        f"# What {partner} does otherwise than {base.name}. Proposed from samples: keep what their guide confirms.",
        "",
        "[map]",
        f'extends = "{base.name}"',
        f'partner = "{partner}"',
    ]


def _lines(unread: dict[str, Counter[str]]) -> list[str]:
    if not unread:
        return []
    lines = ["", "# [fields]", "# Came and was not read. Take what means something; the rest stays a note."]
    for place, values in sorted(unread.items()):
        shown = ", ".join(repr(value) for value, _ in values.most_common(EXAMPLES_MAX))
        lines.append(f'# extensions.{_UNFIT_FOR_A_NAME.sub("_", place.lower()).strip("_")} = "{place}"    # {shown}')
    return lines


def _tables(codes: dict[tuple[str, str], int]) -> list[str]:
    lines: list[str] = []
    for table in sorted({table for table, _ in codes}):
        lines += ["", f"# [codes.{table}]"]
        lines += [
            f'# "{code}" = ""    # came {count} times' for (t, code), count in sorted(codes.items()) if t == table
        ]
    return lines

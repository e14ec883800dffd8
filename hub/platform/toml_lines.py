"""TOML files of ours with the line of every key, so that a fault can be shown where it stands.

In: a path. Out: the tables, with exact decimals, and ``Lines``. A file that is no TOML, or cannot be read, is
``Misconfigured``. The standard reader forgets lines; a key that opens its own line is found again by scanning.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from hub.kernel.own_files import parse_toml, read_own_text

Key = tuple[str | int, ...]
"""A way into the tables: ``("item", 2, "unit")`` is the unit of the third item."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\- ]{1,200}?)\s*\]\]?\s*(#.*)?$")
_ASSIGNMENT = re.compile(r"\s*([A-Za-z0-9_.\-][A-Za-z0-9_.\- ]{0,200}?|\"[^\"]*\")\s*=")
_STRINGS = re.compile(r"\"(\\.|[^\"\\])*\"|'[^']*'|#.*")


class Lines:
    """Where keys stand. A key within a value of several lines is shown where the value begins.

    They are looked for when one is first asked for: most files have no fault.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def of(self, key: Key) -> int | None:
        """Return the line of ``key``, or of the nearest table around it; none for a file without it."""
        while key:
            if key in self._at:
                return self._at[key]
            key = key[:-1]
        return None

    @cached_property
    def _at(self) -> dict[Key, int]:
        found: dict[Key, int] = {}
        counts: dict[Key, int] = {}
        table: Key = ()
        depth = 0
        for number, line in enumerate(self._text.split("\n"), start=1):
            header = _HEADER.match(line) if depth == 0 else None
            if header:
                table = _enter(header[2].split("."), header[1] == "[[", counts)
                found[table] = number
                continue
            assignment = _ASSIGNMENT.match(line) if depth == 0 else None
            if assignment:
                key = tuple(part.strip().strip('"') for part in assignment[1].split("."))
                found[(*table, *key)] = number
            bare = _STRINGS.sub("", line)
            depth += sum(bare.count(bracket) for bracket in "[{") - sum(bare.count(bracket) for bracket in "]}")
        return found


def read_toml(path: Path) -> tuple[dict[str, Any], Lines]:
    """Return the tables of ``path`` and where their keys stand; decimals are exact."""
    text = read_own_text(path)
    return parse_toml(text, str(path), parse_float=Decimal), Lines(text)


def _enter(names: list[str], repeated: bool, counts: dict[Key, int]) -> Key:
    """Return the key of the table a header opens; ``counts`` remembers how many of each list are open."""
    key: Key = ()
    for name in names[:-1]:
        key = (*key, name.strip())
        if key in counts:
            key = (*key, counts[key] - 1)
    key = (*key, names[-1].strip())
    if repeated:
        counts[key] = counts.get(key, 0) + 1
        key = (*key, counts[key] - 1)
    return key

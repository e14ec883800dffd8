"""A TOML file read statement by statement: every key with its line, its column and its place in the order.

Python's own reader loses line numbers and the order of dotted keys; a map needs both. The text of a
file enters, its ``KeyValue`` list leaves, in file order. What can go wrong is bad TOML, or more of it than a map
has (``Misconfigured`` with line). Values are still read by ``tomllib``: this file only cuts.
"""

from __future__ import annotations

import re
import tomllib

from hub.kernel.errors import Misconfigured
from hub.kernel.own_files import parse_toml
from hub.kernel.struct import Struct

STATEMENT_LINES_MAX = 200  # a rule is one line; only a long list of places takes several
LINE_CHARACTERS_MAX = 1_000  # the longest we ship has 200; what works on a line may take the square of its length


class Where(Struct):
    """A place in a file of ours."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class KeyValue(Struct):
    """One ``key = value``, or a header alone (no key).

    ``table`` is the header above it, ``nth`` counts tables of one ``[[header]]`` from 0.
    """

    table: tuple[str, ...]
    nth: int
    repeated: bool  # the header was [[…]]
    key: tuple[str, ...]
    value: object
    where: Where


def scan(text: str, file: str) -> list[KeyValue]:
    """Return the entries of ``text`` in order; ``file`` is the name findings will show."""
    parse_toml(text, file)
    entries: list[KeyValue] = []
    table: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    repeated = False
    lines = text.replace("\r\n", "\n").split("\n")  # as TOML does: no other sign ends a line
    longest = max(range(len(lines)), key=lambda number: len(lines[number]))
    if len(lines[longest]) > LINE_CHARACTERS_MAX:
        raise Misconfigured(
            "MAP-TOML/line-more-than-characters", file=file, line=longest + 1, line_characters_max=LINE_CHARACTERS_MAX
        )
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        if line.startswith("["):
            repeated = line.startswith("[[")
            table = _header(line)
            counts[table] = counts.get(table, -1) + 1
            where = Where(file=file, line=at + 1)
            entries.append(KeyValue(table=table, nth=counts[table], repeated=repeated, key=(), value=None, where=where))
            at += 1
        elif not line or line.startswith("#"):
            at += 1
        else:
            parsed, taken = _statement(lines, at)
            key, value = _unfold(parsed)
            where = Where(file=file, line=at + 1, column=_value_column(lines[at]))
            nth = counts.get(table, 0)
            entries.append(KeyValue(table=table, nth=nth, repeated=repeated, key=key, value=value, where=where))
            at += taken
    return entries


def _header(line: str) -> tuple[str, ...]:
    path: list[str] = []
    inner: object = tomllib.loads(line)
    while isinstance(inner, dict | list) and inner:
        if isinstance(inner, list):
            inner = inner[0]
            continue
        name, inner = next(iter(inner.items()))
        path.append(name)
    return tuple(path)


def _statement(lines: list[str], at: int) -> tuple[dict[str, object], int]:
    for taken in range(1, STATEMENT_LINES_MAX + 1):
        try:
            return tomllib.loads("\n".join(lines[at : at + taken])), taken
        except tomllib.TOMLDecodeError:
            if at + taken >= len(lines):
                raise
    raise Misconfigured("MAP-TOML/statement-longer-than-lines", line=at + 1, statement_lines_max=STATEMENT_LINES_MAX)


def _unfold(parsed: dict[str, object]) -> tuple[tuple[str, ...], object]:
    key: list[str] = []
    value: object = parsed
    while isinstance(value, dict) and len(value) == 1:
        name, value = next(iter(value.items()))
        key.append(name)
    return tuple(key), value


def _value_column(line: str) -> int:
    """Return the column at which the value begins: what a person should look at (1 is the first)."""
    quoted = re.match(r'\s*(?:"[^"]*"|[^="])*=\s*"?', line)
    return quoted.end() + 1 if quoted else 1

"""What map files say, as tables: one file read, bases and shared tables merged beneath it.

Entries of a TOML file enter (see ``scan``), a ``Spec`` leaves: its tables keep the order in which
rules are written out. What can go wrong is a key that is no part of the language; each is a ``MapFault``
with file, line and column, all of them collected, none raised.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import TypeGuard

from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct
from hub.mapping.faults import MapFault, map_fault
from hub.mapping.scan import KeyValue, Where

RESERVED = ("at", "by", "when", "why", "const", "each", "like", "totals")
HEADER_KEYS = ("document", "wire", "version", "identity", "arranged", "extends", "partner")
IDENTITY_FIELDS_MAX = 8
VERSION_MAX = 999_999
WANTED = {"version": Wording(key="map/version"), "identity": Wording(key="map/identity")}
SECTIONS = ("map", "fields", "const", "totals", "each", "codes", "why")


class SourceText(Struct):
    """A text and where it was said."""

    text: str
    where: Where


class Table:
    """One table of rules: the document's own, or that of one list."""

    def __init__(self, where: Where | None = None) -> None:
        self.where = where
        self.at: list[SourceText] = []
        self.by: SourceText | None = None
        self.like: SourceText | None = None
        self.places: dict[str, SourceText] = {}  # at.<value>
        self.fields: dict[str, SourceText] = {}
        self.const: dict[str, SourceText] = {}
        self.totals: dict[str, SourceText] = {}
        self.why: dict[str, SourceText] = {}
        self.lists: dict[str, list[Table]] = {}
        self.repeated = False  # written as [[each.x]]

    def word_key(self) -> tuple[str, str] | None:
        """Return the first ``= word`` rule: what tells one [[each.x]] from another."""
        for name, said in self.fields.items():
            if said.text.startswith("="):
                return name, said.text
        return None


class CodeTable:
    """A code table as written: code → word, and word → code where two codes share a word."""

    def __init__(self) -> None:
        self.words: dict[str, SourceText] = {}
        self.reverse: dict[str, SourceText] = {}


class Spec:
    """One map file, or a map with its bases merged beneath it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.header: dict[str, SourceText] = {}
        self.root = Table()
        self.codes: dict[str, CodeTable] = {}
        self.faults: list[MapFault] = []


def read_spec(entries: Iterable[KeyValue], file: str) -> Spec:
    """Return what one map file says; what is not of the language stands in its ``faults``."""
    spec = Spec(file)
    for entry in entries:
        section = entry.table[0] if entry.table else ""
        if section == "map" and len(entry.table) == 1:
            if entry.key:
                _put_header(spec, entry)
        elif section == "codes" and len(entry.table) >= 2:
            put_code(spec.codes, entry.table[1:], entry, spec.faults)
        elif section in ("fields", "const", "totals", "why") and len(entry.table) == 1:
            prefix = () if section == "fields" else (section,)
            _put(spec.root, (*prefix, *entry.key), entry, spec.faults)
        elif section == "each" and len(entry.table) >= 2:
            _put_list_entry(spec.root, entry.table, entry, spec.faults)
        elif not entry.key or not entry.table:  # the header tells; its keys would only repeat it
            name = ".".join((*entry.table, *entry.key))
            spec.faults.append(_unknown(name, entry.where, SECTIONS))
    return spec


def read_shared(entries: Iterable[KeyValue], faults: list[MapFault]) -> dict[str, Table]:
    """Return the tables of a ``shared.toml`` by name, for ``like``."""
    tables: dict[str, Table] = {}
    for entry in entries:
        if not entry.table:
            faults.append(_unknown(".".join(entry.key), entry.where, ("a [table]",)))
            continue
        table = tables.setdefault(entry.table[0], Table(entry.where))
        if len(entry.table) > 1:
            _put_list_entry(table, entry.table[1:], entry, faults)
        else:
            _put(table, entry.key, entry, faults)
    return tables


def read_codes(entries: Iterable[KeyValue], faults: list[MapFault]) -> dict[str, CodeTable]:
    """Return the code tables of a ``codes.toml``."""
    codes: dict[str, CodeTable] = {}
    for entry in entries:
        put_code(codes, entry.table, entry, faults)
    return codes


def put_code(codes: dict[str, CodeTable], table: tuple[str, ...], entry: KeyValue, faults: list[MapFault]) -> None:
    if table and not entry.key:
        codes.setdefault(table[0], CodeTable())
        return
    if len(table) not in (1, 2) or (len(table) == 2 and table[1] != "reverse") or not isinstance(entry.value, str):
        faults.append(_unknown(".".join((*entry.table, *entry.key)), entry.where, ("[codes.T]", "[codes.T.reverse]")))
        return
    target = codes.setdefault(table[0], CodeTable())
    side = target.reverse if len(table) == 2 else target.words
    side[".".join(entry.key)] = SourceText(text=entry.value, where=entry.where)


def merge(base: Table, over: Table) -> Table:
    """Return ``base`` with ``over`` laid on it, line by line. Neither is changed."""
    merged = Table(over.where or base.where)
    merged.at = over.at or base.at
    merged.by, merged.like = over.by or base.by, over.like or base.like
    merged.repeated = over.repeated or base.repeated
    merged.places = _kept({**base.places, **over.places})
    merged.const = _kept({**base.const, **over.const})
    merged.totals = _kept({**base.totals, **over.totals})
    merged.why = _kept({**base.why, **over.why})
    merged.lists = {name: list(tables) for name, tables in base.lists.items()}
    merged.fields = dict(base.fields)
    for name, said in over.fields.items():
        _lay(merged, name, said)
    for name, tables in over.lists.items():
        merged.lists[name] = _merge_lists(merged.lists.get(name, []), tables)
    return merged


def resolve_likes(table: Table, shared: dict[str, Table], faults: list[MapFault]) -> Table:
    """Return ``table`` with every ``like`` replaced by the shared table it starts from."""
    return _Likes(shared, faults).resolved(table, 0)


class _Likes:
    """Tables that start from shared ones, made whole; as many as a map may have, and no more. No table is changed."""

    def __init__(self, shared: dict[str, Table], faults: list[MapFault]) -> None:
        self._shared = shared
        self._faults = faults
        self._left = LIKES_MAX

    def resolved(self, table: Table, depth: int) -> Table:
        if table.like is not None:
            self._left -= 1
            base = self._shared.get(table.like.text)
            if self._left < 0:
                return table  # told already
            if base is None or depth >= LIKE_DEPTH_MAX or not self._left:
                self._faults.append(_no_shared(table.like, self._shared))
                return table
            table = merge(self.resolved(base, depth + 1), _without_like(table))
        whole = copy.copy(table)
        whole.lists = {name: [self.resolved(inner, depth) for inner in tables] for name, tables in table.lists.items()}
        return whole


LIKE_DEPTH_MAX = 4  # a shared table may itself start from one; deeper is a circle
LIKES_MAX = 300  # tables of one map that start from another; ours have 20. Circles multiply them


def merge_codes(base: dict[str, CodeTable], over: dict[str, CodeTable]) -> dict[str, CodeTable]:
    """Return the code tables of ``base`` with those of ``over`` laid on them, by key."""
    merged: dict[str, CodeTable] = {}
    for name in (*base, *(n for n in over if n not in base)):
        table = CodeTable()
        for side in (base.get(name), over.get(name)):
            if side is not None:
                table.words = _kept({**table.words, **side.words})
                table.reverse = _kept({**table.reverse, **side.reverse})
        merged[name] = table
    return merged


def _is_list_of_fields(value: object) -> TypeGuard[list[str]]:
    if not isinstance(value, list) or not 0 < len(value) <= IDENTITY_FIELDS_MAX:
        return False
    return all(isinstance(each, str) and each and " " not in each for each in value)


def _put_header(spec: Spec, entry: KeyValue) -> None:
    name = ".".join(entry.key)
    if name not in HEADER_KEYS:
        spec.faults.append(_unknown(name, entry.where, HEADER_KEYS))
    elif name == "version" and type(entry.value) is int and 0 < entry.value <= VERSION_MAX:
        spec.header[name] = SourceText(text=str(entry.value), where=entry.where)
    elif name == "identity" and _is_list_of_fields(entry.value):
        spec.header[name] = SourceText(text=" ".join(entry.value), where=entry.where)
    elif isinstance(entry.value, str) and name not in ("version", "identity"):
        spec.header[name] = SourceText(text=entry.value, where=entry.where)
    else:
        wanted = WANTED.get(name, Wording(key="map/text"))
        spec.faults.append(map_fault("MAP-KEY/must-be", entry.where, name=name, wanted=wanted))


def _put_list_entry(root: Table, path: tuple[str, ...], entry: KeyValue, faults: list[MapFault]) -> None:
    """Put ``entry`` into the list table that ``path`` (each.lines.each.schedules …) names."""
    table = root
    at = 0
    while at < len(path):
        if path[at] != "each":
            break
        end = next((i for i in range(at + 1, len(path)) if path[i] in ("each", "const", "at", "why", "totals")), None)
        name = ".".join(path[at + 1 : end])
        last = end is None or path[end] != "each"
        tables = table.lists.setdefault(name, [])
        nth = entry.nth if last and entry.repeated else len(tables) - 1
        while len(tables) <= max(nth, 0):
            tables.append(Table(entry.where))
        table = tables[nth]
        table.repeated = table.repeated or (last and entry.repeated)
        at = len(path) if end is None else end
    _put(table, (*path[at:], *entry.key), entry, faults)


_LIST_SECTIONS: dict[str, Callable[[Table], dict[str, SourceText]]] = {
    "at": lambda table: table.places,
    "const": lambda table: table.const,
    "totals": lambda table: table.totals,
    "why": lambda table: table.why,
}


def _put(table: Table, key: tuple[str, ...], entry: KeyValue, faults: list[MapFault]) -> None:
    if not entry.key:
        return  # a header alone: the table now exists
    name, value, where = key[0], entry.value, entry.where
    if name == "at" and len(key) == 1 and isinstance(value, list) and all(isinstance(v, str) for v in value):
        table.at = [SourceText(text=v, where=where) for v in value]
    elif not isinstance(value, str):
        faults.append(map_fault("MAP-KEY/no-text", where, list=".".join(key)))
    elif name == "at" and len(key) == 1:
        table.at = [SourceText(text=value, where=where)]
    elif name == "by" and len(key) == 1:
        table.by = SourceText(text=value, where=where)
    elif name == "like" and len(key) == 1:
        table.like = SourceText(text=value, where=where)
    elif name in _LIST_SECTIONS and len(key) > 1:
        _LIST_SECTIONS[name](table)[".".join(key[1:])] = SourceText(text=value, where=where)
    elif name in RESERVED:
        faults.append(_unknown(".".join(key), where, RESERVED))
    else:
        table.fields[".".join(key)] = SourceText(text=value, where=where)


def _lay(table: Table, name: str, said: SourceText) -> None:
    """Lay one field line over a table: whole removes parts, parts remove the whole, "" removes both."""
    beneath = [other for other in table.fields if other.startswith(name + ".")]
    above = [other for other in table.fields if name.startswith(other + ".")]
    for other in (*beneath, *(above if said.text else ())):
        del table.fields[other]
    if said.text:
        table.fields[name] = said
        return
    table.fields.pop(name, None)
    for other in [other for other in table.lists if other == name or other.startswith(name + ".")]:
        del table.lists[other]


def _merge_lists(base: list[Table], over: list[Table]) -> list[Table]:
    if not base:
        return [merge(Table(), table) for table in over]
    if len(base) == 1 and len(over) == 1 and not (base[0].repeated and over[0].repeated):
        return [merge(base[0], over[0])]
    merged = list(base)
    for table in over:
        match = next((i for i, t in enumerate(merged) if t.word_key() == table.word_key()), None)
        if match is None:
            merged.append(merge(Table(), table))
        else:
            merged[match] = merge(merged[match], table)
    return merged


def _kept(said: dict[str, SourceText]) -> dict[str, SourceText]:
    return {name: value for name, value in said.items() if value.text}


def _without_like(table: Table) -> Table:
    bare = copy.copy(table)  # not merged into nothing: its removals are still to be laid on the shared table
    bare.like = None
    return bare


def _unknown(name: str, where: Where, valid: Iterable[str]) -> MapFault:
    return map_fault("MAP-KEY/unknown", where, name=name, list=", ".join(valid))


def _no_shared(like: SourceText, shared: dict[str, Table]) -> MapFault:
    return map_fault(
        "MAP-LIKE",
        like.where,
        text=like.text,
        list=", ".join(sorted(shared)) or Wording(key="map/no-shared"),
    )

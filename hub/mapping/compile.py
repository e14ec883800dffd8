"""A plan becomes two Python functions, once, and is kept by content.

Plan and tables enter, ``Compiled`` leaves. Nothing can go wrong here that is not a defect of ours: whatever
a map's author can get wrong was found by ``bind``. What the functions may name is what stands in this file and the
fields of our own documents (``kernel/generated.py`` looks); nothing a map says is among it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from hub.formats.family import Kinds
from hub.formats.tree import Node
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.generated import made
from hub.kernel.struct import Struct
from hub.mapping.kinds import kinds_taken
from hub.mapping.leftovers import computed_masks
from hub.mapping.places_run import place_groups
from hub.mapping.plan import Plan
from hub.mapping.reader_run import Reading
from hub.mapping.reading import write_reader
from hub.mapping.shape import field_names
from hub.mapping.tables import CodeMap
from hub.mapping.totals import compare, state
from hub.mapping.twice import FieldPlaces
from hub.mapping.weighing import TABLE, TableOfMeanings
from hub.mapping.writer_run import Writing
from hub.mapping.writing import write_writer

CALLED = frozenset((
    "absent", "add", "append", "assumed", "bad", "children", "claimed", "constant", "currency", "document", "fields",
    "findings", "free_number", "get", "group", "groups", "half", "held",
    "inexact", "isprintable", "issuperset", "join", "loose", "missing",
    "money", "no_currency", "no_word", "nowhere", "number_of", "of", "part", "passed", "position", "put",
    "rival_group", "takes_one", "root", "seen", "shared", "split", "strip", "text", "top", "trace", "unknown", "unsaid",
    "unsaid_field", "upper", "values", "word",
))  # fmt: skip
"""What compiled code calls or reads of a node, a text, a list, a ``Reading`` or a ``Writing``."""


class Compiled:
    """The functions of one map."""

    def __init__(self, plan: Plan, tables: dict[str, CodeMap], digest: str) -> None:
        self.plan = plan
        self.tables = tables
        self.digest = digest
        self.sites = [(_item_field(plan, field), str(where)) for field, where in plan.places]
        self.computed = computed_masks(plan.schema.computed)
        unread = tables.get(TABLE)
        self.meanings = TableOfMeanings(plan.schema, unread.words if unread else {})
        self.once = FieldPlaces(plan)
        self._names = CALLED | field_names(plan.document)
        self.source, self.read = _made(write_reader(plan, tables, traced=False), "read", digest, self._names)
        self.write_source, self._write = _made(write_writer(plan, tables), "write", digest + "-write", self._names)
        self._traced = (plan, tables)
        self.layout: dict[int, tuple[Any, ...]] = {}
        self._read_traced: Callable[[Node, Reading], Struct | None] | None = None

    def compare_totals(self, root: Node, reading: Reading) -> None:
        """Compare the totals the sender states with what stands in the document."""
        if self.plan.totals:
            compare(self.plan.totals, root, reading)

    def write(self, document: Struct) -> tuple[Node, list[Diagnostic]]:
        """Return the document as a tree, and what could not be said."""
        record = self.plan.schema.root.record
        root = Node(record.tag, 0, [record.tag, *[""] * len(record.parts)])
        writing = Writing(root, self.sites, document, self.plan.schema, self.plan.family)
        self._write(document, root, writing)
        if writing.groups:
            place_groups(writing)
        if self.plan.totals:
            state(self.plan.totals, root, writing)
        return root, writing.findings

    @cached_property
    def kinds(self) -> Kinds:
        """What the values are that the map reads, for comparing documents."""
        return kinds_taken(self.plan)

    @property
    def read_traced(self) -> Callable[[Node, Reading], Struct | None]:
        """The reading function that also notes where it stood; compiled on first use."""
        if self._read_traced is None:
            plan, tables = self._traced
            written = write_reader(plan, tables, traced=True)
            self.layout = written[1]["LAYOUT"]
            self._read_traced = _made(written, "read", self.digest + "-traced", self._names)[1]
        return self._read_traced


def _made(
    written: tuple[str, dict[str, Any]], function: str, digest: str, attributes: frozenset[str]
) -> tuple[str, Callable[..., Any]]:
    source, names = written
    return source, made(source, names, function, label=f"<map {digest[:12]}>", attributes=attributes)


def _item_field(plan: Plan, field: str) -> str:
    """Return the rule's field as seen from its item; the trail of the item stands before it."""
    names = sorted((v.name for v in plan.variants if v.name), key=len, reverse=True)
    prefix = next((name for name in names if field.startswith(name + ".")), "")
    return field[len(prefix) + 1 :] if prefix else field

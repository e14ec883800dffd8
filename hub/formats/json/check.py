"""Judges a JSON document by its schema and builds its tree, in one pass.

In: a ``JsonDocument``, a ``JsonSchema``. Out: ``Checked``: the tree every mapping starts from, and every fault with its
pointer, its line and column and a remedy.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hub.formats.family import Checked
from hub.formats.json.member import TEXT, JsonSchema, Member, record_of
from hub.formats.json.reader import JsonDocument, Number
from hub.formats.named_faults import DocumentFindings
from hub.formats.schema import Record
from hub.formats.signs import unfit_sign
from hub.formats.simple import NUMBER_CHARACTERS_MAX, accepts, fault
from hub.formats.simple import TEXT as ANY_TEXT
from hub.formats.tree import UNKNOWN, Node
from hub.kernel.location import Location
from hub.kernel.sentence import Phrase, Wording, declared

NAMES_SHOWN_MAX = 12  # of what may stand in an object
EXPONENT_MAX = 18  # digits of a number written out

_OBJECT, _ARRAY, _VALUE, _TEXT = "an object", "an array", "a single value", "a text"
_WANTED = {"number": "a number", "whole": "a number", "flag": "true or false"}
declared({f"json/{text}": Phrase(message=text) for text in (_OBJECT, _ARRAY, _VALUE, _TEXT, *_WANTED.values())})


class JsonNode(Node, eq=False, gc=False, kw_only=True):
    """A node that knows where in which document it stands."""

    record: Record
    document: JsonDocument
    pointer: str


class JsonLayout:
    """A place made ready to read and to write."""

    __slots__ = (
        "accepts", "blank", "fixed", "inner", "is_text", "least", "longest", "member", "name", "number", "record",
        "required", "simple",
    )  # fmt: skip

    def __init__(self, member: Member) -> None:
        self.member = member
        self.name = member.name
        self.record = record_of(member)
        self.blank = [member.name, *[""] * len(self.record.parts)]
        self.inner = {child.name: JsonLayout(child) for child in member.members}
        self.number = {child.name: self.record.number_of(child.name) for child in member.members}
        self.required = tuple(child.name for child in member.members if child.required)
        self.simple = member.simple or ANY_TEXT
        self.is_text = self.simple.type not in ("number", "whole", "flag")
        self.fixed = member.fixed
        self.accepts: Callable[[str], bool] = accepts(member.simple) if member.simple is not None else bool
        any_text = self.simple.type == "text" and not (self.simple.codes or self.simple.format or self.fixed)
        self.least = max(self.simple.minimum, 1)
        self.longest = (self.simple.maximum or sys.maxsize) if any_text else 0
        """Of a text that is taken as it is, in characters; 0 where more is asked of it."""


def layout_of(schema: JsonSchema) -> JsonLayout:
    """Return the layout of the schema's root, made on first use."""
    known = schema.__dict__.get("layout")
    if not isinstance(known, JsonLayout):
        known = schema.__dict__["layout"] = JsonLayout(schema.member)
    return known


def check(document: JsonDocument, schema: JsonSchema) -> tuple[Checked, list[Node]]:
    """Return the tree of a document, what is wrong with it, and its nodes in order."""
    judging = _Judging(document)
    layout = layout_of(schema)
    value = document.value
    if not isinstance(value, dict):
        judging.wrong("GDE-NAME-SHAPE", schema.kind, "", expected=_OBJECT)
        return Checked(judging.nothing(layout), judging.findings.finished()), judging.nodes
    node = judging.object(value, layout, "")
    return Checked(node, judging.findings.finished()), judging.nodes


def locate(node: Node | None, part: int | None, path: str | None) -> Location:
    """Return the pointer, line and column of a part of ``node``; of a node that is being written, its name."""
    if not isinstance(node, JsonNode):
        return Location(tag=node.tag if node is not None else None, path=path)
    key = node.record.parts[part - 1].key if part and part <= len(node.record.parts) else TEXT
    at = node.document.at(node.pointer if key == TEXT else f"{node.pointer}/{_escaped(key)}")
    return Location(at=at.at, line=at.line, column=at.column, path=path)


class _Judging:
    """One document on its way into its tree."""

    def __init__(self, document: JsonDocument) -> None:
        self.document = document
        self.findings = DocumentFindings()
        self.nodes: list[Node] = []

    def wrong(
        self, code: str, name: str, pointer: str, *, found: str | None = None, expected: str | Wording = ""
    ) -> None:
        self.findings.add(code, name, self.document.at(pointer), found=found, expected=expected)

    def object(self, value: dict[str, Any], layout: JsonLayout, pointer: str) -> JsonNode:
        node = self._node(layout, pointer)
        values, numbers = node.values, layout.number
        for key, said in value.items():
            number = numbers.get(key)
            if number is None:
                self._unknown(key, said, layout, node, pointer)
            elif said is None:
                continue
            elif number:
                inner = layout.inner[key]
                plain = type(said) is str and inner.least <= len(said) <= inner.longest  # as most are
                if plain and said.isprintable() and not said.isspace():
                    values[number] = said
                else:
                    values[number] = self._scalar(said, inner, pointer, key)
            else:
                self._places(said, layout.inner[key], node, f"{pointer}/{_escaped(key)}")
        for key in layout.required:
            if value.get(key) is None:
                self.wrong("GDE-NAME-MISSING", key, pointer)
        return node

    def nothing(self, layout: JsonLayout) -> JsonNode:
        """Return the root of what is no such document: what is missing in it needs no telling."""
        return self._node(layout, "")

    def _places(self, said: Any, layout: JsonLayout, node: JsonNode, pointer: str) -> None:
        member = layout.member
        if member.array:
            if not isinstance(said, list):
                self.wrong("GDE-NAME-SHAPE", layout.name, pointer, expected=_ARRAY)
                return
            if member.most and len(said) > member.most:
                self.wrong("GDE-NAME-OFTEN", layout.name, pointer, expected=str(member.most))
            if len(said) < member.least:
                self.wrong("GDE-NAME-MISSING", layout.name, pointer)
            items = [(item, f"{pointer}/{index}") for index, item in enumerate(said)]
        else:
            items = [(said, pointer)]
        nodes = node.children.setdefault(layout.name, [])
        for item, at in items:
            if member.simple is not None:
                inner = self._node(layout, at)
                inner.values[1] = self._scalar(item, layout, at, "")
                nodes.append(inner)
            elif isinstance(item, dict):
                nodes.append(self.object(item, layout, at))
            else:
                self.wrong("GDE-NAME-SHAPE", layout.name, at, expected=_OBJECT)
        if not nodes:
            del node.children[layout.name]

    def _scalar(self, said: Any, layout: JsonLayout, above: str, key: str) -> str:
        """Return a scalar as text: the member ``key`` of the object at ``above``, or with no key what stands there."""
        simple = layout.simple
        if type(said) is str:  # a number is a text of a class of its own
            sign = unfit_sign(said)
            if sign is not None:
                self.wrong("GDE-VALUE-CHARACTER", layout.name, _beneath(above, key), found=said, expected=sign)
                return ""
            text, fits = said if said.strip() else "", layout.is_text
        elif isinstance(said, bool):
            text, fits = "true" if said else "false", simple.type == "flag"
        elif isinstance(said, Number):
            text, fits = written_out(said), simple.type in ("number", "whole")
            if fits and text[-1:].isdigit() and (beyond := _beyond(text)) is not None:
                self.wrong(beyond[0], layout.name, _beneath(above, key), found=text, expected=beyond[1])
                return ""
        else:
            self.wrong("GDE-NAME-SHAPE", layout.name, _beneath(above, key), expected=_VALUE)
            return ""
        if not fits:
            pointer = _beneath(above, key)
            self.wrong("GDE-VALUE-TYPE", layout.name, pointer, found=text, expected=_WANTED.get(simple.type, _TEXT))
        elif not layout.accepts(text) and (text or simple.minimum or simple.codes):
            wrong = fault(simple, text)
            if wrong is not None:
                self.wrong(wrong[0], layout.name, _beneath(above, key), found=text, expected=wrong[1])
        return "" if layout.fixed == text else text

    def _unknown(self, key: str, said: Any, layout: JsonLayout, node: JsonNode, pointer: str) -> None:
        if layout.member.open:
            text = said if isinstance(said, str) and said else key
            node.add(Node(UNKNOWN, node.position, [key, text]))
            return
        expected = ", ".join(list(layout.number)[:NAMES_SHOWN_MAX]) or "none"
        self.wrong("GDE-NAME-UNKNOWN", key, f"{pointer}/{_escaped(key)}", expected=expected)

    def _node(self, layout: JsonLayout, pointer: str) -> JsonNode:
        node = JsonNode(
            layout.name, len(self.nodes) + 1, [*layout.blank], record=layout.record, document=self.document,
            pointer=pointer,
        )  # fmt: skip
        self.nodes.append(node)
        return node


def written_out(number: str) -> str:
    """Return a number without its exponent, where it is one of trade: 1.5e3 is 1500."""
    if len(number) > NUMBER_CHARACTERS_MAX or "e" not in number.lower():
        return str(number)
    value = Decimal(number)
    return format(value, "f") if -EXPONENT_MAX < value.adjusted() < EXPONENT_MAX else str(number)


def _beyond(number: str) -> tuple[str, str] | None:
    """Return why a number that has kept its exponent is not taken: it is too large, or too small to be told from none.

    It is told by its exponent alone: nobody reckons with a number of a million digits.
    """
    _, sign, exponent = number.lower().partition("e")
    if not sign or len(number) > NUMBER_CHARACTERS_MAX:
        return None
    if exponent.startswith("-"):
        return "GDE-VALUE-DECIMALS", str(EXPONENT_MAX)
    return "GDE-VALUE-DIGITS", str(EXPONENT_MAX)


def _beneath(pointer: str, key: str) -> str:
    return f"{pointer}/{_escaped(key)}" if key else pointer


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key

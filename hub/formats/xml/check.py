"""Judges an XML document by its schema and builds its tree, in one pass.

In: the root element, an ``XmlSchema``. Out: ``Checked``: the tree every mapping starts from, and every fault with its
XPath, its line and a remedy. Our own judgement says what is wrong in the words of the schema; the partner's XSD judges
in addition, where there is one, and what it finds elsewhere is told in its own words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from lxml import etree

from hub.formats.family import Checked
from hub.formats.named_faults import DocumentFindings
from hub.formats.schema import Part, Record
from hub.formats.simple import fault
from hub.formats.tree import UNKNOWN, Node
from hub.formats.tree import Value as TreeValue
from hub.formats.xml.element import XmlSchema
from hub.formats.xml.faults import refusal
from hub.formats.xml.layout import Value, XmlLayout, XmlLeaf, layout_of
from hub.formats.xml.limits import ATTRIBUTES_MAX
from hub.formats.xml.model import found_by, model_of
from hub.formats.xml.reader import Paths, called, line_of
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.location import Location
from hub.kernel.sentence import Wording

ASIDE_MAX = 50  # elements told of one that no schema of ours describes: a signature has some thirty

_NONE = ("", "")
_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"


class _Doubtful(Exception):
    """Something may be wrong in a document, or its XSD allows what is no value of ours: a year beyond 9999."""


_FOREIGN = Record(tag=UNKNOWN)


class XmlNode(Node, eq=False, gc=False):
    """A node that knows its element."""

    record: Record = _FOREIGN
    source: etree._Element | None = None
    paths: Paths | None = None


def check(root: etree._Element, schema: XmlSchema) -> tuple[Checked, list[Node]]:
    """Return the tree of a document whose root element is the schema's, what is wrong, and its nodes in order."""
    layout, model = layout_of(schema), model_of(schema.xsd) if schema.xsd is not None else None
    if model is None or model.validate(root):
        with suppress(_Doubtful):  # then our own judgement says what and where
            sound = _Sound()
            return Checked(sound.place(root, layout), []), sound.nodes
    judging = _Judging()
    node = judging.place(root, layout)
    findings = judging.findings.finished()
    if model is not None and not judging.findings.beyond:  # else nobody could say which of them are the same
        findings = [*findings, *found_by(root, model, {finding.location.line for finding in findings})]
    return Checked(node, findings), judging.nodes


def load(schema: XmlSchema) -> None:
    """Compile the layout and the XSD of a schema."""
    layout_of(schema)
    if schema.xsd is not None:
        model_of(schema.xsd)


def judge(root: etree._Element, schema: XmlSchema) -> list[Diagnostic]:
    """Return what is wrong with a document, without its tree."""
    if schema.xsd is not None and model_of(schema.xsd).validate(root):
        return []
    return check(root, schema)[0].findings


class _Sound:
    """A document in which nothing is wrong, as nearly all are, on its way into its tree: no finding, no path is made.

    The first thing that may be wrong raises ``_Doubtful``, and ``_Judging`` begins anew. Where an XSD has found it
    right (``XmlLayout.judged``) only its values are left to look at.
    """

    __slots__ = ("nodes", "paths")

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.paths = Paths()

    def place(self, element: etree._Element, layout: XmlLayout) -> XmlNode:
        tag, record, blank, known, in_text, judged, demanding = layout.sound
        nodes = self.nodes
        children: dict[str, list[Node]] = {}
        values = blank.copy()
        node = XmlNode(tag, len(nodes) + 1, values, children, record, element, self.paths)
        nodes.append(node)
        given = element.items()
        if given or demanding:
            self._attributes(given, layout, element, node)
        text = element.text
        if in_text is not None:
            values[in_text.number] = _taken(in_text, text)
        elif text and not judged and not text.isspace():
            raise _Doubtful
        last = -1
        met: set[str] | None = None if layout.in_order else set()
        for child in element[:]:  # type: ignore[index]  # half the price of an iterator; the stubs know no slice
            tag = child.tag
            found = known.get(tag)
            if found is None:
                if not layout.open:
                    raise _Doubtful
                _set_aside(child, node)
            else:
                inner, leaf, order, number, usual, take = found
                if leaf is not None:
                    if not judged:
                        if (order <= last if met is None else tag in met) or len(child):
                            raise _Doubtful
                        if met is not None:
                            met.add(tag)
                    text = child.text
                    if text and (usual(text) if usual is not None else not text.isspace()):
                        values[number] = text
                    else:
                        values[number] = _sure(take(text))
                    given = child.items()
                    if given or leaf.attributes_demanded:
                        only: Any = given[0] if len(given) == 1 else _NONE  # nearly always
                        if (at := leaf.alone.get(only[0])) is not None and only[1] and not only[1].isspace():
                            values[at] = only[1]
                        else:
                            self._attributes(given, leaf, child, node)
                elif inner is not None:
                    if order < last and met is None and not judged:
                        raise _Doubtful
                    like = children.get(inner.tag)
                    if like is None:
                        children[inner.tag] = [self.place(child, inner)]
                    elif len(like) == number and not judged:
                        raise _Doubtful
                    else:
                        like.append(self.place(child, inner))
                last = order
            if (text := child.tail) and not text.isspace():  # where it may stand, it is told that nothing reads it
                raise _Doubtful
        if layout.demands and not judged:
            _require(layout.demands, node)
        return node

    def _attributes(
        self, given: Sequence[tuple[Any, Any]], of: XmlLayout | XmlLeaf, element: etree._Element, node: XmlNode
    ) -> None:
        known, values, demanded, more = of.attributes, node.values, of.attributes_demanded, False
        for clark, text in given:
            value = known.get(clark)
            if value is None:
                more = more or of.excerpt or not clark.startswith(_INSTANCE)
                continue
            usual = value.usual
            said = text if text and usual is None and not text.isspace() else _taken(value, text)
            demanded -= value.required
            values[value.number] = said if value.fixed is None else ""  # the schema says it, no map has to
        if (demanded or (more and not of.excerpt) or len(given) > ATTRIBUTES_MAX) and not of.judged:
            raise _Doubtful
        if more and of.excerpt:
            _set_aside_attributes(element, known, node)


def _require(demands: Iterable[tuple[int, str]], node: XmlNode) -> None:
    """Doubt a place that lacks what must be there: a part says something."""
    for number, name in demands:
        if not (node.values[number] if number else name in node.children):
            raise _Doubtful


def _taken(value: Value, text: str | None) -> str:
    """Return a text as it is taken."""
    usual = value.usual
    if text and (usual(text) if usual is not None else not text.isspace()):
        return text
    return _sure(value.take(text))


def _sure(said: str | None) -> str:
    if said is None:
        raise _Doubtful
    return said


def _set_aside(child: etree._Element, node: XmlNode) -> None:
    """Keep an element that no schema of ours describes where it stands, for the map to tell that it was not read.

    Of one that holds others each that says something is kept by itself, under its own name; one that says it by its
    attributes alone by those.
    """
    told = 0
    for each in child.iter():
        text = (each.text or "").strip()
        said = [(_called(each, node.source), text, _FOREIGN)] if text else _attributes_of(each)
        for name, value, record in said:
            told += 1
            values: list[TreeValue] = [name, value if told <= ASIDE_MAX else "…"]  # and so on
            node.add(XmlNode(UNKNOWN, node.position, values, record=record, source=each, paths=node.paths))
            if told > ASIDE_MAX:
                return
    if not told:
        values = [called(child), called(child)]
        node.add(XmlNode(UNKNOWN, node.position, values, record=_FOREIGN, source=child, paths=node.paths))


def _called(element: etree._Element, top: etree._Element | None) -> str:
    """Return the name of an element, behind what the sender himself has named around it: ``A[@name=b]/C``."""
    around: list[str] = []
    for each in (element, *element.iterancestors()):
        name = each.get("name")
        if name:
            around.append(f"{called(each)}[@name={name}]")
        if each is top:
            break
    own = [] if element.get("name") else [called(element)]
    return "/".join([*reversed(around), *own])


def _set_aside_attributes(element: etree._Element, known: Mapping[str, Value], node: XmlNode) -> None:
    """Keep the attributes that an excerpt does not name."""
    for name, said, record in _attributes_of(element, known):
        values: list[TreeValue] = [name, said]
        node.add(XmlNode(UNKNOWN, node.position, values, record=record, source=element, paths=node.paths))


def _attributes_of(
    element: etree._Element, known: Mapping[str, Value] = MappingProxyType({})
) -> list[tuple[str, str, Record]]:
    """Return name, text and record of each attribute that says something and is not ``known``."""
    return [
        (
            f"{called(element)}/@{_short(str(clark))}",
            str(said),
            Record(tag=UNKNOWN, parts=(Part(key=f"@{_short(str(clark))}"),)),
        )
        for clark, said in element.items()
        if clark not in known and not str(clark).startswith(_INSTANCE) and str(said).strip()
    ]


def locate(node: Node | None, part: int | None, path: str | None) -> Location:
    """Return the XPath and line of a part of ``node``; of a node that is being written, its name."""
    if not isinstance(node, XmlNode) or node.source is None or node.paths is None:
        return Location(tag=node.tag if node is not None else None, path=path)
    source, paths = node.source, node.paths
    key = node.record.parts[part - 1].key if part and part <= len(node.record.parts) else "."
    if key == ".":
        return Location(at=paths.of(source), line=line_of(source), path=path)
    name, _, beside = key.partition("/")
    local = name.rpartition(":")[2]
    child = next((each for each in source if each.tag.rpartition("}")[2] == local), None)
    if child is None:  # an attribute, or an element that is not there
        return Location(at=f"{paths.of(source)}/{key}", line=line_of(source), path=path)
    return Location(at=paths.of(child) + (f"/{beside}" if beside else ""), line=line_of(child), path=path)


class _Judging:
    """One document on its way into its tree."""

    def __init__(self) -> None:
        self.findings = DocumentFindings()
        self.nodes: list[Node] = []
        self.paths = Paths()

    def place(self, element: etree._Element, layout: XmlLayout) -> XmlNode:
        node = XmlNode(
            layout.tag, len(self.nodes) + 1, [*layout.blank], record=layout.record, source=element, paths=self.paths
        )
        self.nodes.append(node)
        values = node.values
        others = False
        if element.attrib or layout.attributes:
            others = self._attributes(element, layout.attributes, values, excerpt=layout.excerpt)
        if others:
            _set_aside_attributes(element, layout.attributes, node)
        text = element.text
        if layout.text is not None:
            values[layout.text.number] = self._value(element, layout.text, text)
        elif text and text.strip():
            self._stray(element, layout, text)
        if len(element):
            self._children(element, layout, node)
        elif layout.demanded:
            self._missing(element, layout, ())
        return node

    def _children(self, element: etree._Element, layout: XmlLayout, node: XmlNode) -> None:
        leaves, places, values, children = layout.leaves, layout.places, node.values, node.children
        counts: dict[str, int] = {}
        last, behind = 0, ""
        for child in element:
            tag = child.tag
            tail = child.tail
            if tail and tail.strip():
                self._between(element, layout, node, tail)
            leaf = leaves.get(tag)
            found: XmlLeaf | XmlLayout | None = leaf if leaf is not None else places.get(tag)
            if found is None:
                self._unknown(child, layout, node)
                continue
            count = counts[tag] = counts.get(tag, 0) + 1
            if found.order < last and layout.in_order:
                self.findings.add("GDE-NAME-ORDER", layout.names[tag], self._at(child), expected=behind)
            else:
                last, behind = found.order, layout.names[tag]
            if leaf is not None:
                if count > 1:
                    self.findings.add("GDE-NAME-OFTEN", leaf.name, self._at(child), expected="1")
                    continue
                values[leaf.text.number] = self._value(child, leaf.text, child.text)
                others = False
                if child.attrib or leaf.attributes:
                    others = self._attributes(child, leaf.attributes, values, excerpt=leaf.excerpt)
                if others:
                    _set_aside_attributes(child, leaf.attributes, node)
                for stray in child:
                    self.findings.add("GDE-NAME-UNKNOWN", called(stray), self._at(stray), expected=leaf.name)
            else:
                inner = places[tag]
                if inner.maximum and count > inner.maximum:
                    self.findings.add("GDE-NAME-OFTEN", inner.tag, self._at(child), expected=str(inner.maximum))
                children.setdefault(inner.tag, []).append(self.place(child, inner))
        if len(counts) < len(layout.names):
            self._missing(element, layout, counts)

    def _between(self, element: etree._Element, layout: XmlLayout, node: XmlNode, text: str) -> None:
        """Tell a text that stands behind a child: where others may, it was not read."""
        if layout.text is None:
            self._stray(element, layout, text)
        else:
            values: list[TreeValue] = [called(element), text.strip()]
            node.add(XmlNode(UNKNOWN, node.position, values, record=_FOREIGN, source=element, paths=node.paths))

    def _missing(self, element: etree._Element, layout: XmlLayout, seen: object) -> None:
        for clark in layout.demanded:
            if clark not in seen:  # type: ignore[operator]  # a dict or a tuple of names
                self.findings.add("GDE-NAME-MISSING", layout.names[clark], self._at(element))

    def _unknown(self, child: etree._Element, layout: XmlLayout, node: XmlNode) -> None:
        if layout.open:
            _set_aside(child, node)
            return
        expected = ", ".join(list(layout.names.values())[:NAMES_SHOWN_MAX])
        self.findings.add("GDE-NAME-UNKNOWN", called(child), self._at(child), expected=expected or layout.tag)

    def _attributes(
        self, element: etree._Element, known: object, values: list[TreeValue], *, excerpt: bool = False
    ) -> bool:
        """Judge the attributes of an element; say whether there are others, which in an excerpt are no fault."""
        assert isinstance(known, dict)
        attributes: dict[str, Value] = known
        given = element.attrib
        if len(given) > ATTRIBUTES_MAX:
            self.findings.items.append(refusal("SYN-XML-ATTRIBUTES", self._at(element), most=ATTRIBUTES_MAX))
            return False
        others = False
        for clark, text in given.items():
            name = str(clark)
            value = attributes.get(name)
            if value is not None:
                values[value.number] = self._judged(element, value, str(text))
            elif excerpt:
                others = True
            elif not name.startswith(_INSTANCE):
                expected = ", ".join(each.key for each in attributes.values()) or "none"
                self.findings.add("GDE-NAME-UNKNOWN", f"@{_short(name)}", self._at(element, name), expected=expected)
        for clark, value in attributes.items():
            if value.required and clark not in given:
                self.findings.add("GDE-NAME-MISSING", value.key, self._at(element))
            elif value.fixed is not None and values[value.number] == value.fixed:
                values[value.number] = ""  # the schema says it, no map has to
        return others

    def _value(self, element: etree._Element, value: Value, text: str | None) -> str:
        return self._judged(element, value, text or "")

    def _judged(self, element: etree._Element, value: Value, text: str) -> str:
        text = value.clean(text)
        if text and value.fixed is not None:
            if text != value.fixed:
                self._wrong(element, value, "GDE-VALUE-CODE", text, value.fixed)
        elif not value.accepts(text) and (text or value.required or value.stripped):
            wrong = fault(value.simple, text)
            if wrong is not None:
                self._wrong(element, value, wrong[0], text, wrong[1])
        return text

    def _wrong(self, element: etree._Element, value: Value, code: str, text: str, expected: str | Wording) -> None:
        attribute = value.key.rpartition("@")[2] if "@" in value.key else ""
        self.findings.add(code, value.key if value.key != "." else called(element), self._at(element, attribute),
                          found=text, expected=expected)  # fmt: skip

    def _stray(self, element: etree._Element, layout: XmlLayout, text: str) -> None:
        self.findings.add("GDE-TEXT-STRAY", layout.tag, self._at(element), found=text.strip())

    def _at(self, element: etree._Element, attribute: str = "") -> Location:
        at = self.paths.of(element) + (f"/@{_short(attribute)}" if attribute else "")
        return Location(at=at, line=line_of(element))


NAMES_SHOWN_MAX = 12  # of what may stand in an element


def _short(clark: str) -> str:
    return clark.rpartition("}")[2]

"""What an XML document says, as texts to compare: prefixes, order of attributes and spellings of one value aside.

In: the root element of a document that was judged sound, its schema, and what a map takes its parts for. Out: lines.
Two documents have the same where each of their values is the same; what the schema does not know is compared as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from hub.formats.family import Kinds
from hub.formats.iso import alike
from hub.formats.simple import KINDS
from hub.formats.xml.element import XmlSchema
from hub.formats.xml.layout import Value, XmlLayout, layout_of

_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_OF_ITS_SCHEMA = (f"{_INSTANCE}schemaLocation", f"{_INSTANCE}noNamespaceSchemaLocation")
"""Where its sender keeps the schema is nothing that a document says."""


def said_by(root: etree._Element, schema: XmlSchema, kinds: Kinds) -> list[str]:
    """Return what the document of ``root`` says, one element a line."""
    copy = tidy(root)
    for attribute in _OF_ITS_SCHEMA:
        if attribute in copy.attrib:
            del copy.attrib[attribute]
    _spell(copy, layout_of(schema), kinds)
    etree.indent(copy)
    canonical: str = etree.canonicalize(copy, rewrite_prefixes=True)
    return canonical.split("\n")


def tidy(root: etree._Element) -> etree._Element:
    """Return a copy with one element a line, so that two documents differ only where they say something else."""
    copy = etree.fromstring(
        etree.tostring(root, with_tail=False), etree.XMLParser(remove_blank_text=True, resolve_entities=False)
    )
    etree.indent(copy)
    return copy


def _spell(element: etree._Element, layout: XmlLayout, kinds: Kinds) -> None:
    """Write every value beneath ``element`` in one spelling, and leave out the elements that hold nothing."""
    _spell_attributes(element, layout.attributes, layout.tag, kinds)
    if layout.text is not None:
        element.text = _spelt(element.text, layout.text, layout.tag, kinds)
    for child in list(element):
        leaf, inner = layout.leaves.get(child.tag), layout.places.get(child.tag)
        if inner is not None:
            _spell(child, inner, kinds)
        elif leaf is not None:
            child.text = _spelt(child.text, leaf.text, layout.tag, kinds)
            _spell_attributes(child, leaf.attributes, layout.tag, kinds)
            if not child.text and not child.attrib and not len(child):
                element.remove(child)


def _spell_attributes(element: etree._Element, known: Mapping[str, Value], tag: str, kinds: Kinds) -> None:
    for clark, value in known.items():
        text = element.get(clark)
        if text is None:
            continue
        if value.fixed is not None or not text.strip():
            del element.attrib[clark]  # the schema says it, or nobody does
        else:
            element.set(clark, _spelt(text, value, tag, kinds))


def _spelt(text: str | None, value: Value, tag: str, kinds: Kinds) -> str:
    kind = kinds.get((tag, value.key)) or KINDS.get(value.simple.type, "")
    return alike(kind, value.clean(text))

"""A tree as XML: in the order of the schema, with its prefixes, the same document always the same bytes.

In: the root node, its ``XmlSchema``. Out: the bytes, and the names of elements that said nothing and were left out: the
standards that we have excerpts of forbid them. What is not said is not written; what the schema fixes is. That the
result is what the schema allows, is judged by reading it again (``family``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.formats.tree import Node
from hub.formats.tree import Value as TreeValue
from hub.formats.xml.element import XmlSchema
from hub.formats.xml.layout import Value, XmlLayout, XmlLeaf, layout_of

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'.decode()
INDENT = "  "
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)


def write(root: Node, schema: XmlSchema) -> tuple[bytes, list[str]]:
    """Return the document, and what was left out."""
    text, empty = written(root, schema)
    return f"{DECLARATION}\n{text}\n".encode(), empty


def written(root: Node, schema: XmlSchema, indent: str = "") -> tuple[str, list[str]]:
    """Return the document from its root element on, as it stands ``indent`` deep in another; and what was left out."""
    spaces = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{uri.translate(_IN_ATTRIBUTE)}"'
        for prefix, uri in sorted(schema.prefixes.items())
        if uri
    )
    lines, empty = list[str](), list[str]()
    _place(lines, root, layout_of(schema), indent, empty, spaces)
    return "\n".join(lines), empty


def _place(lines: list[str], node: Node, layout: XmlLayout, indent: str, empty: list[str], more: str = "") -> None:
    values = node.values
    attributes = more + _attributes(values, layout.attributes.values())
    text = _text(values, layout.text).translate(_IN_TEXT) if layout.text is not None else ""
    first = len(lines)
    lines.append("")
    deeper = indent + INDENT
    children = node.children
    for each in layout.written:
        if isinstance(each, XmlLeaf):
            said = _text(values, each.text)
            if said or any(_text(values, beside) for beside in each.attributes.values()):
                inner = _attributes(values, each.attributes.values())
                lines.append(f"{deeper}<{each.name}{inner}>{said.translate(_IN_TEXT)}</{each.name}>")
        else:
            for child in children.get(each.tag, ()):
                _place(lines, child, each, deeper, empty)
    tag = layout.tag
    if len(lines) > first + 1:
        lines[first] = f"{indent}<{tag}{attributes}>{text}"
        lines.append(f"{indent}</{tag}>")
    elif layout.excerpt and layout.minimum == 0 and not (text or attributes):
        del lines[first]
        empty.append(tag)
    else:
        lines[first] = f"{indent}<{tag}{attributes}>{text}</{tag}>" if text else f"{indent}<{tag}{attributes}/>"


def _attributes(values: Sequence[TreeValue], attributes: Iterable[Value]) -> str:
    made = ""
    for each in attributes:
        said = _text(values, each) or each.fixed
        if said:
            made += f' {each.key.rpartition("@")[2]}="{said.translate(_IN_ATTRIBUTE)}"'
    return made


def _text(values: Sequence[TreeValue], value: Value) -> str:
    said = values[value.number] if value.number < len(values) else ""
    return said if isinstance(said, str) else ""

"""A tree as JSON: members in the order of the schema, numbers exact, the same document always the same bytes.

In: the root node, its ``JsonSchema``. Out: the bytes. What is not said is not written; what the schema fixes is. That
the result is what the schema allows, is judged by reading it again (``family``).
"""

from __future__ import annotations

import json

from hub.formats.json.check import JsonLayout, layout_of
from hub.formats.json.member import JsonSchema
from hub.formats.tree import Node

INDENT = "  "


def write(root: Node, schema: JsonSchema) -> bytes:
    """Return the document."""
    return (_object(root, layout_of(schema), "") + "\n").encode()


def _object(node: Node, layout: JsonLayout, indent: str) -> str:
    deeper = indent + INDENT
    members: list[str] = []
    for child in layout.member.members:
        inner = layout.inner[child.name]
        number = layout.number[child.name]
        if number:
            value = node.values[number] if number < len(node.values) else ""
            said = value if isinstance(value, str) and value else child.fixed
            if said:
                members.append(f"{_quoted(child.name)}: {_scalar(said, inner)}")
        else:
            nodes = node.children.get(child.name)
            if nodes:
                members.append(f"{_quoted(child.name)}: {_places(nodes, inner, deeper)}")
    if not members:
        return "{}"
    joined = f",\n{deeper}".join(members)
    return f"{{\n{deeper}{joined}\n{indent}}}"


def _places(nodes: list[Node], layout: JsonLayout, indent: str) -> str:
    if not layout.member.array:
        return _object(nodes[0], layout, indent)
    deeper = indent + INDENT
    if layout.member.simple is not None:
        items = [_scalar(str(node.values[1]), layout) for node in nodes if len(node.values) > 1 and node.values[1]]
    else:
        items = [_object(node, layout, deeper) for node in nodes]
    joined = f",\n{deeper}".join(items)
    return f"[\n{deeper}{joined}\n{indent}]"


def _scalar(said: str, layout: JsonLayout) -> str:
    simple = layout.member.simple
    bare = simple is not None and simple.type in ("number", "whole", "flag")
    return said if bare and _is_plain(said) else _quoted(said)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _is_plain(said: str) -> bool:
    """Say whether a text is a number or a truth as JSON writes them."""
    if said in ("true", "false"):
        return True
    whole, _, fraction = said.removeprefix("-").partition(".")
    sound = whole.isascii() and whole.isdigit() and (whole == "0" or whole[0] != "0")
    return sound and ("." not in said or (fraction.isascii() and fraction.isdigit()))

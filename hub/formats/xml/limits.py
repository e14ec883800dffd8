"""How much of anything one XML body may hold, each with its arithmetic. Beyond it the body is refused."""

from __future__ import annotations

BODY_BYTES_MAX = 8 * 1024 * 1024
"""An order of 10,000 lines has some 6 MB; a tree takes about ten times its bytes."""

DEPTH_MAX = 256  # libxml2's own; UBL 2.1 nests 14 elements, and our trees go no deeper than their schema
ELEMENTS_MAX = 400_000  # 10,000 lines of 40 elements
ATTRIBUTES_MAX = 64  # of one element; cXML has 14
NAMESPACES_MAX = 64  # declared in one body; UBL with all its extensions declares 9
TEXT_CHARACTERS_MAX = 1024 * 1024  # one text: a drawing of 768 KB in base64

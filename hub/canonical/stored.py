"""A canonical document as it is stored: JSON with its name and version in front.

``{"document":"PurchaseOrder","version":1,"number":"4500098123",…}``
"""

from __future__ import annotations

import msgspec

from hub.canonical import DOCUMENTS, VERSIONS
from hub.kernel.errors import Defect
from hub.kernel.struct import Struct


def encode_document(document: Struct) -> bytes:
    """Return the document as one line of JSON."""
    head = _HEADS[type(document).__name__]
    body = msgspec.json.encode(document)
    return head + b"," + body[1:] if len(body) > 2 else head + b"}"


def decode_document(name: str, stored: bytes) -> Struct:
    """Return the document of that name. Raises ``Defect`` when ``stored`` is another one: we wrote it ourselves."""
    head = _HEADS[name]
    if not stored.startswith(head):
        raise Defect(f"this is no {name} of version {VERSIONS[name]}")
    return _DECODERS[name].decode(b"{" + stored[len(head) + 1 :] if len(stored) > len(head) + 1 else b"{}")


_HEADS = {name: b'{"document":"%s","version":%d' % (name.encode(), VERSIONS[name]) for name in DOCUMENTS}
_DECODERS = {name: msgspec.json.Decoder(document) for name, document in DOCUMENTS.items()}

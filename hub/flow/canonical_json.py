"""Canonical documents as our own JSON, for partners who take them so: no map writes them, no partner's schema judges.

The media type names the document; ``schemas/json/<document>.json``, which is generated from the canonical types, says
what stands in it. It bears no number and owes no acknowledgement.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import json

from hub.canonical.stored import encode_document
from hub.flow.drafts import Content, Draft
from hub.flow.syntax import Framed
from hub.kernel.struct import Struct
from hub.mapping.provenance import Origin

JSON = "json"


def canonical_content(document: Struct) -> Content:
    """Return the document as it is stored, which is as it is sent."""
    name, body = type(document).__name__, encode_document(document)
    return Content(kind=name, release="", body=body, document=name, canonical=body)


def canonical_origins(body: bytes) -> list[Origin]:
    """Return the place of every field of a document that is its own body: a JSON pointer each."""
    return [Origin(path=path, segment=0, tag="", element=0, at=at, line=1) for path, at in _places(json.decode(body))]


def _places(value: Any, path: str = "", at: str = "") -> Iterator[tuple[str, str]]:
    """Yield path and pointer of every value beneath."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _places(item, f"{path}.{name}" if path else name, f"{at}/{_step(name)}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _places(item, f"{path}[{index}]", f"{at}/{index}")
    else:
        yield path, at


def _step(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def frame_canonical(draft: Draft, message: str) -> Framed:
    """Return the one document of the draft; ``message`` is the id that the message of ours has."""
    [content] = draft.contents
    return Framed(
        body=content.body,
        content_type=f"application/vnd.hub.{content.kind}+json",
        file_name=f"{content.kind}-{message}.json",
        kind=content.kind,
    )

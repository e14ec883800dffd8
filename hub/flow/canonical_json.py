"""Canonical documents as our own JSON, for partners who take them so: no map writes them, no partner's schema judges.

The media type names the document; ``schemas/json/<document>.json``, which is generated from the canonical types, says
what stands in it. It bears no number and owes no acknowledgement.
"""

from __future__ import annotations

from hub.canonical.stored import encode_document
from hub.flow.drafts import Content, Draft
from hub.flow.syntax import Framed
from hub.kernel.struct import Struct

JSON = "json"


def canonical_content(document: Struct) -> Content:
    """Return the document as it is stored, which is as it is sent."""
    name, body = type(document).__name__, encode_document(document)
    return Content(kind=name, release="", body=body, document=name, canonical=body)


def frame_canonical(draft: Draft, message: str) -> Framed:
    """Return the one document of the draft; ``message`` is the id that the message of ours has."""
    [content] = draft.contents
    return Framed(
        body=content.body,
        content_type=f"application/vnd.hub.{content.kind}+json",
        file_name=f"{content.kind}-{message}.json",
        kind=content.kind,
    )

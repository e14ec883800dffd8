"""What the interface description shows of bodies: an order in each syntax, from the files beside, and our receipt.

The files are sound orders of the partners that come with the hub; a test holds that each would be taken.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from litestar.openapi.spec import Example, OpenAPIMediaType, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

ORDERS = {
    "application/edi-x12": ("order.edi", "An 850 of release 004010 in its interchange"),
    "application/xml": ("order.xml", "An order in the partner's own XML; any encoding that its declaration names"),
    "text/xml": ("order-cxml.xml", "An OrderRequest in its cXML, also as a multipart body with attachments"),
    "application/json": ("order.json", "An order in the partner's own JSON; UTF-8"),
}
"""By content type, the file and what it is."""

RECEIPT = {
    "message": "01a22b83-2b02-7658-a170-f35e615a35d4",
    "status": "/api/v1/messages/01a22b83-2b02-7658-a170-f35e615a35d4",
    "duplicate": False,
}


def order(name: str) -> str:
    """Return the text of an example."""
    return files("hub.web.api").joinpath("example_orders", name).read_text(encoding="utf-8")


def request_content() -> dict[str, OpenAPIMediaType]:
    """Return the bodies that a partner may hand in, by content type; the hub looks at the bytes alone."""
    binary = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
    said = {
        media_type: OpenAPIMediaType(
            schema=Schema(type=OpenAPIType.STRING), examples={"order": Example(summary=summary, value=order(name))}
        )
        for media_type, (name, summary) in ORDERS.items()
    }
    return {**said, "*/*": OpenAPIMediaType(schema=binary)}


def receipt_content(content: dict[str, Any], *, duplicate: bool) -> None:
    """Put an example beside the description of our receipt; a cXML is answered 200 in any case, by its Response."""
    for media in content.values():
        media.examples = {"receipt": Example(value=RECEIPT | {"duplicate": duplicate})}
    if duplicate:
        content["text/xml"] = OpenAPIMediaType(
            schema=Schema(type=OpenAPIType.STRING),
            examples={"response": Example(summary="What whoever sends a cXML hears", value=order("response.xml"))},
        )

"""What the interface description shows of bodies: an order and our answer in each syntax, and our receipt.

The files beside are sound orders of the partners that come with the hub, and what it answers to them; a test holds that
each would be taken, and that the answers are these.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from litestar.openapi.spec import Example, OpenAPIMediaType, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

ORDERS = {
    "application/edi-x12": ("order.edi", "An order in X12, release 004010"),
    "application/xml": ("order.xml", "An order in the partner's own XML; any encoding that its declaration names"),
    "text/xml": ("order-cxml.xml", "An order in cXML, also as a multipart body with attachments"),
    "application/json": ("order.json", "An order in the partner's own JSON; UTF-8"),
}
"""By content type, the file and what it is."""

ANSWERS = {
    "application/edi-x12": ("answer.edi", "Our answer to an order in X12, release 004010"),
    "application/xml": ("answer.xml", "Our answer to an order in the partner's own XML"),
    "text/xml": ("answer-cxml.xml", "Our answer to an order in cXML"),
    "application/json": ("answer.json", "Our answer to an order in the partner's own JSON"),
    "application/vnd.hub.OrderAcknowledgement+json": (
        "answer.canonical.json",
        "The same as our own JSON, for whose file asks for it; its name stands in the type",
    ),
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


def answer(name: str) -> str:
    """Return the text of an answer."""
    return files("hub.web.api").joinpath("example_answers", name).read_text(encoding="utf-8")


def request_content() -> dict[str, OpenAPIMediaType]:
    """Return the bodies that a partner may hand in, by content type; the hub looks at the bytes alone."""
    return _content("order", {media: (order(name), summary) for media, (name, summary) in ORDERS.items()})


def answer_content() -> dict[str, OpenAPIMediaType]:
    """Return the bodies that a partner fetches, by content type."""
    return _content("answer", {media: (answer(name), summary) for media, (name, summary) in ANSWERS.items()})


def _content(name: str, examples: Mapping[str, tuple[str, str]]) -> dict[str, OpenAPIMediaType]:
    binary = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
    said = {
        media_type: OpenAPIMediaType(
            schema=Schema(type=OpenAPIType.STRING), examples={name: Example(summary=summary, value=text)}
        )
        for media_type, (text, summary) in examples.items()
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

"""What an XML document says of itself that no schema was agreed for: its name, its number, what it is about.

In: a document as opened. Out: what people ask for it by, and whether one that was agreed stands in it, in an envelope
that nobody here opens. Of UBL alone is known where a number stands: every one of its documents says it alike. Best
effort, and bounded by the document; what a number means is a map's matter and not decided here.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from hub.formats.family import OpenedDocument
from hub.formats.schema import Schema
from hub.formats.signs import unfit_sign
from hub.formats.xml.family import XmlDocument, agreed
from hub.kernel.spelling import visible
from hub.kernel.struct import Struct

NUMBER_CHARACTERS_MAX = 120  # what the search box compares; of a longer one nothing is kept, for half of it is none
NAME_CHARACTERS_MAX = 60

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_NUMBERS = {"Order": "purchase-order", "Invoice": "invoice", "CreditNote": "invoice", "DespatchAdvice": "shipment"}
"""Of documents of UBL whose own number people ask for: what they call it. Another's is asked for as well."""
_ORDER, _OTHER = "purchase-order", "document"


class DocumentNumbers(Struct):
    """By what a document says it is known, read whatever it is."""

    name: str  # of its root element
    number: str = ""  # its own, as sent
    numbers: list[tuple[str, str]] = []  # kind and value: what people ask for it by
    wrapped: str = ""  # the name of the agreed document that stands in it


def beginning_of(received: OpenedDocument, schemas: Sequence[Schema]) -> DocumentNumbers:
    """Return what a document says of itself, of which none of the ``schemas`` that were agreed is."""
    document: XmlDocument = received.content
    root = document.root
    within = next(root.iter(*(agreed(each).element.clark for each in schemas)), None) if schemas else None
    number, numbers = _numbers(root if within is None else within)
    return DocumentNumbers(
        name=_name(root),
        number=number,
        numbers=numbers,
        wrapped="" if within is None or within is root else _name(within),
    )


def _numbers(root: etree._Element) -> tuple[str, list[tuple[str, str]]]:
    if not (etree.QName(root).namespace or "").startswith(_UBL):
        return "", []
    own, about = _said(root, "ID"), [each for each in root if _named(each, "OrderReference")]
    numbers = [(_NUMBERS.get(_name(root), _OTHER), own)] if own else []
    numbers += [(_ORDER, ordered) for each in about[:1] if (ordered := _said(each, "ID"))]
    return own, numbers


def _said(element: etree._Element, name: str) -> str:
    found = next((each for each in element if _named(each, name)), None)
    number = "" if found is None else (found.text or "").strip()
    return "" if len(number) > NUMBER_CHARACTERS_MAX or unfit_sign(number) else number


def _named(element: etree._Element, name: str) -> bool:
    return etree.QName(element).localname == name


def _name(element: etree._Element) -> str:
    return visible(etree.QName(element).localname)[:NAME_CHARACTERS_MAX]

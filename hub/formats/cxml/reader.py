"""A cXML opened: its envelope, the one document in it, and what is attached.

In: bytes, as XML or as a multipart body of which one part is that. Out: ``OpenedCxml``, or the findings that say why
there is none; nothing is raised. The text is opened by the reader of XML, with all its limits; the DOCTYPE is taken
for its name alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from hub.formats.cxml.doctype import end_of_doctype
from hub.formats.cxml.faults import refusal
from hub.formats.cxml.header import CxmlHeader, header_of, said_again
from hub.formats.cxml.multipart import CxmlPart, cxml_part, is_multipart
from hub.formats.xml.broken import before_the_break
from hub.formats.xml.reader import Paths, line_of, open_text, text_of
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.location import Location
from hub.kernel.struct import Struct

ROOT = "cXML"
AROUND = ("Request", "Response", "Message")
"""What a document stands in: what is asked, what is answered at once, what is told without an answer."""
STRAY_MAX = 20


class OpenedCxml(Struct):
    """A cXML of one document."""

    root: etree._Element
    document: etree._Element  # beneath Request or Message; a Response itself; of a catalogue, the root
    header: CxmlHeader
    findings: list[Diagnostic] = []


def open_cxml(data: bytes) -> OpenedCxml | list[Diagnostic]:
    """Return a cXML opened, or what is wrong with it where that cannot be done."""
    part = cxml_part(data) if is_multipart(data) else CxmlPart(text=data)
    if isinstance(part, Diagnostic):
        return [part]
    text, findings = text_of(part.text)
    if text is None:
        return findings
    opened = open_text("\n" * part.lines_before + text, findings, end_of_doctype)
    if opened.root is None:
        return opened.findings
    found = _taken_apart(opened.root)
    if isinstance(found, Diagnostic):
        return [*opened.findings, found]
    attached = [*part.findings, *part.missing(opened.root, text)]
    return OpenedCxml(
        root=found.root,
        document=found.document,
        header=found.header,
        findings=[*opened.findings, *found.findings, *attached],
    )


def cxml_before_the_break(data: bytes) -> OpenedCxml | None:
    """Return what is whole in a broken cXML before its break: the envelope alone, where no document begins."""
    part = cxml_part(data) if is_multipart(data) else CxmlPart(text=data)
    root = None if isinstance(part, Diagnostic) else before_the_break(part.text, end_of_doctype)
    if root is None:
        return None
    found = _taken_apart(root)
    return (
        OpenedCxml(root=root, document=root, header=header_of(root, None)) if isinstance(found, Diagnostic) else found
    )


def _taken_apart(root: etree._Element) -> OpenedCxml | Diagnostic:
    """Return the envelope and the document of a root element."""
    name = etree.QName(root)
    if name.namespace and name.localname.casefold() == ROOT.casefold():
        return refusal("SYN-CXML-NAMESPACE", _at(root), found=_written(root))
    if root.tag != ROOT:
        if name.localname.casefold() == ROOT.casefold():
            return refusal("SYN-CXML-ROOT", _at(root), found=_written(root))
        return OpenedCxml(root=root, document=root, header=CxmlHeader())  # a catalogue, which stands in no envelope
    around = [each for each in root if each.tag in AROUND]
    documents = [one for each in around for one in ([each] if each.tag == "Response" else each)]
    if not documents:
        strange = next((each for each in root if etree.QName(each).namespace), None)
        if strange is not None:
            return refusal("SYN-CXML-NAMESPACE", _at(strange), found=_written(strange))
        return refusal("SYN-CXML-EMPTY", _at(root))
    if len(documents) > 1 or len(around) > 1:
        second = documents[1] if len(documents) > 1 else around[1]
        return refusal("SYN-CXML-SEVERAL", _at(second), most=max(len(documents), len(around)))
    again = said_again(root)
    if again is not None:
        return refusal("SYN-CXML-TWICE", _at(again), found=_written(again))
    document = documents[0]
    if etree.QName(document).namespace:
        return refusal("SYN-CXML-NAMESPACE", _at(document), found=_written(document))
    request = around[0] if document is not around[0] else None
    return OpenedCxml(
        root=root,
        document=document,
        header=header_of(root, request),
        findings=[*islice(_stray(root, around), STRAY_MAX)],
    )


def _stray(root: etree._Element, around: list[etree._Element]) -> Iterator[Diagnostic]:
    """Yield what stands in the envelope that is none of it."""
    paths = Paths()
    for each in root:
        if each.tag not in (*AROUND, "Header"):
            place = Location(at=paths.of(each), line=line_of(each))
            yield refusal("SYN-CXML-STRAY", place, found=_written(each))
    for holder in (root, *around):
        text = next((text for text in (holder.text, *(each.tail for each in holder)) if text and text.strip()), None)
        if text and etree.QName(holder).localname != "Response":
            place = Location(at=paths.of(holder), line=line_of(holder))
            yield refusal("SYN-CXML-STRAY", place, found=text.strip())


def _at(element: etree._Element) -> Location:
    return Location(at=Paths().of(element), line=line_of(element))


def _written(element: etree._Element) -> str:
    name = etree.QName(element).localname
    return f"{element.prefix}:{name}" if element.prefix else name

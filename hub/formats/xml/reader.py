"""An XML body opened safely: no DTD, no entities, no network, and no more of anything than ``limits`` allows.

In: bytes. Out: ``OpenedXml``, the root element or the finding that says why there is none; nothing is raised, whatever
the bytes. The bytes are made text here, by what their mark, their first bytes and their declaration say, so that the
parser never guesses.
"""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Callable

from lxml import etree

from hub.formats.encodings import encoding_of
from hub.formats.named_faults import unforeseen
from hub.formats.signs import UNFIT, named
from hub.formats.xml.faults import refusal
from hub.formats.xml.limits import (
    ATTRIBUTES_MAX,
    BODY_BYTES_MAX,
    DEPTH_MAX,
    ELEMENTS_MAX,
    NAMESPACES_MAX,
    TEXT_CHARACTERS_MAX,
)
from hub.formats.xml.parser_words import BEHIND_THE_END, in_words, plain
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.location import Location

_ENCODINGS = {
    "utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252", "gb18030", "gbk", "gb2312", "utf-16", "utf-16-le",
    "utf-16-be",
}  # fmt: skip
"""What a declaration may name; who needs another is asked for UTF-8."""

_DECLARATION = re.compile(r"\s*<\?xml\s[^>]{0,200}?\?>")
_DECLARED = re.compile(rb"""\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ELEMENT = re.compile(r"<[^\W\d]")
DECLARATION = "<?xml"
_BLANKS = re.compile(r"[ \t\r\n]*+")
_UNFIT_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,8}));")
_CROWDED = etree.XPath(f"(//*[@*[{ATTRIBUTES_MAX + 1}]])[1]")
_CROWDED_CHARACTERS = 20_000  # a shorter body has some 3,000 attributes at most
_LONG_TEXT = etree.XPath(f"(//*[text()[string-length()>{TEXT_CHARACTERS_MAX}]])[1]")


class OpenedXml:
    """The root element, or what stands in its way."""

    __slots__ = ("findings", "root")

    def __init__(self, root: etree._Element | None, findings: list[Diagnostic]) -> None:
        self.root = root
        self.findings = findings


TakesDoctype = Callable[[str, int], int | Diagnostic]
"""Says of a text and the place of a DOCTYPE in it where that ends, or why it is not taken."""


def open_body(data: bytes) -> OpenedXml:
    """Return the tree of an XML body; its text is all Unicode, its entities are the five of XML alone."""
    text, findings = text_of(data)
    return OpenedXml(None, findings) if text is None else open_text(text, findings)


def text_of(data: bytes) -> tuple[str | None, list[Diagnostic]]:
    """Return a body of no more bytes than are taken as text, see ``decoded``."""
    if len(data) > BODY_BYTES_MAX:
        return None, [refusal("SYN-XML-BYTES", Location(), most=BODY_BYTES_MAX)]
    return decoded(data)


def no_doctype(text: str, at: int) -> int | Diagnostic:
    """Take none: whoever agreed on a schema needs none."""
    return refusal("SYN-XML-DOCTYPE", place_in(text, at))


def open_text(text: str, findings: list[Diagnostic], takes: TakesDoctype = no_doctype) -> OpenedXml:
    """Return the tree of a decoded body in which ``findings`` were made; a DOCTYPE that is taken is never read."""
    begins = _beginning(text)
    if begins is not None and _is_doctype(text, begins):
        end = takes(text, begins)
        if isinstance(end, Diagnostic):
            return OpenedXml(None, [*findings, end])
        text = text[:begins] + _blanked(text[begins:end]) + text[end:]
        begins = _beginning(text)
    refused = _unfit(text, begins)
    if refused is not None:
        return OpenedXml(None, [*findings, refused])
    parsed = parse(text)
    if isinstance(parsed, Diagnostic):
        return OpenedXml(None, [*findings, parsed])
    beyond = _beyond(parsed, text)
    return OpenedXml(None, [*findings, beyond]) if beyond is not None else OpenedXml(parsed, findings)


def decoded(data: bytes) -> tuple[str | None, list[Diagnostic]]:
    """Return the body as text, and what is wrong with how it is written in bytes; its declaration is blanked out."""
    found, skip = encoding_of(data)
    named = _DECLARED.match(
        data if found is None else data[skip : skip + 800].decode(found, "replace").encode("ascii", "replace")
    )
    declared = named[1].decode() if named else None
    findings: list[Diagnostic] = []
    encoding = found or "utf-8"
    if declared is not None:
        known = _lookup(declared)
        if known is None:
            return None, [refusal("SYN-XML-ENCODING-UNKNOWN", Location(line=1), found=declared)]
        if found is None and not known.startswith("utf-16"):
            encoding = known
        elif not (found or "utf-8").startswith(known.removesuffix("-le").removesuffix("-be")):
            findings.append(refusal("SYN-XML-ENCODING-OTHER", Location(line=1), found=declared, most=encoding))
    try:
        text = data[skip:].decode(encoding)
    except UnicodeDecodeError as fault:
        at = skip + fault.start
        place = Location(line=data.count(b"\n", 0, at) + 1, offset=at)
        return None, [*findings, refusal("SYN-XML-ENCODING", place, found=data[at : at + 4].hex(), most=encoding)]
    declaration = _DECLARATION.match(text)
    if declaration:
        text = _blanked(declaration[0]) + text[declaration.end() :]
    return text, findings


def _blanked(text: str) -> str:
    """Return blanks in place of a text: lines and columns stay as they are."""
    return "\n".join(" " * len(line) for line in text.split("\n"))


def legible(data: bytes) -> tuple[str, str]:
    """Return a body as text for people, whatever is wrong with it, and the encoding it was read by."""
    found, skip = encoding_of(data)
    named = _DECLARED.match(data) if found is None else None
    declared = _lookup(named[1].decode()) if named else None
    encoding = found or (declared if declared and not declared.startswith("utf-16") else "utf-8")
    return data[skip:].decode(encoding, "replace"), encoding


def parse(text: str) -> etree._Element | Diagnostic:
    """Return the root element of a text that was looked at, or the finding that says where it breaks off."""
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        attribute_defaults=False, huge_tree=False, remove_comments=True, remove_pis=True, collect_ids=False,
        remove_blank_text=_holds_elements_and_texts_alone(text),
    )  # fmt: skip
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as fault:
        illegal = UNFIT.search(text)
        if illegal:
            return refusal("SYN-XML-CHARACTER", place_in(text, illegal.start()), found=named(illegal[0]))
        if "xmlParseCharRef" in fault.msg and (reference := _unfit_reference(text)):
            return refusal("SYN-XML-CHARACTER", place_in(text, reference.start()), found=reference[0])
        line, column = fault.position
        if "depth" in fault.msg:
            return refusal("SYN-XML-DEPTH", Location(line=line or 1, column=column or None), most=DEPTH_MAX)
        said, place = fault.msg.partition(", line ")[0], Location(line=line or 1, column=column or None)
        if said.startswith(BEHIND_THE_END) and _begins_another(text, line, column):
            return refusal("SYN-XML-MANY", place)
        detail = in_words(said)
        if detail is None:
            return unforeseen(refusal("SYN-XML-BROKEN/unforeseen", place, found=plain(said)))
        return refusal("SYN-XML-BROKEN", place, found=detail)


def _holds_elements_and_texts_alone(text: str) -> bool:
    """Say whether blanks between tags are sure to say nothing: they need not be kept, and trees are a third smaller.

    Before a comment, an instruction or CDATA blanks may be the beginning of a text.
    """
    return ("!" not in text or "<!" not in text) and ("?" not in text or "<?" not in text)  # one sign is found at once


def _begins_another(text: str, line: int, column: int) -> bool:
    """Say whether a second document begins where the parser stumbles: a root element, or a declaration, behind one."""
    lines = text.split("\n", line)[: max(line, 1)]
    place = sum(len(each) + 1 for each in lines[:-1]) + max(column - 1, 0)
    begins = _ELEMENT.match(text, place) or text.endswith(DECLARATION, 0, place)
    return bool(begins) and _ELEMENT.search(text, 0, place) is not None


def _unfit_reference(text: str) -> re.Match[str] | None:
    """Return the first reference to a sign that may stand in no XML, however it is written: &#1;"""
    for found in _UNFIT_REFERENCE.finditer(text):
        number = int(found[1], 16) if found[1] else int(found[2])
        if number > sys.maxunicode or UNFIT.match(chr(number)):
            return found
    return None


def _lookup(declared: str) -> str | None:
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        return None
    return name if name in _ENCODINGS else None


def _unfit(text: str, begins: int | None) -> Diagnostic | None:
    """Return why a text does not reach the parser: another DOCTYPE where it begins, nothing in it, too much of it."""
    if begins is not None and _is_doctype(text, begins):
        return refusal("SYN-XML-DOCTYPE", place_in(text, begins))
    if begins == len(text):
        return refusal("SYN-XML-EMPTY", Location(line=1))
    if len(text) > 2 * ELEMENTS_MAX and text.count("<") > 2 * ELEMENTS_MAX:  # to count is dear
        return refusal("SYN-XML-ELEMENTS", Location(), most=ELEMENTS_MAX)
    if text.count("xmlns") > NAMESPACES_MAX:
        return refusal("SYN-XML-NAMESPACES", Location(), most=NAMESPACES_MAX)
    return None


def doctype_in(text: str) -> int | None:
    """Return where the DOCTYPE of a text begins, which stands where the document begins or nowhere; None for none."""
    at = _beginning(text)
    return at if at is not None and _is_doctype(text, at) else None


def _is_doctype(text: str, at: int) -> bool:
    """Say whether a DOCTYPE stands there; nearly never, and two signs tell that at once."""
    return text.startswith("<!", at) and text[at : at + 9].upper() == "<!DOCTYPE"


def _beginning(text: str) -> int | None:
    """Return where the document begins, behind blanks, comments and instructions; None where one never ends."""
    at = 0
    while True:
        at += len(_BLANKS.match(text, at)[0])  # type: ignore[index]  # it matches nothing as well
        if text.startswith("<!--", at):
            end = text.find("-->", at + 4)
        elif text.startswith("<?", at):
            end = text.find("?>", at + 2) + 1
        else:
            return at
        if end <= 0:
            return None  # it never ends: the parser says so
        at = end + (3 if text.startswith("-->", end) else 1)


def _beyond(root: etree._Element, text: str) -> Diagnostic | None:
    """Return what the tree has too much of; where the body is shorter than that, nothing."""
    if len(text) > _CROWDED_CHARACTERS and (element := _first(_CROWDED(root))) is not None:
        # before anybody asks for them: lxml looks each attribute up from the first one on
        place = Location(at=xpath(element), line=line_of(element))
        return refusal("SYN-XML-ATTRIBUTES", place, most=ATTRIBUTES_MAX)
    if len(text) > TEXT_CHARACTERS_MAX and (element := _first(_LONG_TEXT(root))) is not None:
        return refusal("SYN-XML-TEXT", Location(at=xpath(element), line=line_of(element)), most=TEXT_CHARACTERS_MAX)
    return None


def _first(found: object) -> etree._Element | None:
    """Return the element that an XPath has found."""
    return next((each for each in found if isinstance(each, etree._Element)), None) if isinstance(found, list) else None


def place_in(text: str, at: int) -> Location:
    """Return line and column of the sign ``at``."""
    return Location(line=text.count("\n", 0, at) + 1, column=at - text.rfind("\n", 0, at))


def line_of(element: etree._Element) -> int | None:
    """Return the line an element begins on; None for one that was never read."""
    line: int | None = getattr(element, "sourceline", None)
    return line


STEPS_SHOWN_MAX = 40  # of an XPath in a finding
NAME_SHOWN_MAX = 60


def xpath(element: etree._Element) -> str:
    """Return where an element stands, with the prefixes of its own document: /Order/Lines/Line[2]."""
    return Paths().of(element)


class Paths:
    """The XPaths of one document: siblings are counted once, however many of them are asked for."""

    __slots__ = ("_alike",)

    def __init__(self) -> None:
        self._alike: dict[etree._Element, dict[etree._Element, int]] = {}  # those of its name among its siblings

    def of(self, element: etree._Element) -> str:
        """Return the path of ``element``."""
        steps: list[str] = []
        at: etree._Element | None = element
        while at is not None and len(steps) < STEPS_SHOWN_MAX:
            above = at.getparent()
            steps.append(_named(at) if above is None else self._step(at, above))
            at = above
        return "/" + "/".join(reversed(steps))

    def _step(self, element: etree._Element, above: etree._Element) -> str:
        if element not in self._alike:
            self._count(above)
        alike = self._alike[element]
        return _named(element) + (f"[{alike[element]}]" if len(alike) > 1 else "")

    def _count(self, above: etree._Element) -> None:
        by_name: dict[str, dict[etree._Element, int]] = {}
        for each in above[:]:  # type: ignore[index]  # the stubs know no slice
            tag = each.tag
            if isinstance(tag, str):
                alike = self._alike[each] = by_name.setdefault(tag, {})
                alike[each] = len(alike) + 1


def _named(element: etree._Element) -> str:
    """Return the name of an element as its document has it."""
    name, prefix = element.tag.rpartition("}")[2][:NAME_SHOWN_MAX], element.prefix
    return f"{prefix[:NAME_SHOWN_MAX]}:{name}" if prefix else name


def called(element: etree._Element) -> str:
    """Return the whole name of an element as its document has it."""
    name, prefix = element.tag.rpartition("}")[2], element.prefix
    return f"{prefix}:{name}" if prefix else name

"""A partner's XSD as an ``XmlElement`` tree: the part of XML Schema that business documents are written in.

In: a file, and those beside it that it includes or imports. Out: ``ReadXsd``. What is not among that part is a
``Misconfigured`` with file and line: a schema half understood would judge wrongly. A document has one root: the first
element declared. Taken are sequence, choice and all, simple and complex content, extension and restriction, groups of
both kinds, references, the facets of length, digits, range and enumeration. Patterns are left to the second judge.

A file of ours may be an excerpt of a standard's schema: ``hub:excerpt-of`` names that one. Then anything else may stand
beside what the file names, and is told as not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from lxml import etree
from msgspec.structs import replace

from hub.formats.numbers import NUMBER
from hub.formats.schema import PartType
from hub.formats.simple import TEXT as ANY_TEXT
from hub.formats.simple import Simple
from hub.formats.xml.element import Attribute, XmlElement
from hub.formats.xml.reader import decoded, line_of, parse
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.errors import Misconfigured
from hub.kernel.own_files import read_own_text
from hub.kernel.sentence import Phrase, Word, Wording, declared
from hub.kernel.struct import Struct

XSD_BYTES_MAX = 2 * 1024 * 1024  # the largest of UBL 2.1, its common aggregates, has 1.9 MB
FILES_MAX = 20  # UBL 2.1 has 14 for one document
ELEMENTS_MAX = 20_000  # of one document, written out; an order of UBL without what nests in itself has 5,000
DEPTH_MAX = 40
TITLE_CHARACTERS_MAX = 80

_XS = "{http://www.w3.org/2001/XMLSchema}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_HUB = "{urn:contract-hub:excerpt}"
_EXCERPT_OF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*){0,4}")  # it leads nowhere else
_TEXTS = (
    "string", "normalizedString", "token", "anyURI", "language", "Name", "NCName", "ID", "IDREF", "NMTOKEN",
    "base64Binary", "hexBinary", "anySimpleType", "duration", "gYear", "gYearMonth", "anyType",
)  # fmt: skip
_BUILT_IN: dict[str, Simple] = {
    **dict.fromkeys(_TEXTS, ANY_TEXT),
    **dict.fromkeys(("integer", "long", "int", "short", "byte"), Simple(type="whole")),
    **dict.fromkeys(("decimal", "float", "double"), Simple(type="number")),
    "nonNegativeInteger": Simple(type="whole", low=Decimal(0)),
    "unsignedInt": Simple(type="whole", low=Decimal(0)),
    "unsignedLong": Simple(type="whole", low=Decimal(0)),
    "positiveInteger": Simple(type="whole", low=Decimal(1)),
    "date": Simple(type="date"),
    "time": Simple(type="time"),
    "dateTime": Simple(type="moment"),
    "boolean": Simple(type="flag"),
}  # fmt: skip
_LENGTHS = {"minLength": "minimum", "maxLength": "maximum", "totalDigits": "digits", "fractionDigits": "fraction"}
_RANGES = {"minInclusive": "low", "maxInclusive": "high"}
_LEFT = {"pattern", "whiteSpace", "minExclusive", "maxExclusive"}  # to the second judge


class ReadXsd(Struct):
    """A schema file understood."""

    element: XmlElement
    prefixes: dict[str, str]
    digest: str
    excerpt_of: str | None = None  # the file of the whole schema, from where this one lies


def read_xsd(path: Path, name: str) -> ReadXsd:
    """Return what the XSD at ``path`` says; ``name`` is how faults call it."""
    reader = _Xsd(path, name)
    roots = [each for each in reader.roots[0] if each.tag == f"{_XS}element"]
    if not roots:
        raise Misconfigured("CFG-XSD/declares-no-element", file=name, line=1)
    element = reader.element(roots[0], 0, 0)
    return ReadXsd(
        element=element,
        prefixes=reader.prefixes(),
        digest=sha256("\0".join(reader.texts).encode()).hexdigest(),
        excerpt_of=reader.excerpt_of,
    )


class _Xsd:
    """The declarations of one schema and of what it includes."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self.texts: list[str] = []
        self.roots: list[etree._Element] = []
        self.files: dict[str, etree._Element] = {}
        self.declared: dict[tuple[str, str], etree._Element] = {}  # (kind, clark)
        self.count = 0
        self.open_types: list[str] = []
        self._read(path)
        self.excerpt_of = self._excerpt_of()

    # files -----------------------------------------------------------------------------------------------------------

    def _read(self, path: Path) -> None:
        if path.name in self.files:
            return
        if len(self.files) >= FILES_MAX:
            raise Misconfigured("CFG-XSD/includes-more-than-files", file=self.name, line=1, files_max=FILES_MAX)
        text = read_own_text(path, bytes_max=XSD_BYTES_MAX, name=self.name)
        found, findings = decoded(text.encode())
        root = parse(found) if found is not None and "<!DOCTYPE" not in found else None
        if root is None or isinstance(root, Diagnostic):
            found_in_it = [root] if isinstance(root, Diagnostic) else findings
            told = found_in_it[0].wording if found_in_it else Wording(key="CFG-XSD/with-a-doctype")
            raise Misconfigured("CFG-XSD/unreadable", file=self.name, line=1, found=told)
        self.texts.append(text)
        self.files[path.name] = root
        self.roots.append(root)
        space = root.get("targetNamespace") or ""
        if space and root.get("elementFormDefault") != "qualified":
            raise self._fault(root, "has-local-elements-without")
        for each in root:
            if each.tag in (f"{_XS}include", f"{_XS}import"):
                self._include(path, each)
            elif isinstance(each.tag, str) and each.get("name"):
                self.declared[etree.QName(each).localname, _clark(space, each.get("name") or "")] = each

    def _include(self, path: Path, each: etree._Element) -> None:
        location = each.get("schemaLocation")
        if location is None and each.get("namespace") == _XML[1:-1]:
            return
        if location is None or "/" in location or ":" in location or "\\" in location:
            raise self._fault(each, "includes-what-does-not")
        self._read(path.with_name(location))

    def _excerpt_of(self) -> str | None:
        root = self.roots[0]
        named = root.get(f"{_HUB}excerpt-of")
        if named is not None and not _EXCERPT_OF.fullmatch(named):
            raise self._fault(root, "includes-what-does-not")
        return named

    def _fault(self, at: etree._Element, case: str, /, **words: Word) -> Misconfigured:
        return Misconfigured(f"CFG-XSD/{case}", words, file=self.name, line=line_of(at))

    # names -----------------------------------------------------------------------------------------------------------

    def prefixes(self) -> dict[str, str]:
        """Return prefix → namespace, as maps say it: none for the namespace of the document itself."""
        target = self.roots[0].get("targetNamespace") or ""
        found = {"": target} if target else {}
        for root in self.roots:
            for prefix, uri in root.nsmap.items():
                if prefix and uri not in (target, _XS[1:-1], _XML[1:-1], _HUB[1:-1]) and uri not in found.values():
                    found[prefix] = uri
        return found

    def _said(self, clark: str) -> str:
        space, _, local = clark[1:].rpartition("}") if clark.startswith("{") else ("", "", clark)
        prefix = next((prefix for prefix, uri in self.prefixes().items() if uri == space), "")
        return f"{prefix}:{local}" if prefix else local

    def _named(self, at: etree._Element, text: str) -> str:
        """Return the Clark name that a reference of ``at`` means."""
        prefix, colon, local = text.rpartition(":")
        if prefix == "xml":
            return _XML + local
        space = at.nsmap.get(prefix if colon else None)
        return _clark(space or "", local)

    def _declared(self, kind: str, at: etree._Element, text: str) -> etree._Element:
        found = self.declared.get((kind, self._named(at, text)))
        if found is None:
            raise self._fault(at, "names-which-is-not", text=text)
        return found

    # elements --------------------------------------------------------------------------------------------------------

    def element(self, at: etree._Element, order: int, depth: int) -> XmlElement:
        """Return an element declaration with all beneath it."""
        self.count += 1
        if depth > DEPTH_MAX or self.count > ELEMENTS_MAX:
            raise self._fault(at, "comes-more-than-elements", elements_max=ELEMENTS_MAX, depth_max=DEPTH_MAX)
        declared = self._declared("element", at, at.get("ref") or "") if at.get("ref") else at
        space = declared.getroottree().getroot().get("targetNamespace") or ""
        clark = _clark(space, declared.get("name") or "")
        made = XmlElement(
            name=self._said(clark),
            clark=clark,
            order=order,
            title=_title(at) or _title(declared),
            excerpt=self.excerpt_of is not None,
            **_often(at),
        )
        inner = next((each for each in declared if each.tag in (f"{_XS}complexType", f"{_XS}simpleType")), None)
        named = declared.get("type")
        if inner is None and named:
            return self._typed(made, declared, named, depth)
        if inner is None:
            return replace(made, simple=ANY_TEXT)
        if inner.tag == f"{_XS}simpleType":
            return replace(made, simple=self.simple(inner))
        return self._complex(made, inner, depth)

    def _typed(self, made: XmlElement, at: etree._Element, named: str, depth: int) -> XmlElement:
        clark = self._named(at, named)
        if clark.startswith(_XS):
            return replace(made, simple=self._built_in(at, clark))
        complex_type = self.declared.get(("complexType", clark))
        if complex_type is None:
            return replace(made, simple=self.simple(self._declared("simpleType", at, named)))
        if clark in self.open_types:
            return replace(made, open=True, minimum=0)  # within itself: not mapped, and told as not read
        self.open_types.append(clark)
        done = self._complex(made, complex_type, depth)
        self.open_types.pop()
        return done

    def _complex(self, made: XmlElement, at: etree._Element, depth: int) -> XmlElement:
        if at.get("mixed") == "true":
            made = replace(made, simple=ANY_TEXT)
        for each in at:
            kind = _kind(each)
            if kind in ("simpleContent", "complexContent"):
                derived = next(inner for inner in each if _kind(inner) in ("extension", "restriction"))
                made = self._derived(made, derived, depth, simple=kind == "simpleContent")
        return self._content(made, at, depth)

    def _derived(self, made: XmlElement, at: etree._Element, depth: int, *, simple: bool) -> XmlElement:
        base = at.get("base") or ""
        clark = self._named(at, base)
        if simple:
            made = self._typed(made, at, base, depth)
            if _kind(at) == "restriction" and made.simple is not None:
                made = replace(made, simple=self._facets(at, made.simple))
        elif not clark.startswith(_XS) and _kind(at) == "extension":
            made = self._complex(made, self._declared("complexType", at, base), depth)
        return self._content(made, at, depth)

    def _content(self, made: XmlElement, at: etree._Element, depth: int) -> XmlElement:
        """Return ``made`` with the children and attributes that stand directly in ``at``."""
        attributes = {each.clark: each for each in made.attributes}
        children = list(made.children)
        opened, in_order = made.open, made.in_order
        for each in at:
            kind = _kind(each)
            if kind in ("sequence", "choice", "all", "group"):
                in_order = in_order and kind != "all"
                first = children[-1].order + 1 if children else 1
                found, wild = self._particles(each, first, depth)
                children += found
                opened = opened or wild
            elif kind in ("attribute", "attributeGroup"):
                attributes |= {one.clark: one for one in self._attributes(each)}
            elif kind == "anyAttribute":
                raise self._fault(each, "takes-any-attribute")
        return replace(
            made, children=_once(children), attributes=tuple(attributes.values()), open=opened, in_order=in_order
        )

    def _particles(self, at: etree._Element, order: int, depth: int) -> tuple[list[XmlElement], bool]:
        """Return the elements of a model group, in order; alternatives share one order and are no duty."""
        if at.get("ref"):
            inner = [each for each in self._declared("group", at, at.get("ref") or "") if _kind(each) != "annotation"]
            return self._particles(inner[0], order, depth)
        kind, often = _kind(at), _often(at)
        found: list[XmlElement] = []
        wild = False
        for each in at:
            inner_kind = _kind(each)
            if inner_kind == "element":
                found.append(self.element(each, order, depth + 1))
            elif inner_kind in ("sequence", "choice", "group"):
                inner_found, inner_wild = self._particles(each, order, depth)
                found, wild = found + inner_found, wild or inner_wild
            elif inner_kind == "any":
                wild = True
            else:
                continue
            order = found[-1].order + 1 if found and kind == "sequence" else order
        if kind == "choice":
            found = [replace(each, minimum=0, order=order) for each in found]
        if often["minimum"] == 0:
            found = [replace(each, minimum=0) for each in found]
        if often["maximum"] != 1:
            found = [replace(each, maximum=0, order=order) for each in found]
        return found, wild

    # simple types and attributes -------------------------------------------------------------------------------------

    def _attributes(self, at: etree._Element) -> Iterator[Attribute]:
        if _kind(at) == "attributeGroup":
            for each in self._declared("attributeGroup", at, at.get("ref") or ""):
                if _kind(each) in ("attribute", "attributeGroup"):
                    yield from self._attributes(each)
            return
        if at.get("use") == "prohibited":
            return
        reference = at.get("ref")
        if reference and self._named(at, reference).startswith(_XML):
            local = reference.rpartition(":")[2]
            yield Attribute(
                name=f"xml:{local}", clark=_XML + local, simple=ANY_TEXT, required=at.get("use") == "required"
            )
            return
        declared = self._declared("attribute", at, reference) if reference else at
        inner = next((each for each in declared if _kind(each) == "simpleType"), None)
        simple = self.simple(inner) if inner is not None else self._attribute_type(declared)
        name = declared.get("name") or ""
        yield Attribute(
            name=name,
            clark=name,
            simple=simple,
            required=at.get("use") == "required",
            fixed=at.get("fixed"),
            title=_title(declared),
        )

    def _attribute_type(self, at: etree._Element) -> Simple:
        named = at.get("type")
        if not named:
            return ANY_TEXT
        clark = self._named(at, named)
        return (
            self._built_in(at, clark) if clark.startswith(_XS) else self.simple(self._declared("simpleType", at, named))
        )

    def simple(self, at: etree._Element) -> Simple:
        """Return a simple type; a list or a union is text."""
        derived = next((each for each in at if _kind(each) in ("restriction", "list", "union")), None)
        if derived is None or _kind(derived) != "restriction":
            return ANY_TEXT
        base = derived.get("base")
        inner = next((each for each in derived if _kind(each) == "simpleType"), None)
        if base is None:
            return self._facets(derived, self.simple(inner) if inner is not None else ANY_TEXT)
        clark = self._named(derived, base)
        above = (
            self._built_in(derived, clark)
            if clark.startswith(_XS)
            else self.simple(self._declared("simpleType", derived, base))
        )
        return self._facets(derived, above)

    def _facets(self, at: etree._Element, above: Simple) -> Simple:
        said: dict[str, Any] = {}
        codes: list[str] = []
        for each in at:
            kind, text = _kind(each), each.get("value") or ""
            if kind == "enumeration":
                codes.append(text)
            elif kind in _LENGTHS and text.isdigit():
                said[_LENGTHS[kind]] = int(text)
            elif kind == "length" and text.isdigit():
                said |= {"minimum": int(text), "maximum": int(text)}
            elif kind in _RANGES and above.type in ("number", "whole") and NUMBER.match(text):
                said[_RANGES[kind]] = Decimal(text)
            elif kind not in (*_LEFT, *_RANGES, "annotation", "simpleType", "attribute", "attributeGroup"):
                raise self._fault(each, "has-facet-is-not", facet=kind, text=text)
        kept: PartType = "code" if codes and above.type == "text" else above.type
        return replace(above, **said, codes=tuple(codes) or above.codes, type=kept)

    def _built_in(self, at: etree._Element, clark: str) -> Simple:
        name = clark.removeprefix(_XS)
        if name not in _BUILT_IN:
            raise self._fault(at, "has-type-which-is", name=name, list=", ".join(_BUILT_IN))
        return _BUILT_IN[name]


def _often(at: etree._Element) -> dict[str, Any]:
    least, most = at.get("minOccurs", "1"), at.get("maxOccurs", "1")
    return {"minimum": int(least) if least.isdigit() else 1, "maximum": int(most) if most.isdigit() else 0}


def _title(at: etree._Element) -> str:
    """Return the first sentence or so by which a declaration is explained."""
    said = next(at.iterfind(f"{_XS}annotation/{_XS}documentation"), None)
    words = " ".join("".join(map(str, said.itertext())).split()) if said is not None else ""
    return words if len(words) <= TITLE_CHARACTERS_MAX else words[: TITLE_CHARACTERS_MAX - 1] + "…"


def _once(children: list[XmlElement]) -> tuple[XmlElement, ...]:
    """Return children of which each name stands once: what comes at two places may come as often as at both."""
    found: dict[str, XmlElement] = {}
    for child in children:
        known = found.get(child.clark)
        found[child.clark] = child if known is None else replace(known, maximum=0)
    return tuple(found.values())


def _clark(space: str, local: str) -> str:
    return f"{{{space}}}{local}" if space else local


def _kind(at: etree._Element) -> str:
    return etree.QName(at).localname if isinstance(at.tag, str) else ""


declared(
    {
        "CFG-XSD/with-a-doctype": Phrase(message="is no XML without a DOCTYPE"),
        "CFG-XSD/unreadable": Phrase(message="{found}"),
        "CFG-XSD/declares-no-element": Phrase(message="declares no element", remedy="declare the root element"),
        "CFG-XSD/includes-more-than-files": Phrase(message="includes more than {files_max} files"),
        "CFG-XSD/has-local-elements-without": Phrase(
            message="has local elements without the namespace", remedy='write elementFormDefault="qualified"'
        ),
        "CFG-XSD/includes-what-does-not": Phrase(
            message="includes what does not lie beside it", remedy="put the file beside it, and name it alone"
        ),
        "CFG-XSD/names-which-is-not": Phrase(
            message="names {text}, which is not declared", remedy="declare it, or include the file that does"
        ),
        "CFG-XSD/comes-more-than-elements": Phrase(
            message="comes to more than {elements_max} elements, or nests deeper than {depth_max}"
        ),
        "CFG-XSD/has-type-which-is": Phrase(
            message="has the type {name}, which is not understood", remedy="use one of {list}"
        ),
        "CFG-XSD/takes-any-attribute": Phrase(message="takes any attribute", remedy="name the attributes"),
        "CFG-XSD/has-facet-is-not": Phrase(message="has a facet {facet} = {text} that is not understood"),
    }
)

"""Writes a guide as the map directory pyx12 reads, so that it can judge by our facts with its own code.

In: a guide and an empty directory. Out: ``maps.xml``, ``codes.xml``, ``dataele.xml``, a control map and the map of the
set, complete enough for pyx12's own command too. Codes go into ``codes.xml`` and never beside the element: pyx12 takes
inline codes of a first element as part of the segment's identity and would call a wrong code an unknown segment.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element as Xml
from xml.etree.ElementTree import ElementTree, SubElement

from hub.formats.x12.guide import Element, Guide, Use
from hub.formats.x12.guide_file import every_use

INTERCHANGE_VERSION = "00401"
"""ISA12 of the synthetic envelope: pyx12 reads 00401 and 00501 alone, whatever release the group has."""

CONTROL_MAP = "x12.control.00401.xml"
SEGMENT_LOOP = "_LOOP"
UNUSED, REQUIRED, OPTIONAL = "N", "R", "S"

_HEADERS: dict[str, tuple[tuple[str, int, int, str], ...]] = {
    "ISA": (
        ("ID", 2, 2, "00"), ("AN", 10, 10, ""), ("ID", 2, 2, "00"), ("AN", 10, 10, ""), ("ID", 2, 2, "ZZ"),
        ("AN", 15, 15, ""), ("ID", 2, 2, "ZZ"), ("AN", 15, 15, ""), ("DT", 6, 6, ""), ("TM", 4, 4, ""),
        ("ID", 1, 1, "U"), ("ID", 5, 5, INTERCHANGE_VERSION), ("N0", 9, 9, ""), ("ID", 1, 1, "0"),
        ("ID", 1, 1, "P"), ("AN", 1, 1, ""),
    ),
    "GS": (
        ("ID", 2, 2, ""), ("AN", 2, 15, ""), ("AN", 2, 15, ""), ("DT", 8, 8, ""), ("TM", 4, 8, ""),
        ("N0", 1, 9, ""), ("ID", 1, 2, "X"), ("AN", 1, 12, ""),
    ),
    "ST": (("ID", 3, 3, ""), ("AN", 4, 9, "")),
    "SE": (("N0", 1, 10, ""), ("AN", 4, 9, "")),
    "GE": (("N0", 1, 6, ""), ("N0", 1, 9, "")),
    "IEA": (("N0", 1, 5, ""), ("N0", 9, 9, "")),
}  # fmt: skip


def map_name(guide: Guide) -> str:
    """Return the file name of the map of ``guide`` in its directory."""
    return f"{guide.set}.{guide.release}.xml"


def write_maps(guide: Guide, directory: Path) -> None:
    """Write all the files pyx12 looks for into ``directory``."""
    _save(_index(guide), directory / "maps.xml")
    _save(_codes(guide), directory / "codes.xml")
    _save(_data_elements(guide), directory / "dataele.xml")
    _save(_transaction("X12", None), directory / CONTROL_MAP)
    _save(_transaction(guide.set, guide), directory / map_name(guide))


def _save(root: Xml, path: Path) -> None:
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _text(parent: Xml, **texts: str) -> None:
    for tag, text in texts.items():
        SubElement(parent, tag).text = text


def _index(guide: Guide) -> Xml:
    root = Xml("maps")
    version = SubElement(root, "version", icvn=INTERCHANGE_VERSION)
    entry = SubElement(version, "map", vriic=guide.release, fic=guide.functional_group, abbr=guide.set)
    entry.text = map_name(guide)
    return root


def _codes(guide: Guide) -> Xml:
    root = Xml("codes")
    for name, codes in guide.codes.items():
        listed = SubElement(root, "codeset")
        _text(listed, id=name, name=name, data_ele=name)
        version = SubElement(listed, "version")
        for code in codes:
            SubElement(version, "code").text = code
    return root


def _data_elements(guide: Guide) -> Xml:
    root = Xml("data_elements")
    shapes = {shape for use in every_use(guide.uses) for shape in _shapes(use.segment.elements)}
    shapes |= {(kind, low, high) for elements in _HEADERS.values() for kind, low, high, _ in elements}
    for kind, low, high in sorted(shapes):
        SubElement(
            root, "data_ele", ele_num=_shape_name(kind, low, high), data_type=kind, min_len=str(low),
            max_len=str(high), name=_shape_name(kind, low, high),
        )  # fmt: skip
    return root


def _shapes(elements: tuple[Element, ...]) -> Iterator[tuple[str, int, int]]:
    for element in elements:
        if element.components:
            yield from _shapes(element.components)
        else:
            yield element.type, element.minimum, element.maximum


def _shape_name(kind: str, low: int, high: int) -> str:
    return f"{kind}-{low}-{high}"


def _transaction(name: str, guide: Guide | None) -> Xml:
    """The envelope's loops; with a guide, its set inside them."""
    root = Xml("transaction", xid=name)
    _text(root, name=name)
    interchange = _loop(root, "ISA", 1, ">1", REQUIRED)
    _header(interchange, "ISA", 10)
    group = _loop(interchange, "GS", 20, ">1", REQUIRED)
    _header(group, "GS", 10)
    if guide is not None:
        set_loop = _loop(group, "ST", 20, ">1", REQUIRED)
        _header(set_loop, "ST", 10)
        for position, use in enumerate(guide.uses, 2):
            _place(set_loop, use, position * 10)
        _header(set_loop, "SE", (len(guide.uses) + 2) * 10)
    _header(group, "GE", 30)
    _header(interchange, "IEA", 30)
    return root


def _loop(parent: Xml, tag: str, position: int, repeat: str, usage: str) -> Xml:
    loop = SubElement(parent, "loop", xid=tag + SEGMENT_LOOP, type="explicit")
    _text(loop, name=tag, usage=usage, pos=str(position), repeat=repeat)
    return loop


def _header(parent: Xml, tag: str, position: int) -> None:
    segment = SubElement(parent, "segment", xid=tag)
    _text(segment, name=tag, usage=REQUIRED, pos=str(position), max_use="1")
    for number, (kind, low, high, only) in enumerate(_HEADERS[tag], 1):
        element = SubElement(segment, "element", xid=f"{tag}{number:02d}")
        _text(element, data_ele=_shape_name(kind, low, high), name=tag, usage=REQUIRED, seq=f"{number:02d}")
        if only == INTERCHANGE_VERSION:  # pyx12 reads the version a map is for from the codes of its ISA12
            _text(SubElement(element, "valid_codes"), code=only)


def _place(parent: Xml, use: Use, position: int) -> None:
    most = use.loop_maximum if use.loop else use.maximum
    repeat = str(most) if most else ">1"
    usage = REQUIRED if use.required else OPTIONAL
    if not use.loop:
        _segment(parent, use, position, usage, repeat)
        return
    loop = _loop(parent, use.segment.tag, position, repeat, usage)
    _segment(loop, use, 10, REQUIRED, "1")
    for number, child in enumerate(use.children, 2):
        _place(loop, child, number * 10)


def _segment(parent: Xml, use: Use, position: int, usage: str, repeat: str) -> None:
    segment = SubElement(parent, "segment", xid=use.segment.tag)
    _text(segment, name=use.segment.name, usage=usage, pos=str(position), max_use=repeat)
    for note in use.segment.notes:
        SubElement(segment, "syntax").text = str(note)
    for number, element in enumerate(use.segment.elements, 1):
        _element(segment, element, f"{use.segment.tag}{number:02d}", number)


def _element(parent: Xml, element: Element, place: str, number: int) -> None:
    usage = UNUSED if not element.used else REQUIRED if element.required else OPTIONAL
    if element.components:
        composite = SubElement(parent, "composite", xid=place)
        _text(composite, refdes=place, name=element.name, usage=usage, seq=f"{number:02d}")
        for inner, part in enumerate(element.components, 1):
            _element(composite, part, f"{place}-{inner:02d}", inner)
        return
    shape = _shape_name(element.type, element.minimum, element.maximum)
    made = SubElement(parent, "element", xid=place)
    _text(made, data_ele=shape, name=element.name, usage=usage, seq=f"{number:02d}")
    if element.codes is not None:
        SubElement(made, "valid_codes", external=element.codes)

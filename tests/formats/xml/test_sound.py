"""What is read as sound is what the judgement finds nothing in, and reads the same: documents changed by chance."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy

import pytest
from lxml import etree

from hub.formats.families import SchemaLibrary
from hub.formats.tree import Node
from hub.formats.xml import check
from hub.formats.xml.element import XmlSchema
from hub.formats.xml.layout import XmlLayout
from tests.house import CHECKOUT, Many

WIRES = {
    "ubl/2.1/Order": "partners/nordlys-implants/samples/order.xml",
    "cxml/1.2/OrderRequest": "partners/meridian-cath/samples/order.xml",
    "summit-surgical/order": "partners/summit-surgical/samples/order.xml",
}
TEXTS = ["", " ", "x", "1", "-1", "1,5", "2026-02-30", "2026-11-30", "true", "EA", "9" * 50]


def changed(root: etree._Element, chance: random.Random) -> None:
    """Do one thing to a document that may or may not be a fault."""
    elements = list(root.iter())
    element = chance.choice(elements)
    above = element.getparent()
    match chance.randrange(8):
        case 0 if above is not None:
            above.remove(element)
        case 1 if above is not None:
            above.insert(chance.randrange(len(above) + 1), deepcopy(element))
        case 2 if above is not None:
            above.insert(chance.randrange(len(above)), element)
        case 3:
            element.text = chance.choice(TEXTS)
        case 4:
            element.tail = chance.choice(TEXTS)
        case 5:
            element.set(chance.choice(["unit", "unitCode", "currencyID", "number", "odd"]), chance.choice(TEXTS))
        case 6 if element.attrib:
            del element.attrib[chance.choice(list(element.attrib))]
        case _:
            element.tag = chance.choice(elements).tag


def shown(node: Node) -> object:
    """Return all that a tree says."""
    beneath = [(tag, [shown(each) for each in nodes]) for tag, nodes in sorted(node.children.items())]
    return node.tag, node.position, node.values, beneath


@pytest.mark.proof
@pytest.mark.parametrize("wire", WIRES)
def test_nothing_is_read_as_sound_of_which_the_judgement_has_something_to_say(
    wire: str, many: Many, tally: Callable[[str], None]
) -> None:
    schema = SchemaLibrary([CHECKOUT]).find(wire)
    assert isinstance(schema, XmlSchema)
    layout, chance = XmlLayout(schema.element, judged=False), random.Random(20261130)
    body = (CHECKOUT / WIRES[wire]).read_bytes()
    sound = 0
    tried = many(1_000, proof=20_000)
    for _ in range(tried):
        whole = etree.fromstring(body, etree.XMLParser(remove_comments=True, remove_pis=True))
        root = deepcopy(next(whole.iter(schema.element.clark)))  # cXML has an envelope around it
        for _ in range(chance.randrange(3)):
            changed(root, chance)
        try:
            read = check._Sound().place(root, layout)
        except check._Doubtful:
            continue
        judging = check._Judging()
        assert shown(judging.place(root, layout)) == shown(read), etree.tostring(root)
        assert judging.findings.finished() == [], etree.tostring(root)
        sound += 1
    assert sound > tried // 10
    tally(f"{wire}: {sound} of {tried} read as sound")


def test_a_text_behind_an_element_in_a_text_is_left_to_the_judgement_which_tells_it() -> None:
    schema = SchemaLibrary([CHECKOUT]).find("cxml/1.2/OrderRequest")
    assert isinstance(schema, XmlSchema)
    body = (CHECKOUT / WIRES[schema.wire]).read_bytes()
    behind = body.replace(b"in tens", b"<Attachment><URL>http://x.example/1</URL></Attachment> in tens")
    assert behind != body
    document = next(etree.fromstring(behind).iter(schema.element.clark))
    layout = XmlLayout(schema.element, judged=False)
    with pytest.raises(check._Doubtful):
        check._Sound().place(document, layout)
    assert "in tens, please." in str(shown(check._Judging().place(document, layout)))

"""An order of cXML, changed at random: whatever becomes of it, it is told, and each finding has its place."""

from __future__ import annotations

import copy
import random

import pytest
from lxml import etree

from hub.flow.rules import Rules
from hub.flow.syntaxes import open_message
from hub.kernel.errors import Unreadable
from hub.platform.configuration import find_configuration
from tests.flow.test_cxml import MERIDIAN, ORDER
from tests.house import Many

TEXTS = (
    "",
    "x",
    "9" * 60,
    "-1",
    "1e5",
    "2027-13-45",
    "2027-01-01T00:00:00",
    "NaN",
    "a\tb\nc",
    " ",
    "0",
    "USD",
    "update",
)


@pytest.mark.proof
def test_whatever_is_changed_in_an_order_it_gets_its_verdict_and_every_finding_its_place(many: Many) -> None:
    inputs, chance, rules = many(60, proof=20_000), random.Random(20261130), Rules(find_configuration(None))
    whole = etree.fromstring(ORDER)
    for _ in range(inputs):
        root = copy.deepcopy(whole)
        for _ in range(chance.randint(1, 6)):
            _change(chance, chance.choice(list(root.iter())))
        try:
            opened = open_message(etree.tostring(root, encoding="utf-8"), rules, MERIDIAN)
        except Unreadable as fault:
            found = fault.findings()
        else:
            found = [
                *opened.survey.envelopes[0].findings,
                *(each for one in opened.documents() for each in one.findings),
            ]
        assert all(each.message and str(each.location) for each in found), etree.tostring(root)


def _change(chance: random.Random, element: etree._Element) -> None:
    above, kind = element.getparent(), chance.randrange(6)
    if kind == 0 and above is not None:
        above.remove(element)
    elif kind == 1 and above is not None:
        element.addnext(copy.deepcopy(element))
    elif kind == 2 and element.attrib:
        element.set(chance.choice(sorted(element.attrib)), chance.choice(TEXTS))
    elif kind == 3:
        element.set(chance.choice(["orderDate", "quantity", "x", "{urn:x}y"]), chance.choice(TEXTS).strip())
    elif kind == 4:
        element.tag = chance.choice(["X", "{urn:y}Z", "Money", "ItemOut"])
    else:
        element.text = chance.choice(TEXTS)

"""What is said at once to whoever sends a cXML is a Response that any client of cXML reads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree

from hub.flow.cxml.signing import CxmlDoorWords
from hub.flow.signing import DoorAnswer
from hub.formats.cxml.response import code_of, response
from hub.web.api.examples import order

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)


def test_a_response_has_a_payload_id_a_timestamp_and_a_status() -> None:
    root = etree.fromstring(response(202, "message m-1", payload="p@hub", at=NOW))
    assert root.tag == "cXML"
    assert root.attrib["payloadID"] == "p@hub"
    assert root.attrib["timestamp"] == "2026-11-30T10:00:00+00:00"
    [status] = root.findall("Response/Status")
    assert (status.attrib["code"], status.attrib["text"], status.text) == ("201", "Accepted", "message m-1")
    assert status.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == "en"


@pytest.mark.parametrize("text", ["<&>\"']]>", "a\x00b\ud800c", "x" * 5_000, ""])
def test_whatever_is_said_it_is_xml(text: str) -> None:
    said = etree.fromstring(response(400, text, payload='"<&', at=NOW)).findtext("Response/Status")
    assert len(said or "") <= 1_000


@pytest.mark.parametrize(
    ("http", "cxml"),
    [(200, 200), (202, 201), (400, 400), (401, 401), (403, 403), (404, 403), (409, 409), (413, 406), (429, 560),
     (500, 500), (503, 560), (418, 400), (599, 500)],
)  # fmt: skip
def test_each_status_is_one_of_those_that_cxml_has(http: int, cxml: int) -> None:
    assert code_of(http) == cxml


def test_the_interface_description_shows_what_is_said() -> None:
    message = "01a22b83-2b02-7658-a170-f35e615a35d4"
    said = DoorAnswer(status=202, message=message, link=f"/api/v1/messages/{message}")
    shaped = CxmlDoorWords().receipt(said, "01a22b83-2b03-7c1e-9d45-0d1c3f6b8e27", NOW)
    assert shaped is not None
    assert shaped.body.decode() == order("response.xml")

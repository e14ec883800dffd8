"""What XML and JSON may not do to us: fetch, expand, run, or come back as something else. Each row is an attack."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from pathlib import Path

import pytest

from hub.formats.families import SchemaLibrary
from hub.kernel.diagnostics import worst
from hub.mapping.documents import document_from_json, read_documents, write_document
from hub.mapping.library import MapLibrary
from tests.house import CHECKOUT

LIBRARY = MapLibrary([CHECKOUT], SchemaLibrary([CHECKOUT]))
ORDER = """<Order xmlns="urn:summit-surgical:orders:1" version="1.2"><Header><OrderNumber>{number}</OrderNumber>
<OrderType>NEW</OrderType></Header><Lines><Line number="10"><Item><PartNumber>{part}</PartNumber></Item>
<Quantity unit="EA">{quantity}</Quantity></Line></Lines></Order>"""
JSON_ORDER = (
    '{{"messageType": "purchaseOrder", "orderId": "1", "items": '
    '[{{"lineNo": 1, "partNo": "P", "size": {{"amount": {quantity}, "unit": "each"}}}}]}}'
)
HOSTILE_TEXTS = [
    "</OrderNumber><Evil/>", "]]>", "<![CDATA[x]]>", "&amp;", "&lt;", '"', "'", "<!-- x -->", "<?php x?>", "{{7*7}}",
    "=cmd()", "a\\b", "x\ty", "ä骨", "x" * 35,
]  # fmt: skip


class Listener:
    """A server on the loopback that counts who comes."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.came = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.came += 1
            connection.close()


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE Order SYSTEM "{url}"><Order/>',
        '<!DOCTYPE Order [<!ENTITY x SYSTEM "{url}">]><Order>&x;</Order>',
        '<!DOCTYPE Order [<!ENTITY % p SYSTEM "{url}">%p;]><Order/>',
        '<Order xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{url}"/></Order>',
        '<Order xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x {url}"/>',
        '<Order xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="{url}"/>',
        '<?xml-stylesheet type="text/xsl" href="{url}"?><Order/>',
        '<?xml-model href="{url}"?><Order/>',
        '<Order xmlns="{url}"/>',
        '<Order xml:base="{url}"/>',
    ],
)
def test_no_document_makes_us_fetch_anything(body: str) -> None:
    listener = Listener()
    url = f"http://127.0.0.1:{listener.port}/x"
    reads = list(read_documents(LIBRARY.map("summit-surgical/order"), body.replace("{url}", url).encode()))
    time.sleep(0.01)
    listener.socket.close()
    assert listener.came == 0
    assert all(each.applied is None for each in reads)
    assert worst([finding for each in reads for finding in each.findings]).is_reject


@pytest.mark.parametrize("file", ["/etc/passwd", "/proc/self/environ", "/dev/zero", "file:///etc/passwd"])
def test_no_document_makes_us_read_a_file(file: str) -> None:
    body = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{file}">]>{ORDER}'.format(number="&x;", part="P", quantity=1)
    (each,) = read_documents(LIBRARY.map("summit-surgical/order"), body.encode())
    assert [finding.code for finding in each.findings] == ["SYN-XML-DOCTYPE"]
    assert "root:" not in str(each.findings)


def test_an_entity_bomb_is_refused_before_it_is_looked_at() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
    body = f'<!DOCTYPE a [<!ENTITY l0 "ha">{entities}]><a>&l29;</a>'
    (each,) = read_documents(LIBRARY.map("summit-surgical/order"), body.encode())
    assert [finding.code for finding in each.findings] == ["SYN-XML-DOCTYPE"]


@pytest.mark.parametrize(
    "quantity",
    ["-1e999999999", "NaN", "INF", "1e999999999", "9" * 100_000, "0x10", "1,000", "١٢", "1 000", "--1", "1.2.3"],
)
@pytest.mark.parametrize("wire", ["summit-surgical/order", "helix-diagnostics/order"])
def test_a_number_that_is_none_rejects_its_document_in_words(wire: str, quantity: str) -> None:
    body = ORDER.format(number="1", part="P", quantity=quantity)
    if wire.startswith("helix"):
        body = JSON_ORDER.format(quantity=quantity)
    (each,) = read_documents(LIBRARY.map(wire), body.encode())
    assert worst(each.findings).is_reject
    assert all(len(str(finding)) < 2_000 for finding in each.findings)


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
@pytest.mark.parametrize("wire", ["summit-surgical/order-response", "helix-diagnostics/order-response"])
def test_what_somebody_wrote_comes_back_as_that_text_and_nothing_else(wire: str, text: str) -> None:
    said = (
        b'{"document": "OrderAcknowledgement", "order": {"number": %s}, "verdict": "held", "currency": "USD"}'
        % json.dumps(text).encode()
    )
    map_ = LIBRARY.map(wire)
    written = write_document(map_, document_from_json(said))
    assert written.data is not None, written.findings
    (again,) = read_documents(map_, written.data)
    assert again.applied is not None
    assert again.applied.document is not None
    assert again.applied.document.order.number == text  # type: ignore[attr-defined]


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x08", "\ud800", "\x0b"])
@pytest.mark.parametrize("wire", ["summit-surgical/order-response", "helix-diagnostics/order-response"])
def test_what_no_wire_can_hold_is_told_and_not_written(wire: str, sign: str) -> None:
    from hub.canonical import DOCUMENTS
    from hub.canonical.shared import OrderRef

    document = DOCUMENTS["OrderAcknowledgement"](order=OrderRef(number=f"a{sign}b"), verdict="held")  # type: ignore[call-arg]
    written = write_document(LIBRARY.map(wire), document)
    assert written.data is None
    assert "MAP-TEXT" in {finding.code for finding in written.findings}


def test_many_attributes_many_lines_and_much_depth_end_in_findings() -> None:
    map_ = LIBRARY.map("summit-surgical/order")
    attributes = " ".join(f'a{n}=">"' for n in range(20_000))
    for body in (
        ORDER.format(number="1", part="P", quantity=1).replace("<Header>", f"<Header {attributes}>"),
        ORDER.format(number="1", part="P", quantity=1).replace("<Lines>", "<Lines>" + "<x>" * 200 + "</x>" * 200),
        ORDER.format(number="1", part="P", quantity=1).replace("<Lines>", "<Lines>" + "<x/>" * 20_000),
    ):
        (each,) = read_documents(map_, body.encode())
        assert worst(each.findings).is_reject
        assert len(each.findings) <= 1_010


def test_nothing_of_ours_transforms_or_evaluates_xml_of_others() -> None:
    sources = [path.read_text(encoding="utf-8") for path in sorted((CHECKOUT / "hub").rglob("*.py"))]
    assert not [
        source
        for source in sources
        if re.search(r"etree\.XSLT|XInclude\(|\.xinclude\(|objectify|pickle\.loads", source)
    ]


def test_a_schema_of_ours_is_never_named_by_a_path() -> None:
    schemas = SchemaLibrary([CHECKOUT])
    for wire in (
        "../pyproject",
        "summit-surgical/../../x",
        "/etc/passwd",
        "summit-surgical/order.xsd\x00",
        "a" * 1_000,
    ):
        assert schemas.find(wire) is None
    assert Path(CHECKOUT / "schemas/xml/summit-surgical/order.xsd").is_file()

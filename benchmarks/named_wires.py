"""XML and JSON through maps: a customer's XML and cXML of 5 kB, UBL of 10 kB, a JSON order of 3 lines, and answers.

    .venv/bin/python -m benchmarks.named_wires            # about ten seconds
    .venv/bin/python -m benchmarks.named_wires --quick

Times are CPU seconds of this process, the least of rounds in which all stages take turns: what else the machine does
only adds to them. What JSON costs is told beyond msgspec's decoder alone; beside XML, UBL and cXML stands what lxml
alone takes to parse it and to judge it by its schema, UBL's official one where that lies in ``HUB_SHARED``.
jsonata-python, where installed, makes the same document of the order, which was decoded before; that is compared with
the map alone. Where the samples of others lie in ``HUB_SHARED``, the slowest verdict on one of them is told, in wall
time. Prints a table and ends with 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import atexit
import json
import math
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from lxml import etree

from benchmarks.mapping import timed
from benchmarks.peers import json_mapper
from hub.flow.inspecting import inspect
from hub.flow.rules import Rules
from hub.formats.families import SchemaLibrary
from hub.formats.family import OpenedDocument
from hub.formats.tree import Node
from hub.formats.xml.element import XmlSchema
from hub.kernel.struct import Struct
from hub.mapping.documents import document_from_json, read_documents, write_document
from hub.mapping.library import Map, MapLibrary
from hub.platform.configuration import find_configuration

ROOT = Path(__file__).resolve().parent.parent
XML_ORDER = ROOT / "mappings/summit-surgical/order/cases/three instruments, one with its papers/input.xml"
JSON_ORDER = ROOT / "mappings/helix-diagnostics/order/cases/three cartridges, one shipped by a day/input.wire.json"
ANSWER = "order-response/cases/one line confirmed, one split, one rejected/input.json"
UBL_ORDER = ROOT / "partners/nordlys-implants/samples/order.xml"
SHARED = Path(os.environ.get("HUB_SHARED") or ROOT.parent / "shared")
OFFICIAL = SHARED / "reference/xsd/ubl-2.1"
SAMPLES = SHARED / "samples"
SAMPLED = ("x12", "ubl", "cxml", "json")
CXML_ORDER = ROOT / "partners/meridian-cath/samples/order.xml"
XML_BYTES = 5_000  # cXML too
UBL_BYTES = 10_000
PEER = "jsonata-python"
SLICES = 10  # of a stage in one round: short, for others to leave one alone, and the first of them is cold

XML_US_MAX = 400.0
UBL_US_MAX = 400.0
CXML_US_MAX = 400.0
UBL_JUDGED_US_MAX = 700.0  # by the official schema as well
JSON_US_MAX = 80.0
ANSWER_US_MAX = 500.0
RATIO_TO_PEER_MIN = 20.0
VERDICT_MS_MAX = 2_000.0  # on any file of others


def main() -> int:
    """Measure, print, and return 1 when a limit is missed."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds = 5 if arguments.parse_args().quick else 40
    missed = False
    for name, value, limit in [*measured(rounds), *verdicts()]:
        least = name.endswith(PEER)
        missed |= limit is not None and (value < limit if least else value > limit)
        told = "" if limit is None else f"   at {'least' if least else 'most'} {limit:g}"
        print(f"{name:<62}{value:>10.2f}{told}")
    print("load average: " + " ".join(f"{load:.2f}" for load in os.getloadavg()) + f", {os.cpu_count()} cores")
    return 1 if missed else 0


def measured(rounds: int) -> list[tuple[str, float, float | None]]:
    """Time every stage, in turns."""
    library = MapLibrary([ROOT], SchemaLibrary([ROOT]))
    xml, xml_answer = library.map("summit-surgical/order"), library.map("summit-surgical/order-response")
    helix, json_answer = library.map("helix-diagnostics/order"), library.map("helix-diagnostics/order-response")
    order, small = xml_order(), JSON_ORDER.read_bytes()
    root = checked_root(helix, small)
    said, said_in_json = answer("summit-surgical"), answer("helix-diagnostics")
    stages: dict[str, tuple[Callable[[], object], int]] = {
        "xml": (lambda: read(xml, order), 4),
        "xml lxml": (parse_and_judge(xml, order), 10),
        "json": (lambda: read(helix, small), 10),
        "json map": (lambda: helix.apply(root), 20),
        "decoder": (lambda: msgspec.json.decode(small), 100),
        "xml answer": (lambda: write_document(xml_answer, said), 5),
        "json answer": (lambda: write_document(json_answer, said_in_json), 5),
    }
    ubl, purchase = library.map("nordlys-implants/order"), ubl_order()
    stages |= {"ubl": (lambda: read(ubl, purchase), 3), "lxml": (lambda: etree.fromstring(purchase), 10)}
    cxml, requested = library.map("meridian-cath/order"), cxml_order()
    stages |= {
        "cxml": (lambda: read(cxml, requested), 4),
        "cxml lxml": (lambda: etree.fromstring(requested), 20),
    }
    if OFFICIAL.is_dir():
        stages |= judged_stages(purchase)
    expected = json.loads((JSON_ORDER.parent / "expected.json").read_bytes())
    peer = json_mapper(small, expected)
    if peer is not None:
        stages["peer"] = (peer, 1)
    us = dict.fromkeys(stages, math.inf)
    for _ in range(rounds):
        for name, (once, turns) in stages.items():
            us[name] = min(us[name], *(timed(once, turns) * 1e6 for _ in range(SLICES)))
    return [
        (f"own XML of {len(order)} bytes, µs: read + judge + map", us["xml"], XML_US_MAX),
        ("  lxml alone: parse + its schema", us["xml lxml"], None),
        ("  answer of 3 lines: render + write + judge", us["xml answer"], ANSWER_US_MAX),
        (f"UBL order of {len(purchase)} bytes, µs: read + judge + map", us["ubl"], UBL_US_MAX),
        ("  lxml alone: parse", us["lxml"], None),
        *(
            [
                ("  read + judge by the official schema too + map", us["ubl judged"], UBL_JUDGED_US_MAX),
                ("  lxml alone: parse + official schema", us["lxml judged"], None),
            ]
            if OFFICIAL.is_dir()
            else []
        ),
        (f"cXML order of {len(requested)} bytes, µs: read + judge + map", us["cxml"], CXML_US_MAX),
        ("  lxml alone: parse", us["cxml lxml"], None),
        ("JSON order of 3 lines, µs: read + judge + map", us["json"], None),
        ("  beyond the decoder", us["json"] - us["decoder"], JSON_US_MAX),
        ("  answer of 3 lines: render + write + judge", us["json answer"], ANSWER_US_MAX),
        ("  map alone, µs", us["json map"], None),
        *([(f"  times faster than {PEER}", us["peer"] / us["json map"], RATIO_TO_PEER_MIN)] if peer else []),
    ]


def verdicts() -> list[tuple[str, float, float | None]]:
    """Return how long the slowest verdict takes on a file of others, once maps and guides are compiled."""
    files = [file for syntax in SAMPLED for file in sorted((SAMPLES / syntax).rglob("*")) if file.is_file()]
    if not files:
        return []
    rules, times = Rules(find_configuration(None)), list[float]()
    for file in files:
        body = file.read_bytes()
        inspect(body, rules)
        started = time.perf_counter()
        inspect(body, rules)
        times.append((time.perf_counter() - started) * 1e3)
    return [(f"{len(files)} files of others, ms: the slowest verdict", max(times), VERDICT_MS_MAX)]


def xml_order() -> bytes:
    """Return the case's order with as many lines as make it 5 kB."""
    body = XML_ORDER.read_bytes()
    start, end = body.index(b'    <Line number="20"'), body.index(b'    <Line number="30"')
    line = body[start:end]
    while len(body) < XML_BYTES:
        body = body[:end] + line + body[end:]
    count = body.count(b"<Line ")  # else it is an order at fault, which is told of
    return body.replace(b"<LineCount>3<", b"<LineCount>%d<" % count)


def ubl_order() -> bytes:
    """Return the sample of UBL with as many lines as make it 10 kB."""
    body = UBL_ORDER.read_bytes()
    start, end = body.rindex(b"  <cac:OrderLine>"), body.index(b"</Order>")
    line = body[start:end]
    while len(body) < UBL_BYTES:
        body = body[:end] + line + body[end:]
    return body


def cxml_order() -> bytes:
    """Return the sample of cXML with as many lines as make it 5 kB."""
    body = CXML_ORDER.read_bytes()
    start, end = body.rindex(b"      <ItemOut"), body.index(b"    </OrderRequest>")
    line = body[start:end]
    while len(body) < XML_BYTES:
        body = body[:end] + line + body[end:]
    return body


def parse_and_judge(map_: Map, data: bytes) -> Callable[[], bool]:
    """Return what lxml alone does with an order of a customer's own schema."""
    assert isinstance(map_.schema, XmlSchema)
    xsd = etree.XMLSchema(etree.parse(str(map_.schema.xsd)))
    assert xsd.validate(etree.fromstring(data))
    return lambda: xsd.validate(etree.fromstring(data))


def judged_stages(data: bytes) -> dict[str, tuple[Callable[[], object], int]]:
    """Return what is measured where the official schema of UBL is at hand, as an operator would put it there."""
    root = Path(tempfile.mkdtemp(prefix="hub-benchmark-"))
    atexit.register(shutil.rmtree, root)
    folder = root / "schemas/xml/ubl/2.1"
    folder.mkdir(parents=True)
    (folder / "official").symlink_to(OFFICIAL)
    map_ = MapLibrary([ROOT, root], SchemaLibrary([ROOT, root])).map("nordlys-implants/order")
    xsd = etree.XMLSchema(etree.parse(str(OFFICIAL / "maindoc/UBL-Order-2.1.xsd")))

    def alone() -> bool:
        return xsd.validate(etree.fromstring(data))

    assert alone()
    return {"ubl judged": (lambda: read(map_, data), 3), "lxml judged": (alone, 5)}


def read(map_: Map, data: bytes) -> object:
    """Read one document to its end."""
    (each,) = read_documents(map_, data)
    assert each.applied is not None
    assert each.applied.document is not None
    return each


def checked_root(map_: Map, data: bytes) -> Node:
    """Return the tree of a document, ready to be mapped."""
    (received,) = map_.family.documents(data)
    assert isinstance(received, OpenedDocument)
    return map_.family.check(received, map_.schema).root


def answer(partner: str) -> Struct:
    """Return the answer that the partner's case writes."""
    return document_from_json((ROOT / "mappings" / partner / ANSWER).read_bytes())


if __name__ == "__main__":
    sys.exit(main())

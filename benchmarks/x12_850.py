"""One 3-line 850 from bytes to document: read, judge by its guide, map; pyx12 judging the same bytes beside it.

    .venv/bin/python -m benchmarks.x12_850            # about half a minute
    .venv/bin/python -m benchmarks.x12_850 --quick

pyx12 runs its own validation with maps made from our guide and keeps its map objects between documents, which it
does not do by itself. oxedi, where it is installed, reads and judges an 835 of its own, compared by the kilobyte. Times
are CPU seconds of this process, the median of rounds in which all take turns, so that a disturbance hits them all; the
load is shown. Prints a table and ends with 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import functools
import gc
import io
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from benchmarks.orders import purchase_order
from benchmarks.peers import remittance_reader
from hub.formats.tree import Node
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.guide import Element, Guide, Segment, Use
from hub.formats.x12.guides import GuideLibrary
from hub.formats.x12.reader import read
from hub.formats.x12.schema import GuideSchemas
from hub.formats.x12.second_opinion_maps import write_maps
from hub.formats.x12.separators import Separators
from hub.formats.x12.validate import compile_guide
from hub.kernel.errors import Misconfigured
from hub.mapping.library import Map, MapLibrary

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 11, 20)  # frozen: the same bytes in every run

WHOLE_US_MAX = 250.0
LONG_US_MAX = 10_000.0
RATIO_TO_PEER_MIN = 8.0
DOUBLING_MAX = 2.2
LONG_ORDER_LINES = 200
GROWTH_ROUNDS = 12  # the best of them counts: two shared cores change their pace by a third within seconds


def main() -> int:
    """Measure, print, and return 1 when a limit is missed."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds = 3 if arguments.parse_args().quick else 15
    guides = GuideLibrary([ROOT])
    guide = guides.guide("004010", "850")
    assert guide is not None
    order = purchase_order(1, today=TODAY)
    rows = whole_path(order, guide, order_map(guides), rounds)
    rows += growth("PO1 lines in one order", lambda count: (guide, order_lines(count)))
    rows += growth("HL levels in one set", lambda count: (levels_guide(), level_lines(count)))
    return show(rows, len(one_set(order).segments))


Row = tuple[str, float, float | None, str, float]


def whole_path(order: bytes, guide: Guide, mapping: Map | None, rounds: int) -> list[Row]:
    """Time the stages alone and together, and the peer in the same rounds."""
    check = compile_guide(guide).check
    received = one_set(order)
    checked = check(received)
    if checked.findings:
        raise SystemExit(f"the order was made wrongly: {checked.findings[0]}")
    root = checked.root
    long_order = purchase_order_of(LONG_ORDER_LINES)
    stages: dict[str, tuple[Callable[[], object], int]] = {
        "read": (lambda: one_set(order).segments, 300),
        "validate, with the tree": (lambda: check(received), 300),
        "map": (lambda: apply(mapping, root), 300),
        "judged": (lambda: check(one_set(order)), 300),
        "whole": (lambda: apply(mapping, check(one_set(order)).root), 300),
        "long": (lambda: apply(mapping, check(one_set(long_order)).root), 10),
    }
    other = remittance_reader()
    if other is not None:
        stages["other"] = (other[0], 300)
    with tempfile.TemporaryDirectory() as folder:
        stages["peer"] = (peer(order, guide, folder), 10)
        times: dict[str, list[float]] = {name: [] for name in stages}
        for once, _ in stages.values():
            once()
        for _ in range(rounds):
            for name, (once, turns) in stages.items():
                times[name].append(timed(once, turns) * 1e6)
    us = {name: statistics.median(found) for name, found in times.items()}
    together = "read + validate" + (" + map" if mapping else " (no map yet)")
    return [
        ("850 of 3 lines, µs: read", us["read"], None, "", 0.0),
        ("  validate, with the tree", us["validate, with the tree"], None, "", 0.0),
        ("  map", us["map"], None, "", 0.0),
        (f"  {together}", us["whole"], us["peer"], "<=", WHOLE_US_MAX),
        ("  times faster than the peer's validation", us["peer"] / us["whole"], 1.0, ">=", RATIO_TO_PEER_MIN),
        *by_the_kilobyte(us, len(order), other[1] if other else None),
        (f"850 of {LONG_ORDER_LINES} lines, µs: {together}", us["long"], None, "<=", LONG_US_MAX),
    ]


def by_the_kilobyte(us: dict[str, float], size: int, others: int | None) -> list[Row]:
    """Compare with a reader of another set: both read and judge, neither maps."""
    ours = us["judged"] * 1000 / size
    return [("  read + validate, per kB; oxedi beside", ours, us["other"] * 1000 / others if others else None, "", 0.0)]


def growth(what: str, make: Callable[[int], tuple[Guide, list[str]]]) -> list[Row]:
    """Time 50,000 and 100,000 of something in one set."""
    made = [make(count) for count in (50_000, 100_000)]
    best = [float("inf")] * len(made)
    for _ in range(GROWTH_ROUNDS):
        for index, (guide, lines) in enumerate(made):
            received = TransactionSet(list(lines), Separators())
            assert received.segments
            best[index] = min(best[index], timed(functools.partial(compile_guide(guide).check, received), 1))
    return [
        (f"100,000 {what}, s: validate", best[1], None, "", 0.0),
        ("  cost of doubling", best[1] / best[0], None, "<=", DOUBLING_MAX),
    ]


def one_set(source: bytes) -> TransactionSet:
    return next(event for event in read(source) if isinstance(event, TransactionSet))


def order_map(guides: GuideLibrary) -> Map | None:
    try:
        return MapLibrary([ROOT], GuideSchemas(guides)).map("x12/004010/850")
    except Misconfigured as fault:
        print(f"without the map: {fault}", file=sys.stderr)
        return None


def apply(mapping: Map | None, root: Node) -> object:
    return mapping.apply(root) if mapping else None


def peer(order: bytes, guide: Guide, folder: str) -> Callable[[], object]:
    """Return pyx12's validation of ``order`` with maps made from ``guide`` and its map objects kept."""
    import pyx12.map_if
    import pyx12.map_index
    import pyx12.params
    import pyx12.x12n_document

    logging.getLogger("pyx12").disabled = True
    write_maps(guide, Path(folder))
    for module, name in ((pyx12.map_if, "load_map_file"), (pyx12.map_index, "map_index")):
        setattr(module, name, functools.cache(getattr(module, name)))
    parameters = pyx12.params.ParamsBase()
    text = order.decode("ascii")

    def validate() -> object:
        return pyx12.x12n_document.x12n_document(parameters, io.StringIO(text), None, None, map_path=folder)

    if validate() is not True:
        raise SystemExit("the peer refuses the order: the comparison would not be fair")
    return validate


def timed(once: Callable[[], object], turns: int) -> float:
    """Return the CPU seconds one turn takes."""
    gc.collect()
    start = time.process_time()
    for _ in range(turns):
        once()
    return (time.process_time() - start) / turns


def purchase_order_of(lines: int) -> bytes:
    """The benchmarks' order with more lines."""
    text = purchase_order(1, today=TODAY).decode()
    start, end = text.index("PO1*10*"), text.index("PO1*20*")
    added = "".join(text[start:end].replace("PO1*10*", f"PO1*{n}*") for n in range(40, 40 + lines - 3))
    longer = text.replace("CTT*3*", f"{added}CTT*{lines}*")
    count = longer[longer.index("ST*850") :].split("SE*")[0].count("~") + 1
    return (longer.split("SE*")[0] + f"SE*{count}*" + longer.split("SE*")[1].split("*", 1)[1]).encode()


def order_lines(count: int) -> list[str]:
    line = "PO1**500*EA*12.35*CT*BP*AC-1001*VP*CM-77"
    return ["ST*850*0001", "BEG*00*NE*P-1**20261120", *[line] * count, f"SE*{count + 3}*0001"]


def levels_guide() -> Guide:
    """A guide of levels alone: ours has none yet that nests."""
    text = Element(number="628", name="level", type="AN", minimum=1, maximum=12)
    level = Segment(tag="HL", name="level", elements=(text, text, text), qualifier=3)
    use = Use(segment=level, loop=True, loop_maximum=0, nests=True)
    return Guide(release="004010", set="856", name="levels", functional_group="SH", uses=(use,))


def level_lines(count: int) -> list[str]:
    """Levels twenty deep at most, as the deepest bill of material would be."""
    levels = [f"HL*{n}*{n - 1 if n % 20 else ''}*I" for n in range(1, count + 1)]
    return ["ST*856*0001", *levels, f"SE*{count + 2}*0001"]


def show(rows: list[Row], segments: int) -> int:
    """Print the table; return 1 when a limit is missed."""
    print(f"{f'({segments} segments)':52}{'ours':>10}{'pyx12':>10}{'limit':>10}")
    missed = False
    for name, ours, peers, kind, limit in rows:
        good = {">=": ours >= limit, "<=": ours <= limit}.get(kind, True)
        missed |= not good
        beside = "" if peers is None else f"{peers:.1f}"
        print(f"{name:52}{ours:10.2f}{beside:>10}{f'{kind} {limit:g}' if kind else '':>10}{'' if good else '  MISSED'}")
    print("load average: " + " ".join(f"{load:.2f}" for load in os.getloadavg()) + f", {os.cpu_count()} cores")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

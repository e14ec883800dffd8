"""Maps alone: reading and writing through compiled maps, what provenance adds, what compiling costs, how it grows.

    .venv/bin/python -m benchmarks.mapping            # about ten seconds
    .venv/bin/python -m benchmarks.mapping --quick

The whole path from bytes, with the peer beside it, is ``benchmarks.x12_850``. Times are CPU seconds of this
process, the median of rounds in which all stages take turns. Prints a table and ends with 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from benchmarks.orders import purchase_order
from hub.formats.families import SchemaLibrary
from hub.formats.tree import Node
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.reader import read
from hub.formats.x12.schema import guide_of
from hub.formats.x12.validate import compile_guide
from hub.mapping.documents import document_from_json
from hub.mapping.library import Map, MapLibrary

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 11, 20)  # frozen: the same bytes in every run
ANSWER = ROOT / "mappings/x12/004010/855/cases/one line for each answer we give/input.json"

APPLY_US_MAX = 120.0
RENDER_US_MAX = 100.0
LONG_US_MAX = 10_000.0
PROVENANCE_MAX = 1.20
DOUBLING_MAX = 2.2
COMPILE_S_MAX = 1.0

Row = tuple[str, float, float | None]


def main() -> int:
    """Measure, print, and return 1 when a limit is missed."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds = 5 if arguments.parse_args().quick else 21
    start = time.process_time()
    library = MapLibrary([ROOT], SchemaLibrary([ROOT]))
    order, answer = library.map("acme-cardio/850"), library.map("acme-cardio/855")
    compiled = time.process_time() - start
    rows = measured(order, answer, rounds)
    rows.append(("both maps loaded, checked and compiled, s", compiled, COMPILE_S_MAX))
    missed = False
    for name, value, limit in rows:
        missed |= limit is not None and value > limit
        print(f"{name:<62}{value:>10.2f}" + (f"   at most {limit:g}" if limit is not None else ""))
    return 1 if missed else 0


def measured(order: Map, answer: Map, rounds: int) -> list[Row]:
    """Time every stage, in turns."""
    small, long, double = (tree(order, lines) for lines in (3, 200, 400))
    document = order.apply(small).document
    said = document_from_json(ANSWER.read_bytes())
    assert document is not None
    stages: dict[str, tuple[Callable[[], object], int]] = {
        "apply": (lambda: order.apply(small), 200),
        "traced": (lambda: order.apply(small, provenance=True), 200),
        "long": (lambda: order.apply(long), 6),
        "long traced": (lambda: order.apply(long, provenance=True), 6),
        "double": (lambda: order.apply(double), 3),
        "render": (lambda: order.render(document), 200),
        "answer": (lambda: answer.render(said), 200),
    }
    times: dict[str, list[float]] = {name: [] for name in stages}
    for _ in range(rounds):
        for name, (once, turns) in stages.items():
            times[name].append(timed(once, turns) * 1e6)
    us = {name: statistics.median(found) for name, found in times.items()}
    return [
        ("850 of 3 lines, µs: apply", us["apply"], APPLY_US_MAX),
        ("  with provenance, times that", us["traced"] / us["apply"], PROVENANCE_MAX),
        ("  render", us["render"], None),
        ("855 of 7 lines, µs: render", us["answer"], RENDER_US_MAX),
        ("850 of 200 lines, µs: apply", us["long"], LONG_US_MAX),
        ("  with provenance, times that", us["long traced"] / us["long"], PROVENANCE_MAX),
        ("  cost of doubling", us["double"] / us["long"], DOUBLING_MAX),
    ]


def tree(map_: Map, lines: int) -> Node:
    """Return the benchmarks' order with ``lines`` lines, as the validator makes it."""
    text = purchase_order(1, today=TODAY).decode()
    first, second = text.index("PO1*10*"), text.index("PO1*20*")
    more = "".join(text[first:second].replace("PO1*10*", f"PO1*{n}*") for n in range(40, 40 + lines - 3))
    source = text.replace("CTT*3*", f"{more}CTT*{lines}*").encode()
    received = next(event for event in read(source) if isinstance(event, TransactionSet))
    return compile_guide(guide_of(map_.schema)).check(received).root


def timed(once: Callable[[], object], turns: int) -> float:
    """Return the CPU seconds one turn takes."""
    start = time.process_time()
    for _ in range(turns):
        once()
    return (time.process_time() - start) / turns


if __name__ == "__main__":
    sys.exit(main())
